package darkroom.camel.component;

import darkroom.webui.ProgressReport;
import darkroom.webui.TaskProgress;
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
 * Says in the log how far tasks are that take long. A WebUI that can't be asked about a task by its id tells the progress of
 * whatever it works on: that is only said of the task that was sent first, as the others wait behind it.
 */
final class ProgressLog extends ServiceSupport {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressLog.class);

    private record Sent(String id, Instant at) {}

    private final CamelContext context;
    private final Backend backend;
    private final Duration period;
    private final Map<String, Sent> underWay = new LinkedHashMap<>();
    private @Nullable ScheduledExecutorService executor;
    private @Nullable Future<?> looks;

    /** Says something every {@code period}; nothing if that is zero. */
    ProgressLog(CamelContext context, Backend backend, Duration period) {
        this.context = context;
        this.backend = backend;
        this.period = period;
    }

    /** A request was sent; {@code id} is the WebUI's name for the task, empty if it gives it none. */
    void sent(String task, String id) {
        synchronized (underWay) {
            underWay.put(task, new Sent(id, Instant.now()));
        }
    }

    void over(String task) {
        synchronized (underWay) {
            underWay.remove(task);
        }
    }

    private void look() {
        Map<String, Sent> now;
        synchronized (underWay) {
            now = new LinkedHashMap<>(underWay);
        }
        boolean first = true;
        for (Map.Entry<String, Sent> task : now.entrySet()) {
            Duration since = Duration.between(task.getValue().at(), Instant.now());
            if (since.compareTo(period) >= 0) {
                String how = progress(task.getValue().id(), first);
                if (!how.isEmpty()) {
                    LOG.info("{}: {} after {} s", task.getKey(), how, since.toSeconds());
                }
            }
            first = false;
        }
    }

    private String progress(String id, boolean first) {
        String untold = first ? "still at it, no progress told" : "";
        try {
            Optional<TaskProgress> told =
                    id.isEmpty() ? Optional.empty() : backend.questions().about(id);
            if (told.isPresent() && told.get().state() != TaskProgress.State.UNKNOWN) {
                return told.get().words();
            }
            if (!first) {
                return untold;
            }
            return ProgressReport.of(backend.json(ProgressReport.PATH))
                    .map(ProgressReport::words)
                    .orElse(untold);
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} does not tell its progress", backend.url(), e);
            return untold;
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
