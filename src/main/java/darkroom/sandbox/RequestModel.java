package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a request body must look like. The fields, their order, types, defaults and limits are those of the server's own
 * OpenAPI document; what that document cannot say, which fields may be null, is added here (captures 120, 123, 126, 300-308).
 */
final class RequestModel {
    /** Fields added by hand to generated models; all others of those models may be null. */
    private static final Set<String> NEVER_NULL = Set.of(
            "sampler_index", "script_args", "send_images", "save_images", "alwayson_scripts", "include_init_images");

    private final List<Field> fields;

    private record Field(
            String name,
            FieldType type,
            JsonNode schema,
            boolean required,
            boolean nullable,
            List<RequestModel> items) {}

    private RequestModel(List<Field> fields) {
        this.fields = fields;
    }

    /** Any JSON object, taken as it is. */
    static RequestModel free() {
        return new RequestModel(List.of());
    }

    static RequestModel of(JsonNode openapi, String schemaName) {
        JsonNode schemas = openapi.path("components").path("schemas");
        JsonNode schema = schemas.path(schemaName);
        boolean generated = schemaName.startsWith("StableDiffusionProcessing");
        var required = new ArrayList<String>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        var fields = new ArrayList<Field>();
        schema.path("properties").properties().forEach(property -> {
            String name = property.getKey();
            JsonNode its = property.getValue();
            boolean addedByHand =
                    NEVER_NULL.contains(name) || (name.equals("denoising_strength") && its.has("default"));
            boolean nullable = (generated && !addedByHand) || (!its.has("default") && !required.contains(name));
            fields.add(new Field(name, FieldType.of(its), its, required.contains(name), nullable, items(openapi, its)));
        });
        return new RequestModel(fields);
    }

    private static List<RequestModel> items(JsonNode openapi, JsonNode schema) {
        String reference = schema.path("items").path("$ref").asText();
        return reference.isEmpty()
                ? List.of()
                : List.of(of(openapi, reference.substring(reference.lastIndexOf('/') + 1)));
    }

    /** The body with every field of the model, in its order, coerced or defaulted, and no other; or 422. */
    ObjectNode validate(JsonNode body) {
        ArrayNode problems = Json.array();
        ArrayNode loc = Json.array().add("body");
        ObjectNode valid = Json.object();
        if (body.isNull() || body.isMissingNode()) {
            problem(problems, loc, "field required", "value_error.missing");
        } else if (!body.isObject()) {
            problem(problems, loc, FieldType.OBJECT.message(), FieldType.OBJECT.errorType());
        } else if (fields.isEmpty()) {
            return (ObjectNode) body;
        } else {
            valid = check(body, loc, problems);
        }
        if (!problems.isEmpty()) {
            throw ApiError.invalid(problems);
        }
        return valid;
    }

    /** The type of a field of this model. */
    FieldType type(String name) {
        return fields.stream()
                .filter(field -> field.name.equals(name))
                .map(Field::type)
                .findFirst()
                .orElseThrow();
    }

    private ObjectNode check(JsonNode body, ArrayNode loc, ArrayNode problems) {
        ObjectNode valid = Json.object();
        for (Field field : fields) {
            JsonNode value = body.get(field.name);
            ArrayNode where = loc.deepCopy().add(field.name);
            if (value == null && field.required) {
                problem(problems, where, "field required", "value_error.missing");
            } else if (value == null) {
                valid.set(field.name, field.schema.has("default") ? field.schema.get("default") : valid.nullNode());
            } else if (value.isNull() && !field.nullable) {
                problem(problems, where, "none is not an allowed value", "type_error.none.not_allowed");
            } else {
                valid.set(field.name, value.isNull() ? value : check(field, value, where, problems));
            }
        }
        return valid;
    }

    private static JsonNode check(Field field, JsonNode value, ArrayNode where, ArrayNode problems) {
        JsonNode coerced = field.type.coerce(value);
        if (coerced == null) {
            problem(problems, where, field.type.message(), field.type.errorType());
            return value;
        }
        if (field.type == FieldType.ARRAY) {
            return checkItems(field, coerced, where, problems);
        }
        checkLimits(field.schema, coerced, where, problems);
        return coerced;
    }

    private static JsonNode checkItems(Field field, JsonNode list, ArrayNode where, ArrayNode problems) {
        ArrayNode valid = Json.array();
        FieldType type = FieldType.of(field.schema.path("items"));
        for (int i = 0; i < list.size(); i++) {
            ArrayNode there = where.deepCopy().add(i);
            JsonNode item = list.get(i);
            if (!field.items.isEmpty() && item.isObject()) {
                valid.add(field.items.get(0).check(item, there, problems));
            } else if (!field.items.isEmpty()) {
                problem(problems, there, FieldType.OBJECT.message(), FieldType.OBJECT.errorType());
            } else if (item.isNull() && type != FieldType.ANY) {
                problem(problems, there, "none is not an allowed value", "type_error.none.not_allowed");
            } else {
                JsonNode coerced = type.coerce(item);
                if (coerced == null) {
                    problem(problems, there, type.message(), type.errorType());
                } else {
                    valid.add(coerced);
                }
            }
        }
        return valid;
    }

    private static void checkLimits(JsonNode schema, JsonNode value, ArrayNode where, ArrayNode problems) {
        double number = value.asDouble();
        if (schema.has("enum") && !schema.get("enum").toString().contains(value.asText())) {
            problem(problems, where, "unexpected value; permitted: 0, 1", "value_error.const")
                    .putObject("ctx")
                    .<ObjectNode>set("given", value)
                    .set("permitted", schema.get("enum"));
        } else if (schema.has("maximum") && number > schema.get("maximum").doubleValue()) {
            limit(problems, where, "less than or equal to", "not_le", schema.get("maximum"));
        } else if (schema.has("minimum") && number < schema.get("minimum").doubleValue()) {
            limit(problems, where, "greater than or equal to", "not_ge", schema.get("minimum"));
        } else if (schema.has("exclusiveMinimum")
                && number <= schema.get("exclusiveMinimum").doubleValue()) {
            limit(problems, where, "greater than", "not_gt", schema.get("exclusiveMinimum"));
        }
    }

    private static void limit(ArrayNode problems, ArrayNode where, String words, String type, JsonNode limit) {
        long whole = limit.longValue(); // the limits of the WebUI are all whole numbers
        problem(problems, where, "ensure this value is %s %d".formatted(words, whole), "value_error.number." + type)
                .putObject("ctx")
                .put("limit_value", whole);
    }

    private static ObjectNode problem(ArrayNode problems, ArrayNode where, String message, String type) {
        ObjectNode problem = problems.addObject();
        problem.set("loc", where);
        return problem.put("msg", message).put("type", type);
    }
}
