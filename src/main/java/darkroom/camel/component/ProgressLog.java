package darkroom.camel.component;

import darkroom.job.Task;
import darkroom.webui.ProgressReport;
import darkroom.webui.TaskProgress;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * Says in the log how far tasks are that take long, and tells it who wants to know. A WebUI that can't be asked about a task by
 * its id tells the progress of whatever it works on: that is only said of the task that was sent first, as the others wait
 * behind it.
 */
final class ProgressLog extends ServiceSupport {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressLog.class);

    /** A request; {@code id} is the WebUI's name for the task, empty if it gives it none. */
    private record Sent(Task task, String id, Instant at) {}

    private final CamelContext context;
    private final Duration period;
    private final ProgressListener listener;
    private final Duration listenerPeriod;
    private final Map<String, Sent> underWay = new LinkedHashMap<>();
    private final List<Future<?>> looks = new ArrayList<>();
    private @Nullable Backend backend;
    private @Nullable ScheduledExecutorService executor;

    /**
     * Says something every {@code period}, nothing if that is zero; tells the listener every {@code listenerPeriod}, likewise.
     */
    ProgressLog(CamelContext context, Duration period, ProgressListener listener, Duration listenerPeriod) {
        this.context = context;
        this.period = period;
        this.listener = listener;
        this.listenerPeriod = listenerPeriod;
    }

    /** Says whom to ask. */
    void ask(Backend asked) {
        backend = asked;
    }

    /** A request was sent; {@code id} is the WebUI's name for the task, empty if it gives it none. */
    void sent(Task task, String id) {
        synchronized (underWay) {
            underWay.put(task.id(), new Sent(task, id, Instant.now()));
        }
    }

    /** It was answered, or is given up. */
    void over(Task task) {
        synchronized (underWay) {
            underWay.remove(task.id());
            listener.over(task); // nothing of it is told after this
        }
    }

    private List<Sent> underWay() {
        synchronized (underWay) {
            return List.copyOf(underWay.values());
        }
    }

    private void look() {
        boolean first = true;
        for (Sent sent : underWay()) {
            Duration since = Duration.between(sent.at(), Instant.now());
            if (since.compareTo(period) >= 0) {
                String how = progress(sent.id(), first);
                if (!how.isEmpty()) {
                    LOG.info("{}: {} after {} s", sent.task().id(), how, since.toSeconds());
                }
            }
            first = false;
        }
    }

    private String progress(String id, boolean first) {
        String untold = first ? "still at it, no progress told" : "";
        try {
            Optional<TaskProgress> told = ofTask(id);
            if (told.isPresent()) {
                return told.get().words();
            }
            if (!first) {
                return untold;
            }
            return ofAll().map(ProgressReport::words).orElse(untold);
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} does not tell its progress", backend().url(), e);
            return untold;
        }
    }

    private void tell() {
        if (!listener.isInterested()) {
            return;
        }
        boolean first = true;
        for (Sent sent : underWay()) {
            try {
                far(sent.id(), first).ifPresent(far -> tell(sent, far));
            } catch (IOException | RuntimeException e) {
                LOG.debug("{} does not tell its progress", backend().url(), e);
            }
            first = false;
        }
    }

    private void tell(Sent sent, ProgressListener.Far far) {
        synchronized (underWay) {
            if (sent.equals(underWay.get(sent.task().id()))) { // else it is over by now
                listener.progress(sent.task(), far);
            }
        }
    }

    private Optional<ProgressListener.Far> far(String id, boolean first) throws IOException {
        Optional<TaskProgress> told = ofTask(id);
        boolean active = told.map(TaskProgress::state).orElse(TaskProgress.State.UNKNOWN) == TaskProgress.State.ACTIVE;
        if (told.isPresent() ? !active : !first) {
            return Optional.empty(); // it waits, or nobody knows
        }
        Optional<ProgressReport> all = ofAll(); // what the WebUI works on, and that is this task
        int percent = told.map(TaskProgress::percent)
                .orElseGet(() -> all.map(ProgressReport::percent).orElse(0));
        long secondsLeft = told.map(TaskProgress::secondsLeft)
                .orElseGet(() -> all.map(ProgressReport::secondsLeft).orElse(0L));
        if (told.isEmpty() && all.isEmpty()) {
            return Optional.empty();
        }
        boolean steps = all.isPresent() && all.get().steps() > 0;
        return Optional.of(new ProgressListener.Far(
                percent / 100.0,
                steps ? all.get().step() : null,
                steps ? all.get().steps() : null,
                secondsLeft > 0 ? secondsLeft : null));
    }

    /** Empty if it can't be asked about a task. */
    private Optional<TaskProgress> ofTask(String id) throws IOException {
        return id.isEmpty()
                ? Optional.empty()
                : backend().questions().about(id).filter(told -> told.state() != TaskProgress.State.UNKNOWN);
    }

    private Optional<ProgressReport> ofAll() throws IOException {
        return ProgressReport.of(backend().json(ProgressReport.PATH));
    }

    private Backend backend() {
        return Objects.requireNonNull(backend, "backend");
    }

    @Override
    protected void doStart() {
        every(period, this::look);
        every(listenerPeriod, this::tell);
    }

    private void every(Duration pause, Runnable what) {
        if (pause.isZero()) {
            return;
        }
        if (executor == null) {
            executor = context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "webui-progress");
        }
        looks.add(executor.scheduleWithFixedDelay(what, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS));
    }

    @Override
    protected void doStop() {
        looks.forEach(look -> look.cancel(true));
        looks.clear();
        if (executor != null) {
            context.getExecutorServiceManager().shutdownNow(executor);
            executor = null;
        }
    }
}
