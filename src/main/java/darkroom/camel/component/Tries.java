package darkroom.camel.component;

import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.webui.GpuLoad;
import darkroom.webui.Stamp;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tries of one task, each written down before it is made. */
final class Tries {
    private final SentLog log;
    private final int mostCrashes;
    private @Nullable Sent last;

    Tries(SentLog log, int mostCrashes) throws IOException {
        this.log = log;
        this.mostCrashes = mostCrashes;
        this.last = log.read().orElse(null);
    }

    /** A try of which nobody knows what became, and whose files can be told from all others. */
    Optional<Sent> open() {
        return Optional.ofNullable(last).filter(sent -> !sent.over() && sent.stamp() != null);
    }

    /** The marks of tries that were given up, and whose files may still lie there. */
    List<Stamp> left() {
        return last == null ? List.of() : last.left().stream().map(Stamp::new).toList();
    }

    /** A WebUI takes the task up. */
    void begins() throws IOException {
        log.begins();
    }

    /**
     * Writes down that a task is going to be sent.
     *
     * @param backend the URL of the WebUI
     * @param id what the WebUI calls it
     * @throws ProblemException if the WebUI went away too often while it worked on it
     */
    Sent send(Sending sending, String backend, String id) throws IOException {
        requireFewCrashes("");
        Sent before = last == null ? new Sent(null, null, 0, backend, id, Instant.now(), 0, 0, true, List.of()) : last;
        Stamp stamp = sending.stamp();
        int batch = GpuLoad.of(sending.sent()).batch();
        return write(
                before.next(stamp == null ? null : stamp.word(), sending.way(), batch, backend, id, Instant.now()));
    }

    /** What became of the last try is known. */
    void over() throws IOException {
        if (last != null && !last.over()) {
            write(last.ended());
        }
    }

    /**
     * The WebUI went away, or stopped moving, while it worked on the task.
     *
     * @param why in a few words
     * @throws ProblemException if that was once too often, and there is nothing of it to look for
     */
    void crashed(String why) throws IOException {
        if (last != null) {
            write(last.crashed());
            if (open().isEmpty()) {
                requireFewCrashes(why);
            }
        }
    }

    private void requireFewCrashes(String why) {
        if (last != null && last.crashes() >= mostCrashes) {
            throw new ProblemException(Problem.of(
                    ProblemCode.WEBUI_CRASHED_REPEATEDLY,
                    "the WebUI at " + last.backend() + " went away, or stopped moving, "
                            + (last.crashes() == 1 ? "once" : last.crashes() + " times") + " while it worked on this"
                            + (why.isEmpty() ? "" : " (at last: " + why + ")"),
                    "its log of those times says why, often too little memory: ask for a smaller picture or batch; other jobs"
                            + " go on. To have it tried again, move the file back"));
        }
    }

    private Sent write(Sent sent) throws IOException {
        log.write(sent);
        last = sent;
        return sent;
    }
}
