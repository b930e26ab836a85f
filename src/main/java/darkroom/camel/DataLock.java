package darkroom.camel;

import darkroom.settings.SettingsException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Keeps two services from working on one {@code work/}: each would take up what the other has in hand. The operating
 * system gives the lock back when the process ends, however it ends.
 */
final class DataLock implements AutoCloseable {
    private static final String NAME = ".lock";

    private final FileChannel channel;
    private final CountDownLatch released = new CountDownLatch(1);

    private DataLock(FileChannel channel) {
        this.channel = channel;
    }

    static DataLock take(Path work) throws SettingsException {
        Path file = work.resolve(NAME);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new SettingsException(List.of("another Darkroom works in " + work
                        + "; stop it, or give this one a darkroom.data of its own"));
            }
            return new DataLock(channel);
        } catch (IOException e) {
            throw new SettingsException(List.of(
                    file + " can't be locked (" + e + "); put 'darkroom.work' on a disk that" + " knows locks"));
        }
    }

    @Nullable
    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another service in this very process
        }
    }

    void awaitRelease() throws InterruptedException {
        released.await();
    }

    @Override
    public void close() {
        try {
            channel.close(); // and with it the lock
        } catch (IOException e) {
            // the process is about to end, which gives it back as well
        }
        released.countDown();
    }
}
