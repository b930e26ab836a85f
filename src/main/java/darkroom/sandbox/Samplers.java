package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds what samples when a request names a sampler, and never says that it found something else (captures 117-119, 310-312). */
final class Samplers {
    static final String AUTOMATIC = "Automatic";

    /** Samplers that know no schedule, and so name none in infotexts but the one asked for. */
    private static final Set<String> WITHOUT_SCHEDULE = Set.of("DDIM", "DDIM CFG++", "PLMS", "UniPC");

    private final JsonNode samplers;
    private final JsonNode schedulers;

    Samplers(JsonNode samplers, JsonNode schedulers) {
        this.samplers = samplers;
        this.schedulers = schedulers;
    }

    /** A sampler and the label of a scheduler, e.g. {@code DPM++ 2M} and {@code Karras}. */
    record Choice(String sampler, String scheduler) {}

    /**
     * An unknown sampler becomes the first of the list, an unknown scheduler Automatic; the end of an old combined name,
     * e.g. {@code DPM++ 2M Karras}, is a scheduler.
     *
     * @param preferAutomatic answer Automatic instead of the scheduler that the sampler would choose itself
     */
    Choice resolve(@Nullable String name, @Nullable String scheduler, boolean preferAutomatic) {
        JsonNode schedule = schedulers.get(0);
        for (JsonNode known : schedulers) {
            if (known.path("name").asText().equals(scheduler)
                    || known.path("label").asText().equals(scheduler)) {
                schedule = known;
            }
        }
        String rest =
                name == null || name.isEmpty() ? samplers.get(0).path("name").asText() : name;
        for (JsonNode known : schedulers) {
            for (String suffix : suffixes(known)) {
                if (rest.endsWith(" " + suffix)) {
                    schedule = known;
                    rest = rest.substring(0, rest.length() - suffix.length() - 1);
                    break;
                }
            }
        }
        JsonNode sampler = find(rest);
        JsonNode found = sampler != null ? sampler : samplers.get(0);
        boolean itsOwn = found.path("options")
                .path("scheduler")
                .asText()
                .equals(schedule.path("name").asText());
        return new Choice(
                found.path("name").asText(),
                preferAutomatic && itsOwn ? AUTOMATIC : schedule.path("label").asText());
    }

    /** Exactly this name. */
    boolean knows(String sampler) {
        return find(sampler) != null;
    }

    /** The label of the schedule that is really used, for infotexts; null if it is nothing to speak of. */
    @Nullable
    String scheduleLabel(String sampler, String scheduler) {
        if (WITHOUT_SCHEDULE.contains(sampler)) {
            return null;
        }
        String name = scheduler.equals(AUTOMATIC) ? ownScheduler(sampler) : scheduler;
        for (JsonNode known : schedulers) {
            if (!known.path("label").asText().equals(AUTOMATIC)
                    && (known.path("name").asText().equals(name)
                            || known.path("label").asText().equals(name))) {
                return known.path("label").asText();
            }
        }
        return null;
    }

    /** The name of the scheduler that a sampler prefers, e.g. {@code karras}; {@code Automatic} if it has none. */
    String ownScheduler(String sampler) {
        JsonNode found = find(sampler);
        return found == null
                ? AUTOMATIC
                : found.path("options").path("scheduler").asText(AUTOMATIC);
    }

    private @Nullable JsonNode find(String name) {
        for (JsonNode sampler : samplers) {
            if (sampler.path("name").asText().equals(name)) {
                return sampler;
            }
        }
        return null;
    }

    private static List<String> suffixes(JsonNode scheduler) {
        var suffixes = new ArrayList<String>();
        suffixes.add(scheduler.path("label").asText());
        suffixes.add(scheduler.path("name").asText());
        scheduler.path("aliases").forEach(alias -> suffixes.add(alias.asText()));
        return suffixes;
    }
}
