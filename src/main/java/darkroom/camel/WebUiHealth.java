package darkroom.camel;

import darkroom.camel.component.Breaker;
import darkroom.camel.component.WebuiComponent;
import darkroom.camel.component.WebuiReach;
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

    /** What asks has a time-out of its own, often of five seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final WebuiComponent webUi;
    private final WebuiReach reach;
    private Map<String, Optional<Finding>> last = Map.of();
    private long askedAt = System.nanoTime() - REMEMBERED.toNanos();

    WebUiHealth(WebuiComponent webUi) {
        super("darkroom", "webui");
        this.webUi = webUi;
        this.reach = new WebuiReach(webUi, PATIENCE);
    }

    @Override
    protected synchronized void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        if (System.nanoTime() - askedAt >= REMEMBERED.toNanos()) {
            look();
        }
        Map<String, Breaker.Failing> failing = webUi.failing();
        List<String> wrong = new ArrayList<>();
        last.forEach((name, finding) -> {
            String why = finding.map(found -> found.message() + "; " + found.remedy())
                    .or(() -> Optional.ofNullable(failing.get(name))
                            .map(breaker -> "it answers, and " + breaker.words() + "; the jobs wait"))
                    .orElse("");
            boolean works = finding.map(Finding::severity).orElse(Finding.Severity.ERROR) == Finding.Severity.WARNING;
            if (!why.isEmpty() && !works) {
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

    private void look() {
        try {
            last = reach.look();
            askedAt = System.nanoTime();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // what was seen before has to do
        }
    }

    @Override
    public boolean isLiveness() {
        return false; // jobs wait for it
    }
}
