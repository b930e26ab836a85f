package darkroom.webui;

import darkroom.job.Operation;
import darkroom.job.Task;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a task asks for, in the terms that an answer can be held against. */
final class Asked {
    private final Task task;

    Asked(Task task) {
        this.task = task;
    }

    /** How many pictures; empty if a script decides. */
    Optional<Integer> pictures() {
        if (hasScript()) {
            return Optional.empty();
        }
        int batch = count("batch_size");
        if (task.operation() == Operation.IMG2IMG && task.settings().get("init_images") instanceof List<?> images) {
            // one picture serves the whole batch; of several, each is used once (webui-api, section 2.4)
            batch = images.size() > 1 ? Math.min(batch, images.size()) : batch;
        }
        return Optional.of(batch * count("n_iter"));
    }

    /** Whether the pictures come with the answer. */
    boolean sends() {
        return !isFalse("send_images");
    }

    /** Width and height of each picture; empty if nobody asked, or if it can't be told beforehand. */
    Optional<String> size() {
        Optional<BigDecimal> width = number("width");
        Optional<BigDecimal> height = number("height");
        if (!namesSize() || hasScript() || isSet("firstphase_width") || isSet("firstphase_height")) {
            return Optional.empty();
        }
        BigDecimal w = width.orElse(BigDecimal.valueOf(512)); // the default of both operations
        BigDecimal h = height.orElse(BigDecimal.valueOf(512));
        if (!isTrue("enable_hr")) {
            return Optional.of(w.intValue() + "x" + h.intValue());
        }
        if (isSet("hr_resize_x") && isSet("hr_resize_y")) {
            return Optional.of(number("hr_resize_x").get().intValue() + "x"
                    + number("hr_resize_y").get().intValue());
        }
        if (isSet("hr_resize_x") || isSet("hr_resize_y")) {
            return Optional.empty(); // the other side follows from the proportions, with roundings of its own
        }
        BigDecimal scale = number("hr_scale").orElse(BigDecimal.valueOf(2));
        int scaledWidth = w.multiply(scale).intValue();
        int scaledHeight = h.multiply(scale).intValue();
        return scaledWidth % 8 == 0 && scaledHeight % 8 == 0
                ? Optional.of(scaledWidth + "x" + scaledHeight)
                : Optional.empty();
    }

    boolean namesSize() {
        return number("width").isPresent() || number("height").isPresent();
    }

    Optional<BigInteger> seed() {
        return number("seed").map(BigDecimal::toBigInteger).filter(seed -> seed.signum() >= 0);
    }

    SamplerWish sampler() {
        String name = text("sampler_name");
        return SamplerWish.of(name.isEmpty() ? text("sampler_index") : name, text("scheduler"));
    }

    /** The checkpoint's name, to the letter: the WebUI does not know one with a blank behind it. */
    String checkpoint() {
        Object overrides = task.settings().get("override_settings");
        Object wish = overrides instanceof Map<?, ?> options ? options.get("sd_model_checkpoint") : null;
        return wish == null || wish.toString().isBlank() ? "" : wish.toString();
    }

    /** A text; empty if it is missing or null. */
    String text(String name) {
        Object value = task.settings().get(name);
        return value == null ? "" : value.toString().strip();
    }

    /** A number, or what the WebUI would take for one. */
    Optional<BigDecimal> number(String name) {
        Object value = task.settings().get(name);
        try {
            return value == null || value instanceof Boolean
                    ? Optional.empty()
                    : Optional.of(new BigDecimal(value.toString().strip()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private boolean hasScript() {
        return !text("script_name").isEmpty();
    }

    private int count(String name) {
        return number(name).map(BigDecimal::intValue).orElse(1);
    }

    private boolean isSet(String name) {
        return number(name).map(n -> n.signum() > 0).orElse(false);
    }

    private boolean isTrue(String name) {
        return is(task.settings().get(name), "true", "1", "on", "yes", "t", "y");
    }

    private boolean isFalse(String name) {
        return is(task.settings().get(name), "false", "0", "off", "no", "f", "n");
    }

    private static boolean is(@Nullable Object value, String... words) {
        return value != null && List.of(words).contains(value.toString().toLowerCase(Locale.ROOT));
    }
}
