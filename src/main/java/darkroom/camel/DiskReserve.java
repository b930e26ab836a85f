package darkroom.camel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a disk is nearly full: then nothing new is taken in, and what is at work has the rest. It is enough again when a
 * tenth more is free, lest it changes with every file.
 */
final class DiskReserve {
    private static final Logger LOG = LoggerFactory.getLogger(DiskReserve.class);
    private static final Duration REMEMBERED = Duration.ofSeconds(1);

    private final List<Path> folders;
    private final long reserve;
    private final Free free;
    private boolean low;
    private long lookedAt = System.nanoTime() - REMEMBERED.toNanos();

    /** How many bytes can still be written in a folder. */
    @FunctionalInterface
    interface Free {
        long in(Path folder) throws IOException;
    }

    /**
     * Looks at some folders.
     *
     * @param reserve how many bytes have to be free; 0 for none
     */
    DiskReserve(List<Path> folders, long reserve) {
        this(folders, reserve, DiskReserve::usable);
    }

    DiskReserve(List<Path> folders, long reserve, Free free) {
        this.folders = folders;
        this.reserve = reserve;
        this.free = free;
    }

    private static long usable(Path folder) throws IOException {
        long usable = folder.toFile().getUsableSpace(); // a FileStore would read the list of all mounts first
        if (usable == 0 && !Files.exists(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        return usable < 0 ? Long.MAX_VALUE : usable; // larger than what a long holds
    }

    /** Whether it is. */
    synchronized boolean isLow() {
        if (reserve > 0 && System.nanoTime() - lookedAt >= REMEMBERED.toNanos()) {
            look();
            lookedAt = System.nanoTime();
        }
        return low;
    }

    private void look() {
        long wanted = low ? reserve + reserve / 10 : reserve;
        for (Path folder : folders) {
            try {
                long left = free.in(folder);
                if (left < wanted) {
                    if (!low) {
                        LOG.warn(
                                "{}: only {} MB are free, less than darkroom.disk.reserve; nothing new is taken in until"
                                        + " there is room",
                                folder,
                                left >> 20);
                    }
                    low = true;
                    return;
                }
            } catch (IOException e) {
                LOG.debug(
                        "{} does not say how much is free", folder, e); // whether it is there at all is asked elsewhere
            }
        }
        if (low) {
            LOG.info("there is room on the disk again; prompt files are taken in");
        }
        low = false;
    }
}
