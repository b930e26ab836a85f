package darkroom.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The one thing that all jobs need: a lock that is handed on in the order of arrival (captures 420-422), a clock on which
 * work takes as long as the settings say, and a log of who held it when.
 */
final class Gpu {
    private static final int REMEMBERED = 10_000;

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Deque<Generation> log = new ArrayDeque<>();
    private final Supplier<String> checkpoint;
    private final Instant epoch = Instant.now();
    private final long epochNanos = System.nanoTime();
    private long due;

    /** @param checkpoint names the one that is loaded */
    Gpu(Supplier<String> checkpoint) {
        this.checkpoint = checkpoint;
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
        return exclusively(() -> {
            Instant entered = now();
            try {
                return work.call();
            } finally {
                remember(new Generation(path, taskId, checkpoint.get(), entered, now()));
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

    List<Generation> generations() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    private void remember(Generation generation) {
        synchronized (log) {
            log.add(generation);
            if (log.size() > REMEMBERED) {
                log.remove();
            }
        }
    }

    /** On a clock that never jumps. */
    private Instant now() {
        return epoch.plusNanos(System.nanoTime() - epochNanos);
    }
}
