package darkroom.schedule;

import java.util.HashSet;
import java.util.Set;

/**
 * What a task asks of a WebUI.
 *
 * @param lane whose share of the GPUs it takes
 * @param priority higher goes first; 0 for most
 * @param model what has to be loaded for it: the checkpoint, and behind a line break what comes with it; empty for what the
 *     WebUI loads by itself
 * @param seconds how long a WebUI of speed 1 is expected to work on it, more than 0
 * @param unfit names of the workers that can't do it, whatever they say of themselves
 */
public record Demand(String lane, int priority, String model, double seconds, Set<String> unfit) {
    public Demand {
        if (!(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a task of " + seconds + " s");
        }
        unfit = Set.copyOf(unfit);
    }

    /** What any WebUI can do that has the model and takes the lane. */
    public Demand(String lane, int priority, String model, double seconds) {
        this(lane, priority, model, seconds, Set.of());
    }

    /** The same, and these can't do it either. */
    public Demand without(Set<String> names) {
        Set<String> all = new HashSet<>(unfit);
        all.addAll(names);
        return new Demand(lane, priority, model, seconds, all);
    }
}
