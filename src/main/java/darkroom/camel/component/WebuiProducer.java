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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.spi.ShutdownPrepared;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Task in, {@link Generated} out. The message stays as it was if anything goes wrong, so that it can be tried again. Where
 * several WebUIs share the work, what goes wrong at one is tried at another first.
 */
final class WebuiProducer extends DefaultProducer implements ShutdownPrepared {
    private static final long LOOK_EVERY = 200;
    private static final Logger LOG = LoggerFactory.getLogger(WebuiProducer.class);

    /** After these nobody knows whether the WebUI made the pictures, or has made them for certain. */
    private static final Set<ProblemCode> MAY_BE_THERE =
            Set.of(ProblemCode.WEBUI_ANSWER_UNREADABLE, ProblemCode.SAVED_NOT_SERVED);

    private final Backends backends;
    private final Pool pool;
    private final WebuiConfiguration options;
    private final SecureRandom random = new SecureRandom();
    private final Untaken untaken = new Untaken();
    private volatile boolean stopping;

    WebuiProducer(WebuiEndpoint endpoint, Backends backends, WebuiConfiguration options) {
        super(endpoint);
        this.backends = backends;
        this.pool = backends.pool();
        this.options = options;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        try {
            generate(exchange);
        } catch (StackOverflowError | LinkageError e) {
            // Camel lets an Error take the consumer's thread with it, and the task would be in hand for ever
            throw new IllegalStateException(e.toString(), e);
        }
    }

    private void generate(Exchange exchange) throws Exception {
        Message message = exchange.getMessage();
        Task task = Json.mapper().readValue(message.getMandatoryBody(String.class), Task.class);
        BooleanSupplier cancelled =
                message.getHeader(WebuiConstants.CANCELLED, (BooleanSupplier) () -> false, BooleanSupplier.class);
        SentLog log = message.getHeader(WebuiConstants.SENT, SentLog.NONE, SentLog.class);
        Tries tries = new Tries(log, options.getMostCrashes());
        Generation.Order order = new Generation.Order(
                task,
                cancelled,
                folder(exchange, WebuiConstants.ATTACHMENTS),
                folder(exchange, WebuiConstants.PICTURES),
                tries,
                !message.getHeader(WebuiConstants.ONLY, "", String.class).isEmpty());
        order.requireWanted();
        try {
            message.setBody(new Search(order, exchange).generated());
        } catch (ProblemException e) {
            if (!(e instanceof AwayException)
                    && !MAY_BE_THERE.contains(e.problem().code())) {
                tries.over();
            }
            throw e;
        }
    }

    /** The search for a WebUI that makes a task. */
    private final class Search implements Generation.Places {
        private final Generation.Order order;
        private final Exchange exchange;
        private final Demand demand;
        private final String needs;
        private final String only;
        private final BooleanSupplier held;
        private final double since = pool.now(); // who has to go elsewhere has waited before
        private final Map<String, List<Problem>> lacks = new LinkedHashMap<>();
        private final Set<String> failed = new HashSet<>();
        private @Nullable Member at;
        private @Nullable Refusal refusal;

        Search(Generation.Order order, Exchange exchange) {
            this.order = order;
            this.exchange = exchange;
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

        Generated generated() throws Exception {
            while (true) {
                awaitRelease();
                if (refusal != null && !canGoElsewhere()) {
                    refusal.mayBeTheTask();
                    return refusal.with(lacking());
                }
                Optional<Pool.Place> place = next();
                if (place.isEmpty()) {
                    continue; // it is held, or where it was sent before is gone, or others share the work now
                }
                Member member = place.get().member();
                Backend backend;
                try {
                    backend = backends.of(member);
                } catch (RuntimeException e) {
                    place.get().leave();
                    throw e;
                }
                at = member;
                exchange.setProperty(WebuiConstants.BACKEND, backend.url());
                try (Generation generation =
                        new Generation(order, backend, place.get(), this, random, () -> stopping)) {
                    Optional<Generated> settled = settled(member, backend, generation.generated());
                    if (settled.isPresent()) {
                        return settled.get();
                    }
                } catch (AwayException e) {
                    away(member, backend, e);
                } catch (Generation.LacksException e) {
                    lacks(member, e);
                } catch (ProblemException e) {
                    requireElsewhere(member, e);
                }
            }
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

        private void awaitRelease() throws InterruptedException {
            while (held.getAsBoolean()) {
                if (isGivenUp()) {
                    throw new StoppingException();
                }
                Thread.sleep(LOOK_EVERY);
            }
        }

        private Optional<Pool.Place> next() throws InterruptedException {
            if (!only.isEmpty()) {
                return Optional.of(another(only));
            }
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
                return at(before.get()); // its pictures may be there
            }
            Demand fit = demand.without(unfit);
            Set<String> better = new HashSet<>(unfit);
            better.addAll(failed);
            Demand elsewhere = demand.without(better);
            return pool.take(
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

        private Optional<Pool.Place> at(String name) throws InterruptedException {
            boolean alone = pool.members().size() == 1;
            return pool.take(
                    demand.without(pool.allBut(name)), since, this::isGivenUp, () -> !alone && !pool.isOpen(name));
        }

        private boolean isGivenUp() {
            order.requireWanted();
            return stopping;
        }

        /** Who has been sent in vain while nothing works waits here for that to end, not for a pause of its own. */
        private void away(Member member, Backend backend, AwayException e) {
            if (stopping) {
                throw e;
            }
            failed.add(member.name());
            if (canGoElsewhere()) {
                if (backend.openBreakerIfGone(e) && !e.isLost()) {
                    failed.remove(member.name()); // it was never asked, and may have this one as well when it is back
                }
                LOG.info(
                        "{}: {}; another WebUI makes it",
                        order.id(),
                        e.problem().message());
            } else if (!only.isEmpty() || backend.leases().breaker().state().isEmpty()) {
                throw e;
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
            return at(name).orElseThrow(() -> new AwayException(Problem.of(
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
    }

    @Override
    protected void doStart() throws Exception {
        stopping = false;
        ServiceHelper.startService(backends);
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
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
