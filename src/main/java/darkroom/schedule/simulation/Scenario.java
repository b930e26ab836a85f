package darkroom.schedule.simulation;

import darkroom.schedule.Policy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A farm and its work, as a scenario file describes them: YAML or JSON, times in seconds. docs/scheduling.md has the fields.
 *
 * @param seed for whatever is drawn; the same seed gives the same tasks and failures to each policy
 * @param inFlight how many requests a backend is sent at once
 * @param overhead {@link Policy#overhead()}
 * @param longestWait {@link Policy#longestWait()}
 * @param backends kinds of backends
 * @param lanes by name
 * @param checkpoints how often each is asked for
 * @param seconds how long a backend of speed 1 works on a task
 * @param arrivals how many tasks there are, and when they come
 */
public record Scenario(
        long seed,
        int inFlight,
        double overhead,
        double longestWait,
        List<Backends> backends,
        Map<String, LaneShare> lanes,
        Checkpoints checkpoints,
        Amount seconds,
        Arrivals arrivals) {
    /** What {@link #longestWait} is where nobody says it. */
    static final double LONGEST_WAIT = 600;

    /**
     * Backends of one kind.
     *
     * @param name of the first; the others get a number
     * @param speed of each
     * @param weight how fast each is said to be, until it has shown it
     * @param switchSeconds how long each takes to load a checkpoint
     * @param lanes from which they take tasks; empty for all
     * @param checkpoints that they have; empty for all
     * @param failures at random
     * @param outages at known times
     */
    public record Backends(
            String name,
            int count,
            Amount speed,
            double weight,
            double switchSeconds,
            List<String> lanes,
            List<String> checkpoints,
            @Nullable Failures failures,
            List<Outage> outages) {
        public Backends {
            lanes = List.copyOf(lanes);
            checkpoints = List.copyOf(checkpoints);
            outages = List.copyOf(outages);
        }
    }

    /**
     * Goes away by chance, and loses what is loaded.
     *
     * @param every mean time from one return to the next failure
     * @param last mean length
     */
    public record Failures(double every, double last) {}

    /** Is away for so many seconds from a known time on. */
    public record Outage(double at, double last) {}

    /**
     * A lane.
     *
     * @param weight of its share of the backends
     * @param priority of its tasks
     * @param share of the tasks that are of this lane, beside the shares of the others
     */
    public record LaneShare(double weight, int priority, double share) {}

    /**
     * Which checkpoints are asked for.
     *
     * @param count so many, if {@code shares} has none
     * @param skew the k-th is asked for in proportion to {@code 1 / k ^ skew}; 0 for all alike
     * @param shares of the tasks by name
     * @param alternating one after the other instead of by chance
     */
    public record Checkpoints(int count, double skew, Map<String, Double> shares, boolean alternating) {
        public Checkpoints {
            shares = new LinkedHashMap<>(shares);
            if (shares.isEmpty()) {
                for (int k = 1; k <= count; k++) {
                    shares.put("checkpoint-" + k, StrictMath.pow(k, -skew));
                }
            }
        }
    }

    /**
     * A number of seconds or a speed that differs.
     *
     * @param mean the mean
     * @param variation standard deviation divided by the mean, of a log-normal distribution; 0 for always the same
     */
    public record Amount(double mean, double variation) {
        static final Amount ONE = new Amount(1, 0);

        /** As a plain number. */
        public Amount(double mean) {
            this(mean, 0);
        }
    }

    /**
     * When tasks come.
     *
     * @param backlog how many wait at the start
     * @param tasks how many come later, by chance (a Poisson process)
     * @param load the share of all backends' time that these ask for, which says how often one comes
     * @param bursts some more at once now and then
     * @param file a CSV file instead, beside the scenario: {@code at,lane,checkpoint,seconds}, by time
     */
    public record Arrivals(
            int backlog,
            int tasks,
            double load,
            @Nullable Bursts bursts,
            @Nullable String file) {}

    /** So many tasks at once, so often, first after {@code every} seconds. */
    public record Bursts(double every, int tasks, int times) {}

    public Scenario {
        backends = List.copyOf(backends);
        lanes = new LinkedHashMap<>(lanes);
    }

    /**
     * Reads a scenario file.
     *
     * @param scale by how much to multiply the number of backends and of tasks; 1 for as it stands
     * @throws darkroom.yaml.MistakeException with all that is wrong in it: line, field, and what belongs there
     * @throws IOException if it can't be read
     */
    public static Scenario read(Path file, double scale) throws IOException {
        return ScenarioReader.read(file).scaled(scale).beside(file);
    }

    private Scenario scaled(double scale) {
        if (scale == 1) {
            return this;
        }
        List<Backends> fewer = backends.stream()
                .map(each -> new Backends(
                        each.name,
                        scaled(each.count, scale),
                        each.speed,
                        each.weight,
                        each.switchSeconds,
                        each.lanes,
                        each.checkpoints,
                        each.failures,
                        each.outages))
                .toList();
        Bursts bursts = arrivals.bursts == null
                ? null
                : new Bursts(arrivals.bursts.every, scaled(arrivals.bursts.tasks, scale), arrivals.bursts.times);
        return new Scenario(
                seed,
                inFlight,
                overhead,
                longestWait,
                fewer,
                lanes,
                checkpoints,
                seconds,
                new Arrivals(
                        scaled(arrivals.backlog, scale),
                        scaled(arrivals.tasks, scale),
                        arrivals.load,
                        bursts,
                        arrivals.file));
    }

    private static int scaled(int count, double scale) {
        return count == 0 ? 0 : (int) Math.max(1, Math.round(count * scale));
    }

    /** The CSV file is looked for where the scenario is. */
    private Scenario beside(Path scenario) {
        if (arrivals.file == null) {
            return this;
        }
        String csv = scenario.resolveSibling(arrivals.file).toString();
        return new Scenario(
                seed,
                inFlight,
                overhead,
                longestWait,
                backends,
                lanes,
                checkpoints,
                seconds,
                new Arrivals(arrivals.backlog, arrivals.tasks, arrivals.load, arrivals.bursts, csv));
    }

    /** The priority of a lane's tasks; 0 for lanes that a file of arrivals alone names. */
    int priority(String lane) {
        LaneShare share = lanes.get(lane);
        return share == null ? 0 : share.priority();
    }

    Policy policy() {
        Map<String, Double> weights = new HashMap<>();
        lanes.forEach((name, lane) -> weights.put(name, lane.weight()));
        return new Policy(overhead, longestWait, weights);
    }
}
