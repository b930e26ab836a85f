package darkroom.camel;

import java.io.File;
import org.apache.camel.Exchange;
import org.apache.camel.LoggingLevel;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.GenericFileExclusiveReadLockStrategy;
import org.apache.camel.component.file.GenericFileOperations;

/**
 * Read lock of a drop folder: the file is still there, and as it was when it was listed. Between the two it may have
 * waited for long, and been taken away, or written to again. It waits for nothing and leaves nothing behind; the claim
 * itself is the rename that follows.
 */
final class StillThere implements GenericFileExclusiveReadLockStrategy<File> {
    @Override
    public boolean acquireExclusiveReadLock(
            GenericFileOperations<File> operations, GenericFile<File> listed, Exchange exchange) {
        File file = listed.getFile();
        return file.isFile()
                && file.length() == listed.getFileLength()
                && file.lastModified() == listed.getLastModified();
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
