package darkroom.camel.component;

import darkroom.schedule.Policy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Makes pictures with Stable Diffusion WebUIs. Owns what has to be one for each WebUI, however many endpoints name it: the
 * connections, the limit on requests under way, and the circuit breaker.
 */
@Component("webui")
public class WebuiComponent extends DefaultComponent {
    private static final Logger LOG = LoggerFactory.getLogger(WebuiComponent.class);

    private static final double LONGEST_WAIT = 600;
    private static final int WINDOW = 256;

    @Metadata(description = "Options that all endpoints begin with")
    private WebuiConfiguration configuration = new WebuiConfiguration();

    private final WebuiHttp http = new WebuiHttp();
    private ProgressListener progressListener = ProgressListener.NONE;
    private Duration progressPeriod = Duration.ZERO;
    private volatile WorkListener workListener = WorkListener.NONE;
    private Policy policy = new Policy(Policy.USUAL_OVERHEAD, LONGEST_WAIT, Map.of());
    private volatile int window = WINDOW;
    private volatile @Nullable String listNamedBy;
    private @Nullable Path speedsFile;
    private @Nullable Speeds speeds;
    private @Nullable Backends forQuestions;
    private final Map<String, Pool> pools = new ConcurrentHashMap<>();
    private final List<RosterWatch> rosters = new CopyOnWriteArrayList<>();
    private final Map<String, Leases> leases = new ConcurrentHashMap<>();
    private final Map<String, UnderWay> underWay = new ConcurrentHashMap<>();
    private final Map<String, CheckpointKeeper> checkpoints = new ConcurrentHashMap<>();
    private volatile @Nullable CheckpointWatch checkpointWatch;
    private Duration patience = Duration.ofSeconds(30);
    private final Map<String, GpuLimits> limits = new ConcurrentHashMap<>();

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        WebuiConfiguration own = configuration.copy();
        own.setOperation(WebuiOperation.valueOf(remaining));
        WebuiEndpoint endpoint = new WebuiEndpoint(uri, this, own);
        if (parameters.containsKey("url") && !parameters.containsKey("backends")) {
            own.setBackends(null); // whoever names one means that one
        }
        setProperties(endpoint, parameters);
        for (String url : urls(own)) {
            if (URI.create(url).getUserInfo() != null) { // it would be in logs and receipts
                throw new IllegalArgumentException(
                        "an address with a password in it; use authUsername and authPassword");
            }
        }
        own.levels(); // a wrong one is noticed while the routes are loaded
        return endpoint;
    }

    private static List<String> urls(WebuiConfiguration options) {
        return Arrays.stream(options.getUrl().split(",", -1))
                .map(String::strip)
                .filter(url -> !url.isEmpty())
                .distinct()
                .toList();
    }

    /** The WebUIs that an endpoint talks to. How much is under way at one counts for all endpoints together. */
    Backends backends(WebuiConfiguration options) {
        return new Backends(pool(options, true), options, this::backend);
    }

    /** The same for one of them, which is given anything whatever its lanes, its checkpoints and its state are. */
    Backends alone(Member member, WebuiConfiguration options) {
        Pool pool;
        synchronized (this) {
            pool = newPool(options);
        }
        pool.setMembers(List.of(member.forAnything()));
        return new Backends(pool, options, this::backend);
    }

    /** @param counts whether the options decide how much is under way; who only asks questions has no say in it */
    private synchronized Pool pool(WebuiConfiguration options, boolean counts) {
        List<Member> own =
                urls(options).stream().map(url -> Member.of(url, options)).toList();
        String file = options.getBackends();
        if (file == null || file.isEmpty()) {
            String urls = String.join(",", urls(options));
            Pool pool = pools.get(urls);
            if (pool == null) {
                pool = newPool(options);
                pool.setMembers(own);
                keep(urls, pool);
            } else if (counts) {
                pool.setMembers(own);
            }
            return pool;
        }
        Pool pool = pools.get("file:" + file);
        if (pool == null) {
            pool = newPool(options);
            Roster roster = new Roster(Path.of(file), getCamelContext()::resolvePropertyPlaceholders);
            RosterWatch watch = new RosterWatch(getCamelContext(), roster, options.getInFlight(), own, pool);
            boolean named = file.equals(configuration.getBackends());
            watch.begin(named ? listNamedBy : null);
            keep("file:" + file, pool);
            rosters.add(watch);
            if (isStarted() || isStarting()) {
                ServiceHelper.startService(watch);
            }
        }
        return pool;
    }

    /** Whoever is told that there are others looks for them here. */
    private void keep(String key, Pool pool) {
        pools.put(key, pool);
        pool.follow(() -> workListener.membersChanged());
    }

    private Pool newPool(WebuiConfiguration options) {
        if (speeds == null) {
            speeds = new Speeds(speedsFile);
        }
        return new Pool(policy, member -> leases(member.url(), options), speeds, workListener::waited);
    }

    private Leases leases(String url, WebuiConfiguration options) {
        return leases.computeIfAbsent(
                url, one -> new Leases(new PauseFile(one, options.getPauseFile()), breaker(one, options)));
    }

    private Backend backend(WebuiConfiguration options) {
        UnderWay requests = underWay.computeIfAbsent(options.getUrl(), url -> new UnderWay());
        GpuLimits gpu = limits.computeIfAbsent(options.getUrl(), url -> new GpuLimits(System::nanoTime));
        ProgressLog progress = new ProgressLog(
                getCamelContext(), Duration.ofMillis(options.getProgress()), progressListener, progressPeriod);
        Leases shared = leases(options.getUrl(), options);
        String loans = options.getLoans();
        CheckpointKeeper keeper = checkpoints.computeIfAbsent(
                options.getUrl(), url -> new CheckpointKeeper(url, loans == null ? null : Path.of(loans), patience));
        keeper.talkedTo(options);
        return new Backend(getCamelContext(), http, options, shared, requests, gpu, keeper, progress);
    }

    /** How long work of others is waited for before options are changed; to be said before anything is sent. */
    void setPatience(Duration patience) {
        this.patience = patience;
    }

    /** Whether tasks are given to the WebUI at an address, as far as people decide it. */
    private boolean isUsed(String url) {
        Leases shared = leases.get(url);
        return (shared == null || !shared.isPaused())
                && pools.values().stream()
                        .flatMap(pool -> pool.members().stream())
                        .anyMatch(member -> member.url().equals(url) && member.state() == Member.State.ON);
    }

    private static Breaker breaker(String url, WebuiConfiguration options) {
        return new Breaker(
                url,
                options.getBreakerFailures(),
                Duration.ofMillis(options.getBreakerPause()),
                Duration.ofMillis(options.getBreakerLongestPause()),
                new Breaker.Listener() {
                    private volatile Instant said = Instant.EPOCH;

                    @Override
                    public void failing(Breaker.Failing failing) {
                        boolean first = !failing.since().equals(said); // it may be away all night
                        said = failing.since();
                        LOG.atLevel(first ? Level.WARN : Level.DEBUG)
                                .log(
                                        "{}: {}; nothing is sent to it for {} ms, then one task",
                                        url,
                                        failing.words(),
                                        failing.pause().toMillis());
                    }

                    @Override
                    public void recovered(Breaker.Failing was) {
                        LOG.info("{}: it works again; it had failed since {}", url, was.since());
                    }
                });
    }

    /** Since when and why nothing is sent to WebUIs of the component's own options, by their names; empty if all work. */
    public Map<String, Breaker.Failing> failing() {
        Map<String, Breaker.Failing> failing = new LinkedHashMap<>();
        for (Member member : pool(configuration, false).members()) {
            Leases shared = leases.get(member.url());
            if (shared != null) {
                shared.breaker().state().ifPresent(state -> failing.put(member.name(), state));
            }
        }
        return failing;
    }

    /** The WebUIs of the component's own options, for questions about them; one connection each serves all of these. */
    synchronized Backends forQuestions() {
        if (forQuestions == null) {
            forQuestions = new Backends(pool(configuration, false), configuration, this::backend);
            ServiceHelper.startService(forQuestions);
        }
        return forQuestions;
    }

    /** How the WebUIs of the component's own options are. */
    public List<WebuiState> states() {
        return pool(configuration, false).states();
    }

    /** The names of all WebUIs, also of those that an endpoint names by itself. */
    public Set<String> names() {
        return pools.values().stream()
                .flatMap(pool -> pool.members().stream())
                .map(Member::name)
                .collect(Collectors.toSet());
    }

    /** How one of these is; empty if there is none of that name. */
    public Optional<WebuiState> state(String name) {
        return pools.values().stream()
                .flatMap(pool -> pool.state(name).stream())
                .findFirst();
    }

    /** How many tasks have come out of the queue and wait for a WebUI. */
    public long waiting() {
        return pools.values().stream().mapToLong(Pool::waiting).sum();
    }

    /**
     * Has the file of the component's own options be there, as somebody has named it; else the URL counts while there is none.
     *
     * @param who for people, for example {@code environment variable DARKROOM_WEBUIS}
     */
    public void requireList(String who) {
        listNamedBy = who;
    }

    /** How it is decided who gets what next. */
    public void setPolicy(Policy policy) {
        this.policy = policy;
    }

    /**
     * How many tasks may wait for a WebUI at an endpoint at a time, out of which the best next one is chosen; 256 if nobody says.
     * Whoever sends another one waits with it. To be said before endpoints are started.
     *
     * @param window at least 1
     */
    public void setWindow(int window) {
        this.window = window;
    }

    int window() {
        return window;
    }

    /** How many requests may be under way at the WebUIs of the component's own options, as long as all of them work. */
    public int inFlight() {
        return pool(configuration, false).members().stream()
                .filter(member -> member.state() == Member.State.ON)
                .mapToInt(Member::inFlight)
                .sum();
    }

    /**
     * Keeps what is learnt of WebUIs, how fast they are and how long they load, for the next start.
     *
     * @param file a JSON file, of nobody else's; made when there is something to keep; null to keep nothing
     */
    public void keepSpeedsIn(@Nullable Path file) {
        speedsFile = file;
    }

    /** Begins no more requests: what waits for its turn fails with {@link darkroom.job.StoppingException}. For a stop. */
    public void beginNothing() {
        pools.values().forEach(Pool::close);
    }

    /**
     * Gives up all requests under way, which then fail as if the connection was lost. For a stop that can wait no longer: a
     * generation may take hours.
     */
    public void giveUp() {
        http.cut();
    }

    /**
     * Has somebody told how far tasks are.
     *
     * @param period how often, at most
     */
    public void tellProgress(ProgressListener listener, Duration period) {
        progressListener = listener;
        progressPeriod = period;
    }

    /** Has somebody told how WebUIs and tasks come together; to be said before the start. */
    public void tellWork(WorkListener listener) {
        workListener = listener;
    }

    public WebuiConfiguration getConfiguration() {
        return configuration;
    }

    /** Options that all endpoints begin with. */
    public void setConfiguration(WebuiConfiguration configuration) {
        this.configuration = configuration;
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        http.setCamelContext(getCamelContext());
        ServiceHelper.initService(http);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        ServiceHelper.startService(http);
        ServiceHelper.startService(rosters);
        CheckpointWatch watch =
                new CheckpointWatch(getCamelContext(), checkpoints::values, this::isUsed, this::backend);
        checkpointWatch = watch;
        ServiceHelper.startService(watch);
    }

    @Override
    protected synchronized void doStop() throws Exception {
        ServiceHelper.stopService(rosters);
        CheckpointWatch watch = checkpointWatch;
        if (watch != null) {
            ServiceHelper.stopService(watch);
            watch.giveBackAll();
        }
        ServiceHelper.stopService(forQuestions);
        forQuestions = null;
        ServiceHelper.stopService(http);
        if (speeds != null) {
            speeds.save();
        }
        super.doStop();
    }
}
