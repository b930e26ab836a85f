package darkroom.camel;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.files.Keep;
import darkroom.files.TolerantVisitor;
import darkroom.json.Json;
import darkroom.outbox.Outbox;
import darkroom.output.OutputFolder;
import darkroom.promptfile.PromptFolder;
import darkroom.work.JobFolder;
import darkroom.work.WorkFolder;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step: deletes what {@code darkroom.keep.*} does not keep any longer. What a job at work or a delivery still needs stays,
 * however old it is.
 */
final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    /** A folder on its way out; it is not seen by anybody who looks for outputs. */
    private static final String GOING = ".going-";

    private final Keeps keeps;
    private final Path done;
    private final Path outputs;
    private final FailedFiles failed;
    private final FailedFiles cancelled;
    private final WorkFolder work;
    private final Outboxes outboxes;

    /** How much of what is kept. */
    record Keeps(Keep done, Keep failed, Keep cancelled, Keep outputs, Keep dead) {}

    /** The outboxes of all processes that share the folders. */
    @FunctionalInterface
    interface Outboxes {
        List<Outbox> all() throws IOException;
    }

    Retention(
            Keeps keeps,
            Path done,
            Path outputs,
            FailedFiles failed,
            FailedFiles cancelled,
            WorkFolder work,
            Outboxes outboxes) {
        this.keeps = keeps;
        this.done = done;
        this.outputs = outputs;
        this.failed = failed;
        this.cancelled = cancelled;
        this.work = work;
        this.outboxes = outboxes;
    }

    /** Prunes. */
    public void prune() throws IOException {
        prune(keeps.done(), "done", this::doneFiles, item -> delete(item, done));
        prune(keeps.failed(), "failed", () -> ended(failed), item -> deleteEnded(item, failed));
        prune(keeps.cancelled(), "cancelled", () -> ended(cancelled), item -> deleteEnded(item, cancelled));
        prune(keeps.dead(), "given up deliveries", this::deadLetters, item -> delete(item, outputs));
        prune(keeps.outputs(), "outputs", this::outputFolders, this::deleteOutputs);
    }

    private interface Found {
        List<Keep.Item> items() throws IOException;
    }

    private interface Deletion {
        void delete(Keep.Item item) throws IOException;
    }

    private static void prune(Keep keep, String what, Found found, Deletion deletion) throws IOException {
        if (keep.isAll()) {
            return;
        }
        List<Keep.Item> gone = keep.tooMuch(found.items(), Instant.now());
        long bytes = 0;
        for (Keep.Item item : gone) {
            bytes += item.size().bytes();
            deletion.delete(item);
        }
        if (!gone.isEmpty()) {
            LOG.info("{}: {} deleted, {} MB, as darkroom.keep says", what, gone.size(), bytes >> 20);
        }
    }

    private static void delete(Keep.Item item, Path root) throws IOException {
        for (Path path : item.paths()) {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Disk.deleteTree(path);
            } else {
                Files.deleteIfExists(path);
            }
            Disk.pruneEmpty(path.getParent(), root);
        }
    }

    /** What is kept of the job for another try goes as well, unless somebody has just moved its prompt file back. */
    private void deleteEnded(Keep.Item item, FailedFiles folder) throws IOException {
        for (Path path : item.paths()) {
            Optional<String> job = path.toString().endsWith(FailedFiles.ERROR) ? jobId(path) : Optional.empty();
            Optional<JobFolder> kept = job.isPresent() ? work.findAnywhere(job.get()) : Optional.empty();
            if (kept.isPresent() && kept.get().isSetAside()) {
                work.remove(kept.get());
            }
        }
        delete(item, folder.root());
    }

    /** In one step as seen by others, so that nobody finds half of them. */
    private void deleteOutputs(Keep.Item item) throws IOException {
        for (Path folder : item.paths()) {
            Path going = folder.resolveSibling(GOING + UUID.randomUUID());
            Files.move(folder, going);
            Disk.deleteTree(going);
            Disk.pruneEmpty(folder.getParent(), outputs);
        }
    }

    private List<Keep.Item> doneFiles() throws IOException {
        List<Keep.Item> items = new ArrayList<>();
        for (Path file : files(done)) {
            items.add(item(List.of(file), file));
        }
        return items;
    }

    /** A prompt file goes with what is said about it, with its refused pictures, and with what is kept of its job. */
    private List<Keep.Item> ended(FailedFiles folder) throws IOException {
        Map<Path, @Nullable Path> byError = new LinkedHashMap<>();
        List<Path> files = files(folder.root());
        for (Path file : files) {
            if (!file.toString().endsWith(FailedFiles.ERROR) && !isRefused(file)) {
                byError.put(FailedFiles.errorFile(file), file);
            }
        }
        for (Path file : files) {
            if (file.toString().endsWith(FailedFiles.ERROR)) {
                byError.putIfAbsent(file, null); // its prompt file was moved away
            }
        }
        List<Keep.Item> items = new ArrayList<>();
        for (Map.Entry<Path, @Nullable Path> entry : byError.entrySet()) {
            Path error = entry.getKey();
            List<Path> paths = new ArrayList<>();
            Optional<String> job = jobId(error);
            if (job.isPresent()) {
                Optional<JobFolder> kept = work.findAnywhere(job.get());
                if (kept.isPresent() && !kept.get().isSetAside()) {
                    continue; // it is at work again
                }
                paths.add(error.resolveSibling(job.get() + FailedFiles.REFUSED));
            }
            if (entry.getValue() != null) {
                paths.add(entry.getValue());
            }
            paths.add(error);
            paths.removeIf(path -> !Files.exists(path, LinkOption.NOFOLLOW_LINKS));
            if (!paths.isEmpty()) {
                items.add(item(paths, paths.get(paths.size() - 1)));
            }
        }
        return items;
    }

    private static boolean isRefused(Path file) {
        return String.valueOf(file.resolveSibling("").getFileName()).endsWith(FailedFiles.REFUSED);
    }

    private static Optional<String> jobId(Path error) {
        try {
            JsonNode job = Json.mapper().readTree(error.toFile()).path("job");
            return job.isTextual()
                            && job.asText().matches("[^/\\\\\\x00]+")
                            && !job.asText().startsWith(".")
                    ? Optional.of(job.asText())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // it is not there, or somebody has edited it
        }
    }

    private List<Keep.Item> deadLetters() throws IOException {
        List<Keep.Item> items = new ArrayList<>();
        for (Outbox outbox : outboxes.all()) {
            for (Path file : outbox.dead()) {
                items.add(item(List.of(file, Outbox.errorFile(file)), file));
            }
        }
        return items;
    }

    /** Folders of jobs that are over, and of which nothing waits to be delivered. */
    private List<Keep.Item> outputFolders() throws IOException {
        Set<Path> needed = new HashSet<>();
        for (Outbox outbox : outboxes.all()) {
            for (String folder : outbox.jobFolders()) {
                needed.add(outputs.resolve(folder).normalize());
            }
        }
        List<Path> folders = new ArrayList<>();
        Files.walkFileTree(outputs, new TolerantVisitor() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (folder.getFileName().toString().startsWith(GOING)) {
                    Disk.deleteTree(folder); // a process that died was deleting it
                    return FileVisitResult.SKIP_SUBTREE;
                }
                if (folder.equals(outputs) || !isOfJob(folder)) {
                    return FileVisitResult.CONTINUE;
                }
                folders.add(folder);
                return FileVisitResult.SKIP_SUBTREE;
            }
        });
        List<Keep.Item> items = new ArrayList<>();
        for (Path folder : folders) {
            if (!needed.contains(folder)
                    && work.findAnywhere(folder.getFileName().toString()).isEmpty()) {
                Path manifest = folder.resolve(OutputFolder.MANIFEST);
                items.add(item(List.of(folder), Files.exists(manifest) ? manifest : folder));
            }
        }
        return items;
    }

    /** A lane holds folders alone. */
    private static boolean isOfJob(Path folder) throws IOException {
        for (Path path : Disk.list(folder)) {
            if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) || OutputFolder.isIncoming(path)) {
                return true;
            }
        }
        return false;
    }

    private static List<Path> files(Path root) throws IOException {
        return PromptFolder.foldersAndFiles(root).stream()
                .filter(file ->
                        PromptFolder.is(file) || !file.getFileName().toString().startsWith("."))
                .toList();
    }

    /** Some paths that go together; one of them, or something in it, says since when they are there. */
    private static Keep.Item item(List<Path> paths, Path since) {
        return new Keep.Item(paths, came(since), () -> {
            long sum = 0;
            for (Path path : paths) {
                sum += size(path);
            }
            return sum;
        });
    }

    /** When it was put there. A file that is moved keeps the time of its last change, which may be long ago. */
    private static Instant came(Path path) {
        try {
            Object changed = Files.getAttribute(path, "unix:ctime", LinkOption.NOFOLLOW_LINKS);
            if (changed instanceof FileTime time) {
                return time.toInstant();
            }
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            LOG.debug("{} does not say when it came", path, e);
        }
        try {
            return Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
        } catch (IOException e) {
            return Instant.now(); // it is gone
        }
    }

    private static long size(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            long sum = 0;
            for (Path file : files(path)) {
                sum += size(file);
            }
            return sum;
        }
        try {
            return Files.size(path);
        } catch (IOException e) {
            return 0; // it is gone
        }
    }
}
