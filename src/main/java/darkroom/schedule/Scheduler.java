package darkroom.schedule;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives each WebUI the best next task. Higher priorities go first. A WebUI stays with the model that it has loaded as long as
 * that is worth it: for {@link Policy#stay} at least, and then until a task has waited too long or a lane has had less than
 * its share. A model that others have loaded and will soon be through with is left to them. Whoever is asked in the same order
 * answers the same.
 *
 * <p>Time is whatever counts in seconds. Memory grows with what waits. One decision looks at each pair of lane and model that
 * has something waiting. Not thread-safe.
 *
 * @param <T> what a task is known by
 */
public final class Scheduler<T> {
    private final Policy policy;
    private final Map<Key, Queue<T>> queues = new LinkedHashMap<>();
    private final Map<String, Lane> lanes = new HashMap<>();
    private final Map<String, Model> models = new HashMap<>();
    private long size;
    private double served; // the virtual time of the lane that was served last

    private record Key(String lane, int priority, String model) {}

    private record Waiting<T>(T task, double seconds, double since) {}

    /** What waits in one lane for one model, in the order of its arrival. */
    private static final class Queue<T> {
        private final Key key;
        private final Lane lane;
        private final Model model;
        private final ArrayDeque<Waiting<T>> waiting = new ArrayDeque<>();

        Queue(Key key, Lane lane, Model model) {
            this.key = key;
            this.lane = lane;
            this.model = model;
        }

        double since() {
            return waiting.element().since();
        }
    }

    /** How much of its share a lane has had: start-time fair queueing. */
    private static final class Lane {
        private double virtual;
        private long waiting;
    }

    /** How much waits for a model, and how fast those are together that have it loaded. */
    private static final class Model {
        private double seconds;
        private double speed;
    }

    public Scheduler(Policy policy) {
        this.policy = policy;
    }

    /** How many tasks wait. */
    public long size() {
        return size;
    }

    /** A task waits. */
    public void add(T task, Demand demand, double now) {
        Queue<T> queue = queues.computeIfAbsent(
                new Key(demand.lane(), demand.priority(), demand.model()),
                key -> new Queue<>(
                        key,
                        lanes.computeIfAbsent(key.lane(), name -> new Lane()),
                        models.computeIfAbsent(key.model(), name -> new Model())));
        if (queue.lane.waiting++ == 0) {
            queue.lane.virtual = Math.max(queue.lane.virtual, served); // what it did not use is not saved up
        }
        queue.waiting.add(new Waiting<>(task, demand.seconds(), now));
        queue.model.seconds += demand.seconds();
        size++;
    }

    /** A WebUI is there. */
    public void join(Worker worker) {
        model(worker).speed += worker.speed();
    }

    /** A WebUI is not there any more; what it was given is its user's to add again. */
    public void leave(Worker worker) {
        model(worker).speed -= worker.speed();
    }

    private Model model(Worker worker) {
        return models.computeIfAbsent(worker.loaded(), name -> new Model());
    }

    /**
     * The next task for a WebUI that has room for one.
     *
     * @return empty if it is better off with nothing for now: nothing waits that it can do, or others will soon have done it
     */
    public Optional<T> next(Worker worker, double now) {
        int priority = Integer.MIN_VALUE;
        for (Queue<T> queue : queues.values()) {
            if (queue.key.priority() > priority && worker.takes(queue.key.lane(), queue.key.model())) {
                priority = queue.key.priority();
            }
        }
        int highest = priority;
        Predicate<Queue<T>> candidate =
                queue -> queue.key.priority() == highest && worker.takes(queue.key.lane(), queue.key.model());
        Queue<T> own = best(queue -> candidate.test(queue) && worker.has(queue.key.model()), Scheduler::byShare);
        if (own != null && worker.stayed() < policy.stay(worker.switchSeconds())) {
            return Optional.of(take(own, worker));
        }
        Queue<T> late = best(
                queue -> candidate.test(queue) && now - queue.since() > policy.longestWait(),
                Comparator.comparingDouble(Queue::since));
        if (late != null) {
            return Optional.of(take(late, worker));
        }
        Queue<T> fair = best(
                queue -> candidate.test(queue) && (worker.has(queue.key.model()) || isWorthLoading(queue, worker)),
                Comparator.<Queue<T>>comparingDouble(queue -> queue.lane.virtual)
                        .thenComparingDouble(queue -> -need(queue))
                        .thenComparingDouble(Queue::since));
        if (fair == null) {
            return Optional.empty();
        }
        boolean behind = own == null || own.lane.virtual - fair.lane.virtual > policy.stay(worker.switchSeconds());
        return Optional.of(take(behind ? fair : own, worker));
    }

    private static int byShare(Queue<?> a, Queue<?> b) {
        int order = Double.compare(a.lane.virtual, b.lane.virtual);
        return order != 0 ? order : Double.compare(a.since(), b.since());
    }

    /** How much waits for each one that has the model. */
    private static double need(Queue<?> queue) {
        return queue.model.seconds / (queue.model.speed + 1);
    }

    /** Those that have the model would take longer than this one takes to load it. */
    private static boolean isWorthLoading(Queue<?> queue, Worker worker) {
        return queue.model.speed <= 0 || queue.model.seconds / queue.model.speed > worker.switchSeconds();
    }

    private @Nullable Queue<T> best(Predicate<Queue<T>> wanted, Comparator<? super Queue<T>> order) {
        Queue<T> best = null;
        for (Queue<T> queue : queues.values()) {
            if (wanted.test(queue) && (best == null || order.compare(queue, best) < 0)) {
                best = queue;
            }
        }
        return best;
    }

    private T take(Queue<T> queue, Worker worker) {
        Waiting<T> first = queue.waiting.remove();
        if (queue.waiting.isEmpty()) {
            queues.remove(queue.key);
        }
        queue.lane.waiting--;
        served = Math.max(served, queue.lane.virtual);
        queue.lane.virtual += first.seconds() / policy.weight(queue.key.lane());
        queue.model.seconds -= first.seconds();
        if (!worker.has(queue.key.model())) {
            model(worker).speed -= worker.speed();
            queue.model.speed += worker.speed();
        }
        worker.gets(queue.key.model(), first.seconds() / worker.speed());
        size--;
        return first.task();
    }
}
