package darkroom.files;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes and moves files so that a reader sees them whole or not at all, also after the power went off: data first, then
 * the name, then the folder that holds the name.
 */
public final class Disk {
    /** In the names of files that are not finished yet; they also begin with a dot. */
    public static final String PART = ".part";

    private static final int MOST_DELETES = 100;

    private final boolean durable;

    /**
     * Makes a disk.
     *
     * @param durable whether files and folders are forced to the device (fsync) before the next step; without it a crash
     *     of the machine, though not of the process, may leave an empty file under a final name
     */
    public Disk(boolean durable) {
        this.durable = durable;
    }

    /** Writes what a file will hold. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a file, replacing one of the same name, in one step as seen by others. */
    public void write(Path file, Content content) throws IOException {
        Path part = file.resolveSibling("." + file.getFileName() + PART);
        try (OutputStream out = Files.newOutputStream(part)) {
            content.writeTo(out);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        force(part);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceFolder(file);
    }

    /**
     * Moves a file or folder within one file system, replacing a file of the same name.
     *
     * @throws AtomicMoveNotSupportedException if the target is on another file system
     */
    public void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceFolder(to);
    }

    /**
     * Moves a file, also to another file system: there it is copied under a name that readers pass over, renamed, and
     * only then deleted here. A crash may leave both, never neither.
     */
    public void moveAnywhere(Path from, Path to) throws IOException {
        try {
            move(from, to);
        } catch (AtomicMoveNotSupportedException e) {
            write(to, out -> Files.copy(from, out));
            Files.delete(from);
        }
    }

    /** Makes sure that what was written to a file is on the device. */
    public void force(Path file) throws IOException {
        if (durable) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    /** Makes sure that the name of a file is on the device. */
    public void forceFolder(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (durable && folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** What is directly in a folder, in no particular order; empty if there is no such folder. */
    public static List<Path> list(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(found::add);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    /**
     * Deletes a folder with all there is in it, without following links; does nothing if there is none. What somebody else
     * deletes or adds meanwhile is no reason to fail.
     */
    public static void deleteTree(Path folder) throws IOException {
        for (int tries = 1; Files.exists(folder, LinkOption.NOFOLLOW_LINKS); tries++) {
            try {
                deleteOnce(folder);
            } catch (NoSuchFileException | DirectoryNotEmptyException e) {
                if (tries == MOST_DELETES) {
                    throw e;
                }
            }
        }
    }

    private static void deleteOnce(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Deletes a folder if there is nothing in it, and then the folders above it likewise, but not {@code root}. */
    public static void pruneEmpty(@Nullable Path folder, Path root) {
        try {
            for (Path at = folder; at != null && !at.equals(root) && at.startsWith(root); at = at.getParent()) {
                Files.deleteIfExists(at);
            }
        } catch (IOException e) {
            // not empty, or not ours to delete: it stays
        }
    }

    /** For places that can't throw a checked exception. */
    public static UncheckedIOException unchecked(IOException e) {
        return new UncheckedIOException(e);
    }
}
