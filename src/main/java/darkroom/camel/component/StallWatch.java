package darkroom.camel.component;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.webui.ProgressReport;
import darkroom.webui.TaskProgress;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives requests up that a WebUI works on without getting on: neither what it says about the task by its id nor its count of
 * steps has changed for too long. What waits in its queue is not at work. Before the first step a checkpoint may be loaded,
 * which moves no count either: {@code job_count} is -1 then (webui-api, section 4.4), and it has three times as long.
 */
final class StallWatch extends Watch {
    private static final Logger LOG = LoggerFactory.getLogger(StallWatch.class);
    private static final int LOOKS = 10;
    private static final long SHORTEST_PAUSE = 50;
    private static final int LOADING = 3;

    private final Backend backend;
    private final Duration patience;
    private final Map<UnderWay.Request, Seen> watched = new ConcurrentHashMap<>();

    /** How far it was, and since when. */
    private record Seen(String how, boolean loading, long since) {
        static final Seen NOTHING = new Seen("", false, 0);
    }

    /** Gives up after {@code patience}; never if that is zero. */
    StallWatch(CamelContext context, Backend backend, Duration patience) {
        super(context, "webui-stalls", patience.isZero() ? 0 : Math.max(SHORTEST_PAUSE, patience.toMillis() / LOOKS));
        this.backend = backend;
        this.patience = patience;
    }

    /** A request is about to be sent, or is waited for. */
    void begin(UnderWay.Request request) {
        watched.put(request, Seen.NOTHING);
    }

    /** It was answered, or has failed. */
    void end(UnderWay.Request request) {
        watched.remove(request);
    }

    @Override
    void look() {
        for (UnderWay.Request request : watched.keySet()) {
            try {
                look(request);
            } catch (RuntimeException e) {
                LOG.debug("{} can't be watched", request.task(), e);
            }
        }
    }

    private void look(UnderWay.Request request) {
        Seen before = watched.getOrDefault(request, Seen.NOTHING);
        Seen now;
        try {
            now = seen(request);
        } catch (IOException | RuntimeException e) {
            // whoever does not answer does not get on either, but nothing is known of what was not at work before
            LOG.debug("{} does not tell its progress", backend.url(), e);
            now = before;
        }
        if (now.equals(Seen.NOTHING) || !now.how().equals(before.how())) {
            watched.replace(request, now);
            return;
        }
        long limit = patience.toNanos() * (before.loading() ? LOADING : 1);
        if (System.nanoTime() - before.since() >= limit && watched.remove(request) != null) {
            request.setStalled();
            LOG.warn(
                    "{}: the WebUI at {} has not got on with it for {} s ({}); it is given up",
                    request.task(),
                    backend.url(),
                    TimeUnit.NANOSECONDS.toSeconds(limit),
                    before.how());
            backend.interrupts().interruptStalled(request);
            request.giveUp();
        }
    }

    /** How far it is; nothing if the WebUI does not work on it now, as far as is known. */
    private Seen seen(UnderWay.Request request) throws IOException {
        Optional<TaskProgress> told = request.hasOwnId()
                ? backend.questions().about(request.id()).filter(one -> one.state() != TaskProgress.State.UNKNOWN)
                : Optional.empty();
        boolean atWork =
                told.map(one -> one.state() == TaskProgress.State.ACTIVE).orElse(request.isAtWork());
        if (!atWork) {
            return Seen.NOTHING;
        }
        JsonNode state = backend.json(ProgressReport.PATH).path("state");
        int jobs = state.path("job_count").asInt(0);
        if (jobs == 0) {
            return Seen.NOTHING; // idle: its answer is on its way, or it has not come yet
        }
        String how = "job " + state.path("job_timestamp").asText() + ", batch "
                + state.path("job_no").asInt() + " of " + jobs + ", step "
                + state.path("sampling_step").asInt()
                + told.map(one -> ", " + one.percent() + " %").orElse("");
        return new Seen(how, jobs < 0, System.nanoTime());
    }
}
