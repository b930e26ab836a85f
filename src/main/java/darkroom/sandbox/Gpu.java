package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The one thing that all jobs need: a lock that is handed on in the order of arrival (captures 420-422), a clock on which
 * work takes as long as the settings say, and a log of who held it when.
 */
final class Gpu {
    /** Made up, as everything about this card; about what a picture takes of a real one. */
    private static final long BYTES_PER_PIXEL = 4096;

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Deque<Generation> log = new ArrayDeque<>();
    private final Supplier<String> checkpoint;
    private final long room;
    private final AtomicInteger outOfMemory = new AtomicInteger();
    private final Instant epoch = Instant.now();
    private final long epochNanos = System.nanoTime();
    private long due;

    /**
     * An idle one.
     *
     * @param checkpoint names the one that is loaded
     * @param room how many pixels it has room for; 0 for any number
     */
    Gpu(Supplier<String> checkpoint, long room) {
        this.checkpoint = checkpoint;
        this.room = room;
    }

    /** Does this when nobody else does anything. */
    <T> T exclusively(Callable<T> work) throws Exception {
        lock.lockInterruptibly();
        try {
            due = System.nanoTime();
            return work.call();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #exclusively}, and remembers it as a generation. */
    <T> T generate(String path, String taskId, Callable<T> work) throws Exception {
        Instant queued = now();
        return exclusively(() -> {
            Instant entered = now();
            try {
                return work.call();
            } finally {
                remember(new Generation(path, taskId, checkpoint.get(), queued, entered, now()));
            }
        });
    }

    /**
     * Lets time pass, by the holder of the lock. What was really computed meanwhile counts: work takes the time that it is
     * said to take, not that and its own.
     */
    void spend(Duration time) throws InterruptedException {
        due += time.toNanos();
        if (time.isZero()) {
            return;
        }
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** Fails if there is no room for so many pictures at a time. */
    void requireRoom(int pictures, int width, int height) {
        long pixels = (long) pictures * width * height;
        if (room > 0 && pixels > room) {
            outOfMemory.incrementAndGet();
            throw Size.outOfMemory(pixels * BYTES_PER_PIXEL);
        }
    }

    /** What {@code /sdapi/v1/memory} says of it: nothing of a card without limits, which is none (capture 013). */
    ObjectNode memory() {
        ObjectNode cuda = Json.object();
        if (room == 0) {
            return cuda.put("error", "unavailable");
        }
        long total = room * BYTES_PER_PIXEL;
        cuda.putObject("system").put("free", total).put("used", 0).put("total", total);
        for (String what : List.of("active", "allocated", "reserved", "inactive")) {
            cuda.putObject(what).put("current", 0).put("peak", 0);
        }
        cuda.putObject("events").put("retries", 0).put("oom", outOfMemory.get());
        return cuda;
    }

    /** How many wait for the lock. */
    int waiting() {
        return lock.getQueueLength();
    }

    List<Generation> generations() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    private void remember(Generation generation) {
        synchronized (log) {
            log.add(generation);
            if (log.size() > SandboxWebUi.REMEMBERED) {
                log.remove();
            }
        }
    }

    /** On a clock that never jumps. */
    private Instant now() {
        return epoch.plusNanos(System.nanoTime() - epochNanos);
    }
}
