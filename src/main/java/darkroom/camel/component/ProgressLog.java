package darkroom.camel.component;

import darkroom.webui.ProgressReport;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log how far a generation is that takes long. The WebUI tells the progress of whatever it works on, so it is
 * only said of the task that was sent first: the others wait behind it.
 */
final class ProgressLog extends ServiceSupport {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressLog.class);

    private final CamelContext context;
    private final Backend backend;
    private final Duration period;
    private final Map<String, Instant> underWay = new LinkedHashMap<>();
    private @Nullable ScheduledExecutorService executor;
    private @Nullable Future<?> looks;

    /** Says something every {@code period}; nothing if that is zero. */
    ProgressLog(CamelContext context, Backend backend, Duration period) {
        this.context = context;
        this.backend = backend;
        this.period = period;
    }

    void sent(String task) {
        synchronized (underWay) {
            underWay.put(task, Instant.now());
        }
    }

    void over(String task) {
        synchronized (underWay) {
            underWay.remove(task);
        }
    }

    private void look() {
        Optional<Map.Entry<String, Instant>> first;
        synchronized (underWay) {
            first = underWay.entrySet().stream().findFirst().map(Map.Entry::copyOf);
        }
        if (first.isEmpty()
                || Duration.between(first.get().getValue(), Instant.now()).compareTo(period) < 0) {
            return;
        }
        long seconds = Duration.between(first.get().getValue(), Instant.now()).toSeconds();
        LOG.info("{}: {} after {} s", first.get().getKey(), progress(), seconds);
    }

    private String progress() {
        try {
            return ProgressReport.of(backend.json(ProgressReport.PATH))
                    .map(ProgressReport::words)
                    .orElse("still at it, no progress told");
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} does not tell its progress", backend.url(), e);
            return "still at it, no progress told";
        }
    }

    @Override
    protected void doStart() {
        if (!period.isZero()) {
            ScheduledExecutorService started =
                    context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "webui-progress");
            looks = started.scheduleWithFixedDelay(
                    this::look, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
            executor = started;
        }
    }

    @Override
    protected void doStop() {
        if (looks != null) {
            looks.cancel(true);
        }
        if (executor != null) {
            context.getExecutorServiceManager().shutdownNow(executor);
        }
    }
}
