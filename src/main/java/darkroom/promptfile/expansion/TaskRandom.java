package darkroom.promptfile.expansion;

import java.util.random.RandomGenerator;

/**
 * The random numbers of one field of one task: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
 * 2014), written out, so that a seed means the same on every Java, for ever. Only {@link #nextLong()} is used here; what else a
 * {@link RandomGenerator} offers, a Java may make of it in its own way.
 */
final class TaskRandom implements RandomGenerator {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private long state;

    private TaskRandom(long state) {
        this.state = state;
    }

    /** The numbers for a seed, the same each time. */
    static TaskRandom of(long seed) {
        return new TaskRandom(seed);
    }

    /**
     * The numbers for one field of one task, the same each time.
     *
     * @param seed of the job
     * @param index number of the task
     * @param field its name
     */
    static TaskRandom of(long seed, long index, String field) {
        return new TaskRandom(mix(mix(mix(seed) + index) + field.hashCode())); // hashCode of a text is specified
    }

    @Override
    public long nextLong() {
        state += GOLDEN;
        return mix(state);
    }

    private static long mix(long of) {
        long z = of;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
