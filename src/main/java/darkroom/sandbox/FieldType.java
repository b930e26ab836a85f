package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The types of request fields, and what pydantic 1 makes of values that nearly fit (captures 126, 304-305). */
enum FieldType {
    STRING("str type expected", "type_error.str") {
        @Override
        @Nullable
        JsonNode coerce(JsonNode value) {
            return value.isTextual() ? value : value.isValueNode() ? TextNode.valueOf(Json.str(value)) : null;
        }
    },
    INTEGER("value is not a valid integer", "type_error.integer") {
        @Override
        @Nullable
        JsonNode coerce(JsonNode value) {
            if (value.isIntegralNumber()) {
                return value;
            }
            if (value.isBoolean()) {
                return integer(value.booleanValue() ? BigInteger.ONE : BigInteger.ZERO);
            }
            if (value.isTextual()) {
                String text = value.textValue().strip().replaceAll("(?<=\\d)_(?=\\d)", "");
                return text.matches("[+-]?\\d+") ? integer(new BigInteger(text)) : null;
            }
            boolean finite = value.isNumber() && Double.isFinite(value.doubleValue());
            return finite ? integer(new BigDecimal(value.doubleValue()).toBigInteger()) : null;
        }

        private JsonNode integer(BigInteger value) {
            return value.bitLength() < 64
                    ? Json.MAPPER.getNodeFactory().numberNode(value.longValueExact())
                    : BigIntegerNode.valueOf(value);
        }
    },
    NUMBER("value is not a valid float", "type_error.float") {
        @Override
        @Nullable
        JsonNode coerce(JsonNode value) {
            if (value.isBoolean()) {
                return DoubleNode.valueOf(value.booleanValue() ? 1 : 0);
            }
            try {
                return value.isNumber()
                        ? DoubleNode.valueOf(value.doubleValue())
                        : value.isTextual() ? DoubleNode.valueOf(Double.parseDouble(value.textValue())) : null;
            } catch (NumberFormatException e) {
                return null;
            }
        }
    },
    BOOLEAN("value could not be parsed to a boolean", "type_error.bool") {
        private static final Set<String> TRUE = Set.of("1", "on", "t", "true", "y", "yes");
        private static final Set<String> FALSE = Set.of("0", "off", "f", "false", "n", "no");

        @Override
        @Nullable
        JsonNode coerce(JsonNode value) {
            if (value.isNumber()) {
                double number = value.doubleValue();
                return number == 0 || number == 1 ? BooleanNode.valueOf(number == 1) : null;
            }
            String text = value.asText().toLowerCase(Locale.ROOT);
            return value.isBoolean() || TRUE.contains(text) || FALSE.contains(text)
                    ? BooleanNode.valueOf(TRUE.contains(text))
                    : null;
        }
    },
    ARRAY("value is not a valid list", "type_error.list") {
        @Override
        @Nullable
        JsonNode coerce(JsonNode value) {
            return value.isArray() ? value : null;
        }
    },
    OBJECT("value is not a valid dict", "type_error.dict") {
        @Override
        @Nullable
        JsonNode coerce(JsonNode value) {
            return value.isObject() ? value : null;
        }
    },
    ANY("", "") {
        @Override
        JsonNode coerce(JsonNode value) {
            return value;
        }
    };

    private final String message;
    private final String errorType;

    FieldType(String message, String errorType) {
        this.message = message;
        this.errorType = errorType;
    }

    /** The value as this type; null if it can't be. */
    abstract @Nullable JsonNode coerce(JsonNode value);

    String message() {
        return message;
    }

    /** pydantic's name of the error, e.g. {@code type_error.integer}. */
    String errorType() {
        return errorType;
    }

    /** The type that an OpenAPI schema names. */
    static FieldType of(JsonNode schema) {
        return switch (schema.path("type").asText()) {
            case "string" -> STRING;
            case "integer" -> INTEGER;
            case "number" -> NUMBER;
            case "boolean" -> BOOLEAN;
            case "array" -> ARRAY;
            case "object" -> OBJECT;
            default -> ANY;
        };
    }
}
