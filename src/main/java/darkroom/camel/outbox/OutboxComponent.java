package darkroom.camel.outbox;

import darkroom.event.EventType;
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
@Component(OutboxComponent.SCHEME)
public class OutboxComponent extends DefaultComponent {
    static final String SCHEME = "outbox";

    private @Nullable Outbox outbox;
    private DeliveryListener listener = jobId -> {};
    private Tries usual = new Tries(Duration.ofSeconds(2), Duration.ofMinutes(5), 30);
    private String source = "/darkroom";
    private volatile @Nullable Offered remembered;
    private final Map<String, String> consumed = new ConcurrentHashMap<>();
    private final Map<String, Failing> failing = new ConcurrentHashMap<>();

    /** What routes offer: destinations, and which events go where, by name. */
    private record Offered(Map<String, Destination> destinations, Map<String, Set<EventType>> subscriptions) {}

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
     * @param eventSource which Darkroom events are from: a URI reference
     */
    public void begin(Outbox box, DeliveryListener listening, Tries tries, String eventSource) {
        outbox = box;
        listener = listening;
        usual = tries;
        source = eventSource;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (!Destination.isName(remaining)) {
            throw new IllegalArgumentException(
                    "'" + remaining + "' is no name of a destination; use letters, digits, _ and -, 60 at most");
        }
        OutboxEndpoint endpoint = new OutboxEndpoint(uri, this, remaining);
        endpoint.begin(usual);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    Outbox outbox() {
        return Objects.requireNonNull(outbox, "outbox");
    }

    /** Which Darkroom events are from. */
    String source() {
        return source;
    }

    DeliveryListener listener() {
        return listener;
    }

    /** How often something is tried, and how long after one another, if an endpoint does not say it. */
    Tries usual() {
        return usual;
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

    /** Two routes that deliver the same would deliver it twice; and a name is a destination's or a subscription's. */
    void take(String name, String scheme) {
        String other = consumed.putIfAbsent(name, scheme);
        if (other != null) {
            throw new IllegalStateException("there is a second route from " + other + ":" + name
                    + (other.equals(scheme) ? "" : ", and one from " + scheme + ":" + name)
                    + "; give it another name");
        }
    }

    void leave(String name) {
        consumed.remove(name);
    }

    /** The destinations that routes offer, by name. */
    public Map<String, Destination> destinations() {
        return offered().destinations();
    }

    /** The subscriptions that routes are, by name, each with the events that it wants. */
    public Map<String, Set<EventType>> subscriptions() {
        return offered().subscriptions();
    }

    private Offered offered() {
        Offered before = remembered;
        if (before != null) {
            return before;
        }
        Offered offered = new Offered(new TreeMap<>(), new TreeMap<>());
        CamelContext context = getCamelContext(); // none before a route asks for this component
        for (Route route : context == null ? List.<Route>of() : context.getRoutes()) {
            if (route.getEndpoint() instanceof OutboxEndpoint endpoint) {
                offered.destinations().put(endpoint.getName(), new Destination(endpoint.getName(), endpoint.getEach()));
            } else if (route.getEndpoint() instanceof EventsEndpoint endpoint) {
                offered.subscriptions().put(endpoint.getName(), endpoint.wanted());
            }
        }
        return offered;
    }

    /** While routes are exchanged some are missing for a moment; meanwhile all is as it was before. */
    public void remember() {
        remembered = offered();
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
        Set<String> subscribed = subscriptions().keySet();
        for (String name : needed) {
            if (subscribed.contains(name)) {
                problems.add("darkroom.deliver names '" + name + "', which is no destination: its route is from "
                        + EventsComponent.SCHEME + ":" + name + ", which gets events and no outputs");
            } else if (!offered.contains(name)) {
                problems.add("darkroom.deliver names '" + name + "', and no route is from outbox:" + name
                        + "; what is for it waits in " + outbox().of(name).path());
            }
        }
        for (String name : outbox().destinations()) {
            int waiting = offered.contains(name) || subscribed.contains(name) || needed.contains(name)
                    ? 0
                    : outbox().of(name).waiting();
            if (waiting > 0) {
                problems.add(waiting + (waiting == 1 ? " delivery waits in " : " deliveries wait in ")
                        + outbox().of(name).path() + ", and no route is from outbox:" + name
                        + " or events:" + name + "; put its route back, or move them to another destination's folder");
            }
        }
        return problems;
    }
}
