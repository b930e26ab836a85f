package darkroom.camel.component;

import darkroom.job.Save;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is written down of a task before it is sent, so that whoever comes after a crash or a lost connection can find out
 * what became of it, and need not have it made twice.
 *
 * @param stamp the mark by which its saved files are found; null if the request bears none
 * @param save which way its pictures take; null as the payload says
 * @param batch how many pictures at a time ({@code batch_size}), which may be fewer than the task asks for if more were too
 *     much for the GPU; 0 if that is not known
 * @param backend the URL of the WebUI
 * @param id what the WebUI calls it ({@code force_task_id}); empty if it can't be asked about it
 * @param at when
 * @param tries how often the task was sent so far, this time included
 * @param crashes how often its WebUI went away, or stopped moving, while it worked on it
 * @param over whether it is known what became of this try: then there is nothing to look for
 * @param left the marks of earlier tries, whose files may still lie there
 */
public record Sent(
        @Nullable String stamp,
        @Nullable Save save,
        int batch,
        String backend,
        String id,
        Instant at,
        int tries,
        int crashes,
        boolean over,
        List<String> left) {
    public Sent {
        left = List.copyOf(left);
    }

    /** The next try of the same task, with another mark. */
    Sent next(@Nullable String newStamp, @Nullable Save way, int size, String url, String name, Instant when) {
        List<String> before = new ArrayList<>(left);
        if (stamp != null) {
            before.add(stamp);
        }
        return new Sent(newStamp, way, size, url, name, when, tries + 1, crashes, false, before);
    }

    /** It is known what became of it. */
    Sent ended() {
        return new Sent(stamp, save, batch, backend, id, at, tries, crashes, true, left);
    }

    /** Its WebUI went away while it worked on it. */
    Sent crashed() {
        return new Sent(stamp, save, batch, backend, id, at, tries, crashes + 1, over, left);
    }
}
