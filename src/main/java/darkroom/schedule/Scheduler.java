package darkroom.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives each WebUI the best next task, in this order:
 *
 * <ol>
 *   <li>Never one that it can't do: for its lanes, its models, or {@link Demand#unfit()}.
 *   <li>Higher priorities go first, whatever is loaded, unless others that have the model loaded will soon take the task.
 *   <li>Within a priority a WebUI stays with the model that it has loaded as long as something waits for it, and for
 *       {@link Policy#stay} in any case. After that it changes for tasks of another model that have waited for
 *       half of {@link Policy#longestWait} and came earlier than its own by more than a stay, for a lane that has had less than its
 *       share by more than a stay, and for a model that has too few for what waits for it. One that has loaded something for a
 *       more urgent task need not stay with that: it goes back to those tasks at once.
 *   <li>Of what is loaded the lane that has had the least of its share goes first, and in a lane what came first.
 *   <li>A WebUI with nothing to do for its model loads another one if nobody has that, or if those that have it would take some
 *       times longer than the loading does; or if it has done nothing for longer than that although something waited: not all
 *       that waits need be known here, unless nothing has come for as long. It leaves that to one whose model is missed less, if
 *       there is one without work.
 * </ol>
 *
 * <p>Nothing starves. Tasks of a lower priority that have waited for half of {@link Policy#longestWait} get a quarter of the time, oldest
 * first, while more urgent ones wait: neither can stop the other for good, however much comes.
 *
 * <p>A change of the model is decided when a WebUI has nothing in flight: until then something may come for the model that
 * it has, and the gap between two requests is nothing beside a load. So {@link #next} is asked again whenever something
 * changed, and now and then, at least twice a second, for what is a matter of time.
 *
 * <p>Time is whatever counts in seconds. Whoever is asked in the same order answers the same. Memory grows with what waits, by some
 * 20 bytes a task. One decision looks at each pair of lane and model that has something waiting. Not thread-safe.
 *
 * @param <T> what a task is known by
 */
public final class Scheduler<T> {
    /** The share of those that wait too long while more urgent tasks wait. */
    private static final double LATE_SHARE = 0.25;

    /** For so many seconds a task is left to another WebUI without work that should rather load a model. */
    private static final double COURTESY = 1;

    /**
     * So many times the loading must be what waits for those that have the model, before one with nothing to do loads it as
     * well: with less it would often have to load its own again, and what is gained by waiting less is hardly measurable.
     */
    private static final double PATIENCE = 4;

    /** The same for one whose model nobody has asked for in a while, or another one has it that has nothing to do either. */
    private static final double SPARE_PATIENCE = 2;

    /** The last so many loads count when it is guessed how long one takes. */
    private static final int MOST_LOADS = 5;

    /** At so many workers without work one looks for a better one; more would cost more than it brings. */
    private static final int GLANCE = 32;

    private final Policy policy;
    private final Map<Demands, TaskQueue<T>> queues = new HashMap<>();
    private final List<TaskQueue<T>> waiting = new ArrayList<>(); // the same, in the order of their making
    private final List<TaskQueue<T>> open = new ArrayList<>(); // those of them that the asking worker can do
    private final Map<String, Lane> lanes = new LinkedHashMap<>();
    private final Map<String, Model> models = new HashMap<>();
    private long speed;
    private long size;
    private long made;
    private double owed; // seconds of work that are due to those that wait too long
    private double usualSwitch = Double.NaN; // seconds that loads have taken lately, at whichever worker
    private long period; // since something waits
    private boolean came; // since somebody asked for something
    private double lastCame = Double.NEGATIVE_INFINITY;

    public Scheduler(Policy policy) {
        this.policy = policy;
    }

    /** How many tasks wait. */
    public long size() {
        return size;
    }

    /** What waits, by lane, the highest priority first, and model. */
    public List<Waiting> waiting() {
        List<Waiting> all = new ArrayList<>();
        Map<List<Object>, Waiting> sums = new HashMap<>();
        for (TaskQueue<T> queue : waiting) {
            Demands of = queue.demands();
            sums.merge(
                    List.of(of.lane(), of.priority(), of.model()),
                    new Waiting(of.lane(), of.priority(), of.model(), queue.size(), queue.seconds(), queue.since()),
                    (a, b) -> new Waiting(
                            a.lane(),
                            a.priority(),
                            a.model(),
                            a.tasks() + b.tasks(),
                            a.seconds() + b.seconds(),
                            Math.min(a.since(), b.since())));
        }
        all.addAll(sums.values());
        all.sort(Comparator.comparing(Waiting::lane)
                .thenComparing(Waiting::priority, Comparator.reverseOrder())
                .thenComparing(Waiting::model));
        return all;
    }

    /**
     * A task waits.
     *
     * @param since when it came; a task that was given to a worker and comes back keeps its age by this, and is in front again
     */
    public void add(T task, Demand demand, double since) {
        Demands demands = Demands.of(demand);
        TaskQueue<T> queue = queues.get(demands);
        if (queue == null) {
            queue = new TaskQueue<>(
                    demands,
                    lanes.computeIfAbsent(demand.lane(), name -> new Lane(policy.weight(name))),
                    models.computeIfAbsent(demand.model(), name -> new Model()).open(demand.priority()),
                    made++);
            queues.put(demands, queue);
            waiting.add(queue);
        }
        if (!queue.lane().waits()) {
            queue.lane().joinAt(leastServed());
        }
        queue.lane().add();
        queue.level().add(queue.add(task, demand.seconds(), since));
        size++;
        came = true;
    }

    /** How much the one of the waiting lanes has had that has had the least; 0 if none waits. */
    private double leastServed() {
        double least = Double.POSITIVE_INFINITY;
        for (Lane lane : lanes.values()) {
            if (lane.waits()) {
                least = Math.min(least, lane.served());
            }
        }
        return least == Double.POSITIVE_INFINITY ? 0 : least;
    }

    /**
     * A task waits no longer: it was cancelled or withdrawn. Looks through all that waits.
     *
     * @return whether it waited
     */
    public boolean remove(T task) {
        for (TaskQueue<T> queue : waiting) {
            long work = queue.remove(task);
            if (work >= 0) {
                removed(queue, work);
                return true;
            }
        }
        return false;
    }

    private void removed(TaskQueue<T> queue, long work) {
        queue.level().remove(work);
        queue.lane().remove();
        size--;
        if (queue.isEmpty()) {
            queues.remove(queue.demands());
            waiting.remove(queue);
            queue.level().close();
            forget(queue.model());
        }
        if (size == 0) { // nobody has a claim to anything any more
            period++;
            lanes.clear();
            owed = 0;
        }
    }

    private void forget(String name) {
        Model model = models.get(name);
        if (model != null && model.isForgettable()) {
            models.remove(name);
        }
    }

    /** Whether a worker could be given a task, as far as it is up to what that is. */
    public boolean canRun(Worker worker, Demand demand) {
        return worker.takes(Demands.of(demand));
    }

    /** Whether anything waits that a worker could be given, as far as it is up to what that is. */
    public boolean hasFor(Worker worker) {
        for (TaskQueue<T> queue : waiting) {
            if (worker.takes(queue.demands())) {
                return true;
            }
        }
        return false;
    }

    /** A worker is there. */
    public void join(Worker worker) {
        if (!worker.joined()) {
            worker.joined(true);
            arrive(worker);
        }
    }

    /** A worker is not there any more, or takes nothing for now. What it was given is its user's to finish or to add again. */
    public void leave(Worker worker) {
        if (worker.joined()) {
            depart(worker);
            worker.held().forEach(this::forget);
            worker.joined(false);
        }
    }

    /** One of the tasks that the worker was given is over, however it ended. To be told for each, also when it has left. */
    public void finished(Worker worker) {
        change(worker, worker::finishes);
    }

    /** What the worker really has loaded, empty for nothing known; for what {@link #next} could not know. */
    public void loaded(Worker worker, String model) {
        change(worker, () -> worker.loads(model));
    }

    /** Which model the worker loads by itself: what it has while it was given none, and for tasks that name none. */
    public void own(Worker worker, String model) {
        change(worker, () -> worker.own(model));
    }

    /** What was learnt of the worker since. */
    public void learn(Worker worker, Learnt learnt) {
        change(worker, () -> worker.measured(learnt.speed(), learnt.switchSeconds()));
        worker.guessed(learnt.loads() == 0);
        if (learnt.loads() > 0) {
            double took = learnt.switchSeconds();
            usualSwitch = Double.isNaN(usualSwitch) ? took : usualSwitch + (took - usualSwitch) / MOST_LOADS;
        }
    }

    /** All sums that a worker is part of stay right whatever is done to it. */
    private void change(Worker worker, Runnable what) {
        if (!worker.joined()) {
            what.run();
            return;
        }
        List<String> before = worker.held();
        depart(worker);
        what.run();
        arrive(worker);
        before.forEach(this::forget);
    }

    private void arrive(Worker worker) {
        speed += Micros.of(worker.speed());
        for (String held : worker.held()) {
            models.computeIfAbsent(held, name -> new Model()).hold(worker);
        }
    }

    private void depart(Worker worker) {
        speed -= Micros.of(worker.speed());
        for (String held : worker.held()) {
            models.computeIfAbsent(held, name -> new Model()).release(worker);
        }
    }

    private Model model(Worker worker) {
        return models.computeIfAbsent(worker.loaded(), name -> new Model());
    }

    /**
     * The next task for a worker that has joined and has room for one.
     *
     * @return empty if it is better off with nothing for now: nothing waits that it can do, others will soon have done it, or
     *     it will change the model when what it has in flight is over
     */
    public Optional<T> next(Worker worker, double now) {
        if (came) {
            came = false;
            lastCame = now;
        }
        open.clear();
        boolean keeps = worker.inFlight() > 0 && worker.switchSeconds() > 0; // what it has loaded
        boolean any = false;
        for (TaskQueue<T> queue : waiting) {
            if (worker.takes(queue.demands())) {
                open.add(queue);
                any |= !keeps || worker.has(queue.model());
            }
        }
        if (!Double.isNaN(usualSwitch)) {
            worker.guess(usualSwitch);
        }
        if (open.isEmpty()) {
            worker.rests();
        } else if (worker.inFlight() == 0) {
            worker.unused(period, now);
        }
        TaskQueue<T> choice = any ? choose(worker, now) : null;
        if (choice == null || (keeps && !worker.has(choice.model())) || isSoonerElsewhere(choice, worker, now)) {
            return Optional.empty();
        }
        return Optional.of(take(choice, worker, now));
    }

    private @Nullable TaskQueue<T> choose(Worker worker, double now) {
        int top = Integer.MIN_VALUE;
        for (TaskQueue<T> queue : open) {
            top = Math.max(top, queue.priority());
        }
        int highest = top;
        boolean late = first(queue -> queue.priority() < highest && isLate(queue, now), BY_AGE) != null;
        if (late && owed > 0) {
            TaskQueue<T> due = decide(queue -> isLate(queue, now), worker, now);
            if (due != null && (worker.has(due.model()) || owed >= stay(worker) * worker.speed())) {
                return due;
            }
        }
        for (int level = top; ; ) {
            int priority = level;
            TaskQueue<T> choice = decide(queue -> queue.priority() == priority, worker, now);
            if (choice != null) {
                return choice;
            }
            TaskQueue<T> lower =
                    first(queue -> queue.priority() < priority, Comparator.comparingInt(queue -> -queue.priority()));
            if (lower == null) {
                return null;
            }
            level = lower.priority();
        }
    }

    /** Whether it stays with its model or loads another one, of those tasks that are in question; null for neither. */
    private @Nullable TaskQueue<T> decide(Predicate<TaskQueue<T>> asked, Worker worker, double now) {
        TaskQueue<T> own = first(queue -> worker.has(queue.model()) && asked.test(queue), BY_SHARE);
        boolean stays = own != null && worker.stayed() < stay(worker);
        if (own != null && stays && own.priority() >= worker.loadedFor()) {
            return own;
        }
        TaskQueue<T> other = first(
                queue -> !worker.has(queue.model())
                        && asked.test(queue)
                        && (own == null
                                ? isWorthLoading(queue, worker, now)
                                : stays ? isLeftBehind(queue, own, worker, now) : isBetter(queue, own, worker, now)),
                Comparator.<TaskQueue<T>>comparingDouble(queue -> isLate(queue, now) ? queue.since() : now)
                        .thenComparingDouble(queue -> queue.lane().served())
                        .thenComparingDouble(queue -> -queue.level().need(worker))
                        .thenComparing(BY_AGE));
        return other != null ? other : own;
    }

    private static final Comparator<TaskQueue<?>> BY_AGE =
            Comparator.<TaskQueue<?>>comparingDouble(TaskQueue::since).thenComparingLong(TaskQueue::number);

    private static final Comparator<TaskQueue<?>> BY_SHARE = Comparator.<TaskQueue<?>>comparingDouble(
                    queue -> queue.lane().served())
            .thenComparing(BY_AGE);

    private double stay(Worker worker) {
        return policy.stay(worker.switchSeconds());
    }

    private boolean isLate(TaskQueue<T> queue, double now) {
        return now - queue.since() > policy.patience();
    }

    /** For a worker that has nothing to do for the model that it has. */
    private boolean isWorthLoading(TaskQueue<T> queue, Worker worker, double now) {
        double takes = Math.max(queue.level().drain(), now - queue.forgottenSince());
        double loads = worker.switchSeconds();
        boolean mayHaveToLoadItsOwnAgain =
                !isSpare(worker) && now - model(worker).lastUsed() <= PATIENCE * loads;
        boolean pays = takes > (mayHaveToLoadItsOwnAgain ? PATIENCE : SPARE_PATIENCE) * loads;
        boolean haveWaited = worker.unusedFor(period, now) > (mayHaveToLoadItsOwnAgain ? SPARE_PATIENCE : 1) * loads;
        boolean isInTime = takes > loads || now - lastCame < loads; // else it is all gone when the load is over
        if (!pays && !(haveWaited && isInTime)) {
            return false;
        }
        return now - queue.since() >= COURTESY || !isMissedMore(worker, queue);
    }

    /** There is another one with nothing to do that should rather load the model. */
    private boolean isMissedMore(Worker worker, TaskQueue<T> queue) {
        if (isSpare(worker)) {
            return false;
        }
        double missed = model(worker).lastUsed();
        for (Model model : models.values()) {
            boolean spare = model.idle().size() > 1 || model == models.get("");
            if ((spare || model.lastUsed() < missed) && hasIdle(model, queue, other -> other != worker)) {
                return true;
            }
        }
        return false;
    }

    /** Its model is none, or another one that has it has nothing to do either. */
    private boolean isSpare(Worker worker) {
        return worker.loaded().isEmpty() || model(worker).hasIdleBesides(worker);
    }

    private boolean hasIdle(Model model, TaskQueue<T> queue, Predicate<Worker> wanted) {
        int looked = 0;
        for (Worker other : model.idle()) {
            if (looked++ >= GLANCE) {
                break;
            }
            if (wanted.test(other) && other.takes(queue.demands())) {
                return true;
            }
        }
        return false;
    }

    /** For a worker that is busy: another one that is not would begin with the task sooner. */
    private boolean isSoonerElsewhere(TaskQueue<T> queue, Worker worker, double now) {
        if (worker.inFlight() == 0 || now - queue.since() >= COURTESY) {
            return false;
        }
        if (hasIdle(queue.level().model(), queue, other -> true)) {
            return true;
        }
        double busy = worker.busy(now);
        int looked = 0;
        for (Model model : models.values()) {
            if (looked >= GLANCE) {
                break;
            }
            if (hasIdle(model, queue, other -> queue.model().isEmpty() || other.switchSeconds() < busy)) {
                return true;
            }
            looked += model.idle().size();
        }
        return false;
    }

    /** For a worker that has loaded something for a more urgent task: others were in the middle of theirs. */
    private boolean isLeftBehind(TaskQueue<T> queue, TaskQueue<T> own, Worker worker, double now) {
        return isLate(queue, now) && own.since() - queue.since() > stay(worker);
    }

    /** For a worker that has stayed long enough with the model that it has, and has more to do for it. */
    private boolean isBetter(TaskQueue<T> queue, TaskQueue<T> own, Worker worker, double now) {
        double stay = stay(worker);
        double drain = queue.level().drain();
        double without = own.level().drainWithout(worker);
        boolean forgotten = drain > without || now - queue.forgottenSince() > stay;
        boolean older = isLate(queue, now) && own.since() - queue.since() > stay;
        boolean behind = drain > worker.switchSeconds() && lag(queue.lane(), own.lane()) > stay;
        return (older && forgotten) || behind || drain > without + stay;
    }

    /** How many seconds one lane is behind another, if all work were done for lanes that wait, by their weights. */
    private double lag(Lane behind, Lane ahead) {
        double weights = 0;
        for (Lane lane : lanes.values()) {
            weights += lane.waits() ? lane.weight() : 0;
        }
        return (ahead.served() - behind.served()) * weights * Micros.PER_SECOND / speed;
    }

    private @Nullable TaskQueue<T> first(Predicate<TaskQueue<T>> wanted, Comparator<? super TaskQueue<T>> order) {
        TaskQueue<T> best = null;
        for (TaskQueue<T> queue : open) {
            if (wanted.test(queue) && (best == null || order.compare(queue, best) < 0)) {
                best = queue;
            }
        }
        return best;
    }

    private T take(TaskQueue<T> queue, Worker worker, double now) {
        settle(queue, worker, now);
        T task = queue.first();
        double seconds = queue.firstSeconds();
        queue.lane().serve(seconds);
        change(worker, () -> worker.gets(queue.model(), queue.priority(), seconds, now));
        model(worker).use(now);
        removed(queue, queue.removeFirst(now));
        return task;
    }

    /** Books what those that wait too long have got, or what somebody more urgent has got instead. */
    private void settle(TaskQueue<T> queue, Worker worker, double now) {
        double seconds = queue.firstSeconds();
        double most = stay(worker) * speed / Micros.PER_SECOND + seconds;
        boolean overtakes = first(each -> each.priority() > queue.priority(), BY_AGE) != null;
        if (overtakes && isLate(queue, now)) {
            owed = Math.max(-most, owed - seconds);
        } else if (first(each -> each.priority() < queue.priority() && isLate(each, now), BY_AGE) != null) {
            owed = Math.min(most, owed + seconds * LATE_SHARE / (1 - LATE_SHARE));
        }
    }
}
