package darkroom.webui;

import darkroom.job.Attachment;
import darkroom.job.Operation;
import darkroom.job.Task;
import darkroom.picture.Infotext;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a task asks for, in the terms that an answer can be held against. */
public final class Asked {
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

    private static final long MOST_SEEDS = 100_000;

    private static final Set<Check> OF_IMG2IMG = Set.of(Check.SIZE, Check.STEPS, Check.SAMPLER, Check.SCHEDULER);

    private final Task task;

    /** Reads a task. */
    public Asked(Task task) {
        this.task = task;
    }

    /** Whether the WebUI is to keep the pictures as well; it takes {@code 1} or {@code "yes"} for true. */
    public boolean saves() {
        return isTrue("save_images");
    }

    /**
     * Whether something besides the fields decides about this, so that nothing follows from a difference: a script, which
     * may vary what it likes, or an {@code infotext}, whose values count where the payload names none (webui-api, section
     * 2.6).
     */
    boolean isOpen(Check check) {
        if (ExtensionUnits.skipsImg2img(task) && OF_IMG2IMG.contains(check)) {
            return true; // ADetailer has a token picture made, and works on the init image
        }
        return hasScript() ? check != Check.PICTURE : isLeftToInfotext(check);
    }

    /** Whether an {@code infotext} decides about this. */
    boolean isLeftToInfotext(Check check) {
        return switch (check) {
            case COUNT -> isTxt2img() && isFromInfotext("batch_size", "Batch size");
            case SIZE -> isTxt2img() && hasInfotext() && isHiresByInfotext();
            case SAMPLER -> text("sampler_name").isEmpty() && isFromInfotext("sampler_name", "Sampler");
            case SCHEDULER -> isFromInfotext("scheduler", "Schedule type");
            default -> false;
        };
    }

    /** How many pictures; empty if that is open. */
    Optional<Long> pictures() {
        if (isOpen(Check.COUNT)) {
            return Optional.empty();
        }
        BigDecimal batch = count("batch_size");
        if (hasSeveralInitImages()) {
            // one picture serves the whole batch; of several, each is used once (webui-api, section 2.4)
            batch = batch.min(BigDecimal.valueOf(initImages()));
        }
        return Optional.of(batch.multiply(count("n_iter")).min(MOST).longValue());
    }

    boolean hasSeveralInitImages() {
        return initImages() > 1;
    }

    private int initImages() {
        return !isTxt2img() && task.settings().get("init_images") instanceof List<?> images ? images.size() : 0;
    }

    /** How many times over. */
    long batches() {
        return count("n_iter").longValue();
    }

    /** Whether the pictures come with the answer. */
    boolean sends() {
        return !isFalse("send_images");
    }

    /**
     * Width and height of each picture; empty if nobody asked, or if it can't be told beforehand.
     *
     * @param answer says what the WebUI took for a side that nobody named
     */
    Optional<Size> size(Answer answer) {
        if (task.operation() == Operation.EXTRAS) {
            return extrasSize();
        }
        boolean swapped = isTxt2img() && (isSet("firstphase_width") || isSet("firstphase_height"));
        if (!namesSize() || isOpen(Check.SIZE) || swapped) {
            return Optional.empty();
        }
        long width = side("width", answer);
        long height = side("height", answer);
        return Optional.of(isHires() ? enlarged(width, height) : new Size(width, height, false));
    }

    /** What the second pass makes of a size. */
    Size enlarged(long width, long height) {
        long toWidth = whole("hr_resize_x");
        long toHeight = whole("hr_resize_y");
        if (toWidth > 0 || toHeight > 0) {
            return new Size(
                    toWidth > 0 ? toWidth : toHeight * width / height,
                    toHeight > 0 ? toHeight : toWidth * height / width,
                    true);
        }
        double scale = number("hr_scale").map(BigDecimal::doubleValue).orElse(2.0); // counted as Python does
        return new Size((long) (width * scale), (long) (height * scale), true);
    }

    /** What becomes of the one picture, by a factor or to a size; upscalers work in steps of 8 pixels. */
    private Optional<Size> extrasSize() {
        Optional<Attachment> image = task.attachments().stream()
                .filter(a -> a.pointer().equals("/image") && a.width() > 0)
                .findFirst();
        if (image.isEmpty() || !namesUpscaler()) {
            return image.map(a -> new Size(a.width(), a.height(), false));
        }
        int width = image.get().width();
        int height = image.get().height();
        if (whole("resize_mode") == 0) {
            double scale =
                    number("upscaling_resize").map(BigDecimal::doubleValue).orElse(2.0);
            return Optional.of(new Size((long) (width * scale), (long) (height * scale), true));
        }
        long toWidth = isSet("upscaling_resize_w") ? whole("upscaling_resize_w") : 512;
        long toHeight = isSet("upscaling_resize_h") ? whole("upscaling_resize_h") : 512;
        if (!isFalse("upscaling_crop")) {
            return Optional.of(new Size(toWidth, toHeight, false));
        }
        double scale = Math.max((double) toWidth / width, (double) toHeight / height);
        return Optional.of(new Size((long) (width * scale), (long) (height * scale), true));
    }

    /** Whether extras are to enlarge a picture. */
    boolean namesUpscaler() {
        return !List.of("", "None").contains(text("upscaler_1"));
    }

    /** Whether the author said anything about how large pictures are to be. */
    boolean namesSize() {
        return task.operation() == Operation.EXTRAS
                || isSet("width")
                || isSet("height")
                || (isHires()
                        && Stream.of("hr_resize_x", "hr_resize_y", "hr_scale").anyMatch(this::isSet));
    }

    /**
     * A size.
     *
     * @param hires whether it is that of a second pass or an upscaler, which works in steps of 8 pixels: it crops to one side
     *     or the other
     */
    record Size(long width, long height, boolean hires) {
        private static final int STEP = 8;

        /** Whether a picture is as large. */
        boolean is(int gotWidth, int gotHeight) {
            return isSide(width, gotWidth) && isSide(height, gotHeight);
        }

        private boolean isSide(long wanted, int got) {
            return got == wanted || (hires && got % STEP == 0 && Math.abs(got - wanted) < STEP);
        }

        @Override
        public String toString() {
            return width + "x" + height;
        }
    }

    Optional<BigInteger> seed() {
        return number("seed").map(BigDecimal::toBigInteger).filter(seed -> seed.signum() >= 0);
    }

    /**
     * The seeds of all pictures, in their order (webui-api, section 2.2).
     *
     * @return empty if that can't be told beforehand
     */
    Optional<List<BigInteger>> seeds() {
        Optional<Long> wanted = pictures().filter(number -> number <= MOST_SEEDS);
        Optional<BigInteger> first = seed();
        if (wanted.isEmpty() || first.isEmpty()) {
            return Optional.empty();
        }
        // variations of one picture share its seed, and differ in their subseeds
        boolean counting = number("subseed_strength").map(BigDecimal::signum).orElse(0) == 0;
        return Optional.of(LongStream.range(0, wanted.get())
                .mapToObj(i -> counting ? first.get().add(BigInteger.valueOf(i)) : first.get())
                .toList());
    }

    SamplerWish sampler() {
        String name = text("sampler_name");
        return SamplerWish.of(name.isEmpty() ? text("sampler_index") : name, text("scheduler"));
    }

    /** The checkpoint's name, to the letter: the WebUI does not know one with a blank behind it. */
    String checkpoint() {
        return overridden("sd_model_checkpoint");
    }

    /** The VAE's name, likewise. */
    String vae() {
        return overridden("sd_vae");
    }

    /** What the request overrides an option with; empty if it does not. */
    String overridden(String option) {
        Object wish = override(option);
        return wish == null || wish.toString().isBlank() ? "" : wish.toString();
    }

    /** What an option is to be for this task alone; null if it stays as it is. */
    @Nullable
    Object override(String option) {
        return task.settings().get("override_settings") instanceof Map<?, ?> options ? options.get(option) : null;
    }

    /** Whether a script decides what is made. */
    public boolean hasScript() {
        return !text("script_name").isEmpty();
    }

    /** Whether only a part of the init image is to change. */
    boolean hasMask() {
        return task.attachments().stream().anyMatch(a -> a.pointer().equals("/mask"));
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

    private boolean isTxt2img() {
        return task.operation() == Operation.TXT2IMG;
    }

    /** Whether there is a second pass; img2img has no such fields. */
    boolean isHires() {
        return isTxt2img() && isTrue("enable_hr");
    }

    /** An infotext that names a denoising strength turns the second pass on, and one may decide how large it is. */
    boolean isHiresByInfotext() {
        return isTxt2img() && (isHires() || isFromInfotext("enable_hr", "Denoising strength"));
    }

    private boolean hasInfotext() {
        return !text("infotext").isEmpty() || isInfotextSetAside();
    }

    private boolean isInfotextSetAside() {
        return task.attachments().stream().anyMatch(a -> a.pointer().equals("/infotext"));
    }

    private boolean isFromInfotext(String field, String key) {
        return !task.settings().containsKey(field)
                && (isInfotextSetAside()
                        || Infotext.value(text("infotext"), key).isPresent());
    }

    /** What is named counts; else what the answer reports, and the default of A1111 if it reports nothing. */
    private long side(String name, Answer answer) {
        return isSet(name)
                ? whole(name)
                : answer.number(name)
                        .filter(n -> n.signum() > 0)
                        .map(BigInteger::longValue)
                        .orElse(512L);
    }

    private long whole(String name) {
        return number(name).map(BigDecimal::longValue).orElse(0L);
    }

    private BigDecimal count(String name) {
        return number(name).orElse(BigDecimal.ONE);
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
