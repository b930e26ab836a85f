package darkroom.camel;

import darkroom.camel.outbox.OutboxComponent;
import darkroom.outbox.DestinationFolder;
import darkroom.outbox.Outbox;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Readiness: each destination that something is for has a route. What waits, what was given up, and
 * since when and why nothing more is delivered, is told as well: a destination that is away makes nobody wait but itself.
 */
final class OutboxHealth extends AbstractHealthCheck {
    private final OutboxComponent component;
    private final Outbox outbox;
    private final List<String> needed;

    OutboxHealth(OutboxComponent component, Outbox outbox, List<String> needed) {
        super("darkroom", "outbox");
        this.component = component;
        this.outbox = outbox;
        this.needed = needed;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        try {
            for (String name : outbox.destinations()) {
                DestinationFolder folder = outbox.of(name);
                builder.detail(name + ".waiting", folder.waiting());
                builder.detail(name + ".dead", folder.buried());
            }
            component.failing().forEach((name, failing) -> {
                builder.detail(name + ".failing-since", failing.since().toString());
                builder.detail(name + ".reason", failing.why());
            });
            List<String> problems = component.problems(needed);
            if (problems.isEmpty()) {
                builder.up();
            } else {
                builder.message(String.join("; ", problems)).down();
            }
        } catch (IOException e) {
            builder.message("the outbox can't be read: " + e).down();
        }
    }

    @Override
    public boolean isLiveness() {
        return false; // the rest goes on
    }
}
