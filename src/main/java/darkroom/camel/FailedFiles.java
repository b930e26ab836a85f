package darkroom.camel;

import darkroom.files.Disk;
import darkroom.files.SafeName;
import darkroom.files.SharedLocks;
import darkroom.job.Job;
import darkroom.json.Json;
import darkroom.promptfile.PromptFolder;
import darkroom.webui.CheckedAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder {@code failed/}: each prompt file that failed, and beside it {@code NAME.error.json}, which says why. A file
 * that is moved back into its drop folder is tried again. Likewise {@code cancelled/}.
 */
final class FailedFiles {
    /** The ending of error files; they are never taken for prompt files. */
    static final String ERROR = ".error.json";

    /** The ending of folders with refused pictures. */
    static final String REFUSED = ".refused";

    private static final Logger LOG = LoggerFactory.getLogger(FailedFiles.class);

    private final Path root;
    private final Disk disk;
    private final SharedLocks locks;
    private final AtomicLong put = new AtomicLong();

    FailedFiles(Path root, SharedLocks locks, Disk disk) {
        this.root = root;
        this.locks = locks;
        this.disk = disk;
    }

    /** Puts a file that could not be read where its author finds it. */
    Path put(Claim claim, ErrorFile error) throws IOException {
        return put(claim.file(), claim.lane(), claim.fileName(), claim.id(), error);
    }

    /** Puts the file of a job that can't be done where its author finds it. */
    Path put(Path promptFile, Job job, ErrorFile error) throws IOException {
        return put(promptFile, job.lane(), job.fileName(), job.id(), error);
    }

    private synchronized Path put(Path file, String lane, String fileName, String unique, ErrorFile error)
            throws IOException {
        Path folder = disk.createFolders(root.resolve(lane));
        return locks.hold(folder.resolve(fileName).toString(), () -> {
            Path target = Moved.free(folder, fileName, unique);
            disk.write(
                    errorFile(target),
                    out -> Json.mapper().writerWithDefaultPrettyPrinter().writeValue(out, error));
            disk.moveAnywhere(file, target);
            put.incrementAndGet();
            return target;
        });
    }

    /** How many files were put there since the start. */
    long put() {
        return put.get();
    }

    /** Keeps the pictures of a refused answer for whoever wants to see them, and says where. */
    List<String> keepRefused(Job job, CheckedAnswer answer) throws IOException {
        Path folder = root.resolve(job.lane()).resolve(job.id() + REFUSED);
        List<String> kept = new ArrayList<>();
        for (CheckedAnswer.Made made : answer.pictures()) {
            if (made.file().isInPlace()) {
                kept.add(made.file().path().toString());
            } else if (Files.exists(made.file().path())) {
                disk.createFolders(folder);
                String ending = made.picture() == null
                        ? "broken"
                        : made.picture().format().extension();
                Path target = folder.resolve(made.kind().word() + made.place() + "." + ending);
                disk.moveAnywhere(made.file().path(), target);
                kept.add(target.toString());
            }
        }
        return kept;
    }

    /** The job that a file which comes back had begun, if the file is as it was and some of it is finished. */
    Optional<String> unfinishedJob(Claim claim) throws IOException {
        Path file = errorFile(root.resolve(claim.lane()).resolve(claim.fileName()));
        if (!Files.exists(file) || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            ErrorFile error = Json.mapper().readValue(file.toFile(), ErrorFile.class);
            boolean same =
                    error.job() != null && PromptFolder.sha256(claim.file()).equals(error.promptFileSha256());
            return same ? Optional.ofNullable(error.job()) : Optional.empty();
        } catch (IOException e) {
            LOG.debug("{} can't be read and is not needed", file, e);
            return Optional.empty();
        }
    }

    /** The prompt file of a job that has failed, if it is still where it was put. */
    Optional<Path> find(Job job) {
        Path lane = root.resolve(job.lane());
        for (Path file : List.of(lane.resolve(job.fileName()), Moved.other(lane, job.fileName(), job.id()))) {
            try {
                ErrorFile error = Json.mapper().readValue(errorFile(file).toFile(), ErrorFile.class);
                if (job.id().equals(error.job()) && PromptFolder.isOrFile(file)) {
                    return Optional.of(file);
                }
            } catch (IOException e) {
                LOG.debug("{} can't be read and is not needed", file, e);
            }
        }
        return Optional.empty();
    }

    /** Removes the error file of a job that did not fail in the end. */
    synchronized void forget(Job job, Path promptFile) throws IOException {
        if (promptFile.startsWith(root)) {
            Files.deleteIfExists(errorFile(promptFile));
            Disk.pruneEmpty(root.resolve(job.lane()), root);
        }
    }

    /** Removes the error files of a file that has come back; what they say is no longer so. */
    synchronized void forget(Claim claim) throws IOException {
        Path before = root.resolve(claim.lane()).resolve(claim.fileName());
        if (Files.exists(errorFile(before)) && !Files.exists(before, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(errorFile(before));
        }
        Disk.pruneEmpty(root.resolve(claim.lane()), root);
        Disk.deleteIfThere(errorFile(claim.droppedInto().resolve(claim.fileName()))); // it was moved along
    }

    /** Where it is kept. */
    Path root() {
        return root;
    }

    static Path errorFile(Path file) {
        // a name must not become longer than a file system takes, also while it is being written
        int most = SafeName.MAX_BYTES - ERROR.length() - Disk.PART.length() - 1;
        return file.resolveSibling(SafeName.cut(file.getFileName().toString(), most) + ERROR);
    }
}
