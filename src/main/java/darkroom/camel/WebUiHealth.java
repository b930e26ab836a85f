package darkroom.camel;

import darkroom.camel.component.Breaker;
import darkroom.camel.component.WebuiCheck;
import darkroom.camel.component.WebuiComponent;
import darkroom.check.Finding;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.jspecify.annotations.Nullable;

/** Readiness: whether the WebUI can be asked for pictures. It is asked now and then, however often one looks. */
final class WebUiHealth extends AbstractHealthCheck {
    private static final Duration REMEMBERED = Duration.ofSeconds(15);

    private final WebuiComponent webUi;
    private @Nullable Finding last;
    private long askedAt = System.nanoTime() - REMEMBERED.toNanos();

    WebUiHealth(WebuiComponent webUi) {
        super("darkroom", "webui");
        this.webUi = webUi;
    }

    @Override
    protected synchronized void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        if (System.nanoTime() - askedAt >= REMEMBERED.toNanos()) {
            last = WebuiCheck.reach(webUi);
            askedAt = System.nanoTime();
        }
        Optional<Breaker.Failing> failing = webUi.failing();
        if (last != null) {
            builder.message(last.message() + "; " + last.remedy()).down();
        } else if (failing.isPresent()) {
            builder.message("it answers, and " + failing.get().words() + "; the jobs wait")
                    .down();
        } else {
            builder.up();
        }
    }

    @Override
    public boolean isLiveness() {
        return false; // jobs wait for it
    }
}
