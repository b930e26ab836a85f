package darkroom.camel.outbox;

import darkroom.job.Destination;
import darkroom.outbox.Entry;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/**
 * Hands what a destination is just delivering on to another one. It waits there before this one's delivery counts as done. Each
 * destination gets the same once: so a second try does not hand it on again, and a circle of destinations ends.
 */
final class OutboxProducer extends DefaultProducer {
    private final String name;
    private final OutboxComponent component;

    OutboxProducer(OutboxEndpoint endpoint, OutboxComponent component) {
        super(endpoint);
        this.name = endpoint.getName();
        this.component = component;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Entry entry = exchange.getProperty(OutboxConsumer.ENTRY, Entry.class);
        if (entry == null) {
            throw new IOException("only what comes from a route of outbox: can be handed on to outbox:" + name);
        }
        Destination destination = component.destinations().get(name);
        if (destination == null) {
            throw new IOException("no route is from outbox:" + name + ", to which this is to be handed on");
        }
        boolean whole = entry.output() == null;
        if (whole != (destination.each() == Destination.Each.JOB)) {
            throw new IOException("outbox:" + name + " delivers "
                    + (whole ? "outputs, and this is the manifest of a job" : "jobs, and this is an output")
                    + "; each= of both routes has to be the same");
        }
        component.outbox().put(name, entry.handedOn());
    }
}
