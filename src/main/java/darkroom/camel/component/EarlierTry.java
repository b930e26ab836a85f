package darkroom.camel.component;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.job.CancelledException;
import darkroom.job.StoppingException;
import darkroom.webui.ProgressReport;
import darkroom.webui.TaskProgress;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for an earlier try of a task that its WebUI may still be at, since nobody told it to stop: the connection was lost, or
 * the process died.
 */
final class EarlierTry {
    private static final Logger LOG = LoggerFactory.getLogger(EarlierTry.class);
    private static final long LOOK_EVERY = 500;

    /** A failed one is said to be active, and one that failed early to be queued, for ever (webui-api, section 4.5). */
    private static final int IDLE_LOOKS = 4;

    private final Backend backend;
    private final Duration patience;
    private final boolean exclusive;
    private final BooleanSupplier stopping;

    /**
     * Waits at one WebUI.
     *
     * @param patience how long at most
     * @param exclusive whether nobody else uses it, so that whatever it works on is ours
     */
    EarlierTry(Backend backend, Duration patience, boolean exclusive, BooleanSupplier stopping) {
        this.backend = backend;
        this.patience = patience;
        this.exclusive = exclusive;
        this.stopping = stopping;
    }

    /**
     * Waits until it is over, as far as the WebUI can tell. One that can't be asked about a task is waited for while it is at
     * the job that it is at now, which may be this one; if nobody else uses it, until it is at none.
     *
     * @throws CancelledException if the task is cancelled meanwhile
     * @throws StoppingException if the service stops
     */
    void awaitEnd(UnderWay.Request request) throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        int idle = 0;
        boolean said = false;
        String job = "";
        while (System.nanoTime() < end) {
            Optional<TaskProgress> told =
                    request.hasOwnId() ? backend.questions().about(request.id()) : Optional.empty();
            if (told.isPresent() && !isUnderWay(told.get())) {
                return;
            }
            JsonNode state = backend.json(ProgressReport.PATH).path("state");
            boolean busy = state.path("job_count").asInt(0) != 0;
            String now = state.path("job_timestamp").asText();
            if (told.isEmpty() && (!busy || (!exclusive && !job.isEmpty() && !job.equals(now)))) {
                return;
            }
            job = now;
            idle = busy ? 0 : idle + 1;
            if (idle == IDLE_LOOKS) {
                return;
            }
            if (!said && busy) {
                said = true;
                LOG.info(
                        "{}: was sent before, and the WebUI {} at it; its pictures are waited for",
                        request.task(),
                        told.isPresent() ? "is still" : "may still be");
            }
            if (request.isStalled()) {
                return; // whoever waits finds that out
            }
            if (request.isCancelled() && told.isEmpty()) { // else it is interrupted when it is its turn
                throw new CancelledException("the WebUI may still work on it, and nothing of it is published");
            }
            if (stopping.getAsBoolean()) {
                throw new StoppingException();
            }
            Thread.sleep(LOOK_EVERY);
        }
    }

    private static boolean isUnderWay(TaskProgress told) {
        return told.state() == TaskProgress.State.QUEUED || told.state() == TaskProgress.State.ACTIVE;
    }
}
