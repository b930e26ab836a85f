package darkroom.camel;

import darkroom.files.Disk;
import darkroom.job.AwayException;
import darkroom.job.Job;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.output.OutputFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the outputs of each job are.
 *
 * @param root the folder of all
 * @param device what it was on at the start; null where devices have no number
 */
record OutputFolders(Path root, Disk disk, @Nullable Object device) {
    OutputFolders(Path root, Disk disk) {
        this(root, disk, device(root));
    }

    /** The folder of a job, for its name alone. */
    OutputFolder of(Job job) {
        return new OutputFolder(root, job, disk);
    }

    /**
     * The folder of a job, to be written to. A share that is gone leaves an empty folder behind, or none: what is written there
     * would be hidden when it returns.
     *
     * @throws AwayException if the folder of all is not the one it was at the start, or can't be written to
     */
    OutputFolder toWrite(Job job) {
        Object now = device(root);
        if (!Files.isDirectory(root) || (device != null && !device.equals(now))) {
            throw new AwayException(
                    Problem.of(
                            ProblemCode.STORAGE_FAILED,
                            "the output folder " + root
                                    + " is not the one that was there at the start; was it a mounted one?",
                            "the job waits and goes on by itself when it is back; restart the service if the new one is right"));
        }
        if (!Files.isWritable(root)) {
            throw new AwayException(Problem.of(
                    ProblemCode.STORAGE_FAILED,
                    "the output folder " + root + " can't be written to",
                    "the job waits and goes on by itself when it can; is it mounted read-only, or somebody else's?"));
        }
        return of(job);
    }

    private static @Nullable Object device(Path root) {
        try {
            return Files.getAttribute(root, "unix:dev");
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return null;
        }
    }
}
