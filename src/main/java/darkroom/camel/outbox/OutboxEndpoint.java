package darkroom.camel.outbox;

import darkroom.job.Destination;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;

/**
 * Deliver outputs to a destination. The body is the file itself; the variables of {@link OutboxConstants} say whose it is.
 *
 * <p>An exchange that ends well is a delivery that is done and never repeated. One that fails is tried again, later and
 * later, and at last set aside; meanwhile the others go on.
 *
 * <p>A route from {@code outbox:} may send to {@code outbox:}: that hands what it is just delivering on to another destination.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "outbox",
        title = "Outbox",
        syntax = "outbox:name",
        category = {Category.FILE})
public class OutboxEndpoint extends WaitingEndpoint {
    @UriPath(description = "The name by which jobs ask for this destination")
    @Metadata(required = true)
    private final String name;

    @UriParam(defaultValue = "OUTPUT", description = "What is delivered one by one: each output, or each finished job")
    private Destination.Each each = Destination.Each.OUTPUT;

    /** An endpoint for one destination. */
    public OutboxEndpoint(String uri, OutboxComponent component, String name) {
        super(uri, component);
        this.name = name;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        OutboxConsumer consumer = new OutboxConsumer(this, processor, (OutboxComponent) getComponent());
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        return new OutboxProducer(this, (OutboxComponent) getComponent());
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    String scheme() {
        return OutboxComponent.SCHEME;
    }

    public Destination.Each getEach() {
        return each;
    }

    /** What is delivered one by one. */
    public void setEach(Destination.Each each) {
        this.each = each;
    }
}
