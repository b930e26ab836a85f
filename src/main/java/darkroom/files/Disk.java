package darkroom.files;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
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
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes and moves files so that a reader sees them whole or not at all, also after the power went off: data first, then
 * the name, then the folder that holds the name.
 */
public final class Disk {
    /** In the names of files that are not finished yet; they also begin with a dot. */
    public static final String PART = ".part";

    private static final int MOST_TRIES = 100;
    private static final Set<StandardOpenOption> WRITE_ANEW =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);

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
        try {
            writeStaged(part, content);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceFolder(file);
    }

    /**
     * Writes a file of a folder that nobody looks at before it has been forced ({@link #forceFolders}) and then moved to
     * its place.
     */
    public void writeStaged(Path file, Content content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, WRITE_ANEW);
                OutputStream out = Channels.newOutputStream(channel)) {
            content.writeTo(out);
            if (durable) {
                channel.force(true);
            }
        }
    }

    /**
     * Moves a file or folder within one file system, replacing a file of the same name. After this it is in its new place
     * for good, and no longer in the old one.
     *
     * @throws AtomicMoveNotSupportedException if the target is on another file system
     */
    public void move(Path from, Path to) throws IOException {
        rename(from, to);
        forceFolder(to);
        if (!Objects.equals(folderOf(from), folderOf(to))) {
            forceGone(from); // last: a power failure may leave both, never neither
        }
    }

    /**
     * Moves a file as {@link #move} does, and leaves it to the caller to force the new folder ({@link #forceFolder}). The
     * old name may come back after a power failure.
     */
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Moves a file, also to another file system: there it is copied under a name that readers pass over, renamed, and
     * only then deleted here. A crash may leave both, never neither.
     */
    public void moveAnywhere(Path from, Path to) throws IOException {
        try {
            move(from, to);
        } catch (AtomicMoveNotSupportedException e) {
            if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
                copyTree(from, to);
                deleteTree(from);
            } else {
                write(to, out -> Files.copy(from, out));
                Files.delete(from);
            }
            forceGone(from);
        }
    }

    /** Under a name that readers pass over, as it is with a file. Links are copied as what they are. */
    private void copyTree(Path from, Path to) throws IOException {
        Path part = to.resolveSibling("." + to.getFileName() + PART);
        deleteTree(part);
        List<Path> folders = new ArrayList<>();
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                folders.add(Files.createDirectory(part.resolve(from.relativize(folder))));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path copy = part.resolve(from.relativize(file));
                Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
                if (attributes.isRegularFile()) {
                    force(copy);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        for (Path folder : folders) {
            force(folder, StandardOpenOption.READ);
        }
        Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
        forceFolder(to);
    }

    /**
     * Makes a folder and those above it, as far as they are missing, so that they are there for good: what is forced in a
     * folder is lost all the same if the folder's own name is.
     *
     * @return the folder
     */
    public Path createFolders(Path folder) throws IOException {
        return createFolders(folder, made -> forceFolder(made));
    }

    /**
     * Makes a folder and those above it, as far as they are missing; a power failure may take them back. Most are there, or
     * lack themselves alone: {@link Files#createDirectories} would find that out by exceptions, which cost more than all else
     * about it.
     *
     * @return the folder
     */
    public static Path createPassingFolders(Path folder) throws IOException {
        return createFolders(folder, made -> {});
    }

    /** What is done with a folder that was made. */
    private interface Made {
        void see(Path folder) throws IOException;
    }

    private static Path createFolders(Path folder, Made made) throws IOException {
        for (int tries = 1; !Files.isDirectory(folder); tries++) {
            Path above = folderOf(folder);
            if (above != null) {
                createFolders(above, made);
            }
            try {
                createFolder(folder);
                made.see(folder);
            } catch (NoSuchFileException e) { // the one above was empty, and somebody has deleted it as such just now
                if (tries == MOST_TRIES) {
                    throw e;
                }
            }
        }
        return folder;
    }

    private static void createFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    /** Makes sure that what was written to a file is on the device. */
    public void force(Path file) throws IOException {
        force(file, StandardOpenOption.WRITE);
    }

    /** Likewise, of a file that may be somebody else's, and only be read. */
    public void forceForeign(Path file) throws IOException {
        force(file, StandardOpenOption.READ);
    }

    /** Makes sure that the name of a file is on the device. */
    public void forceFolder(Path file) throws IOException {
        Path folder = folderOf(file);
        if (folder != null) {
            force(folder, StandardOpenOption.READ);
        }
    }

    /** Makes sure that a file does not come back under a name that it no longer has. */
    public void forceGone(Path file) throws IOException {
        try {
            forceFolder(file);
        } catch (NoSuchFileException e) {
            // somebody has deleted the folder, and with it the name
        }
    }

    /** Makes sure that the name of a file is on the device, and those of the folders above it up to that in {@code root}. */
    public void forceFolders(Path file, Path root) throws IOException {
        for (Path at = file; at != null && !at.equals(root) && at.startsWith(root); at = at.getParent()) {
            forceFolder(at);
        }
    }

    private void force(Path path, StandardOpenOption how) throws IOException {
        if (durable) {
            try (FileChannel channel = FileChannel.open(path, how)) {
                channel.force(true);
            }
        }
    }

    private static @Nullable Path folderOf(Path file) {
        return file.toAbsolutePath().normalize().getParent();
    }

    /** What is directly in a folder, in no particular order; empty if there is no such folder. */
    public static List<Path> list(Path folder) throws IOException {
        return list(folder, path -> true);
    }

    /** Likewise; of many, what is wanted alone is kept in memory. */
    public static List<Path> list(Path folder, Predicate<Path> wanted) throws IOException {
        if (!Files.exists(folder)) { // often so, and an exception costs more than all else about it
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path path : stream) {
                if (wanted.test(path)) {
                    found.add(path);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    /** Deletes what most often is not there, which {@link Files#deleteIfExists} would find out by an exception. */
    public static void deleteIfThere(Path file) throws IOException {
        if (Files.exists(file)) {
            Files.deleteIfExists(file);
        }
    }

    /**
     * Deletes a folder with all there is in it, without following links; does nothing if there is none. What somebody else
     * deletes or adds meanwhile is no reason to fail.
     */
    public static void deleteTree(Path folder) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                deleteOnce(folder);
                return;
            } catch (FileSystemException e) {
                if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                    return;
                }
                boolean others = e instanceof NoSuchFileException || e instanceof DirectoryNotEmptyException;
                if (!others || tries == MOST_TRIES) {
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

    /** Deletes what {@link #write} had begun directly in a folder when the process died. */
    public static void deleteParts(Path folder) throws IOException {
        for (Path part : parts(folder)) {
            Files.deleteIfExists(part);
        }
    }

    /** What {@link #write} has begun directly in a folder, and not ended. */
    public static List<Path> parts(Path folder) throws IOException {
        return list(folder, file -> {
            String name = file.getFileName().toString();
            return name.startsWith(".") && name.endsWith(PART);
        });
    }

    /** Deletes a folder if there is nothing in it, and then the folders above it likewise, but not {@code root}. */
    public static void pruneEmpty(@Nullable Path folder, Path root) {
        try {
            for (Path at = folder; at != null && !at.equals(root) && at.startsWith(root); at = at.getParent()) {
                deleteIfThere(at);
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
