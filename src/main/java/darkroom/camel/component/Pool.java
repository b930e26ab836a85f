package darkroom.camel.component;

import darkroom.job.StoppingException;
import darkroom.schedule.Demand;
import darkroom.schedule.Learnt;
import darkroom.schedule.Policy;
import darkroom.schedule.Scheduler;
import darkroom.schedule.Worker;
import darkroom.webui.Checkpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.ObjDoubleConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The WebUIs that share the work, and the tasks that wait for one of them. Which task goes where is the {@link Scheduler}'s
 * matter; this tells whoever has one when it is his turn, and knows which WebUIs can be given something.
 */
final class Pool {
    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);

    /** How often {@link #look} is to be called while anybody waits. */
    static final Duration LOOK_UP = Duration.ofMillis(200);

    /** How long it is believed that a WebUI has not what a task named. */
    private static final Duration LACKS_FOR = Duration.ofMinutes(1);

    private static final int MOST_LACKS = 1000;

    private final Function<Member, Leases> leases;
    private final Speeds speeds;
    private final ObjDoubleConsumer<String> waited;
    private final Scheduler<Turn> scheduler;
    private final Map<String, Seat> seats = new LinkedHashMap<>();
    private final Set<Turn> turns = new LinkedHashSet<>();
    private final Map<Lack, Long> lacks = new LinkedHashMap<>();
    private final Map<String, Known> known = new HashMap<>();
    private final Runnable freed = this::dispatch;
    private final List<Runnable> followers = new CopyOnWriteArrayList<>();
    private final long start = System.nanoTime();
    private List<Member> members = List.of();
    private boolean closed;
    private long looked = System.nanoTime();

    /** A WebUI, and what it has been seen to do. */
    private static final class Seat {
        private Member member;
        private final Leases leases;
        private final Worker worker;
        private final Timesheet timesheet;
        private Learnt learnt;
        private boolean present;
        private long lastAnswer = System.nanoTime();
        private String lastLoaded; // when it answered last; empty if that is not known

        Seat(Member member, Leases leases, Worker worker, Timesheet timesheet, Learnt learnt) {
            this.member = member;
            this.leases = leases;
            this.worker = worker;
            this.timesheet = timesheet;
            this.learnt = learnt;
            this.lastLoaded = worker.loaded();
        }

        boolean isOpen() {
            return member.state() == Member.State.ON && leases.isOpen();
        }
    }

    /** Somebody who waits. */
    private static final class Turn {
        private final Demand demand;
        private final double since;
        private final BooleanSupplier givenUp;
        private final BooleanSupplier moot;
        private final CompletableFuture<Optional<Place>> end = new CompletableFuture<>();

        Turn(Demand demand, double since, BooleanSupplier givenUp, BooleanSupplier moot) {
            this.demand = demand;
            this.since = since;
            this.givenUp = givenUp;
            this.moot = moot;
        }
    }

    /**
     * What was found out about a WebUI, by its address, for when it is listed in another way.
     *
     * @param own the checkpoint that it loads by itself; empty if it does not say
     * @param weight what it had when it showed its speed
     */
    private record Known(String own, double weight, Learnt learnt) {}

    private record Lack(String member, String what) {}

    /** A place at a WebUI, for one request. */
    final class Place {
        private final Seat seat;
        private final Demand demand;
        private final String before;
        private final String loaded;
        private volatile boolean over;
        private boolean made;

        private Place(Seat seat, Demand demand, String before) {
            this.seat = seat;
            this.demand = demand;
            this.before = before;
            this.loaded = seat.worker.loaded();
        }

        Member member() {
            return seat.member;
        }

        Breaker breaker() {
            return seat.leases.breaker();
        }

        /** Nothing was sent, so that the WebUI has loaded what it had. */
        void notSent() {
            loaded(before);
        }

        /** It was not used. */
        void leave() {
            if (!over) {
                notSent();
                end();
                seat.leases.leave();
                dispatch();
            }
        }

        private void end() {
            over = true;
            synchronized (Pool.this) {
                scheduler.finished(seat.worker);
            }
        }

        /** The request is over; how it went was said to the breaker. */
        void giveBack() {
            if (!over) {
                synchronized (Pool.this) {
                    seat.lastAnswer = System.nanoTime();
                    if (!made) {
                        seat.timesheet.failed();
                    }
                }
                end();
                seat.leases.giveBack();
                speeds.saveNowAndThen();
            }
        }

        /**
         * It goes well, and is about to be given back: says how fast the WebUI is.
         *
         * @param sent when the request was sent, of {@link System#nanoTime}
         */
        void worked(long sent) {
            synchronized (Pool.this) {
                made = true;
                long now = System.nanoTime();
                double seconds = (now - Math.max(sent, seat.lastAnswer)) / 1e9; // it worked on another before
                String had =
                        seat.lastLoaded; // of two that were sent at once, either may come first and wait for the load
                seat.lastLoaded = loaded;
                seat.timesheet.made(!had.isEmpty() && !had.equals(loaded));
                learn(seat, seat.learnt.answered(demand.seconds(), seconds, had, loaded));
            }
        }

        /** The WebUI went away, and will begin with what it usually loads. */
        void lost() {
            synchronized (Pool.this) {
                loaded("");
                seat.lastLoaded = "";
                learn(seat, seat.learnt.earlier());
            }
        }

        private void loaded(String model) {
            synchronized (Pool.this) {
                scheduler.loaded(seat.worker, model);
            }
        }
    }

    /**
     * A pool without WebUIs.
     *
     * @param leases the limit of a WebUI, which other pools may share
     * @param speeds what was learnt of WebUIs earlier, and is told what is learnt of them
     * @param waited is told of each task that gets a place: its lane, and how many seconds it has waited for that
     */
    Pool(Policy policy, Function<Member, Leases> leases, Speeds speeds, ObjDoubleConsumer<String> waited) {
        this.waited = waited;
        this.scheduler = new Scheduler<>(policy);
        this.leases = leases;
        this.speeds = speeds;
    }

    /** Seconds on a clock of its own. */
    double now() {
        return (System.nanoTime() - start) / 1e9;
    }

    /** These are the WebUIs from now on. What is under way at one that is gone comes to its end. */
    void setMembers(List<Member> members) {
        if (replace(List.copyOf(members))) {
            followers.forEach(Runnable::run);
        }
    }

    /** Whether anything is listed in another way than before. */
    private synchronized boolean replace(List<Member> listed) {
        if (listed.equals(members)) {
            return false;
        }
        members = listed;
        Set<String> names = new HashSet<>();
        listed.forEach(member -> names.add(member.name()));
        for (Seat seat : List.copyOf(seats.values())) {
            if (!names.contains(seat.member.name())) {
                remove(seat);
            }
        }
        for (Member member : listed) {
            Seat seat = seats.get(member.name());
            if (seat == null) {
                add(member, new Timesheet());
            } else {
                change(seat, member);
            }
        }
        dispatch();
        return true;
    }

    /** Tells somebody now, and each time that anything is listed in another way; {@link #members} says which there are. */
    void follow(Runnable told) {
        followers.add(told);
        told.run();
    }

    /** Tells him no more. */
    void forget(Runnable told) {
        followers.remove(told);
    }

    private void add(Member member, Timesheet timesheet) {
        Known before = known.get(member.url());
        Learnt learnt = before != null && before.weight() == member.weight()
                ? before.learnt()
                : speeds.of(member.url(), member.weight()).orElse(Learnt.nothing(member.weight()));
        Worker worker = new Worker(
                member.name(), member.lanes(), member.plainCheckpoints(), learnt.speed(), learnt.switchSeconds());
        scheduler.learn(worker, learnt);
        if (before != null) {
            scheduler.own(worker, before.own());
        }
        Leases limit = leases.apply(member);
        limit.limit(member.inFlight());
        limit.whenFree(freed);
        seats.put(member.name(), new Seat(member, limit, worker, timesheet, learnt));
    }

    private void remove(Seat seat) {
        seat.leases.forget(freed);
        setPresent(seat, false);
        seats.remove(seat.member.name());
    }

    private void change(Seat seat, Member member) {
        Member before = seat.member;
        if (before.state() != member.state()) {
            LOG.info(
                    "{}: {}",
                    member,
                    switch (member.state()) {
                        case ON -> "goes on";
                        case PAUSED -> "is paused; nothing is sent to it";
                        case DRAINED -> "is drained; nothing more is sent to it";
                    });
        }
        boolean alike = before.lanes().equals(member.lanes())
                && before.checkpoints().equals(member.checkpoints())
                && before.weight() == member.weight()
                && before.url().equals(member.url());
        if (alike) {
            seat.member = member;
            seat.leases.limit(member.inFlight());
        } else {
            remove(seat);
            add(member, seat.timesheet);
        }
    }

    /** What is there, in its order: the same list until there is another one. */
    synchronized List<Member> members() {
        return members;
    }

    /** Which checkpoint is a WebUI's own, and which it has loaded; empty if it does not say. */
    synchronized void own(String name, String checkpoint, String loaded) {
        Seat seat = seats.get(name);
        if (seat != null) {
            scheduler.own(seat.worker, Checkpoint.plain(checkpoint));
            know(seat, Checkpoint.plain(checkpoint));
            if (!loaded.equals(checkpoint) && seat.worker.inFlight() == 0) {
                scheduler.loaded(seat.worker, Checkpoint.plain(loaded));
            }
            if (seat.worker.inFlight() == 0) {
                seat.lastLoaded = seat.worker.loaded();
            }
            dispatch();
        }
    }

    /** How all are, in their order. */
    synchronized List<WebuiState> states() {
        return seats.values().stream().map(Pool::state).toList();
    }

    /** How one is; empty if there is none of that name. */
    synchronized Optional<WebuiState> state(String name) {
        return Optional.ofNullable(seats.get(name)).map(Pool::state);
    }

    private static WebuiState state(Seat seat) {
        return new WebuiState(
                seat.member.name(),
                seat.member.url(),
                seat.isOpen()
                        ? WebuiState.Now.WORKS
                        : switch (seat.member.state()) {
                            case ON ->
                                seat.leases.breaker().state().isEmpty() ? WebuiState.Now.PAUSED : WebuiState.Now.FAILS;
                            case PAUSED -> WebuiState.Now.PAUSED;
                            case DRAINED -> WebuiState.Now.DRAINED;
                        },
                seat.leases.taken(),
                seat.worker.loaded(),
                seat.worker.speed(),
                seat.timesheet.work());
    }

    /** How many tasks wait for a WebUI. */
    synchronized long waiting() {
        return scheduler.size();
    }

    /** Whether a WebUI is given something at all, busy or not. */
    synchronized boolean isOpen(String name) {
        Seat seat = seats.get(name);
        return seat != null && seat.isOpen();
    }

    /** The names of all but one. */
    synchronized Set<String> allBut(String name) {
        Set<String> others = new HashSet<>(seats.keySet());
        others.remove(name);
        return others;
    }

    /** Whether somebody could be given a task now or soon, whose turn it need not be. */
    synchronized boolean canRun(Demand demand) {
        return seats.values().stream().anyMatch(seat -> seat.isOpen() && scheduler.canRun(seat.worker, demand));
    }

    /** The WebUIs that have been seen to lack what a task names. */
    synchronized Set<String> lacking(String what) {
        lacks.values().removeIf(since -> System.nanoTime() - since > LACKS_FOR.toNanos());
        Set<String> names = new HashSet<>();
        for (Lack lack : lacks.keySet()) {
            if (lack.what().equals(what)) {
                names.add(lack.member());
            }
        }
        return names;
    }

    /** A WebUI lacks what tasks name that name this. */
    synchronized void lacks(String name, String what) {
        if (lacks.size() >= MOST_LACKS) {
            lacks.clear();
        }
        lacks.put(new Lack(name, what), System.nanoTime());
    }

    /**
     * Asks for a place. Whether it is still wanted is asked at {@link #look}, so those who wait need no thread each.
     *
     * @param demand what is to be made there
     * @param since since when the task waits, of {@link #now}
     * @param givenUp whether there is no point in waiting any more; what it throws ends the waiting as well
     * @param moot whether what is waited for will not come
     * @return ends with a place, which is to be left or given back; empty if what is waited for will not come; with a
     *     {@link StoppingException} if there is no point
     */
    CompletableFuture<Optional<Place>> ask(Demand demand, double since, BooleanSupplier givenUp, BooleanSupplier moot) {
        return wait(new Turn(demand, since, givenUp, moot)).end;
    }

    /** Waits for a place in this thread; see {@link #ask}. */
    Optional<Place> take(Demand demand, double since, BooleanSupplier givenUp, BooleanSupplier moot)
            throws InterruptedException {
        Turn turn = wait(new Turn(demand, since, givenUp, moot));
        try {
            while (true) {
                try {
                    return turn.end.get(LOOK_UP.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    look();
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException why) {
                throw why;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            end(turn, () -> turn.end.complete(Optional.empty()));
            if (!turn.end.isCompletedExceptionally()) {
                turn.end.join().ifPresent(Place::leave); // it came just now
            }
            throw e;
        }
    }

    private Turn wait(Turn turn) {
        synchronized (this) {
            if (closed) {
                throw new StoppingException();
            }
            turns.add(turn);
            scheduler.add(turn, turn.demand, turn.since);
            dispatch();
        }
        reconsider(turn);
        return turn;
    }

    /** Looks whether those who wait still want to, and whether there are places that nobody has told of. */
    void look() {
        List<Turn> waiting;
        synchronized (this) {
            if (turns.isEmpty()) {
                return;
            }
            if (System.nanoTime() - looked > LOOK_UP.toNanos()) {
                dispatch(); // a pause may be over, or a breaker let somebody through
            }
            waiting = List.copyOf(turns);
        }
        waiting.forEach(this::reconsider);
    }

    private void reconsider(Turn turn) {
        if (turn.end.isDone()) {
            return;
        }
        try {
            if (turn.givenUp.getAsBoolean()) {
                throw new StoppingException();
            }
            if (turn.moot.getAsBoolean()) {
                end(turn, () -> turn.end.complete(Optional.empty()));
            }
        } catch (RuntimeException e) {
            end(turn, () -> turn.end.completeExceptionally(e));
        }
    }

    /** Has somebody wait no more, unless he was given a place just now. */
    private void end(Turn turn, Runnable how) {
        synchronized (this) {
            if (!turns.remove(turn)) {
                return;
            }
            scheduler.remove(turn);
            noteTimes();
        }
        how.run();
    }

    /** Gives out places while there are any, first where least is under way. */
    private synchronized void dispatch() {
        looked = System.nanoTime();
        boolean given = true;
        while (given && !closed && scheduler.size() > 0) {
            List<Seat> order = new ArrayList<>(seats.values());
            order.sort(Comparator.<Seat>comparingInt(seat -> seat.leases.taken())
                    .thenComparing(seat -> -seat.worker.speed()));
            given = false;
            for (Seat seat : order) {
                given |= offer(seat);
                if (given) {
                    break;
                }
            }
        }
        noteTimes();
    }

    /** What each does from now on: whatever changes that comes by here. */
    private void noteTimes() {
        for (Seat seat : seats.values()) {
            seat.timesheet.note(
                    seat.leases.taken() > 0
                            ? Timesheet.Now.WORKS
                            : seat.isOpen() && scheduler.hasFor(seat.worker)
                                    ? Timesheet.Now.IS_UNUSED
                                    : Timesheet.Now.RESTS);
        }
    }

    private boolean offer(Seat seat) {
        if (seat.member.state() != Member.State.ON || !seat.leases.tryTake()) {
            setPresent(seat, seat.isOpen());
            return false;
        }
        setPresent(seat, true);
        String before = seat.worker.loaded();
        Optional<Turn> next = scheduler.next(seat.worker, now());
        if (next.isEmpty()) {
            seat.leases.leave();
            return false;
        }
        Turn turn = next.get();
        turns.remove(turn);
        waited.accept(turn.demand.lane(), now() - turn.since);
        turn.end.complete(Optional.of(new Place(seat, turn.demand, before)));
        return true;
    }

    /** Nobody is to leave anything to one that can be given nothing. */
    private void setPresent(Seat seat, boolean present) {
        if (present && !seat.present) {
            scheduler.join(seat.worker);
        } else if (!present && seat.present) {
            scheduler.leave(seat.worker);
        }
        seat.present = present;
    }

    private void know(Seat seat, String own) {
        known.put(seat.member.url(), new Known(own, seat.member.weight(), seat.learnt));
    }

    private void learn(Seat seat, Learnt learnt) {
        seat.learnt = learnt;
        scheduler.learn(seat.worker, learnt);
        Known before = known.get(seat.member.url());
        know(seat, before == null ? "" : before.own());
        speeds.learnt(seat.member.url(), seat.member.weight(), learnt);
    }

    /** No place is given any more; who waits for one waits in vain. */
    void close() {
        List<Turn> waiting;
        synchronized (this) {
            closed = true;
            waiting = List.copyOf(turns);
        }
        waiting.forEach(turn -> end(turn, () -> turn.end.completeExceptionally(new StoppingException())));
    }
}
