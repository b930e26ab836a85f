package darkroom.promptfile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.job.ContactSheet;
import darkroom.job.Convert;
import darkroom.job.Extension;
import darkroom.job.Operation;
import darkroom.job.OutOfMemory;
import darkroom.job.PayloadField;
import darkroom.job.Save;
import darkroom.job.Sidecar;
import darkroom.json.Json;
import darkroom.promptfile.expansion.Expand;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The JSON Schema (draft 2020-12) of a prompt file, made of the tables that prompt files are checked with. It knows the form of
 * each field, and not what several of them mean together. A null is right for any field: it takes a default away, where there
 * is one.
 */
public final class JobSchema {
    private static final String WHOLE = "^\\s*[+-]?\\d+(\\.0*)?([eE]\\+?\\d+)?\\s*$";
    private static final String FROM_ONE = "^\\s*\\+?0*[1-9]\\d*(\\.0*)?([eE]\\+?\\d+)?\\s*$";
    private static final String NUMBER = "^\\s*[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?\\s*$";

    /** {@code 1-100} or {@code 1-100/5}. */
    private static final String RANGE = "^\\s*\\d+\\s*-\\s*\\d+\\s*(/\\s*\\d+\\s*)?$";

    private static final int LONGEST_NUMBER = 39;

    private static final String A_PICTURE =
            "a picture: a path relative to this file, a data URI, or base64. PNG, JPEG or WebP";

    /** What an editor says about a field; most are the WebUI's own, and their names say it. */
    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("prompt", "what is to be seen. A template if job.expand says so"),
            Map.entry("negative_prompt", "what is not to be seen. A template if job.expand says so"),
            Map.entry("steps", "number of sampling steps, from 1 up"),
            Map.entry("cfg_scale", "how closely the prompt is followed; 7 is usual"),
            Map.entry("width", "of each picture, in pixels; the WebUI rounds to multiples of 8"),
            Map.entry("height", "of each picture, in pixels; the WebUI rounds to multiples of 8"),
            Map.entry("seed", "-1, or none, to have one drawn when the file is accepted"),
            Map.entry("subseed", "of the variation that subseed_strength mixes in; -1 to have one drawn"),
            Map.entry("sampler_name", "as the WebUI lists it, such as \"Euler a\"; looked up before anything is made"),
            Map.entry("scheduler", "as the WebUI lists it, such as \"Karras\"; looked up before anything is made"),
            Map.entry("batch_size", "pictures at a time; each needs memory of the GPU"),
            Map.entry("n_iter", "batches, one after the other"),
            Map.entry("styles", "names of the WebUI's prompt styles"),
            Map.entry("denoising_strength", "how much of an init image may change: 0 nothing, 1 all"),
            Map.entry("mask", A_PICTURE + ". What is white in it changes"),
            Map.entry("enable_hr", "make a second, larger pass"),
            Map.entry("hr_scale", "how much larger the second pass is"),
            Map.entry("hr_upscaler", "as the WebUI lists it; looked up before anything is made"),
            Map.entry("refiner_checkpoint", "checkpoint that takes over at refiner_switch_at"),
            Map.entry("infotext", "the WebUI's text about a picture; decides what nothing else says"),
            Map.entry("override_settings", "options of the WebUI for this job alone, such as sd_model_checkpoint"),
            Map.entry("alwayson_scripts", "arguments of scripts by their names: {\"NAME\": {\"args\": [...]}}"),
            Map.entry("script_name", "a script that is chosen, with its arguments in script_args"),
            Map.entry("script_args", "all arguments of script_name, in the order of /sdapi/v1/script-info"),
            Map.entry("save_images", "the WebUI's own; job.save gets hold of the files"),
            Map.entry("send_images", "the WebUI's own; with false nothing comes back, unless job.save says so"),
            Map.entry("force_task_id", "a name by which the WebUI can be asked about it; the task's own if not given"),
            Map.entry("upscaler_1", "of extras: as the WebUI lists it"),
            Map.entry("upscaling_resize", "of extras: how much larger"));

    private static final Map<String, String> UNIT_WORDS = Map.ofEntries(
            Map.entry("module", "preprocessor, as /controlnet/module_list has it"),
            Map.entry("model", "as the extension lists it, of ControlNet with its hash or without"),
            Map.entry("weight", "from 0 to 2"),
            Map.entry("guidance_start", "share of the steps at which it begins"),
            Map.entry("guidance_end", "share of the steps at which it ends"),
            Map.entry("processor_res", "of the preprocessor; -1 for its own"),
            Map.entry("enabled", "true if not given"),
            Map.entry("confidence", "how sure the model must be, from 0 to 1"),
            Map.entry("skip_img2img", "work on the init image itself; once for all units"));

    private JobSchema() {}

    /** The schema, as it is published. */
    public static String text() {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter()
                .withObjectIndenter(new DefaultIndenter("  ", "\n"))
                .withArrayIndenter(DefaultPrettyPrinter.FixedSpaceIndenter.instance);
        try {
            return Json.mapper().writer(printer).writeValueAsString(schema()) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
    }

    private static ObjectNode schema() {
        ObjectNode schema = object();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("$id", "urn:darkroom:job.schema.json");
        schema.put("title", "Darkroom prompt file");
        schema.put(
                "description",
                "A prompt file, a line of one, a preset or a lane's defaults: the payload of /sdapi/v1/txt2img, img2img or"
                        + " extra-single-image, and what Darkroom adds to it. Fields that are not named here go to the WebUI"
                        + " as they are.");
        schema.putObject("if").put("type", "array");
        schema.putObject("then").putObject("items").put("$ref", "#/$defs/entry");
        schema.putObject("else").put("$ref", "#/$defs/entry");
        ObjectNode defs = schema.putObject("$defs");
        defs.set("entry", entry());
        defs.set("job", job());
        for (Extension extension : Extension.values()) {
            defs.set(extension.word(), unit(extension));
        }
        return schema;
    }

    private static ObjectNode entry() {
        ObjectNode entry = object().put("type", "object");
        ObjectNode properties = entry.putObject("properties");
        properties.putObject("$schema").put("description", "for editors; not sent");
        properties.set("job", object().put("$ref", "#/$defs/job"));
        properties.set(
                "image", typed("string").put("description", "of extras, interrogate and png-info, " + A_PICTURE));
        for (Extension extension : Extension.values()) {
            ObjectNode units = properties.putObject(extension.word());
            units.put(
                    "description",
                    "units of the extension " + extension.title() + ", one or several; sent in alwayson_scripts");
            String unit = "#/$defs/" + extension.word();
            units.putObject("if").put("type", "array");
            units.putObject("then").putObject("items").put("$ref", unit);
            ArrayNode one = units.putObject("else").putArray("anyOf");
            one.addObject().put("$ref", unit);
            one.addObject().put("type", "null");
        }
        PayloadField.all().forEach((name, field) -> properties.set(name, field(field)));
        return entry;
    }

    private static ObjectNode field(PayloadField field) {
        ObjectNode schema = switch (field.type()) {
            case TEXT -> typed("string", "number");
            case WHOLE -> number("integer", field.least() == null ? WHOLE : FROM_ONE);
            case NUMBER -> number("number", NUMBER);
            case YES_NO -> yesNo();
            case LIST -> typed("array");
            case OBJECT -> typed("object");
        };
        if (field.least() != null) {
            schema.put("minimum", field.least());
        }
        if (field.name().equals("init_images")) {
            schema.put("description", "pictures to start from; with them it is img2img. Each is " + A_PICTURE);
            schema.putObject("items").put("type", "string");
        } else if (WORDS.containsKey(field.name())) {
            schema.put("description", WORDS.get(field.name()));
        }
        return schema;
    }

    /** The WebUI takes a text of a number for it. */
    private static ObjectNode number(String type, String pattern) {
        return typed(type, "string").put("pattern", pattern).put("maxLength", LONGEST_NUMBER);
    }

    private static ObjectNode yesNo() {
        String words = new TreeSet<>(PayloadField.WORDS_FOR_YES_NO)
                .stream().map(JobSchema::anyCase).collect(Collectors.joining("|"));
        return typed("boolean", "integer", "string")
                .put("minimum", 0)
                .put("maximum", 1)
                .put("pattern", "^(" + words + ")$");
    }

    private static String anyCase(String word) {
        return word.chars()
                .mapToObj(c -> Character.isLetter(c)
                        ? "[" + (char) Character.toUpperCase(c) + (char) c + "]"
                        : String.valueOf((char) c))
                .collect(Collectors.joining());
    }

    private static ObjectNode job() {
        ObjectNode job = typed("object").put("description", "what Darkroom is told about the job; not sent");
        job.put("additionalProperties", false);
        Map<String, ObjectNode> fields = new LinkedHashMap<>();
        fields.put(
                "id",
                described("a name for the job; the file's name if not given", "string", "number")
                        .put("pattern", "\\S")
                        .put("maxLength", PromptFileReader.LONGEST_ID));
        fields.put("operation", words("which call of the WebUI; if not given, the content decides", Operation.words()));
        fields.put("preset", described("the name of a file with defaults in darkroom.presets", "string"));
        fields.put("save", words("which way the pictures take; darkroom.save if not given", Save.words()));
        fields.put(
                "on_out_of_memory",
                words("what is done if the GPU of the WebUI has not enough memory", OutOfMemory.words()));
        fields.put(
                "priority",
                described("higher goes first, whatever else waits; 0 if not given", "integer")
                        .put("minimum", -PromptFileReader.MOST_PRIORITY)
                        .put("maximum", PromptFileReader.MOST_PRIORITY));
        ObjectNode deliver = described("names of destinations that the outputs go to; [] for none", "array", "string");
        deliver.put("maxItems", PromptFileReader.MOST_DESTINATIONS);
        deliver.putObject("items").put("type", "string");
        fields.put("deliver", deliver);
        ObjectNode labels = described("short texts for whoever gets the pictures, by their names", "object");
        labels.put("maxProperties", Labels.MOST);
        labels.putObject("propertyNames").put("pattern", "^" + Labels.NAME.pattern() + "$");
        labels.set(
                "additionalProperties",
                typed("string")
                        .put("maxLength", Labels.LONGEST)
                        .put("pattern", "^[^\\s./\\\\]([^/\\\\]*[^\\s/\\\\])?$"));
        fields.put("labels", labels);
        ObjectNode then = described(
                "what is made of each picture, one after the other: prompt files without pictures", "array", "object");
        then.put("maxItems", FollowUpReader.MOST);
        then.putObject("items").put("$ref", "#/$defs/entry").put("type", "object");
        then.putObject("if").put("type", "object");
        then.putObject("then").put("$ref", "#/$defs/entry");
        fields.put("then", then);
        ObjectNode convert = described(
                "the format that pictures are published in, such as jpeg:90 or webp:lossless:keep", "string", "object");
        convert.put(
                "pattern",
                "^(none|(jpeg|webp|avif)(:([1-9]\\d?|100))?(:keep)?|(webp|avif):lossless(:keep)?|(jpeg|webp|avif):keep:([1-9]\\d?|100)|(webp|avif):keep:lossless)$");
        ObjectNode members = convert.putObject("properties");
        ObjectNode format = members.putObject("format");
        Convert.Format.words().forEach(format.putArray("enum")::add);
        members.set(
                "quality", described("1 to 100", "integer").put("minimum", 1).put("maximum", 100));
        members.set("lossless", described("only of webp and avif", "boolean"));
        members.set("keep", described("whether what it was made of is kept as well", "boolean"));
        convert.putArray("required").add("format");
        convert.put("additionalProperties", false);
        fields.put("convert", convert);
        fields.put("sidecar", words("what is written beside each picture", Sidecar.words()));
        ObjectNode sheet = described("a sheet with all pictures of the job", "boolean", "object");
        ObjectNode layout = sheet.putObject("properties");
        layout.set(
                "columns",
                described("pictures beside each other", "integer")
                        .put("minimum", 1)
                        .put("maximum", ContactSheet.MOST_COLUMNS));
        layout.set(
                "width",
                described("of each picture, in pixels", "integer")
                        .put("minimum", ContactSheet.LEAST_WIDTH)
                        .put("maximum", ContactSheet.MOST_WIDTH));
        layout.set(
                "caption",
                described("below each picture, such as \"[index] [seed]\"", "string")
                        .put("maxLength", ContactSheet.LONGEST_CAPTION));
        sheet.put("additionalProperties", false);
        fields.put("contact_sheet", sheet);
        ObjectNode pictures = described("a folder of pictures, or a pattern: a task for each", "array", "string");
        pictures.put("pattern", "\\S").put("minItems", 1);
        pictures.putObject("items").put("type", "string").put("pattern", "\\S");
        fields.put("pictures", pictures);
        fields.put(
                "masks",
                described("the folder of their masks, or a rule for their names such as *_mask.png", "string")
                        .put("pattern", "\\S"));
        fields.put(
                "missing_mask", words("what is done about a picture without a mask", PictureSet.MissingMask.words()));
        fields.put("sidecars", described("whether files beside a picture say more about it", "boolean"));
        fields.put("size", words("picture: as large as the init image", List.of("picture")));
        fields.put("inherit", words("infotext: what the init image was made with", List.of("infotext")));
        fields.put("matrix", axes("every combination of the values of fields"));
        fields.put("zip", axes("values of fields row by row; lists of the same length"));
        fields.put(
                "count",
                described("the same again so many times, with other seeds", "integer")
                        .put("minimum", 1));
        fields.put(
                "limit",
                described("most tasks that the file may become", "integer").put("minimum", 1));
        fields.put("expand", words("what is made of templates in prompts", Expand.words()));
        if (!fields.keySet().equals(new LinkedHashSet<>(PromptFileReader.JOB_FIELDS))) {
            throw new IllegalStateException("the schema and the reader know other fields of a job");
        }
        job.putObject("properties").setAll(fields);
        return job;
    }

    private static ObjectNode axes(String words) {
        ObjectNode axes = described(
                words + ", by their names or JSON pointers: lists, or for whole numbers ranges such as \"1-100\"",
                "object");
        ObjectNode values = axes.putObject("additionalProperties");
        values.putArray("type").add("array").add("string");
        values.put("minItems", 1);
        values.put("pattern", RANGE);
        return axes;
    }

    private static ObjectNode unit(Extension extension) {
        ObjectNode unit = object().put("type", "object")
                .put("description", "one unit of " + extension.title())
                .put("additionalProperties", false);
        ObjectNode properties = unit.putObject("properties");
        UnitField.all(extension).forEach((name, field) -> {
            properties.set(name, field(field));
            if (extension == Extension.ADETAILER) {
                properties.set(extension.own(name), field(field));
            }
        });
        new TreeMap<>(extension.aliases()).forEach((alias, name) -> {
            UnitField field = UnitField.all(extension).get(name);
            if (field != null) {
                properties.set(alias, field(field).put("description", "the same as " + name));
            }
        });
        return unit;
    }

    private static ObjectNode field(UnitField field) {
        ObjectNode schema = switch (field.type()) {
            case PICTURE -> described(A_PICTURE, "string");
            case TEXT -> typed("string");
            case WHOLE -> typed("integer");
            case NUMBER -> typed("number");
            case YES_NO -> typed("boolean");
            case NUMBERS -> typed("array");
            case TEXTS -> typed("array", "string");
        };
        if (field.least() != null) {
            schema.put("minimum", field.least());
        }
        if (field.most() != null) {
            schema.put("maximum", field.most());
        }
        if (!field.choices().isEmpty()) {
            schema.remove("type");
            ArrayNode words = schema.putArray("enum");
            field.choices().forEach(words::add);
            for (int i = 0; field.isNumbered() && i < field.choices().size(); i++) {
                words.add(i);
            }
            words.addNull();
        }
        if (field.type() == UnitField.Type.NUMBERS || field.type() == UnitField.Type.TEXTS) {
            schema.putObject("items").put("type", field.type() == UnitField.Type.NUMBERS ? "number" : "string");
        }
        if (UNIT_WORDS.containsKey(field.name())) {
            schema.put("description", UNIT_WORDS.get(field.name()));
        }
        return schema;
    }

    private static ObjectNode words(String description, List<String> words) {
        ObjectNode schema = object().put("description", description);
        ArrayNode known = schema.putArray("enum");
        words.forEach(known::add);
        known.addNull();
        return schema;
    }

    private static ObjectNode described(String description, String... types) {
        return typed(types).put("description", description);
    }

    private static ObjectNode typed(String... types) {
        ObjectNode schema = object();
        ArrayNode all = schema.putArray("type");
        for (String type : types) {
            all.add(type);
        }
        all.add("null");
        return schema;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
