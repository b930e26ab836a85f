package darkroom.camel;

import darkroom.files.Instances;
import darkroom.settings.SettingsException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * Which of the processes this one is that share the folders: it holds a lock on a part of {@code work/} of its own. The
 * operating system gives the lock back when the process ends, however it ends.
 */
final class Instance implements AutoCloseable {
    private static final String LOCK = ".lock";

    /** Those of this very process: to open a lock file again, and close it, would give its lock back. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final int number;
    private final Held lock;
    private final CountDownLatch released = new CountDownLatch(1);

    private Instance(int number, Held lock) {
        this.number = number;
        this.lock = lock;
    }

    /** A part of the work folder that is ours until this is closed. */
    record Held(Path file, FileChannel channel) implements AutoCloseable {
        @Override
        public void close() {
            try {
                channel.close(); // and with it the lock
            } catch (IOException e) {
                // the process is about to end, which gives it back as well
            }
            HELD.remove(file);
        }
    }

    /**
     * Becomes the first one that is free.
     *
     * @param work the work folder of all
     */
    static Instance take(Path work) throws SettingsException {
        try {
            for (int number = Instances.FIRST; number <= Instances.MOST; number++) {
                Optional<Held> lock = hold(work, number);
                if (lock.isPresent()) {
                    return new Instance(number, lock.get());
                }
            }
        } catch (IOException e) {
            throw new SettingsException(List.of("nothing in " + work + " can be locked (" + e
                    + "); put 'darkroom.work' on a disk that knows locks"));
        }
        throw new SettingsException(List.of(Instances.MOST + " Darkrooms work in " + work + " already"));
    }

    /** Locks the part of an instance; empty if it is alive. */
    static Optional<Held> hold(Path work, int number) throws IOException {
        Path part = Instances.folder(work, number);
        Files.createDirectories(part);
        Path file = part.toRealPath().resolve(LOCK);
        if (!HELD.add(file)) {
            return Optional.empty();
        }
        boolean locked = false;
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                locked = channel.tryLock() != null;
                return locked ? Optional.of(new Held(file, channel)) : Optional.empty();
            } finally {
                if (!locked) {
                    channel.close();
                }
            }
        } finally {
            if (!locked) {
                HELD.remove(file);
            }
        }
    }

    /** From 1 up. */
    int number() {
        return number;
    }

    /** What routes call it: the beginning of the names of its claims. */
    static String name(int number) {
        return "i" + number;
    }

    void awaitRelease() throws InterruptedException {
        released.await();
    }

    @Override
    public void close() {
        lock.close();
        released.countDown();
    }
}
