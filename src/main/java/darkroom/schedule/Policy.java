package darkroom.schedule;

import java.util.Map;

/**
 * What is weighed against what.
 *
 * @param overhead the share of a WebUI's time that changes of the model may cost; decides how long it stays with one
 * @param longestWait seconds that no task should wait; one that has waited half of that may have the model changed for it
 *     though others of the loaded one wait
 * @param weights of lanes, for their shares; 1 for those that are not named
 */
public record Policy(double overhead, double longestWait, Map<String, Double> weights) {
    /** What is good for most. */
    public static final double USUAL_OVERHEAD = 0.05;

    public Policy {
        weights = Map.copyOf(weights);
    }

    double weight(String lane) {
        return weights.getOrDefault(lane, 1.0);
    }

    /** How many seconds a task waits until it is due: what came with it is to be done in time, too. */
    double patience() {
        return longestWait / 2;
    }

    /** How many seconds a WebUI works with a model at least before somebody else's is loaded. */
    double stay(double switchSeconds) {
        return switchSeconds / overhead;
    }
}
