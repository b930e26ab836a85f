package darkroom.promptfile;

import darkroom.job.Extension;
import darkroom.job.PayloadField;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A field of an extension's unit, as its source has it: sd-webui-controlnet 1.1.455 ({@code internal_controlnet/args.py}), the
 * ControlNet of Forge ({@code lib_controlnet/external_code.py}) and adetailer 25.3.0 ({@code adetailer/args.py}). What these
 * refuse they log and pass over: the picture is made without the unit. What is theirs alone is left out: fields of their
 * page, and names of folders on the WebUI's disk.
 *
 * @param name its plain name ({@link Extension#plain})
 * @param least the smallest number; null for any
 * @param most the largest number; null for any
 * @param choices the texts that it may be, in the order of their numbers, which may stand for them; empty for any
 */
record UnitField(
        String name,
        Type type,
        @Nullable BigDecimal least,
        @Nullable BigDecimal most,
        List<String> choices) {

    enum Type {
        PICTURE("name a picture by its path, or give it as base64"),
        TEXT("use a text"),
        WHOLE("use a whole number"),
        NUMBER("use a number"),
        YES_NO("use true or false"),
        NUMBERS("use a list of numbers"),
        TEXTS("use a text, or a list of texts");

        final String words;

        Type(String words) {
            this.words = words;
        }
    }

    private static final List<String> RESIZE_MODES = List.of("Just Resize", "Crop and Resize", "Resize and Fill");
    private static final List<String> CONTROL_MODES =
            List.of("Balanced", "My prompt is more important", "ControlNet is more important");
    private static final List<String> HIRES_OPTIONS = List.of("Both", "Low res only", "High res only");

    private static final Set<String> NUMBERED = Set.of("resize_mode", "control_mode", "hr_option");

    private static final Map<Extension, Map<String, UnitField>> ALL = new EnumMap<>(Map.of(
            Extension.CONTROLNET,
            table(List.of(
                    of(Type.YES_NO, "enabled", "pixel_perfect", "low_vram", "save_detected_map"),
                    of(Type.YES_NO, "inpaint_crop_input_image"),
                    of(Type.PICTURE, "image", "mask", "effective_region_mask"),
                    of(Type.TEXT, "module", "model"),
                    range(Type.NUMBER, "0", "2", "weight"),
                    range(Type.NUMBER, "0", "1", "guidance_start", "guidance_end"),
                    range(Type.WHOLE, "-1", null, "processor_res"),
                    range(Type.NUMBER, "-1", null, "threshold_a", "threshold_b"),
                    choice("resize_mode", RESIZE_MODES),
                    choice("control_mode", CONTROL_MODES),
                    choice("hr_option", HIRES_OPTIONS),
                    choice("pulid_mode", List.of("Fidelity", "Extremely style")),
                    choice(
                            "union_control_type",
                            List.of(
                                    "OpenPose",
                                    "Depth",
                                    "Soft Edge",
                                    "Hard Edge",
                                    "Normal Map",
                                    "Segmentation",
                                    "Tile",
                                    "Inpaint",
                                    "Unknown")),
                    of(Type.NUMBERS, "advanced_weighting"),
                    of(Type.TEXTS, "ipadapter_input"))),
            Extension.ADETAILER,
            table(List.of(
                    of(Type.TEXT, "model", "model_classes", "prompt", "negative_prompt"),
                    of(Type.YES_NO, "tab_enable", "skip_img2img", "inpaint_only_masked", "restore_face"),
                    range(Type.NUMBER, "0", "1", "confidence", "mask_min_ratio", "mask_max_ratio"),
                    range(Type.NUMBER, "0", "1", "denoising_strength", "controlnet_weight"),
                    range(Type.NUMBER, "0", "1", "controlnet_guidance_start", "controlnet_guidance_end"),
                    choice("mask_filter_method", List.of("Area", "Confidence")),
                    choice("mask_merge_invert", List.of("None", "Merge", "Merge and Invert")),
                    range(Type.WHOLE, "0", null, "mask_k", "mask_blur", "inpaint_only_masked_padding"),
                    of(Type.WHOLE, "dilate_erode", "x_offset", "y_offset"),
                    of(Type.YES_NO, "use_inpaint_width_height", "use_steps", "use_cfg_scale", "use_checkpoint"),
                    of(Type.YES_NO, "use_vae", "use_sampler", "use_noise_multiplier", "use_clip_skip"),
                    range(Type.WHOLE, "1", null, "inpaint_width", "inpaint_height", "steps"),
                    range(Type.NUMBER, "0", null, "cfg_scale"),
                    of(Type.TEXT, "checkpoint", "vae", "sampler", "scheduler"),
                    range(Type.NUMBER, "0.5", "1.5", "noise_multiplier"),
                    range(Type.WHOLE, "1", "12", "clip_skip"),
                    of(Type.TEXT, "controlnet_model", "controlnet_module")))));

    /** The field of a unit that goes by this name, whichever of its names that is. */
    static Optional<UnitField> of(Extension extension, String name) {
        return Optional.ofNullable(all(extension).get(extension.plain(name)));
    }

    /** The plain names of all. */
    static Set<String> names(Extension extension) {
        return all(extension).keySet();
    }

    /** All of an extension, by their plain names. */
    static Map<String, UnitField> all(Extension extension) {
        return ALL.getOrDefault(extension, Map.of());
    }

    /** Whether a value is of its type; extensions convert nothing reliably. */
    boolean accepts(@Nullable Object value) {
        return switch (type) {
            case PICTURE -> value instanceof String;
            case TEXT -> value instanceof String || (!choices.isEmpty() && isChoice(value));
            case WHOLE ->
                value instanceof Number
                        && PayloadField.number(value)
                                .map(number -> number.signum() == 0
                                        || number.stripTrailingZeros().scale() <= 0)
                                .orElse(false);
            case NUMBER -> value instanceof Number;
            case YES_NO -> value instanceof Boolean;
            case NUMBERS -> value instanceof List<?> list && list.stream().allMatch(Number.class::isInstance);
            case TEXTS ->
                value instanceof String
                        || (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance));
        };
    }

    /** Whether a value of its type is one that the extension takes. */
    boolean inRange(@Nullable Object value) {
        if (!choices.isEmpty()) {
            return isChoice(value);
        }
        return PayloadField.number(value)
                .map(number -> (least == null || number.compareTo(least) >= 0)
                        && (most == null || number.compareTo(most) <= 0))
                .orElse(type != Type.NUMBER && type != Type.WHOLE);
    }

    /** Whether numbers may stand for its texts, as they once did. */
    boolean isNumbered() {
        return NUMBERED.contains(name);
    }

    private boolean isChoice(@Nullable Object value) {
        return value instanceof String text
                ? choices.contains(text)
                : isNumbered()
                        && value instanceof Number number
                        && number.doubleValue() == number.intValue()
                        && number.intValue() >= 0
                        && number.intValue() < choices.size();
    }

    /** What to write instead. */
    String hint() {
        if (!choices.isEmpty()) {
            return "use one of \"" + String.join("\", \"", choices) + "\"";
        }
        String range = least == null ? "" : most == null ? " from " + least + " up" : " from " + least + " to " + most;
        return type.words + range;
    }

    private static Map<String, UnitField> table(List<List<UnitField>> rows) {
        Map<String, UnitField> table = new LinkedHashMap<>();
        rows.forEach(row -> row.forEach(field -> table.put(field.name, field)));
        return table;
    }

    private static List<UnitField> of(Type type, String... names) {
        return range(type, null, null, names);
    }

    private static List<UnitField> choice(String name, List<String> choices) {
        return List.of(new UnitField(name, Type.TEXT, null, null, choices));
    }

    private static List<UnitField> range(Type type, @Nullable String least, @Nullable String most, String... names) {
        List<UnitField> fields = new ArrayList<>();
        for (String name : names) {
            fields.add(new UnitField(
                    name,
                    type,
                    least == null ? null : new BigDecimal(least),
                    most == null ? null : new BigDecimal(most),
                    List.of()));
        }
        return fields;
    }
}
