package darkroom.camel;

import darkroom.promptfile.PromptFolder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.LoggingLevel;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.GenericFileExclusiveReadLockStrategy;
import org.apache.camel.component.file.GenericFileOperations;

/**
 * Read lock of a drop folder: whether a file that was listed may be claimed now. It must still be there, and as it was:
 * between the two it may have waited for long. And the gate must be open: while routes are exchanged, and when the service
 * stops, nothing new is begun. It waits for nothing and leaves nothing behind; the claim itself is the rename that follows.
 */
final class ClaimGate implements GenericFileExclusiveReadLockStrategy<File> {
    private final Predicate<Path> isInOrder;
    private final DiskReserve disk;
    private final FailingLanes failingLanes;
    private final Predicate<Path> room;
    private volatile boolean open = true;

    /**
     * A gate, open.
     *
     * @param isInOrder whether what an earlier process had claimed in a drop folder is brought back; before that a claim of
     *     this process would be taken for one of those
     * @param disk whether there is room for more
     * @param failingLanes whether jobs of its lane end well
     * @param room whether more of what is in a folder may be taken
     */
    ClaimGate(Predicate<Path> isInOrder, DiskReserve disk, FailingLanes failingLanes, Predicate<Path> room) {
        this.room = room;
        this.failingLanes = failingLanes;
        this.isInOrder = isInOrder;
        this.disk = disk;
    }

    void open() {
        open = true;
    }

    void close() {
        open = false;
    }

    @Override
    public boolean acquireExclusiveReadLock(
            GenericFileOperations<File> operations, GenericFile<File> listed, Exchange exchange) {
        try {
            Path file = listed.getFile().toPath().toAbsolutePath().normalize();
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return open
                    && isInOrder.test(
                            Path.of(listed.getEndpointPath()).toAbsolutePath().normalize())
                    && !disk.isLow()
                    && room.test(file.resolveSibling("").normalize())
                    && (PromptFolder.is(file) || (now.isRegularFile() && now.size() == listed.getFileLength()))
                    && now.lastModifiedTime().toMillis() == listed.getLastModified()
                    // last: what is permitted is waited for
                    && failingLanes.permits(file.resolveSibling("").normalize());
        } catch (IOException e) {
            return false; // it is gone
        }
    }

    @Override
    public void prepareOnStartup(GenericFileOperations<File> operations, GenericFileEndpoint<File> endpoint) {
        // there are no lock files to clear away
    }

    @Override
    public void releaseExclusiveReadLockOnAbort(
            GenericFileOperations<File> operations, GenericFile<File> file, Exchange exchange) {
        // nothing is held
    }

    @Override
    public void releaseExclusiveReadLockOnRollback(
            GenericFileOperations<File> operations, GenericFile<File> file, Exchange exchange) {
        // nothing is held
    }

    @Override
    public void releaseExclusiveReadLockOnCommit(
            GenericFileOperations<File> operations, GenericFile<File> file, Exchange exchange) {
        // nothing is held
    }

    @Override
    public void setTimeout(long timeout) {
        // it does not wait
    }

    @Override
    public void setCheckInterval(long checkInterval) {
        // it looks once
    }

    @Override
    public void setReadLockLoggingLevel(LoggingLevel readLockLoggingLevel) {
        // it says nothing
    }

    @Override
    public void setMarkerFiler(boolean markerFile) {
        // it makes none
    }

    @Override
    public void setDeleteOrphanLockFiles(boolean deleteOrphanLockFiles) {
        // it makes none
    }
}
