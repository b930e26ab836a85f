package darkroom.promptfile;

import darkroom.job.Task;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Pins what is random, so that a task done again is the same task and makes the same pictures. */
public final class Planner {
    /** Seeds are drawn below this: every WebUI can count so far (stable-diffusion.cpp reads 32 bits, with a sign). */
    private static final int SEEDS = Integer.MAX_VALUE;

    private static final Pattern SEED_IN_INFOTEXT = Pattern.compile("(?:^|[,\\n])\\s*Seed:\\s*(\\d{1,18})\\s*(?:,|$)");

    private final RandomGenerator random;

    /** Draws from {@code random}. */
    public Planner(RandomGenerator random) {
        this.random = random;
    }

    /** The tasks of a job. */
    public List<Task> plan(PromptFile promptFile, String jobId) {
        Map<String, @Nullable Object> settings = new LinkedHashMap<>(promptFile.settings());
        pin(settings, "seed");
        if (isPositive(settings.get("subseed_strength"))) {
            pin(settings, "subseed");
        }
        return List.of(
                new Task(jobId, 1, 1, promptFile.operation(), promptFile.save(), settings, promptFile.attachments()));
    }

    private void pin(Map<String, @Nullable Object> settings, String name) {
        Object wish = settings.get(name);
        boolean random = wish == null
                || PayloadField.number(wish)
                        .map(n -> n.compareTo(BigDecimal.ONE.negate()) == 0)
                        .orElse(true);
        if (random) {
            settings.put(name, seedOfInfotext(settings, name).orElseGet(() -> (long) this.random.nextInt(SEEDS)));
        }
    }

    /** The WebUI takes a missing seed from {@code infotext} (webui-api, section 2.6); so it is not to be drawn. */
    private static Optional<Long> seedOfInfotext(Map<String, @Nullable Object> settings, String name) {
        if (name.equals("seed") && !settings.containsKey(name) && settings.get("infotext") instanceof String infotext) {
            Matcher seed = SEED_IN_INFOTEXT.matcher(infotext);
            return seed.find() ? Optional.of(Long.parseLong(seed.group(1))) : Optional.empty();
        }
        return Optional.empty();
    }

    private static boolean isPositive(@Nullable Object value) {
        return PayloadField.number(value).map(n -> n.signum() > 0).orElse(false);
    }
}
