package darkroom.schedule;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** How much waits for a model, and who has it loaded. */
final class Model {
    private final List<Level> levels = new ArrayList<>(); // few: those priorities of which something waits
    private long speed; // of those together that have it, in millionths
    private int holders;
    private final Set<Worker> idle = new LinkedHashSet<>(); // of those that have it
    private double lastUsed = Double.NEGATIVE_INFINITY;

    /** What waits for the model with one priority. */
    final class Level {
        private final int priority;
        private int queues;
        private long work;

        Level(int priority) {
            this.priority = priority;
        }

        void add(long micros) {
            work += micros;
        }

        void remove(long micros) {
            work -= micros;
        }

        /** A queue of this level is gone. */
        void close() {
            if (--queues == 0) {
                levels.remove(this);
            }
        }

        Model model() {
            return Model.this;
        }

        /** Work that waits for the model with this priority or a higher one, in seconds of speed 1. */
        double seconds() {
            long sum = 0;
            for (Level each : levels) {
                if (each.priority >= priority) {
                    sum += each.work;
                }
            }
            return sum / Micros.PER_SECOND;
        }

        /** In how many seconds those that have the model will be through with it; infinite if nobody has it. */
        double drain() {
            return speed == 0 ? Double.POSITIVE_INFINITY : seconds() * Micros.PER_SECOND / speed;
        }

        /** The same, if one that has it had something else. */
        double drainWithout(Worker worker) {
            long rest = speed - Micros.of(worker.speed());
            return holders <= 1 || rest <= 0 ? Double.POSITIVE_INFINITY : seconds() * Micros.PER_SECOND / rest;
        }

        /** How much waits for each one that has it, and one more. */
        double need(Worker worker) {
            return seconds() / (speed / Micros.PER_SECOND + worker.speed());
        }
    }

    Level open(int priority) {
        Level found = null;
        for (Level each : levels) {
            if (each.priority == priority) {
                found = each;
            }
        }
        if (found == null) {
            found = new Level(priority);
            levels.add(found);
        }
        found.queues++;
        return found;
    }

    boolean isForgettable() {
        return holders == 0 && levels.isEmpty();
    }

    void hold(Worker worker) {
        holders++;
        speed += Micros.of(worker.speed());
        if (worker.inFlight() == 0) {
            idle.add(worker);
        }
    }

    void release(Worker worker) {
        holders--;
        speed -= Micros.of(worker.speed());
        idle.remove(worker);
    }

    boolean hasIdleBesides(Worker worker) {
        return idle.size() > (idle.contains(worker) ? 1 : 0);
    }

    /** Those that have it and nothing to do. */
    Set<Worker> idle() {
        return idle;
    }

    double lastUsed() {
        return lastUsed;
    }

    void use(double now) {
        lastUsed = now;
    }
}
