package darkroom.camel.outbox;

import darkroom.event.EventType;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;

/**
 * Hear what happens to jobs. The body is a CloudEvent 1.0 as JSON; the variables of {@link OutboxConstants} say whose it is.
 *
 * <p>An exchange that ends well is an event that is told. One that fails is tried again, later and later, and at last set
 * aside; meanwhile the others go on.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = EventsComponent.SCHEME,
        title = "Events",
        syntax = "events:name",
        consumerOnly = true,
        category = {Category.FILE})
public class EventsEndpoint extends WaitingEndpoint {
    private static final String USUAL = "accepted,started,output,done,failed,cancelled";

    @UriPath(description = "The name of the subscription; no destination has it")
    @Metadata(required = true)
    private final String name;

    @UriParam(
            defaultValue = USUAL,
            description = "Which events, with commas between them: accepted, started, progress, output, done, failed,"
                    + " cancelled")
    private String types = USUAL;

    /** An endpoint for one subscription. */
    public EventsEndpoint(String uri, EventsComponent component, String name) {
        super(uri, component);
        this.name = name;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        EventsConsumer consumer = new EventsConsumer(this, processor, ((EventsComponent) getComponent()).outbox());
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("events: can't be sent to; it tells what happens to jobs");
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    String scheme() {
        return EventsComponent.SCHEME;
    }

    public String getTypes() {
        return types;
    }

    /** Which events, with commas between them. */
    public void setTypes(String types) {
        this.types = types;
    }

    List<String> words() {
        return Arrays.stream(types.split(",", -1)).map(String::strip).toList();
    }

    Set<EventType> wanted() {
        Set<EventType> wanted = EnumSet.noneOf(EventType.class);
        words().forEach(word -> EventType.of(word).ifPresent(wanted::add));
        return wanted;
    }
}
