package darkroom.camel.component;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes pictures with Stable Diffusion WebUIs. Owns what has to be one for each WebUI, however many endpoints name it: the
 * connections, the limit on requests under way, and the circuit breaker.
 */
@Component("webui")
public class WebuiComponent extends DefaultComponent {
    private static final Logger LOG = LoggerFactory.getLogger(WebuiComponent.class);

    @Metadata(description = "Options that all endpoints begin with")
    private WebuiConfiguration configuration = new WebuiConfiguration();

    private final WebuiHttp http = new WebuiHttp();
    private ProgressListener progressListener = ProgressListener.NONE;
    private Duration progressPeriod = Duration.ZERO;
    private @Nullable Backend forQuestions;
    private final Map<String, Leases> leases = new ConcurrentHashMap<>();
    private final Map<String, UnderWay> underWay = new ConcurrentHashMap<>();
    private final Map<String, GpuLimits> limits = new ConcurrentHashMap<>();

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        WebuiConfiguration own = configuration.copy();
        own.setOperation(WebuiOperation.valueOf(remaining));
        WebuiEndpoint endpoint = new WebuiEndpoint(uri, this, own);
        setProperties(endpoint, parameters);
        if (URI.create(own.getUrl()).getUserInfo() != null) { // it would be in logs and receipts
            throw new IllegalArgumentException("an address with a password in it; use authUsername and authPassword");
        }
        own.levels(); // a wrong one is noticed while the routes are loaded
        return endpoint;
    }

    /** The WebUI that an endpoint talks to. How much is under way there counts for all endpoints of its address together. */
    Backend backend(WebuiConfiguration options) {
        Leases shared = leases.computeIfAbsent(
                options.getUrl(), url -> new Leases(new PauseFile(url, options.getPauseFile()), breaker(options)));
        UnderWay requests = underWay.computeIfAbsent(options.getUrl(), url -> new UnderWay());
        GpuLimits gpu = limits.computeIfAbsent(options.getUrl(), url -> new GpuLimits(System::nanoTime));
        ProgressLog progress = new ProgressLog(
                getCamelContext(), Duration.ofMillis(options.getProgress()), progressListener, progressPeriod);
        return new Backend(getCamelContext(), http, options, shared, requests, gpu, progress);
    }

    private static Breaker breaker(WebuiConfiguration options) {
        String url = options.getUrl();
        return new Breaker(
                url,
                options.getBreakerFailures(),
                Duration.ofMillis(options.getBreakerPause()),
                Duration.ofMillis(options.getBreakerLongestPause()),
                new Breaker.Listener() {
                    @Override
                    public void failing(Breaker.Failing failing) {
                        LOG.warn(
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

    /** Since when and why nothing is sent to the WebUI of the component's own options; empty if it works. */
    public Optional<Breaker.Failing> failing() {
        Leases shared = leases.get(configuration.getUrl());
        return shared == null ? Optional.empty() : shared.breaker().state();
    }

    /** The WebUI of the component's own options, for questions about it; one connection serves all of them. */
    synchronized Backend forQuestions() {
        if (forQuestions == null) {
            forQuestions = backend(configuration);
            ServiceHelper.startService(forQuestions);
        }
        return forQuestions;
    }

    /** Begins no more requests: what waits for its turn fails with {@link darkroom.job.StoppingException}. For a stop. */
    public void beginNothing() {
        leases.values().forEach(Leases::close);
    }

    /**
     * Gives up all requests under way, which then fail as if the connection was lost. For a stop that can wait no longer: a
     * generation may take hours, and its consumer waits for it.
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
    }

    @Override
    protected synchronized void doStop() throws Exception {
        ServiceHelper.stopService(forQuestions);
        forQuestions = null;
        ServiceHelper.stopService(http);
        super.doStop();
    }
}
