package darkroom.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Locks by name, among the threads of this process and among processes that share a folder. The operating system gives back
 * what a process held that died.
 */
public final class SharedLocks {
    private static final int SLOTS = 64;

    // of the whole process: the operating system's locks are, too
    private static final ReentrantLock[] THREADS =
            IntStream.range(0, SLOTS).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);

    private final Path file;

    /**
     * Locks that all have who name the same file.
     *
     * @param file made when it is needed; it stays empty
     */
    public SharedLocks(Path file) {
        this.file = file;
    }

    /** What is done while a lock is held, and what comes of it. */
    @FunctionalInterface
    public interface Work<T, E extends Exception> {
        T get() throws IOException, E;
    }

    /** What is done while a lock is held. */
    @FunctionalInterface
    public interface Action {
        void run() throws IOException;
    }

    /**
     * Does something while nobody else does what has the same name. Locks are not to be nested: two names may share one.
     *
     * @throws IOException if the lock can't be had, or of the work
     * @throws E of the work
     */
    public <T, E extends Exception> T hold(String name, Work<T, E> work) throws IOException, E {
        int slot = Math.floorMod(name.hashCode(), SLOTS);
        ReentrantLock threads = THREADS[slot];
        if (threads.isHeldByCurrentThread()) {
            throw new IllegalStateException("a lock is held already");
        }
        threads.lock();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock(slot, 1, false); // until the channel is closed
            return work.get();
        } finally {
            threads.unlock();
        }
    }

    /** Does something of which nothing comes, as {@link #hold} does. */
    public void run(String name, Action action) throws IOException {
        hold(name, () -> {
            action.run();
            return name;
        });
    }
}
