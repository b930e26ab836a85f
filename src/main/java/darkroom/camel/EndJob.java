package darkroom.camel;

import darkroom.files.Disk;
import darkroom.job.Job;
import darkroom.job.Task;
import darkroom.json.Json;
import darkroom.output.Manifest;
import darkroom.output.OutputFolder;
import darkroom.output.Receipt;
import darkroom.work.JobFolder;
import darkroom.work.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Steps that end tasks, and a job with the last of its tasks: the prompt file goes to {@code done/} or {@code failed/}. */
final class EndJob {
    private static final Logger LOG = LoggerFactory.getLogger(EndJob.class);

    private final WorkFolder work;
    private final OutputFolders folders;
    private final Path done;
    private final FailedFiles failed;
    private final Disk disk;

    EndJob(WorkFolder work, OutputFolders folders, Path done, FailedFiles failed, Disk disk) {
        this.work = work;
        this.folders = folders;
        this.done = done;
        this.failed = failed;
        this.disk = disk;
    }

    /** Step: a task whose outputs have been delivered. */
    public void delivered(@Body String document) throws IOException {
        Task task = JobFolder.task(document);
        work.get(task.jobId()).setDelivered(task.number());
        ifOver(task.jobId());
    }

    /** A task can't be done. */
    void failed(Task task, ErrorFile error) throws IOException {
        work.get(task.jobId()).writeFailure(task.number(), error);
        ifOver(task.jobId());
    }

    /** Step: a job id. Ends the job if none of its tasks has anything left to do. */
    public synchronized void ifOver(@Body String jobId) throws IOException {
        Optional<JobFolder> found = work.find(jobId);
        if (found.isEmpty() || found.get().over() < found.get().job().tasks()) {
            return;
        }
        JobFolder folder = found.get();
        OutputFolder outputs = folders.of(folder.job());
        List<Path> failures = folder.failures();
        if (failures.isEmpty()) {
            endWell(folder, outputs);
        } else {
            endBadly(folder, outputs, Json.mapper().readValue(failures.get(0).toFile(), ErrorFile.class));
        }
    }

    private void endWell(JobFolder folder, OutputFolder outputs) throws IOException {
        Job job = folder.job();
        if (!outputs.hasManifest()) {
            outputs.writeManifest(manifest(folder));
        }
        outputs.tidy();
        if (Files.exists(folder.promptFile())) { // else an earlier try got as far as this
            Path lane = Files.createDirectories(done.resolve(job.lane()));
            disk.moveAnywhere(folder.promptFile(), Moved.free(lane, job.fileName(), job.id()));
        }
        work.remove(folder);
        LOG.info("{}: done after {}", job.id(), words(Duration.between(job.acceptedAt(), Instant.now())));
    }

    private void endBadly(JobFolder folder, OutputFolder outputs, ErrorFile error) throws IOException {
        Job job = folder.job();
        outputs.tidy();
        if (Files.exists(folder.promptFile())) { // else an earlier try got as far as this
            Path target = failed.put(folder.promptFile(), job, error);
            LOG.error("{}: {}; {} ({})", target, error.message(), error.hint(), error.code());
        }
        if (!folder.hasReceipts()) { // what is finished is not made again if the file comes back
            work.remove(folder);
        }
    }

    private static Manifest manifest(JobFolder folder) throws IOException {
        Job job = folder.job();
        List<Receipt> receipts = new ArrayList<>();
        for (int task = 1; task <= job.tasks(); task++) {
            receipts.add(folder.readReceipt(task, Receipt.class));
        }
        return new Manifest(
                job.id(),
                job.name(),
                job.lane(),
                job.fileName(),
                job.sha256(),
                job.defaults(),
                job.acceptedAt(),
                Instant.now(),
                receipts.stream().mapToInt(receipt -> receipt.outputs().size()).sum(),
                receipts);
    }

    private static String words(Duration duration) {
        return duration.toMillis() < 10_000
                ? String.format("%.1f s", duration.toMillis() / 1000.0)
                : duration.toSeconds() < 120 ? duration.toSeconds() + " s" : duration.toMinutes() + " min";
    }
}
