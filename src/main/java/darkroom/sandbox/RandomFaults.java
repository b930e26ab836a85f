package darkroom.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong by chance: an error before anything is done, a connection that is closed before or after the work, an
 * answer that ends too early, a card without room, some time in which nothing happens. The same seed gives the same faults
 * in the same order.
 */
final class RandomFaults {
    private static final int LONGEST_STALL = 2_000;
    private static final int LONGEST_PART = 400;

    private final Random random;
    private final double share;
    private final List<Supplier<Fault>> kinds = List.of(
            () -> Fault.answer(500, "text/plain; charset=utf-8", "Internal Server Error"),
            Fault::hangUp,
            () -> Fault.hangUp().afterWork(),
            () -> Fault.truncateTo(part()),
            () -> Fault.cutAfter(part()),
            Fault::outOfMemory,
            () -> Fault.stall(Duration.ofMillis(1 + random().nextInt(LONGEST_STALL))));

    /**
     * Faults.
     *
     * @param share of the requests, from 0 to 1
     */
    RandomFaults(double share, long seed) {
        this.share = share;
        this.random = new Random(seed);
    }

    /** What is wrong with the next request; null if nothing is. */
    synchronized @Nullable Fault next() {
        if (random.nextDouble() >= share) {
            return null;
        }
        return kinds.get(random.nextInt(kinds.size())).get();
    }

    private Random random() {
        return random;
    }

    private int part() {
        return 1 + random.nextInt(LONGEST_PART);
    }
}
