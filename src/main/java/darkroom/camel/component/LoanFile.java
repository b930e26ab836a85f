package darkroom.camel.component;

import darkroom.files.Disk;
import darkroom.files.SafeName;
import darkroom.files.Sha256;
import darkroom.json.Json;
import darkroom.webui.Loans;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the {@link Loans} of one WebUI outlive the process: a small JSON file, which is there while there are any. All
 * processes that have the folder read and write the same.
 */
final class LoanFile {
    private static final Logger LOG = LoggerFactory.getLogger(LoanFile.class);
    private static final long LOOK_EVERY = 50;
    private static final int LONGEST_NAME = 80;

    private final String url;
    private final @Nullable Path folder;
    private final @Nullable Path file;
    private final Disk disk = new Disk(true);

    /**
     * That of a WebUI.
     *
     * @param folder made when it is needed; null to remember in memory alone
     */
    LoanFile(String url, @Nullable Path folder) {
        this.url = url;
        this.folder = folder;
        this.file = folder == null ? null : folder.resolve(name(url));
    }

    /** One that people recognise, and that no other address has. */
    private static String name(String url) {
        MessageDigest digest = Sha256.digest();
        digest.update(url.getBytes(StandardCharsets.UTF_8));
        String readable = url.replaceAll("^\\w+://", "").replaceAll("[^A-Za-z0-9.-]+", "_");
        return SafeName.cut(readable, LONGEST_NAME) + "-" + Sha256.hex(digest).substring(0, 8) + ".json";
    }

    /** Something that is another one after somebody wrote or deleted it. Costs next to nothing, most of all if there is none. */
    String version() {
        if (file == null || !Files.exists(file)) { // asked for each task, and an exception costs more than the rest
            return "";
        }
        try {
            BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
            return is.lastModifiedTime() + " " + is.size() + " " + is.fileKey();
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * What it holds; nothing if there is none.
     *
     * @throws IOException if there is one, and it can't be read
     */
    Loans read() throws IOException {
        if (file == null) {
            return Loans.NONE;
        }
        try {
            return Loans.of(Json.mapper().readTree(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Loans.NONE;
        }
    }

    /** Writes them down for good; none removes the file. */
    void write(Loans loans) throws IOException {
        if (file == null) {
            return;
        }
        if (loans.isEmpty()) {
            if (Files.deleteIfExists(file)) {
                disk.forceFolder(file);
            }
            return;
        }
        createFolder();
        disk.write(
                file,
                out -> Json.mapper()
                        .writerWithDefaultPrettyPrinter()
                        .writeValue(out, loans.json().put("webui", url)));
    }

    private void createFolder() throws IOException {
        if (folder != null) {
            disk.createFolders(folder);
        }
    }

    /** What is done while no other process does it. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException, InterruptedException;
    }

    /** Does something while no other process that has the folder does. */
    void hold(Work work) throws IOException, InterruptedException {
        if (file == null) {
            work.run();
            return;
        }
        createFolder();
        Path lock = file.resolveSibling("." + file.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = lock(channel)) {
            LOG.trace("{} is held: {}", lock, held);
            work.run();
        }
    }

    /** The operating system locks for a whole process, and two Darkrooms may be in one. */
    private static @Nullable FileLock lock(FileChannel channel) throws InterruptedException {
        while (true) {
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException e) {
                // another one in this process
            } catch (IOException e) {
                LOG.debug("this file system has no locks", e);
                return null;
            }
            Thread.sleep(LOOK_EVERY);
        }
    }
}
