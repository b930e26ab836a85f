package darkroom.camel.component;

import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.BooleanSupplier;

/** The right to have a request under way at one WebUI, whoever asks for it. Nobody waits here: that is for a {@link Pool}. */
final class Leases {
    private final BooleanSupplier paused;
    private final Breaker breaker;
    private final Set<Runnable> waiting = new CopyOnWriteArraySet<>();
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
    }

    /** How many are taken. */
    synchronized int taken() {
        return taken;
    }

    /** Whether somebody has said that none are given for now. */
    boolean isPaused() {
        return paused.getAsBoolean();
    }

    /** Whether any are given, as far as it is up to the WebUI. */
    boolean isOpen() {
        return !paused.getAsBoolean() && breaker.state().isEmpty();
    }

    /** Takes one, if there is one now. */
    synchronized boolean tryTake() {
        if (taken >= limit || paused.getAsBoolean() || !breaker.permits()) {
            return false;
        }
        taken++;
        return true;
    }

    /** Gives one back that was not used. */
    void leave() {
        breaker.released();
        synchronized (this) {
            taken--;
        }
    }

    /** Gives one back; how it went was said to the breaker. */
    void giveBack() {
        synchronized (this) {
            taken--;
        }
        waiting.forEach(Runnable::run);
    }

    /** Tells somebody when one is given back. */
    void whenFree(Runnable told) {
        waiting.add(told);
    }

    /** Tells him no more. */
    void forget(Runnable told) {
        waiting.remove(told);
    }
}
