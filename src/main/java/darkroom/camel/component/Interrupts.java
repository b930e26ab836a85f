package darkroom.camel.component;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import darkroom.webui.ProgressReport;
import darkroom.webui.TaskProgress;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Interrupts cancelled tasks of ours. The WebUI's interrupt hits whatever it works on just then, of any client; so it is only
 * called while the WebUI itself says that it works on our task, and whatever else of ours it may have hit instead is to be
 * made again. Where it can't be asked, a task is interrupted only if somebody has said that we are the WebUI's only client.
 */
final class Interrupts extends Watch {
    private static final Logger LOG = LoggerFactory.getLogger(Interrupts.class);
    private static final String INTERRUPT = "/sdapi/v1/interrupt";
    private static final long LOOK_EVERY = 250;

    /** After the step that was interrupted the picture is still decoded, which takes a while. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Backend backend;
    private final UnderWay underWay;
    private final boolean exclusive;
    private final Set<UnderWay.Request> watched = ConcurrentHashMap.newKeySet();

    /** Whether the WebUI works on a task of ours just now. */
    private enum Proof {
        NO,
        /** Nobody else sends anything, and it was sent first. */
        ASSUMED,
        TOLD
    }

    /** Only requests of this backend are interrupted; the others that are under way at the WebUI may be hit. */
    Interrupts(CamelContext context, Backend backend, UnderWay underWay, boolean exclusive) {
        super(context, "webui-interrupts", LOOK_EVERY);
        this.backend = backend;
        this.underWay = underWay;
        this.exclusive = exclusive;
    }

    /** Whether nothing of this backend is under way. */
    boolean isIdle() {
        return watched.isEmpty();
    }

    /** A request is about to be sent. */
    void begin(UnderWay.Request request) {
        underWay.begin(request);
        watched.add(request);
    }

    /** It was answered, or has failed. After this it is known whether it was hit. */
    void end(UnderWay.Request request, boolean answered) {
        watched.remove(request);
        underWay.end(request, answered);
    }

    /**
     * Whether somebody else interrupted a request that was answered. Only the WebUI's last job can be asked about, so nothing
     * is known of one that another of ours has followed.
     *
     * @param jobTimestamp what the answer says
     */
    boolean wasHitByOthers(UnderWay.Request request, String jobTimestamp) {
        if (!underWay.others(request).isEmpty()) {
            return false;
        }
        try {
            return ProgressReport.wasInterrupted(backend.json(ProgressReport.PATH), jobTimestamp);
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} does not tell whether {} was interrupted", backend.url(), request.task(), e);
            return false;
        }
    }

    /** Interrupts a request that the WebUI does not get on with, if that is what it works on. */
    void interruptStalled(UnderWay.Request request) {
        try {
            interrupt(request);
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} can't be interrupted", request.task(), e);
        }
    }

    @Override
    void look() {
        for (UnderWay.Request request : watched) {
            try {
                if (request.isCancelled() && request.isDue(request.isInterrupted() ? PAUSE.toNanos() : 0)) {
                    interrupt(request);
                }
            } catch (IOException | RuntimeException e) {
                LOG.debug("{} can't be interrupted now", request.task(), e);
            }
        }
    }

    private void interrupt(UnderWay.Request request) throws IOException {
        if (!underWay.openInterrupt()) {
            return;
        }
        try {
            Proof before = underWay.contains(request) ? working(request) : Proof.NO;
            if (before == Proof.NO) {
                return;
            }
            boolean sure = false;
            try {
                backend.post(INTERRUPT, JsonNodeFactory.instance.objectNode());
                request.setInterrupted();
                LOG.info("{}: {}, and interrupted", request.task(), request.isStalled() ? "stalled" : "cancelled");
                sure = before == Proof.TOLD && working(request) == Proof.TOLD;
            } finally {
                if (!sure) { // it may have ended before the interrupt came
                    underWay.others(request).forEach(this::suspect);
                }
            }
        } finally {
            underWay.closeInterrupt();
        }
    }

    /** What still waits was not hit. */
    private void suspect(UnderWay.Request other) {
        try {
            if (other.hasOwnId()
                    && backend.questions()
                            .about(other.id())
                            .filter(told -> told.state() == TaskProgress.State.QUEUED)
                            .isPresent()) {
                return;
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} can't be asked about {}", backend.url(), other.task(), e);
        }
        other.setSuspect();
    }

    private Proof working(UnderWay.Request request) throws IOException {
        Optional<TaskProgress> told = request.hasOwnId() ? backend.questions().about(request.id()) : Optional.empty();
        if (told.isPresent() && told.get().state() != TaskProgress.State.UNKNOWN) {
            return told.get().state() == TaskProgress.State.ACTIVE ? Proof.TOLD : Proof.NO;
        }
        if (!exclusive) {
            if (told.isEmpty() && request.isUnsaid()) {
                LOG.info(
                        "{}: cancelled, but {} can't be asked whether it works on it, and an interrupt could hit somebody"
                                + " else's; it runs to its end, and is not published",
                        request.task(),
                        backend.url());
            }
            return Proof.NO;
        }
        boolean busy = underWay.isFirst(request)
                && ProgressReport.of(backend.json(ProgressReport.PATH)).isPresent();
        return busy ? Proof.ASSUMED : Proof.NO;
    }
}
