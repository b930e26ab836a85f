package darkroom.camel.outbox;

import darkroom.event.EventType;
import darkroom.job.Destination;
import darkroom.job.Suggestion;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;

/** Tells routes what happens to jobs. */
@Component(EventsComponent.SCHEME)
public class EventsComponent extends DefaultComponent {
    static final String SCHEME = "events";

    private @Nullable OutboxComponent outbox;

    /** Says where events wait; the names of subscriptions and destinations are in common. */
    public void begin(OutboxComponent component) {
        outbox = component;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (!Destination.isName(remaining)) {
            throw new IllegalArgumentException(
                    "'" + remaining + "' is no name of a subscription; use letters, digits, _ and -, 60 at most");
        }
        EventsEndpoint endpoint = new EventsEndpoint(uri, this, remaining);
        endpoint.begin(outbox().usual());
        setProperties(endpoint, parameters);
        for (String word : endpoint.words()) { // a wrong one is noticed while the routes are loaded
            if (EventType.of(word).isEmpty()) {
                throw new IllegalArgumentException(
                        "'" + word + "' is no type of event; " + Suggestion.of(word, EventType.words()));
            }
        }
        return endpoint;
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        // it knows which routes there are from the context that asks for it
        getCamelContext().getComponent(OutboxComponent.SCHEME, OutboxComponent.class);
    }

    OutboxComponent outbox() {
        return Objects.requireNonNull(outbox, SCHEME);
    }
}
