package darkroom.check;

import darkroom.files.Disk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileStore;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Examines a folder by doing there what the service will do. What it makes it also removes. */
public final class FolderCheck {
    private static final long GB = 1L << 30;
    private static final long LITTLE = 2 * GB;
    private static final long TOO_LITTLE = GB / 10;
    private static final Duration SKEW = Duration.ofSeconds(5);
    private static final long NOTIFICATION = 1000;

    private final String subject;
    private final Path folder;
    private final List<Finding> findings = new ArrayList<>();

    private FolderCheck(String subject, Path folder) {
        this.subject = subject;
        this.folder = folder;
    }

    /**
     * Examines a folder that the service writes to.
     *
     * @param subject the property that names it
     */
    public static List<Finding> writable(String subject, Path folder) throws InterruptedException {
        FolderCheck check = new FolderCheck(subject, folder);
        check.examine();
        return List.copyOf(check.findings);
    }

    /** Examines a folder that is only read. */
    public static Finding readable(String subject, Path folder) {
        try {
            Disk.list(folder);
        } catch (IOException e) {
            return Finding.error(subject, folder + " can't be read: " + e, "let the user that runs Darkroom read it");
        }
        return Files.isDirectory(folder)
                ? Finding.ok(subject, folder + " is there")
                : Finding.error(
                        subject, "there is no folder " + folder, "make it, or mount it, or correct the property");
    }

    /**
     * Examines a folder that routes use: it is there, or can be made, and can be written to. It is not made.
     *
     * @param subject what it is for
     */
    public static Finding reachable(String subject, Path folder) {
        Path there = folder;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        Path file = there.resolve(name());
        try {
            Files.createFile(file);
        } catch (IOException e) {
            return Finding.error(
                    subject,
                    folder
                            + (there.equals(folder) ? " can't be written to: " : " is not there, and can't be made: ")
                            + e,
                    "make it, or mount it, and let the user that runs Darkroom (" + System.getProperty("user.name")
                            + ") write there");
        } finally {
            delete(file);
        }
        return there.equals(folder)
                ? Finding.ok(subject, folder + " is there, and can be written to")
                : Finding.warning(
                        subject,
                        folder + " is not there; it will be made, in " + there,
                        "if it is a share, mount it first; if not, nothing");
    }

    /**
     * Looks at a folder that the service works in, without touching it: what may have changed since the start.
     *
     * @param fileSystem what {@link #fileSystem} said at the start
     * @return what is wrong, or may soon be; empty if all is well
     */
    public static List<Finding> running(String subject, Path folder, String fileSystem) {
        FolderCheck check = new FolderCheck(subject, folder);
        if (!Files.isDirectory(folder)) {
            return List.of(
                    Finding.error(subject, "there is no folder " + folder + " any more", "make it, or mount it"));
        }
        if (!Files.isWritable(folder)) {
            return List.of(Finding.error(
                    subject,
                    folder + " can't be written to any more",
                    "let the user that runs Darkroom write there; is the mount read-only?"));
        }
        String now = fileSystem(folder);
        if (!now.equals(fileSystem)) {
            return List.of(Finding.error(
                    subject,
                    folder + " is on another file system than at the start (" + now + ", was " + fileSystem + ")",
                    "mount it again; or start Darkroom again if that is right"));
        }
        try {
            check.space();
        } catch (IOException e) {
            return List.of(Finding.error(subject, folder + " does not say how much is free: " + e, "see its mount"));
        }
        return List.copyOf(check.findings);
    }

    /** Which file system a folder is on, for people and for comparing; empty if it is not there. */
    public static String fileSystem(Path folder) {
        try {
            FileStore store = Files.getFileStore(folder);
            return store.name() + " (" + store.type() + ")";
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether a rename from one folder to the other is one step. */
    public static Finding together(String subject, Path one, Path other) {
        Path from = one.resolve(name());
        Path to = other.resolve(from.getFileName());
        try {
            Files.createFile(from);
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            return Finding.ok(subject, one + " and " + other + " are on one file system");
        } catch (AtomicMoveNotSupportedException e) {
            return Finding.warning(
                    subject,
                    one + " and " + other + " are on different file systems: files are copied from one to the other",
                    "nothing, or put them on one, which is faster");
        } catch (IOException e) {
            return Finding.error(subject, "nothing can be moved from " + one + " to " + other + ": " + e, "see above");
        } finally {
            delete(from);
            delete(to);
        }
    }

    private void examine() throws InterruptedException {
        Path file = folder.resolve(name());
        try {
            Files.createDirectories(folder);
            Files.writeString(file, "written by darkroom check");
            durable(file);
            clock(file);
            renamed(file);
            notification();
            space();
        } catch (IOException e) {
            findings.add(Finding.error(
                    subject,
                    folder + " can't be worked in: " + e,
                    "make it, and let the user that runs Darkroom (" + System.getProperty("user.name")
                            + ") write there; is the mount read-only or full?"));
        } finally {
            delete(file);
        }
    }

    private void durable(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileChannel holder = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
            holder.force(true);
        } catch (IOException e) {
            findings.add(
                    Finding.error(
                            subject,
                            folder + " can't be forced to the disk (fsync): " + e,
                            "use another file system, or set darkroom.durable=false, which is not safe against power failures"));
        }
    }

    private void clock(Path file) throws IOException {
        Duration skew = Duration.between(Files.getLastModifiedTime(file).toInstant(), Instant.now());
        if (skew.abs().compareTo(SKEW) > 0) {
            findings.add(Finding.warning(
                    subject,
                    "the clock of " + folder + " differs by " + skew.toSeconds() + " s from that of this machine",
                    "let both keep time by NTP; Darkroom itself does not depend on it"));
        }
    }

    private void renamed(Path file) throws IOException {
        Path below = folder.resolve(name());
        try {
            Files.createDirectory(below);
            Files.move(file, below.resolve("renamed"), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(below.resolve("renamed"));
            delete(below);
        }
        Path lower = folder.resolve(name() + "-case");
        try {
            Files.createFile(lower);
            if (Files.exists(folder.resolve(lower.getFileName().toString().replace("-case", "-CASE")))) {
                findings.add(Finding.warning(
                        subject,
                        folder + " does not tell Cat.json from cat.json",
                        "don't drop files whose names differ in case alone"));
            }
        } finally {
            delete(lower);
        }
    }

    /** Folders are polled, so this is for information alone. */
    private void notification() throws IOException, InterruptedException {
        Path seen = folder.resolve(name());
        try (WatchService watch = FileSystems.getDefault().newWatchService()) {
            folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            Files.createFile(seen);
            boolean told = watch.poll(NOTIFICATION, TimeUnit.MILLISECONDS) != null;
            findings.add(Finding.ok(
                    subject,
                    folder + " can be worked in; changes are " + (told ? "" : "not ")
                            + "notified, and found by looking (" + "darkroom.drop.poll) either way"));
        } finally {
            delete(seen);
        }
    }

    private void space() throws IOException {
        FileStore store = Files.getFileStore(folder);
        long free = store.getUsableSpace();
        String words = String.format("%.1f GB are free in %s", (double) free / GB, folder);
        if (free < TOO_LITTLE) {
            findings.add(Finding.error(subject, words, "make room"));
        } else if (free < LITTLE) {
            findings.add(Finding.warning(subject, words, "make room before it is full"));
        }
    }

    /** Passed over by drop folders. */
    private static String name() {
        return ".darkroom-check-" + UUID.randomUUID() + Disk.PART;
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // it could not be made either, or the finding says what is wrong
        }
    }
}
