package darkroom.promptfile;

import darkroom.job.Operation;
import darkroom.job.PayloadField;
import darkroom.job.Task;
import darkroom.picture.Infotext;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Pins what is random, so that a task done again is the same task and makes the same pictures. */
public final class Planner {
    /** Seeds are drawn below this: every WebUI can count so far (stable-diffusion.cpp reads 32 bits, with a sign). */
    private static final int SEEDS = Integer.MAX_VALUE;

    /** What the WebUI calls a seed in an infotext. */
    private static final Map<String, String> IN_INFOTEXT = Map.of("seed", "Seed", "subseed", "Variation seed");

    private static final Pattern SEED = Pattern.compile("-?\\d{1,18}");

    private final RandomGenerator random;

    /** Draws from {@code random}. */
    public Planner(RandomGenerator random) {
        this.random = random;
    }

    /**
     * The task of an entry.
     *
     * @param number its place in the job, from 1
     * @param firstIndex the index of its first picture among all pictures of the job, from 1
     */
    public Task plan(PromptFile promptFile, String jobId, int number, int firstIndex) {
        return new Task(
                jobId,
                number,
                firstIndex,
                promptFile.operation(),
                promptFile.save(),
                promptFile.outOfMemory(),
                promptFile.after(),
                pinned(promptFile.operation(), promptFile.settings()),
                promptFile.attachments(),
                null,
                List.of(),
                promptFile.source());
    }

    /** The same settings with nothing random left about them. */
    Map<String, @Nullable Object> pinned(Operation operation, Map<String, @Nullable Object> open) {
        Map<String, @Nullable Object> settings = new LinkedHashMap<>(open);
        if (operation.generates()) {
            pin(settings, "seed");
            if (isVaried(settings)) {
                pin(settings, "subseed");
            }
        }
        return settings;
    }

    private void pin(Map<String, @Nullable Object> settings, String name) {
        Object wish = settings.containsKey(name) ? settings.get(name) : seedOfInfotext(settings, name);
        boolean random = wish == null
                || PayloadField.number(wish)
                        .map(n -> n.compareTo(BigDecimal.ONE.negate()) == 0)
                        .orElse(true);
        settings.put(name, random ? Long.valueOf(this.random.nextInt(SEEDS)) : wish);
    }

    /** The WebUI takes a missing seed from {@code infotext} (webui-api, section 2.6); so it is not to be drawn. */
    private static @Nullable Long seedOfInfotext(Map<String, @Nullable Object> settings, String name) {
        return ofInfotext(settings, IN_INFOTEXT.getOrDefault(name, name))
                .filter(seed -> SEED.matcher(seed).matches())
                .map(Long::valueOf)
                .orElse(null);
    }

    /** Any strength but 0 mixes the subseed in, a negative one as well. */
    private static boolean isVaried(Map<String, @Nullable Object> settings) {
        Object strength = settings.containsKey("subseed_strength")
                ? settings.get("subseed_strength")
                : ofInfotext(settings, "Variation seed strength").orElse(null);
        return PayloadField.number(strength).map(n -> n.signum() != 0).orElse(false);
    }

    private static Optional<String> ofInfotext(Map<String, @Nullable Object> settings, String key) {
        return settings.get("infotext") instanceof String infotext ? Infotext.value(infotext, key) : Optional.empty();
    }
}
