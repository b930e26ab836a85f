package darkroom.schedule.simulation;

import java.util.Map;

/**
 * What became of a scenario's work.
 *
 * @param contender who said what goes where
 * @param tasks how many were done
 * @param makespan when the last one was done, in seconds
 * @param busyShare work that was done, as a share of what the backends that were there could have done until then
 * @param bound the highest busy share that anybody can reach, who knows all beforehand
 * @param ofBound the one divided by the other
 * @param loadingShare the share of the same that went into loading
 * @param switches how often a checkpoint was loaded
 * @param lost how many tasks were begun on a backend that failed, and had to begin again
 * @param waits of all tasks
 * @param lanes waits by lane
 */
public record Outcome(
        Contender contender,
        int tasks,
        double makespan,
        double busyShare,
        double bound,
        double ofBound,
        double loadingShare,
        long switches,
        long lost,
        Waits waits,
        Map<String, Waits> lanes) {

    /**
     * How long tasks waited from their coming until the work on them began, loading included, in seconds.
     *
     * @param overLimit how many waited longer than {@link Scenario#longestWait()}
     */
    public record Waits(int tasks, double mean, double p50, double p95, double p99, double max, long overLimit) {
        /** Of waits in ascending order. */
        static Waits of(float[] sorted, double limit) {
            double sum = 0;
            int over = 0;
            for (float wait : sorted) {
                sum += wait;
                over += wait > limit ? 1 : 0;
            }
            int n = sorted.length;
            return new Waits(
                    n, n == 0 ? 0 : sum / n, at(sorted, 0.5), at(sorted, 0.95), at(sorted, 0.99), at(sorted, 1), over);
        }

        private static double at(float[] sorted, double part) {
            return sorted.length == 0 ? 0 : sorted[(int) Math.max(0, Math.ceil(part * sorted.length) - 1)];
        }
    }
}
