package darkroom.camel.component;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A circuit breaker: after so many failures in a row it lets nothing through, after a pause one try, and after each that fails
 * again a longer pause, until one goes well. Whoever was let through says how it went.
 */
public final class Breaker {
    private static final double GROWTH = 2;
    private static final double JITTER = 0.15;
    private static final int MANY = 1000;

    private final CircuitBreaker circuit;
    private final Set<String> failed = new HashSet<>();
    private volatile String why = "";
    private volatile Instant since = Instant.EPOCH;
    private volatile Duration pause = Duration.ZERO;

    /** Is told when it begins to let nothing through, after each longer pause that follows, and when all is well again. */
    public interface Listener {
        /** Nothing is let through for {@link Failing#pause()}. */
        void failing(Failing failing);

        /** It goes well again. */
        void recovered(Failing was);
    }

    /**
     * Something that fails.
     *
     * @param since when the first of those failures was noticed that were too many
     * @param why the last of them
     * @param pause how long nothing is let through
     */
    public record Failing(Instant since, String why, Duration pause) {
        /** Since when, and why, in words. */
        public String words() {
            return "it has failed since " + since.truncatedTo(ChronoUnit.SECONDS) + ", at last with: " + why;
        }
    }

    /**
     * Lets all through.
     *
     * @param failures in a row that are too many; 0 for none
     * @param pause before the first try
     * @param longest what the pauses grow to, twice as long each time
     */
    public Breaker(String name, int failures, Duration pause, Duration longest, Listener listener) {
        IntervalFunction pauses = IntervalFunction.ofExponentialRandomBackoff(
                Math.max(1, pause.toMillis()), GROWTH, JITTER, Math.max(pause.toMillis() + 1, longest.toMillis()));
        int window = Math.max(1, failures);
        this.circuit = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(window)
                        .minimumNumberOfCalls(window)
                        .failureRateThreshold(100)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .clock(new SteadyClock())
                        .waitIntervalFunctionInOpenState(attempt -> {
                            long millis = pauses.apply(attempt);
                            this.pause = Duration.ofMillis(millis);
                            return millis;
                        })
                        .build());
        if (failures == 0) {
            circuit.transitionToDisabledState();
        }
        circuit.getEventPublisher().onStateTransition(event -> {
            State to = event.getStateTransition().getToState();
            if (to == State.OPEN) {
                if (event.getStateTransition().getFromState() == State.CLOSED) {
                    since = Instant.now();
                }
                listener.failing(now());
            } else if (to == State.CLOSED) {
                listener.recovered(now());
            }
        });
    }

    /** Whether something may begin; it then has to end with {@link #succeeded}, {@link #failed} or {@link #released}. */
    public boolean permits() {
        return circuit.tryAcquirePermission();
    }

    /** It went well; also what began before the failures shows that there is no reason to wait any more. */
    public synchronized void succeeded() {
        failed.clear();
        if (circuit.getState() == State.OPEN) {
            circuit.transitionToClosedState();
        } else {
            circuit.onSuccess(0, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * It failed, and this may be about itself: what fails again and again counts once, until something else goes well.
     *
     * @param what its name
     */
    public synchronized void failed(String what, String reason) {
        if (failed.size() >= MANY) {
            failed.clear();
        }
        if (failed.add(what)) {
            failed(reason);
        } else {
            released();
        }
    }

    /** It failed. */
    public synchronized void failed(String reason) { // whoever fails meanwhile sees what came of it
        why = reason;
        circuit.onError(0, TimeUnit.NANOSECONDS, new IOException(reason));
    }

    /** It ended in a way that says nothing. */
    public void released() {
        circuit.releasePermission();
    }

    /** Lets nothing through, as if there had been too many failures. Several at once are no reason for a longer pause. */
    public synchronized void open(String reason) {
        why = reason;
        if (circuit.getState() != State.OPEN) {
            circuit.transitionToOpenState();
        }
    }

    /** Lets one try through before the pause is over. */
    public void tryNow() {
        if (circuit.getState() == State.OPEN) {
            circuit.transitionToHalfOpenState();
        }
    }

    /** What fails; empty if nothing does. */
    public Optional<Failing> state() {
        State state = circuit.getState();
        return state == State.OPEN || state == State.HALF_OPEN ? Optional.of(now()) : Optional.empty();
    }

    private Failing now() {
        return new Failing(since, why, pause);
    }

    /** A pause is as long as it is, whatever becomes of the time of day meanwhile. */
    private static final class SteadyClock extends Clock {
        private final Instant start = Instant.now();
        private final long began = System.nanoTime();

        @Override
        public Instant instant() {
            return start.plusNanos(System.nanoTime() - began);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this; // nobody asks it for one
        }
    }
}
