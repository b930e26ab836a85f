package darkroom.job;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A payload field that is checked before a GPU is touched. Others pass through to the WebUI untouched.
 *
 * <p>Names and types are the contract's (webui-api, sections 1.6 and 2.2 to 2.4); what the WebUI coerces ({@code "25"} for 25) is
 * accepted as well, what it would silently cut off (64.9 for a whole number) is not.
 *
 * @param name the WebUI's name
 * @param type what its value must be
 * @param least the smallest number that the WebUI survives, or null; below it, it answers 500
 */
public record PayloadField(String name, Type type, @Nullable Integer least) {

    /** What a value must be. */
    public enum Type {
        TEXT("a text"),
        WHOLE("a whole number"),
        NUMBER("a number"),
        YES_NO("true or false"),
        LIST("a list"),
        OBJECT("an object");

        private final String words;

        Type(String words) {
            this.words = words;
        }

        /** For messages, for example {@code a whole number}. */
        public String words() {
            return words;
        }
    }

    private static final int GRAIN = 8;

    /** What the WebUI takes for yes or no, in lower case. */
    public static final Set<String> WORDS_FOR_YES_NO =
            Set.of("true", "false", "on", "off", "yes", "no", "t", "f", "y", "n", "1", "0");

    private static final Map<String, PayloadField> ALL = Stream.of(
                    of(Type.TEXT, "prompt", "negative_prompt", "sampler_name", "sampler_index", "scheduler"),
                    of(Type.TEXT, "refiner_checkpoint", "force_task_id", "script_name", "infotext"),
                    of(Type.TEXT, "hr_upscaler", "hr_checkpoint_name", "hr_sampler_name", "hr_scheduler"),
                    of(Type.TEXT, "hr_prompt", "hr_negative_prompt", "mask"),
                    of(Type.TEXT, "upscaler_1", "upscaler_2"),
                    of(Type.WHOLE, "seed", "subseed", "seed_resize_from_h", "seed_resize_from_w"),
                    of(Type.WHOLE, "hr_second_pass_steps", "hr_resize_x", "hr_resize_y"),
                    of(Type.WHOLE, "firstphase_width", "firstphase_height", "resize_mode", "mask_blur"),
                    of(Type.WHOLE, "mask_blur_x", "mask_blur_y", "inpainting_fill", "inpaint_full_res_padding"),
                    of(Type.WHOLE, "inpainting_mask_invert"),
                    Stream.of(
                                    "steps",
                                    "batch_size",
                                    "n_iter",
                                    "width",
                                    "height",
                                    "upscaling_resize_w",
                                    "upscaling_resize_h")
                            .map(name -> new PayloadField(name, Type.WHOLE, 1)),
                    of(Type.NUMBER, "subseed_strength", "cfg_scale", "eta", "s_min_uncond", "s_churn", "s_tmax"),
                    of(Type.NUMBER, "s_tmin", "s_noise", "refiner_switch_at", "denoising_strength", "hr_scale"),
                    of(Type.NUMBER, "initial_noise_multiplier", "image_cfg_scale"),
                    of(Type.YES_NO, "restore_faces", "tiling", "do_not_save_samples", "do_not_save_grid"),
                    of(Type.YES_NO, "override_settings_restore_afterwards", "disable_extra_networks", "enable_hr"),
                    of(Type.YES_NO, "send_images", "save_images", "mask_round", "include_init_images"),
                    of(Type.NUMBER, "upscaling_resize", "gfpgan_visibility", "codeformer_visibility"),
                    of(Type.NUMBER, "codeformer_weight", "extras_upscaler_2_visibility"),
                    of(Type.YES_NO, "inpaint_full_res", "upscaling_crop", "upscale_first", "show_extras_results"),
                    of(Type.LIST, "styles", "init_images", "script_args"),
                    of(Type.OBJECT, "override_settings", "alwayson_scripts", "comments"))
            .flatMap(fields -> fields)
            .collect(Collectors.toUnmodifiableMap(PayloadField::name, field -> field));

    /** The field of this name; empty if there is none. */
    public static Optional<PayloadField> of(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    /** All of them, by their names in the order of the alphabet. */
    public static SortedMap<String, PayloadField> all() {
        return new TreeMap<>(ALL);
    }

    /** The names of all. */
    public static Set<String> names() {
        return ALL.keySet();
    }

    /** Whether the WebUI would understand this value as what it looks like. */
    public boolean accepts(@Nullable Object value) {
        if (value == null) {
            return least == null; // a null where a number is needed ends in a 500
        }
        return switch (type) {
            case TEXT -> value instanceof String || value instanceof Number;
            case WHOLE -> number(value).map(PayloadField::isWhole).orElse(false);
            case NUMBER -> number(value).isPresent();
            case YES_NO ->
                value instanceof Boolean
                        || WORDS_FOR_YES_NO.contains(value.toString().toLowerCase(Locale.ROOT));
            case LIST -> value instanceof List;
            case OBJECT -> value instanceof Map;
        };
    }

    /** Whether a number is not too small. */
    public boolean inRange(@Nullable Object value) {
        return least == null
                || number(value)
                        .map(n -> n.compareTo(BigDecimal.valueOf(least)) >= 0)
                        .orElse(true);
    }

    /** What the WebUI makes of a width or a height in pixels: it rounds down to multiples of 8. At least 8. */
    public static int side(int pixels) {
        return Math.max(GRAIN, pixels / GRAIN * GRAIN);
    }

    private static boolean isWhole(BigDecimal number) {
        return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    }

    /** The number that a value stands for: a number, or a text of one. */
    public static Optional<BigDecimal> number(@Nullable Object value) {
        if (value instanceof Number || (value instanceof String text && !text.isBlank() && text.length() < 40)) {
            try {
                BigDecimal number = new BigDecimal(value.toString().strip());
                return Math.abs((long) number.scale()) > 400 ? Optional.empty() : Optional.of(number);
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Stream<PayloadField> of(Type type, String... names) {
        return Stream.of(names).map(name -> new PayloadField(name, type, null));
    }
}
