package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What sd-webui-controlnet makes of its arguments. The map that it answers with is the picture it was given, in the size of
 * the job.
 */
final class ControlNet implements UnitRun {
    static final List<String> MODELS = List.of(
            "control_v11f1p_sd15_depth [cfd03158]",
            "control_v11p_sd15_canny [d14c016b]",
            "control_v11p_sd15_inpaint [ebff9138]",
            "control_v11p_sd15_openpose [cab727d4]");
    static final List<String> MODULES =
            List.of("none", "canny", "depth_midas", "inpaint_only", "openpose_full", "reference_only");

    private static final Map<String, String> OLD_NAMES =
            Map.of("guidance", "guidance_end", "lowvram", "low_vram", "input_image", "image");
    private static final List<String> RESIZE_MODES = List.of("Just Resize", "Crop and Resize", "Resize and Fill");
    private static final List<String> CONTROL_MODES =
            List.of("Balanced", "My prompt is more important", "ControlNet is more important");
    private static final Set<String> FLAGS =
            Set.of("enabled", "pixel_perfect", "low_vram", "save_detected_map", "inpaint_crop_input_image");

    private final JsonNode args;
    private final Engine engine;
    private final Asked asked;
    private final List<Picture> init;
    private final List<Picture> maps = new ArrayList<>();

    ControlNet(JsonNode args, Engine engine, Asked asked, List<Picture> init) {
        this.args = args;
        this.engine = engine;
        this.asked = asked;
        this.init = init;
    }

    @Override
    public void begin(ObjectNode extra) throws Failed {
        List<ObjectNode> units = new ArrayList<>();
        for (JsonNode arg : args) {
            if (arg.isObject()) {
                ObjectNode unit = unit((ObjectNode) arg);
                if (unit.path("enabled").asBoolean()) {
                    units.add(unit);
                }
            }
        }
        for (int i = 0; i < units.size(); i++) {
            extra.put("ControlNet " + i, told(units.get(i)));
        }
        for (ObjectNode unit : units) {
            detect(unit);
        }
    }

    @Override
    public List<Picture> maps() {
        return maps;
    }

    /** With the defaults for what is missing. What it does not know it passes over. */
    private static ObjectNode unit(ObjectNode given) throws Failed {
        ObjectNode unit = Json.object()
                .put("enabled", false)
                .put("module", "none")
                .put("model", "None")
                .put("weight", 1.0)
                .put("resize_mode", "Crop and Resize")
                .put("processor_res", -1)
                .put("threshold_a", -1.0)
                .put("threshold_b", -1.0)
                .put("guidance_start", 0.0)
                .put("guidance_end", 1.0)
                .put("pixel_perfect", false)
                .put("control_mode", "Balanced")
                .put("save_detected_map", true);
        for (Map.Entry<String, JsonNode> field : given.properties()) {
            String name = OLD_NAMES.getOrDefault(field.getKey(), field.getKey());
            require(name.equals(field.getKey()) || !given.has(name), "Conflict of field");
            unit.set(name, FLAGS.contains(name) ? flag(field.getValue()) : field.getValue());
        }
        if (unit.path("mask_image").isTextual()) {
            require(!unit.path("mask").isTextual(), "Cannot specify both 'mask' and 'mask_image'!");
            unit.set("mask", unit.get("mask_image"));
        }
        String module = unit.path("module").asText();
        require(MODULES.contains(module), "module(" + module + ") not found in supported modules.");
        number(unit, "weight", 0, 2);
        number(unit, "guidance_start", 0, 1);
        number(unit, "guidance_end", 0, 1);
        number(unit, "processor_res", -1, 1 << 16);
        number(unit, "threshold_a", -1, 1 << 16);
        number(unit, "threshold_b", -1, 1 << 16);
        require(
                unit.path("guidance_start").doubleValue()
                        <= unit.path("guidance_end").doubleValue(),
                "guidance_start > guidance_end");
        // a number is no mode, in this version
        require(isOneOf(unit.path("resize_mode"), RESIZE_MODES), "resize_mode");
        require(isOneOf(unit.path("control_mode"), CONTROL_MODES), "control_mode");
        if (unit.path("processor_res").asInt() < 0) {
            unit.put("processor_res", 512);
        }
        for (String threshold : List.of("threshold_a", "threshold_b")) {
            if (unit.path(threshold).asDouble() < 0) {
                unit.put(threshold, 0.5);
            }
        }
        return unit;
    }

    private static boolean isOneOf(JsonNode value, List<String> words) {
        return value.isTextual() && words.contains(value.asText());
    }

    private static JsonNode flag(JsonNode value) throws Failed {
        JsonNode flag = FieldType.BOOLEAN.coerce(value);
        if (flag == null) {
            throw new Failed(FieldType.BOOLEAN.message());
        }
        return flag;
    }

    private static void number(ObjectNode unit, String field, double least, double most) throws Failed {
        JsonNode number = FieldType.NUMBER.coerce(unit.path(field));
        if (number == null || number.doubleValue() < least || number.doubleValue() > most) {
            throw new Failed(field);
        }
        unit.set(field, field.equals("processor_res") ? unit.path(field) : number);
    }

    private static void require(boolean right, String otherwise) throws Failed {
        if (!right) {
            throw new Failed(otherwise);
        }
    }

    private static String told(ObjectNode unit) {
        Map<String, String> told = new LinkedHashMap<>();
        for (String field : List.of(
                "module",
                "model",
                "weight",
                "resize_mode",
                "processor_res",
                "threshold_a",
                "threshold_b",
                "guidance_start",
                "guidance_end",
                "pixel_perfect",
                "control_mode")) {
            told.put(field, Json.str(unit.path(field)));
        }
        return told.values().stream().anyMatch(value -> value.contains(",") || value.contains(":"))
                ? ""
                : told.entrySet().stream()
                        .map(field -> shown(field.getKey()) + ": " + field.getValue())
                        .collect(Collectors.joining(", "));
    }

    private static String shown(String field) {
        StringBuilder shown = new StringBuilder();
        for (String word : field.split("_", -1)) {
            shown.append(shown.isEmpty() ? "" : " ")
                    .append(Character.toUpperCase(word.charAt(0)))
                    .append(word.substring(1));
        }
        return shown.toString();
    }

    /** The model is looked for, then the picture; the infotext has been written by then. */
    private void detect(ObjectNode unit) throws Failed {
        boolean free = unit.path("module").asText().startsWith("reference_");
        require(free || model(unit.path("model").asText()) != null, "model not found");
        Picture picture = picture(unit);
        if (unit.path("save_detected_map").asBoolean()) {
            maps.add(picture.resized(asked.whole("width"), asked.whole("height")));
        }
    }

    private Picture picture(ObjectNode unit) throws Failed {
        if (unit.path("image").isTextual()) {
            try {
                return engine.reader().open(unit.path("image").asText()).load();
            } catch (ApiError e) {
                throw new Failed("Invalid encoded image");
            }
        }
        require(!init.isEmpty(), "controlnet is enabled but no input image is given");
        return init.get(0);
    }

    /** Exactly; else without its hash, or the shortest name that has this in it. */
    private static @Nullable String model(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return name.equals("None") || name.isEmpty()
                ? null
                : MODELS.stream()
                        .filter(model -> model.equals(name)
                                || model.substring(0, model.indexOf(' ')).contains(lower))
                        .min(Comparator.comparingInt(String::length))
                        .orElse(null);
    }
}
