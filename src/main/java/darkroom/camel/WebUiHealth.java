package darkroom.camel;

import darkroom.camel.component.Breaker;
import darkroom.camel.component.WebuiCheck;
import darkroom.camel.component.WebuiComponent;
import darkroom.check.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Readiness: whether any WebUI can be asked for pictures. They are asked now and then, however often one looks. */
final class WebUiHealth extends AbstractHealthCheck {
    private static final Duration REMEMBERED = Duration.ofSeconds(15);

    private final WebuiComponent webUi;
    private Map<String, Optional<Finding>> last = Map.of();
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
        Map<String, Breaker.Failing> failing = webUi.failing();
        List<String> wrong = new ArrayList<>();
        last.forEach((name, finding) -> {
            String why = finding.map(found -> found.message() + "; " + found.remedy())
                    .or(() -> Optional.ofNullable(failing.get(name))
                            .map(breaker -> "it answers, and " + breaker.words() + "; the jobs wait"))
                    .orElse("");
            if (!why.isEmpty()) {
                wrong.add(why);
            }
            if (last.size() > 1) {
                builder.detail(name, why.isEmpty() ? "works" : why);
            }
        });
        if (wrong.size() == last.size()) { // while there is one that works, jobs go on
            builder.message(String.join(". ", wrong)).down();
        } else {
            builder.up();
        }
    }

    @Override
    public boolean isLiveness() {
        return false; // jobs wait for it
    }
}
