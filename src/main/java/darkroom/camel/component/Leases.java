package darkroom.camel.component;

import darkroom.job.StoppingException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/** The right to have a request under way at one WebUI; who waits longest is next. */
final class Leases {
    private static final long LOOK_UP = 200;

    private final Deque<Object> waiting = new ArrayDeque<>();
    private int free;

    Leases(int number) {
        this.free = number;
    }

    /**
     * Waits for a place.
     *
     * @param givenUp whether there is no point in waiting any more
     * @throws StoppingException if there is not
     */
    synchronized void take(BooleanSupplier givenUp) throws InterruptedException {
        Object me = new Object();
        waiting.add(me);
        try {
            while (true) {
                if (givenUp.getAsBoolean()) {
                    throw new StoppingException();
                }
                if (free > 0 && waiting.peek() == me) {
                    free--;
                    return;
                }
                wait(LOOK_UP);
            }
        } finally {
            waiting.remove(me);
            notifyAll();
        }
    }

    /** Gives a place back. */
    synchronized void giveBack() {
        free++;
        notifyAll();
    }
}
