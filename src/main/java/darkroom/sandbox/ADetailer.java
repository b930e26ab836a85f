package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What adetailer makes of its arguments. */
final class ADetailer implements UnitRun {
    static final String VERSION = "25.3.0";
    static final List<String> MODELS = List.of(
            "face_yolov8n.pt",
            "face_yolov8s.pt",
            "hand_yolov8n.pt",
            "person_yolov8n-seg.pt",
            "person_yolov8s-seg.pt",
            "yolov8x-worldv2.pt",
            "mediapipe_face_full",
            "mediapipe_face_short",
            "mediapipe_face_mesh",
            "mediapipe_face_mesh_eyes_only");

    private static final Set<String> TEXTS = Set.of(
            "ad_model",
            "ad_model_classes",
            "ad_prompt",
            "ad_negative_prompt",
            "ad_mask_filter_method",
            "ad_mask_merge_invert",
            "ad_checkpoint",
            "ad_vae",
            "ad_sampler",
            "ad_scheduler",
            "ad_controlnet_model",
            "ad_controlnet_module");
    private static final Set<String> FLAGS = Set.of(
            "ad_tab_enable",
            "ad_inpaint_only_masked",
            "ad_use_inpaint_width_height",
            "ad_use_steps",
            "ad_use_cfg_scale",
            "ad_use_checkpoint",
            "ad_use_vae",
            "ad_use_sampler",
            "ad_use_noise_multiplier",
            "ad_use_clip_skip",
            "ad_restore_face",
            "is_api");

    /** The least and the most of each number; NaN for none. */
    private static final Map<String, double[]> NUMBERS = Map.ofEntries(
            range("ad_confidence", 0, 1),
            range("ad_mask_k", 0, Double.NaN),
            range("ad_mask_min_ratio", 0, 1),
            range("ad_mask_max_ratio", 0, 1),
            range("ad_dilate_erode", Double.NaN, Double.NaN),
            range("ad_x_offset", Double.NaN, Double.NaN),
            range("ad_y_offset", Double.NaN, Double.NaN),
            range("ad_mask_blur", 0, Double.NaN),
            range("ad_denoising_strength", 0, 1),
            range("ad_inpaint_only_masked_padding", 0, Double.NaN),
            range("ad_inpaint_width", 1, Double.NaN),
            range("ad_inpaint_height", 1, Double.NaN),
            range("ad_steps", 1, Double.NaN),
            range("ad_cfg_scale", 0, Double.NaN),
            range("ad_noise_multiplier", 0.5, 1.5),
            range("ad_clip_skip", 1, 12),
            range("ad_controlnet_weight", 0, 1),
            range("ad_controlnet_guidance_start", 0, 1),
            range("ad_controlnet_guidance_end", 0, 1));

    private final JsonNode args;

    ADetailer(JsonNode args) {
        this.args = args;
    }

    private static Map.Entry<String, double[]> range(String field, double least, double most) {
        return Map.entry(field, new double[] {least, most});
    }

    @Override
    public List<Picture> maps() {
        return List.of();
    }

    /** A unit that it can't read it leaves out, and counts on; so the others change their places. */
    @Override
    public void begin(ObjectNode extra) throws Failed {
        if (args.path(0).isBoolean() && !args.path(0).booleanValue()) {
            return;
        }
        List<JsonNode> units = new ArrayList<>();
        for (JsonNode arg : args) {
            if (arg.isObject() && isValid(arg)) {
                units.add(arg);
            }
        }
        if (units.stream().noneMatch(ADetailer::isOn)) {
            return;
        }
        for (int i = 0; i < units.size(); i++) {
            if (isOn(units.get(i))) {
                tell(units.get(i), i == 0 ? "" : " " + (i + 1) + ending(i + 1), extra);
            }
        }
        extra.put("ADetailer version", VERSION);
        for (JsonNode unit : units) {
            if (isOn(unit) && !MODELS.contains(unit.path("ad_model").asText())) {
                throw new Failed("Model not found"); // by then the infotext claims otherwise
            }
        }
    }

    private static boolean isOn(JsonNode unit) {
        return !unit.path("ad_model").asText("None").equals("None")
                && unit.path("ad_tab_enable").asBoolean(true);
    }

    private static boolean isValid(JsonNode unit) {
        for (Map.Entry<String, JsonNode> field : unit.properties()) {
            String name = field.getKey();
            JsonNode value = field.getValue();
            double[] range = NUMBERS.get(name);
            JsonNode number = range == null ? null : FieldType.NUMBER.coerce(value);
            boolean valid = range == null
                    ? (TEXTS.contains(name) && FieldType.STRING.coerce(value) != null)
                            || (FLAGS.contains(name) && FieldType.BOOLEAN.coerce(value) != null)
                    : number != null && !(number.doubleValue() < range[0]) && !(number.doubleValue() > range[1]);
            if (!valid) {
                return false;
            }
        }
        return true;
    }

    private static void tell(JsonNode unit, String suffix, ObjectNode extra) {
        extra.put("ADetailer model" + suffix, unit.path("ad_model").asText());
        for (String field : List.of("prompt", "negative_prompt")) {
            String text = unit.path("ad_" + field).asText();
            if (!text.isEmpty()) {
                extra.put("ADetailer " + field.replace('_', ' ') + suffix, text);
            }
        }
        number(unit, "confidence", 0.3, suffix, extra);
        number(unit, "dilate_erode", 4, suffix, extra);
        number(unit, "mask_blur", 4, suffix, extra);
        number(unit, "denoising_strength", 0.4, suffix, extra);
        if (unit.path("ad_use_steps").asBoolean()) {
            extra.put("ADetailer use separate steps" + suffix, "True");
            number(unit, "steps", 28, suffix, extra);
        }
    }

    private static void number(JsonNode unit, String field, double usual, String suffix, ObjectNode extra) {
        JsonNode given = unit.path("ad_" + field);
        boolean whole = given.isMissingNode() ? usual == Math.rint(usual) : given.isIntegralNumber();
        double value = given.isMissingNode() ? usual : given.asDouble();
        extra.put(
                "ADetailer " + field.replace('_', ' ') + suffix,
                whole ? String.valueOf((long) value) : Json.str(value));
    }

    private static String ending(int number) {
        return number == 2 ? "nd" : number == 3 ? "rd" : "th";
    }
}
