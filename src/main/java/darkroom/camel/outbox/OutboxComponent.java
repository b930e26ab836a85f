package darkroom.camel.outbox;

import darkroom.job.Destination;
import darkroom.outbox.Outbox;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;

/** Hands what waits in the outbox to the routes that deliver it, and knows which destinations there are. */
@Component("outbox")
public class OutboxComponent extends DefaultComponent {
    private @Nullable Outbox outbox;
    private DeliveryListener listener = jobId -> {};
    private Tries usual = new Tries(Duration.ofSeconds(2), Duration.ofMinutes(5), 30);
    private volatile @Nullable Map<String, Destination> remembered;
    private final Set<String> consumed = ConcurrentHashMap.newKeySet();
    private final Map<String, Failing> failing = new ConcurrentHashMap<>();

    /**
     * How often something is tried.
     *
     * @param pause before the second try; each pause after it is twice as long …
     * @param longestPause … up to this
     * @param attempts until it is given up
     */
    public record Tries(Duration pause, Duration longestPause, int attempts) {}

    /**
     * A destination that does not take what it is sent.
     *
     * @param since when a delivery failed that nothing was delivered after
     * @param why the last one failed
     */
    public record Failing(Instant since, String why) {}

    /** Is told that a delivery is over. */
    @FunctionalInterface
    public interface DeliveryListener {
        /** An output of this job was delivered, or given up. */
        void deliveryOver(String jobId) throws IOException;
    }

    /**
     * Says where the outbox is, and what endpoints begin with.
     *
     * @param listening is told when a delivery is over
     * @param tries how often something is tried
     */
    public void begin(Outbox box, DeliveryListener listening, Tries tries) {
        outbox = box;
        listener = listening;
        usual = tries;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (!Destination.isName(remaining)) {
            throw new IllegalArgumentException(
                    "'" + remaining + "' is no name of a destination; use letters, digits, _ and -, 60 at most");
        }
        OutboxEndpoint endpoint = new OutboxEndpoint(uri, this, remaining);
        endpoint.setPause(usual.pause().toMillis());
        endpoint.setLongestPause(usual.longestPause().toMillis());
        endpoint.setAttempts(usual.attempts());
        endpoint.setInitialDelay(0);
        endpoint.setGreedy(true); // what waits is not kept waiting for the next look
        endpoint.setBackoffErrorThreshold(1); // the folder can't be read, or written
        endpoint.setBackoffMultiplier(10);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    Outbox outbox() {
        return Objects.requireNonNull(outbox, "outbox");
    }

    DeliveryListener listener() {
        return listener;
    }

    void failed(String name, String why) {
        failing.merge(name, new Failing(Instant.now(), why), (before, now) -> new Failing(before.since(), why));
    }

    void delivered(String name) {
        failing.remove(name);
    }

    /** The destinations that failed at the last try since the start, by name. */
    public Map<String, Failing> failing() {
        return new TreeMap<>(failing);
    }

    /** Two routes that deliver the same would deliver it twice. */
    void take(String name) {
        if (!consumed.add(name)) {
            throw new IllegalStateException("there is a second route from outbox:" + name + "; give it another name");
        }
    }

    void leave(String name) {
        consumed.remove(name);
    }

    /** The destinations that routes offer, by name. */
    public Map<String, Destination> destinations() {
        Map<String, Destination> before = remembered;
        if (before != null) {
            return before;
        }
        Map<String, Destination> offered = new TreeMap<>();
        CamelContext context = getCamelContext(); // none before a route asks for this component
        for (Route route : context == null ? List.<Route>of() : context.getRoutes()) {
            if (route.getEndpoint() instanceof OutboxEndpoint endpoint) {
                offered.put(endpoint.getName(), new Destination(endpoint.getName(), endpoint.getEach()));
            }
        }
        return offered;
    }

    /** While routes are exchanged some are missing for a moment; meanwhile the destinations are those of before. */
    public void remember() {
        remembered = destinations();
    }

    /** Ends what {@link #remember} began. */
    public void forget() {
        remembered = null;
    }

    /**
     * What is wrong with the destinations, as sentences.
     *
     * @param needed the names that jobs without names of their own are delivered to
     */
    public List<String> problems(List<String> needed) throws IOException {
        List<String> problems = new ArrayList<>();
        Set<String> offered = destinations().keySet();
        for (String name : needed) {
            if (!offered.contains(name)) {
                problems.add("darkroom.deliver names '" + name + "', and no route is from outbox:" + name
                        + "; what is for it waits in " + outbox().of(name).path());
            }
        }
        for (String name : outbox().destinations()) {
            int waiting = offered.contains(name) || needed.contains(name)
                    ? 0
                    : outbox().of(name).waiting();
            if (waiting > 0) {
                problems.add(waiting + (waiting == 1 ? " delivery waits in " : " deliveries wait in ")
                        + outbox().of(name).path() + ", and no route is from outbox:" + name
                        + "; put its route back, or move them to another destination's folder");
            }
        }
        return problems;
    }
}
