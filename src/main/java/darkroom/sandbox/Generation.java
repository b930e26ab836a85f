package darkroom.sandbox;

import java.time.Duration;
import java.time.Instant;

/**
 * One stay of a job inside the lock, whether it ended well or not. The times of two generations may be compared with each
 * other to the microsecond.
 *
 * @param path which endpoint was called, e.g. {@code /sdapi/v1/txt2img}
 * @param taskId {@code force_task_id}, or one made up like {@code task(txt2img-AB12CD3)}
 * @param checkpoint the file name of the one that was loaded when it ended
 * @param queued when it was read and began to wait for the lock
 * @param entered when it got the lock
 * @param left when it was about to give it back
 */
public record Generation(String path, String taskId, String checkpoint, Instant queued, Instant entered, Instant left) {

    /** How long nobody worked between this generation and the next. */
    public Duration idleUntil(Generation next) {
        return Duration.between(left, next.entered);
    }

    /**
     * How much of {@link #idleUntil} is the clients': until the next one was asked for. The rest of it the lock took to be
     * handed on to somebody who waited, which is the server's and its machine's.
     */
    public Duration unaskedUntil(Generation next) {
        return next.queued.isAfter(left) ? Duration.between(left, next.queued) : Duration.ZERO;
    }
}
