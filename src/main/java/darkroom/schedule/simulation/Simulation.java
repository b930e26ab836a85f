package darkroom.schedule.simulation;

import static darkroom.schedule.simulation.Dispatcher.NONE;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A scenario's work done by its backends in virtual time. A backend works on one task at a time, loads a checkpoint before where
 * it has another one, and begins with the next one that it was sent at once; so what it gets next is decided when it begins with
 * the one before. A backend that fails loses what it has in flight and what is loaded; those tasks wait again, as old as they are.
 */
public final class Simulation {
    /** Who has room is asked again so often, for what is a matter of time: as the service does. */
    private static final double TICK = 0.2;

    /** The same for many backends, where it costs more than it brings. */
    private static final double TICK_OF_MANY = 0.5;

    /** Up to so many backends are all asked whenever something happens; of more those that come into question. */
    private static final int FEW = 64;

    private static final int TRIES = 4;
    private static final double FOREVER = 1e9;

    private final Scenario scenario;
    private final List<Backend> backends;
    private final Work work;
    private final Bound.Capacity capacity;
    private final double bound;

    private Simulation(Scenario scenario, List<Backend> backends, Work work) {
        this.scenario = scenario;
        this.backends = backends;
        this.work = work;
        capacity = new Bound.Capacity(backends);
        bound = Bound.busyShare(backends, work, capacity);
    }

    /**
     * Draws backends and tasks.
     *
     * @throws IOException if a file of arrivals can't be read, or there are tasks that no backend can do
     */
    public static Simulation of(Scenario scenario) throws IOException {
        List<Backend> backends = Backend.of(scenario);
        Work work =
                Work.of(scenario, backends.stream().mapToDouble(Backend::speed).sum());
        checkThatAllCanBeDone(backends, work);
        return new Simulation(scenario, backends, work);
    }

    private static void checkThatAllCanBeDone(List<Backend> backends, Work work) throws IOException {
        boolean[] seen = new boolean[work.lanes().size() * work.models().size()];
        for (int task = 0; task < work.size(); task++) {
            int pair = work.lane(task) * work.models().size() + work.model(task);
            if (!seen[pair]) {
                seen[pair] = true;
                String lane = work.lanes().get(work.lane(task));
                String model = work.models().get(work.model(task));
                if (backends.stream().noneMatch(backend -> backend.takes(lane, model))) {
                    throw new IOException("no backend takes tasks of lane '" + lane + "' for checkpoint '" + model
                            + "'; add what is missing to the lanes or checkpoints of one, or leave them out there");
                }
            }
        }
    }

    /**
     * A task of the scenario.
     *
     * @param at when it comes, in seconds from the start
     * @param lane empty for none
     * @param priority higher is more urgent
     * @param checkpoint empty for what backends load by themselves
     * @param seconds how long a backend of speed 1 works on it
     */
    public record Arrival(double at, String lane, int priority, String checkpoint, double seconds) {}

    /**
     * What became of a task.
     *
     * @param task its place in {@link #arrivals}
     * @param backend who did it in the end
     * @param began when that had nothing else to do but this, in seconds from the start
     * @param worked when it began to work on it: later than {@code began} if it had to load the checkpoint
     * @param ended when it was done
     */
    public record Done(int task, String backend, double began, double worked, double ended) {}

    /** All tasks, as they were drawn or read, in the order of their coming. */
    public List<Arrival> arrivals() {
        List<Arrival> arrivals = new ArrayList<>(work.size());
        for (int task = 0; task < work.size(); task++) {
            String lane = work.lanes().get(work.lane(task));
            arrivals.add(new Arrival(
                    work.at(task),
                    lane,
                    scenario.priority(lane),
                    work.models().get(work.model(task)),
                    work.seconds(task)));
        }
        return arrivals;
    }

    /** Does all of the work; the same each time. */
    public Outcome run(Contender contender) {
        return run(contender, done -> {});
    }

    /**
     * Does all of the work; the same each time.
     *
     * @param told of each task when it is done
     */
    public Outcome run(Contender contender, Consumer<Done> told) {
        Run run = new Run(contender.start(scenario, backends, work), contender.looks(), told);
        run.all();
        double possible = capacity.until(run.now);
        Map<String, Outcome.Waits> lanes = new TreeMap<>();
        for (int lane = 0; lane < work.lanes().size(); lane++) {
            Outcome.Waits waits = run.waits(lane);
            if (waits.tasks() > 0) {
                lanes.put(work.lanes().get(lane), waits);
            }
        }
        double busy = work.size() == 0 ? 0 : work.sum() / possible;
        return new Outcome(
                contender,
                run.done,
                run.now,
                busy,
                bound,
                bound == 0 ? 1 : busy / bound,
                work.size() == 0 ? 0 : run.loading / possible,
                run.switches,
                run.lost,
                run.waits(NONE),
                lanes);
    }

    /** One run through the work. */
    private final class Run {
        private final Dispatcher dispatcher;
        private final boolean looks; // at what is loaded
        private final Consumer<Done> told;
        private final int count = backends.size();
        private final double period = count <= FEW ? TICK : TICK_OF_MANY;
        private final int models = work.models().size();
        private final int own = work.own();
        private final int[] flight = new int[count * scenario.inFlight()]; // at work, then waiting there, by backend
        private final int[] inFlight = new int[count];
        private final int[] loaded = new int[count];
        private final int[] before = new int[count]; // what was loaded before the task at work
        private final int[] given = new int[count]; // what will be loaded when all in flight is done
        private final int[] inFlights = new int[scenario.inFlight() + 1]; // backends by how much they have
        private final boolean[] there = new boolean[count];
        private final double[] loadBegan = new double[count];
        private final double[] workBegins = new double[count];
        private final Timers ends = new Timers(count);
        private final Timers absences = new Timers(count);
        private final List<Backend.Absences> away = new ArrayList<>();
        private final IntSet[] idle = new IntSet[models + 1]; // by what is loaded
        private final IntSet[] room = new IntSet[models + 1]; // and busy
        private final int[] waiting = new int[models]; // by model
        private final float[] wait = new float[work.size()];
        private double now;
        private int arrived;
        private int done;
        private double tick;
        private int turn;
        private double loading;
        private long switches;
        private long lost;

        Run(Dispatcher dispatcher, boolean looks, Consumer<Done> told) {
            this.dispatcher = dispatcher;
            this.looks = looks;
            this.told = told;
            int[] idlePlaces = IntSet.places(count);
            int[] roomPlaces = IntSet.places(count);
            for (int i = 0; i <= models; i++) {
                idle[i] = new IntSet(idlePlaces);
                room[i] = new IntSet(roomPlaces);
            }
            for (int backend = 0; backend < count; backend++) {
                Backend.Absences absence = backends.get(backend).absences();
                away.add(absence);
                absences.set(backend, absence.begin());
            }
        }

        void all() {
            for (int backend = 0; backend < count; backend++) {
                comes(backend);
            }
            while (done < work.size()) {
                double arrival = arrived < work.size() ? work.at(arrived) : Double.POSITIVE_INFINITY;
                double again = dispatcher.size() > 0 ? tick : Double.POSITIVE_INFINITY;
                double next = Math.min(Math.min(arrival, again), Math.min(ends.time(), absences.time()));
                if (next > now + FOREVER) {
                    throw new IllegalStateException(dispatcher.size() + " tasks are never done");
                }
                now = next;
                if (ends.time() <= now) {
                    ends(ends.first());
                } else if (absences.time() <= now) {
                    int backend = absences.first();
                    if (there[backend]) {
                        goes(backend);
                    } else {
                        comes(backend);
                    }
                } else if (arrival <= now) {
                    arrive();
                } else {
                    tick = now + period;
                    askAll();
                }
            }
        }

        /** What comes at one time comes before anybody is asked. */
        private void arrive() {
            int first = arrived;
            while (arrived < work.size() && work.at(arrived) <= now) {
                int target = add(arrived);
                if (arrived == first && (arrived + 1 == work.size() || work.at(arrived + 1) > now)) {
                    arrived++;
                    offer(first, target);
                    return;
                }
                arrived++;
            }
            askAll();
        }

        private void offer(int task, int target) {
            if (tick < now) {
                tick = now + period;
            }
            if (target != NONE) {
                fill(target);
                return;
            }
            int model = work.model(task);
            if (count <= FEW) {
                askAll();
            } else if (looks && ask(idle[model])) {
                return;
            } else if (!looks) {
                askInTurn();
            } else if (!ask(idle[own]) && !ask(room[model])) {
                turn = (turn + 1) % models;
                ask(idle[turn]); // the others at the next tick
            }
        }

        /** The next one with nothing to do, or else with room. */
        private void askInTurn() {
            for (int most = 1; most <= scenario.inFlight(); most++) {
                for (int i = 0; i < count && inFlights[most - 1] > 0; i++) {
                    int backend = (turn + i) % count;
                    if (there[backend] && inFlight[backend] < most) {
                        turn = backend + 1;
                        fill(backend);
                        return;
                    }
                }
            }
        }

        private boolean ask(IntSet some) {
            for (int i = 0; i < TRIES && i < some.size(); i++) {
                if (fill(some.get(some.size() - 1 - i))) {
                    return true;
                }
            }
            return false;
        }

        /** One task at a time, first who has least to do, as the service does; of many those alone that may take something. */
        private void askAll() {
            if (count > FEW) {
                for (IntSet some : idle) {
                    askEach(some);
                }
                for (int model = 0; model < models; model++) {
                    if (waiting[model] > 0) {
                        askEach(room[model]);
                    }
                }
                return;
            }
            boolean given = true;
            while (given && dispatcher.size() > 0) {
                given = false;
                for (int most = 0; most < scenario.inFlight() && !given; most++) {
                    given = giveOne(most);
                }
            }
        }

        /** To the fastest of those with so many in flight that takes one. */
        private boolean giveOne(int most) {
            boolean[] asked = new boolean[count];
            while (true) {
                int best = NONE;
                for (int backend = 0; backend < count; backend++) {
                    if (there[backend]
                            && inFlight[backend] == most
                            && !asked[backend]
                            && (best == NONE || dispatcher.speed(backend) > dispatcher.speed(best))) {
                        best = backend;
                    }
                }
                if (best == NONE) {
                    return false;
                }
                asked[best] = true;
                if (give(best)) {
                    return true;
                }
            }
        }

        private void askEach(IntSet some) {
            for (int i = some.size() - 1; i >= 0 && dispatcher.size() > 0; i--) {
                if (i < some.size()) {
                    fill(some.get(i));
                }
            }
        }

        private int add(int task) {
            waiting[work.model(task)]++;
            return dispatcher.add(task, work.at(task));
        }

        /** A backend has room: of few each is asked, since that may be a reason for another one. */
        private void refill(int backend) {
            if (count <= FEW) {
                askAll();
            } else {
                fill(backend);
            }
        }

        /** Sends a backend what it has room for. */
        private boolean fill(int backend) {
            boolean any = false;
            while (there[backend] && inFlight[backend] < scenario.inFlight() && give(backend)) {
                any = true;
            }
            return any;
        }

        private boolean give(int backend) {
            int task = dispatcher.next(backend, now);
            if (task == NONE) {
                return false;
            }
            waiting[work.model(task)]--;
            file(backend, -1);
            flight[backend * scenario.inFlight() + inFlight[backend]++] = task;
            given[backend] = work.model(task);
            file(backend, 1);
            if (inFlight[backend] == 1) {
                begin(backend);
            }
            return true;
        }

        /** Keeps the sets of those that have room. */
        private void file(int backend, int sign) {
            if (!there[backend]) {
                return;
            }
            inFlights[inFlight[backend]] += sign;
            IntSet[] sets = inFlight[backend] == 0 ? idle : inFlight[backend] < scenario.inFlight() ? room : null;
            if (sets != null && sign > 0) {
                sets[given[backend]].add(backend);
            } else if (sets != null) {
                sets[given[backend]].remove(backend);
            }
        }

        private void begin(int backend) {
            int task = flight[backend * scenario.inFlight()];
            Backend about = backends.get(backend);
            loadBegan[backend] = now;
            workBegins[backend] = now;
            before[backend] = loaded[backend];
            if (loaded[backend] != work.model(task)) {
                loaded[backend] = work.model(task);
                workBegins[backend] += about.switchSeconds();
                switches++;
            }
            ends.set(backend, workBegins[backend] + work.seconds(task) / about.speed());
        }

        private void ends(int backend) {
            int first = backend * scenario.inFlight();
            int task = flight[first];
            wait[task] = (float) (workBegins[backend] - work.at(task));
            loading += (workBegins[backend] - loadBegan[backend])
                    * backends.get(backend).speed();
            done++;
            told.accept(new Done(task, backends.get(backend).name(), loadBegan[backend], workBegins[backend], now));
            ends.set(backend, Double.POSITIVE_INFINITY);
            file(backend, -1);
            System.arraycopy(flight, first + 1, flight, first, --inFlight[backend]);
            file(backend, 1);
            dispatcher.answered(backend, task, now - loadBegan[backend], before[backend]);
            dispatcher.finished(backend);
            if (inFlight[backend] > 0) {
                begin(backend);
            }
            refill(backend);
        }

        private void comes(int backend) {
            there[backend] = true;
            loaded[backend] = own;
            given[backend] = own;
            file(backend, 1);
            dispatcher.join(backend);
            absences.set(backend, away.get(backend).begin());
            refill(backend);
        }

        private void goes(int backend) {
            file(backend, -1);
            there[backend] = false;
            ends.set(backend, Double.POSITIVE_INFINITY);
            if (inFlight[backend] > 0) {
                lost++;
                loading += (Math.min(now, workBegins[backend]) - loadBegan[backend])
                        * backends.get(backend).speed();
            }
            int first = backend * scenario.inFlight();
            int many = inFlight[backend];
            inFlight[backend] = 0;
            dispatcher.leave(backend, now);
            for (int i = 0; i < many; i++) {
                dispatcher.finished(backend);
                int task = flight[first + i];
                offer(task, add(task));
            }
            absences.set(backend, away.get(backend).end());
            away.get(backend).next();
        }

        /** Of one lane, or of all. */
        Outcome.Waits waits(int lane) {
            float[] some = new float[work.size()];
            int n = 0;
            for (int task = 0; task < wait.length; task++) {
                if (lane == NONE || work.lane(task) == lane) {
                    some[n++] = wait[task];
                }
            }
            float[] sorted = Arrays.copyOf(some, n);
            Arrays.sort(sorted);
            return Outcome.Waits.of(sorted, scenario.longestWait());
        }
    }
}
