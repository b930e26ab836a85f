package darkroom.schedule.simulation;

import java.util.List;
import java.util.Locale;

/** Ways to say who gets what next. */
public enum Contender {
    /** {@link darkroom.schedule.Scheduler}. */
    DARKROOM {
        @Override
        Dispatcher start(Scenario scenario, List<Backend> backends, Work work) {
            return new OurDispatcher(scenario, backends, work);
        }
    },
    /** One queue for all: the backend that has room gets the oldest task that it can do. */
    FIFO {
        @Override
        Dispatcher start(Scenario scenario, List<Backend> backends, Work work) {
            return new FifoDispatcher(backends, work);
        }
    },
    /** Each task goes to a backend by chance when it comes, and waits there. */
    RANDOM {
        @Override
        Dispatcher start(Scenario scenario, List<Backend> backends, Work work) {
            return new PushDispatcher(backends, work, new Chance(scenario.seed(), 3));
        }
    },
    /** Each task goes to the next backend in turn when it comes, and waits there. */
    ROUND_ROBIN {
        @Override
        Dispatcher start(Scenario scenario, List<Backend> backends, Work work) {
            return new PushDispatcher(backends, work, null);
        }
    };

    abstract Dispatcher start(Scenario scenario, List<Backend> backends, Work work);

    /** Whether it looks at what backends have loaded. */
    boolean looks() {
        return this == DARKROOM;
    }

    /** As people write it: {@code round-robin}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
