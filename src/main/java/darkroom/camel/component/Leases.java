package darkroom.camel.component;

import darkroom.job.StoppingException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/** The right to have a request under way at one WebUI; who waits longest is next. */
final class Leases {
    private static final long LOOK_UP = 200;

    private final Deque<Object> waiting = new ArrayDeque<>();
    private final BooleanSupplier paused;
    private final Breaker breaker;
    private boolean closed;
    private int limit;
    private int taken;

    /**
     * None yet.
     *
     * @param paused whether none is given for now
     * @param breaker whether the WebUI works
     */
    Leases(BooleanSupplier paused, Breaker breaker) {
        this.paused = paused;
        this.breaker = breaker;
    }

    /** Who has a place says here how it went. */
    Breaker breaker() {
        return breaker;
    }

    /** How many there are; where several say it, the last one counts. None until it is said. */
    synchronized void limit(int number) {
        limit = number;
        notifyAll();
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
                if (closed || givenUp.getAsBoolean()) {
                    throw new StoppingException();
                }
                if (taken < limit && waiting.peek() == me && !paused.getAsBoolean() && breaker.permits()) {
                    taken++;
                    return;
                }
                wait(LOOK_UP);
            }
        } finally {
            waiting.remove(me);
            notifyAll();
        }
    }

    /** None is given any more; who waits for one waits in vain. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Gives a place back. */
    synchronized void giveBack() {
        taken--;
        notifyAll();
    }
}
