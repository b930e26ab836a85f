package darkroom.camel.component;

import darkroom.job.AwayException;
import darkroom.job.MayPassException;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.StoppingException;
import darkroom.job.Task;
import darkroom.json.Json;
import darkroom.schedule.Demand;
import darkroom.webui.GpuWork;
import darkroom.webui.MountedOutputs;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.spi.ShutdownPrepared;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Task in, {@link Generated} out. The message stays as it was if anything goes wrong, so that it can be tried again. Where
 * several WebUIs share the work, what goes wrong at one is tried at another first.
 *
 * <p>A task that waits for a WebUI holds no thread. When so many wait as the component's window says, whoever brings another
 * one waits with it: what is read ahead in the queue is what the best next one is chosen from, and no more.
 */
final class WebuiProducer extends DefaultAsyncProducer implements ShutdownPrepared {
    private static final long LOOK_UP = Pool.LOOK_UP.toMillis();
    private static final Logger LOG = LoggerFactory.getLogger(WebuiProducer.class);

    /** Each look is one at the disk, and hundreds of tasks wait. */
    private static final Duration WANTED_FOR = Duration.ofSeconds(1);

    /** After these nobody knows whether the WebUI made the pictures, or has made them for certain. */
    private static final Set<ProblemCode> MAY_BE_THERE =
            Set.of(ProblemCode.WEBUI_ANSWER_UNREADABLE, ProblemCode.SAVED_NOT_SERVED);

    private final Backends backends;
    private final Pool pool;
    private final WebuiConfiguration options;
    private final SecureRandom random = new SecureRandom();
    private final Untaken untaken = new Untaken();
    private final Semaphore window;
    private @Nullable ExecutorService workers;
    private @Nullable ScheduledExecutorService looks;
    private volatile boolean stopping;

    /** @param window how many tasks may wait for a WebUI at a time */
    WebuiProducer(WebuiEndpoint endpoint, Backends backends, WebuiConfiguration options, int window) {
        super(endpoint);
        this.window = new Semaphore(window);
        this.backends = backends;
        this.pool = backends.pool();
        this.options = options;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Search search;
        try {
            search = search(exchange, callback);
            search.enter();
        } catch (Exception | StackOverflowError | LinkageError e) {
            exchange.setException(survivable(e));
            callback.done(true);
            return true;
        }
        search.seek();
        return false;
    }

    /** Camel lets an Error take the thread with it, and the task would be in hand for ever. */
    private static Exception survivable(Throwable thrown) {
        return thrown instanceof Exception e ? e : new IllegalStateException(thrown.toString(), thrown);
    }

    private Search search(Exchange exchange, AsyncCallback callback) throws Exception {
        Message message = exchange.getMessage();
        Task task = Json.mapper().readValue(message.getMandatoryBody(String.class), Task.class);
        BooleanSupplier cancelled =
                message.getHeader(WebuiConstants.CANCELLED, (BooleanSupplier) () -> false, BooleanSupplier.class);
        SentLog log = message.getHeader(WebuiConstants.SENT, SentLog.NONE, SentLog.class);
        Generation.Order order = new Generation.Order(
                task,
                cancelled,
                folder(exchange, WebuiConstants.ATTACHMENTS),
                folder(exchange, WebuiConstants.PICTURES),
                new Tries(log, options.getMostCrashes()),
                !message.getHeader(WebuiConstants.ONLY, "", String.class).isEmpty());
        order.requireWanted();
        return new Search(order, exchange, callback);
    }

    private void work(Runnable work) {
        try {
            Objects.requireNonNull(workers).execute(work);
        } catch (RejectedExecutionException e) { // the service stops, which is to be said all the same
            new Thread(work, "webui-stopped").start();
        }
    }

    /** The search for a WebUI that makes a task. */
    private final class Search implements Generation.Places {
        private final Generation.Order order;
        private final Exchange exchange;
        private final AsyncCallback callback;
        private final Demand demand;
        private final String needs;
        private final String only;
        private final BooleanSupplier held;
        private final double since = pool.now(); // who has to go elsewhere has waited before
        private final Map<String, List<Problem>> lacks = new LinkedHashMap<>();
        private final Set<String> failed = new HashSet<>();
        private @Nullable Member at;
        private @Nullable Refusal refusal;
        private volatile boolean waits; // of those that the window counts
        private volatile long lookedIfWanted = System.nanoTime();
        private volatile boolean rests; // before it looks again

        Search(Generation.Order order, Exchange exchange, AsyncCallback callback) {
            this.order = order;
            this.exchange = exchange;
            this.callback = callback;
            Message message = exchange.getMessage();
            GpuWork work = GpuWork.of(order.task());
            this.demand = new Demand(
                    message.getHeader(WebuiConstants.LANE, "", String.class),
                    message.getHeader(WebuiConstants.PRIORITY, 0, Integer.class),
                    work.model(),
                    work.seconds(),
                    Set.of());
            this.needs = work.names();
            this.held = message.getHeader(WebuiConstants.HELD, (BooleanSupplier) () -> false, BooleanSupplier.class);
            this.only = message.getHeader(WebuiConstants.ONLY, "", String.class);
        }

        /** Waits until there is room for another one that waits. */
        void enter() throws InterruptedException {
            while (!window.tryAcquire(LOOK_UP, TimeUnit.MILLISECONDS)) {
                requireNotGivenUp();
            }
            waits = true;
        }

        private void leave() {
            if (waits) {
                waits = false;
                window.release();
            }
        }

        /** Looks for a WebUI, in no time, and goes on when there is one. */
        @SuppressWarnings("FutureReturnValueIgnored") // goOn hears of all that comes of it
        void seek() {
            try {
                requireNotGivenUp();
                if (rests || held.getAsBoolean()) {
                    rests = false;
                    leave(); // others may go on
                    later(this::seek);
                } else if (refusal != null && !canGoElsewhere()) {
                    refusal.mayBeTheTask();
                    Generated refused = refusal.with(lacking());
                    work(() -> end(refused));
                } else if (!only.isEmpty()) {
                    work(this::takeOnly);
                } else {
                    next().whenCompleteAsync(this::goOn, WebuiProducer.this::work);
                }
            } catch (RuntimeException | StackOverflowError | LinkageError e) {
                work(() -> fail(e));
            }
        }

        private void takeOnly() {
            Pool.Place place;
            try {
                place = another(only);
            } catch (InterruptedException | RuntimeException e) {
                fail(e);
                return;
            }
            goOn(place);
        }

        /** Goes on, in a thread of its own, if there is no reason why no place will come. */
        private void goOn(Optional<Pool.Place> place, @Nullable Throwable why) {
            if (why != null) {
                fail(why);
            } else if (place.isEmpty()) {
                seek(); // it is held, or where it was sent before is gone, or others share the work now
            } else {
                goOn(place.get());
            }
        }

        private void goOn(Pool.Place place) {
            leave();
            Optional<Generated> made;
            try {
                made = generated(place);
            } catch (Exception | StackOverflowError | LinkageError e) {
                fail(e);
                return;
            }
            made.ifPresentOrElse(this::end, this::seek);
        }

        private void end(Generated made) {
            leave();
            exchange.getMessage().setBody(made);
            callback.done(false);
        }

        private void fail(Throwable thrown) {
            leave();
            if (thrown instanceof ProblemException e
                    && !(e instanceof AwayException)
                    && !MAY_BE_THERE.contains(e.problem().code())) {
                try {
                    order.tries().over();
                } catch (IOException io) {
                    e.addSuppressed(io);
                }
            }
            exchange.setException(survivable(thrown));
            callback.done(false);
        }

        /** @return empty if another WebUI is to be found */
        private Optional<Generated> generated(Pool.Place place) throws Exception {
            Member member = place.member();
            Backend backend;
            try {
                backend = backends.of(member);
            } catch (RuntimeException e) {
                place.leave();
                throw e;
            }
            at = member;
            exchange.setProperty(WebuiConstants.BACKEND, backend.url());
            try (Generation generation = new Generation(order, backend, place, this, random, () -> stopping)) {
                order.requireWanted();
                order.tries().begins();
                return settled(member, backend, generation.generated());
            } catch (AwayException e) {
                away(member, backend, e);
            } catch (Generation.LacksException e) {
                lacks(member, e);
            } catch (ProblemException e) {
                requireElsewhere(member, e);
            }
            return Optional.empty();
        }

        /**
         * What is not what was asked for is tried once at another WebUI, if there is one.
         *
         * @return empty if it is tried there now
         */
        private Optional<Generated> settled(Member member, Backend backend, Generated made) {
            Refusal before = refusal;
            if (made.answer().refused().isEmpty()) {
                if (before != null) {
                    before.wasItsFault(order.id());
                }
                return Optional.of(made);
            }
            Refusal now = new Refusal(member, backend.leases().breaker(), made);
            if (before != null) {
                before.mayBeTheTask();
                now.mayBeTheTask();
                return Optional.of(before.before(now));
            }
            failed.add(member.name());
            if (stopping || !now.isWorthAnother() || !canGoElsewhere()) {
                now.mayBeTheTask();
                return Optional.of(made);
            }
            refusal = now;
            LOG.info("{}: {}: {}; another WebUI tries it", order.id(), member, now.message());
            return Optional.empty();
        }

        private List<Problem> lacking() {
            return pool.members().stream()
                    .flatMap(one -> Refusal.named(one, lacks.getOrDefault(one.name(), List.of())).stream())
                    .toList();
        }

        private CompletableFuture<Optional<Pool.Place>> next() {
            List<Member> members = pool.members();
            untaken.news(members, demand).ifPresent(news -> LOG.warn("{} waits: {}", order.id(), news));
            Set<String> unfit = new HashSet<>(pool.lacking(needs));
            unfit.addAll(lacks.keySet());
            if (!unfit.isEmpty() && takers(members).stream().allMatch(member -> unfit.contains(member.name()))) {
                unfit.retainAll(lacks.keySet()); // it may have been added since
            }
            Optional<String> before = order.tries().open().flatMap(sent -> backends.named(sent.backend()));
            if (before.isPresent()
                    && !unfit.contains(before.get())
                    && !failed.contains(before.get())
                    && pool.isOpen(before.get())
                    && pool.members().size() > 1) {
                String name = before.get(); // its pictures may be there
                return pool.ask(at(name), since, this::isGivenUp, () -> !pool.isOpen(name));
            }
            Demand fit = demand.without(unfit);
            Set<String> better = new HashSet<>(unfit);
            better.addAll(failed);
            Demand elsewhere = demand.without(better);
            return pool.ask(
                    pool.canRun(elsewhere) ? elsewhere : fit,
                    since,
                    this::isGivenUp,
                    () -> held.getAsBoolean()
                            || !pool.members().equals(members)
                            || (refusal != null && !canGoElsewhere()));
        }

        /** Those that are given such a task at all, now or later. */
        private List<Member> takers(List<Member> members) {
            return members.stream()
                    .filter(member -> member.takes(demand.lane(), demand.model()))
                    .toList();
        }

        private Demand at(String name) {
            return demand.without(pool.allBut(name));
        }

        private boolean isGivenUp() {
            if (System.nanoTime() - lookedIfWanted >= WANTED_FOR.toNanos()) {
                order.requireWanted();
                lookedIfWanted = System.nanoTime();
            }
            return stopping;
        }

        private void requireNotGivenUp() {
            if (isGivenUp()) {
                throw new StoppingException();
            }
        }

        /**
         * Who has been sent in vain while nothing works waits here for that to end, not for a pause of its own. A WebUI that
         * was never asked may have this one as well when it is back; if that is now, after a moment, as it may not last.
         */
        private void away(Member member, Backend backend, AwayException e) {
            if (stopping) {
                throw e;
            }
            boolean first = failed.add(member.name());
            boolean elsewhere = canGoElsewhere();
            if (!elsewhere
                    && (!only.isEmpty() || backend.leases().breaker().state().isEmpty())) {
                throw e;
            }
            boolean gone = elsewhere && backend.openBreakerIfGone(e);
            boolean refused = Backend.isRefused(e);
            if (first && (refused || (gone && !e.isLost()))) {
                failed.remove(member.name());
            }
            rests = refused && !gone;
            if (elsewhere) {
                LOG.info(
                        "{}: {}; {}",
                        order.id(),
                        e.problem().message(),
                        rests ? "it does by now, and may be asked again" : "another WebUI makes it");
            }
        }

        private void lacks(Member member, Generation.LacksException e) {
            pool.lacks(member.name(), needs);
            lacks.put(member.name(), e.problems());
            List<Member> members = pool.members();
            if (members.size() == 1 || !only.isEmpty()) {
                throw e;
            }
            List<Member> takers = takers(members);
            if (!takers.isEmpty() && takers.stream().allMatch(one -> lacks.containsKey(one.name()))) {
                throw new ProblemException(members.stream()
                        .flatMap(one -> lacks.getOrDefault(one.name(), notGiven(e)).stream()
                                .map(problem -> problem.prefixed(one.name())))
                        .toList());
            }
        }

        private List<Problem> notGiven(Generation.LacksException e) {
            return List.of(Problem.of(
                    e.problem().code(),
                    "its lanes and checkpoints in webuis.yaml leave this task out",
                    "if it has what is named, add that there, and drop the file again"));
        }

        /** Another WebUI may do what this one can't. */
        private void requireElsewhere(Member member, ProblemException e) throws IOException {
            failed.add(member.name());
            boolean aboutThis = e instanceof MayPassException
                    || Generation.isAboutAll(e)
                    || e.problem().code() == ProblemCode.WEBUI_OUT_OF_MEMORY;
            if (!aboutThis || stopping || !canGoElsewhere()) {
                throw refusal == null ? e : refusal.before(member, e);
            }
            if (!MAY_BE_THERE.contains(e.problem().code())) {
                order.tries().over();
            }
            LOG.info(
                    "{}: {}: {}; another WebUI tries it",
                    order.id(),
                    member,
                    e.problem().message());
        }

        private boolean canGoElsewhere() {
            if (!only.isEmpty()) {
                return false;
            }
            Set<String> unfit = new HashSet<>(failed);
            unfit.addAll(lacks.keySet());
            return pool.canRun(demand.without(unfit));
        }

        @Override
        public Pool.Place another() throws InterruptedException {
            return another(Objects.requireNonNull(at).name());
        }

        private Pool.Place another(String name) throws InterruptedException {
            boolean alone = pool.members().size() == 1;
            Optional<Pool.Place> place =
                    pool.take(at(name), since, this::isGivenUp, () -> !alone && !pool.isOpen(name));
            return place.orElseThrow(() -> new AwayException(Problem.of(
                    ProblemCode.WEBUI_AWAY,
                    "the WebUI " + name + " is given nothing for now",
                    "see why in the log, or in the file that says which WebUIs there are")));
        }

        @Override
        public @Nullable MountedOutputs outputsOf(String url) {
            return backends.outputsOf(url);
        }
    }

    /** What waits for its turn need not wait any more: it was not sent yet, and the next start will send it. */
    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        stopping |= !suspendOnly;
        if (stopping) {
            pool.look();
        }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // it ends with the executor
    protected void doStart() throws Exception {
        stopping = false;
        ServiceHelper.startService(backends);
        ExecutorServiceManager threads = getEndpoint().getCamelContext().getExecutorServiceManager();
        workers = threads.newCachedThreadPool(this, "webui");
        looks = threads.newSingleThreadScheduledExecutor(this, "webui-looks");
        looks.scheduleWithFixedDelay(pool::look, LOOK_UP, LOOK_UP, TimeUnit.MILLISECONDS);
        super.doStart();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // seeking says itself what comes of it
    private void later(Runnable what) {
        Objects.requireNonNull(looks).schedule(what, LOOK_UP, TimeUnit.MILLISECONDS);
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        ExecutorServiceManager threads = getEndpoint().getCamelContext().getExecutorServiceManager();
        threads.shutdown(Objects.requireNonNull(looks));
        threads.shutdown(Objects.requireNonNull(workers)); // what they are at comes to its end
        ServiceHelper.stopService(backends);
    }

    private static Path folder(Exchange exchange, String header) {
        Path folder = exchange.getMessage().getHeader(header, Path.class);
        if (folder == null) {
            throw new IllegalArgumentException("webui: needs the header " + header);
        }
        return folder;
    }
}
