package darkroom.camel;

import darkroom.event.EventType;
import darkroom.files.Disk;
import darkroom.files.SharedLocks;
import darkroom.job.CancelledException;
import darkroom.job.Job;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.Task;
import darkroom.json.Json;
import darkroom.output.Manifest;
import darkroom.output.Output;
import darkroom.output.OutputFolder;
import darkroom.output.Receipt;
import darkroom.work.JobFolder;
import darkroom.work.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.camel.Body;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps that end tasks, and a job with the last of its tasks: the prompt file goes to {@code done/}, {@code failed/} or
 * {@code cancelled/}.
 */
final class EndJob {
    private static final Logger LOG = LoggerFactory.getLogger(EndJob.class);

    /** What to do about a cancelled job. */
    static final String AGAIN = "move the file back into its drop folder to have the rest made";

    private static final int TURNS = 64;

    private final WorkFolder work;
    private final OutputFolders folders;
    private final Path doneFolder;
    private final FailedFiles failed;
    private final FailedFiles cancelled;
    private final Deliveries deliveries;
    private final InHand inHand;
    private final JobEvents events;
    private final FailingLanes failingLanes;
    private final SharedLocks locks;
    private final ContactSheets sheets;
    private final Disk disk;

    /** Jobs whose contact sheets are being made; nothing else of theirs is done meanwhile. */
    private final Set<String> drawing = ConcurrentHashMap.newKeySet();

    /** At least so many tasks of a job have to end before it is over. */
    private final Map<String, Integer> open = new ConcurrentHashMap<>();

    private final AtomicLong done = new AtomicLong();

    /** Of a job one thing is done at a time; what is done for it waits for the disk, and others need not wait for that. */
    private final List<Object> turns = Stream.generate(Object::new).limit(TURNS).toList();

    EndJob(
            WorkFolder work,
            OutputFolders folders,
            Path done,
            FailedFiles failed,
            FailedFiles cancelled,
            Deliveries deliveries,
            InHand inHand,
            JobEvents events,
            FailingLanes failingLanes,
            ContactSheets sheets,
            SharedLocks locks,
            Disk disk) {
        this.failingLanes = failingLanes;
        this.locks = locks;
        this.sheets = sheets;
        this.events = events;
        this.cancelled = cancelled;
        this.inHand = inHand;
        this.work = work;
        this.folders = folders;
        this.doneFolder = done;
        this.failed = failed;
        this.deliveries = deliveries;
        this.disk = disk;
    }

    /** How many jobs were done since the start. */
    long done() {
        return done.get();
    }

    /** Step: a task whose outputs have been handed over to their destinations. */
    public void handedOver(@Body String document) throws IOException {
        Task task = JobFolder.task(document);
        work.get(task.jobId()).setHandedOver(task.number());
        inHand.end(task);
        ended(task.jobId());
    }

    /** A task can't be done, and neither can what follows it. */
    void failed(Task task, ErrorFile error) throws IOException {
        JobFolder folder = work.get(task.jobId());
        for (Task following :
                task.following().toList()) { // first: what is interrupted here is done again from its start
            if (!folder.hasReceipt(following.number())) {
                folder.writeFailure(following.number(), error);
            }
        }
        folder.writeFailure(task.number(), error);
        inHand.end(task);
        if (task.then().isEmpty()) {
            ended(task.jobId());
        } else {
            ifOver(task.jobId()); // several have ended
        }
    }

    /** The job of a task was cancelled when this had begun. */
    void cancelled(Task task, CancelledException what) throws IOException {
        LOG.info("{}: cancelled; {}", task.id(), what.getMessage());
        Optional<JobFolder> found = work.find(task.jobId());
        if (found.isPresent() && found.get().isCancelled()) {
            Job job = found.get().job();
            Problem problem = Problem.of(ProblemCode.CANCELLED, task.id() + ": " + what.getMessage(), AGAIN);
            ErrorFile.About about = new ErrorFile.About(job.fileName(), job.sha256(), job.id(), null, 0, List.of());
            found.get().writeFailure(task.number(), ErrorFile.of(List.of(problem), about));
        }
        inHand.end(task);
        ended(task.jobId());
    }

    /** One delivery of a job is over, well or not. The job may be over long since, or not nearly. */
    void deliveryOver(String jobId) throws IOException {
        Optional<JobFolder> found = work.find(jobId);
        if (found.isPresent() && deliveries.mayBeOver(found.get())) {
            ifOver(jobId);
        }
    }

    /** Step: a job id. Ends the job if none of its tasks has anything left to do. */
    public void ifOver(@Body String jobId) throws IOException {
        synchronized (turn(jobId)) {
            open.remove(jobId);
        }
        ended(jobId);
    }

    /** Thousands of pictures take minutes to be put on sheets: other jobs end meanwhile. */
    private void ended(String jobId) throws IOException {
        Optional<JobFolder> toDraw = endedButForSheets(jobId);
        if (toDraw.isPresent()) {
            try {
                JobFolder folder = toDraw.get();
                List<Output> drawn = sheets.draw(folder, folders.toWrite(folder.job()));
                deliveries.tellSheets(folder.job(), drawn);
                folder.writeSheets(drawn); // last: without it all of this is done again
            } finally {
                drawing.remove(jobId);
            }
            endedButForSheets(jobId);
        }
    }

    /** Ends a job if it is over; the job if its contact sheets have to be made first. */
    private Optional<JobFolder> endedButForSheets(String jobId) throws IOException {
        synchronized (turn(jobId)) {
            return endedInTurn(jobId);
        }
    }

    private Object turn(String jobId) {
        return turns.get(Math.floorMod(jobId.hashCode(), TURNS));
    }

    private Optional<JobFolder> endedInTurn(String jobId) throws IOException {
        if (drawing.contains(jobId)) {
            return Optional.empty(); // whoever draws looks again
        }
        Optional<JobFolder> found = work.find(jobId);
        if (found.isEmpty()) {
            open.remove(jobId);
            return Optional.empty();
        }
        JobFolder folder = found.get();
        boolean all = isAll(folder);
        boolean stopped = folder.isCancelled() && !inHand.hasBegun(jobId) && !folder.hasToHandOver();
        if (!all && !stopped) {
            return Optional.empty();
        }
        events.accepted(folder); // of one that was stopped before anything else
        OutputFolder outputs = folders.of(folder.job());
        List<Path> failures = folder.failures();
        boolean well = all && (failures.isEmpty() || folder.lacksDeliveriesAlone());
        if (well && !folder.isCancelled() && ContactSheets.areMissing(folder)) {
            drawing.add(jobId);
            return found;
        }
        if (well) {
            endDelivered(folder, outputs);
        } else if (folder.isCancelled()) {
            endCancelled(folder, outputs, failures);
        } else {
            endBadly(folder, outputs, Json.mapper().readValue(failures.get(0).toFile(), ErrorFile.class));
        }
        return Optional.empty();
    }

    /** The records of a long job are not counted each time that one is added. */
    private boolean isAll(JobFolder folder) throws IOException {
        String id = folder.job().id();
        int known = open.getOrDefault(id, 0);
        int left = known > 1 ? known - 1 : folder.job().tasks() - folder.over();
        if (left > 0) {
            open.put(id, left);
        } else {
            open.remove(id);
        }
        return left <= 0;
    }

    /** All tasks are done; the rest is a matter of what the job is delivered to. */
    private void endDelivered(JobFolder folder, OutputFolder outputs) throws IOException {
        if (folder.isCancelled() && folder.isSetAside()) {
            return; // it has ended, and waits for its file
        }
        if (!outputs.hasManifest()) {
            outputs.writeManifest(manifest(folder, List.of())); // first: it may be what is delivered
        }
        Deliveries.Progress progress = deliveries.progress(folder);
        if (progress.isMet()) {
            endWell(folder, outputs, progress);
        } else if (folder.isCancelled()) { // what is in the outbox is delivered all the same
            endCancelled(folder, outputs, folder.failures());
        } else if (!progress.isWaiting() && !folder.lacksDeliveriesAlone()) {
            Job job = folder.job();
            outputs.writeManifest(manifest(folder, progress.summary()));
            ErrorFile error = ErrorFile.of(
                    List.of(deliveries.problem(progress)),
                    new ErrorFile.About(
                            job.fileName(), job.sha256(), job.id(), null, deliveries.attempts(progress), List.of()));
            folder.writeDeliveryFailure(error);
            endBadly(folder, outputs, error);
        }
    }

    private void endWell(JobFolder folder, OutputFolder outputs, Deliveries.Progress progress) throws IOException {
        Job job = folder.job();
        boolean told = events.wants(EventType.DONE);
        if (told || !job.deliver().isEmpty()) {
            Manifest manifest = outputs.readManifest();
            if (!manifest.deliveries().equals(progress.summary())) { // else it says already when that was so
                manifest = manifest(folder, progress.summary());
                outputs.writeManifest(manifest);
            }
            if (told) {
                events.done(job, manifest);
            }
        }
        outputs.tidy(task -> true);
        Path promptFile = folder.promptFile();
        if (!Files.exists(promptFile)) { // what could not be delivered was, after the job had failed
            promptFile = failed.find(job).orElse(promptFile);
        }
        if (Files.exists(promptFile)) { // else an earlier try got as far as this
            Path lane = disk.createFolders(doneFolder.resolve(job.lane()));
            Path ended = promptFile;
            locks.run(
                    lane.resolve(job.fileName()).toString(),
                    () -> disk.moveAnywhere(ended, Moved.free(lane, job.fileName(), job.id())));
            done.incrementAndGet();
            failed.forget(job, promptFile);
            failingLanes.succeeded(job);
        }
        work.remove(folder);
        LOG.info("{}: done after {}", job.id(), words(Duration.between(job.acceptedAt(), Instant.now())));
    }

    private void endBadly(JobFolder folder, OutputFolder outputs, ErrorFile error) throws IOException {
        Job job = folder.job();
        outputs.tidy(folder::hasReceipt);
        if (Files.exists(folder.promptFile())) { // else an earlier try got as far as this
            if (events.wants(EventType.FAILED)) {
                events.failed(folder, error);
            }
            Path target = failed.put(folder.promptFile(), job, error);
            LOG.error("{}: {}; {} ({})", target, error.message(), error.hint(), error.code());
            failingLanes.failed(job, error);
        }
        if (!folder.hasReceipts()) { // what is finished is not made again if the file comes back
            work.remove(folder);
        }
    }

    private void endCancelled(JobFolder folder, OutputFolder outputs, List<Path> failures) throws IOException {
        Job job = folder.job();
        outputs.tidy(folder::hasReceipt);
        if (Files.exists(folder.promptFile())) { // else an earlier try got as far as this
            String finished =
                    folder.finished() + " of " + job.tasks() + (job.tasks() == 1 ? " task was" : " tasks were")
                            + " finished" + (folder.hasReceipts() ? ", and its pictures are in " + outputs.path() : "");
            Problem problem =
                    Problem.of(ProblemCode.CANCELLED, "cancelled by " + folder.cancelledBy() + "; " + finished, AGAIN);
            ErrorFile.About about = new ErrorFile.About(job.fileName(), job.sha256(), job.id(), null, 0, List.of());
            List<ErrorFile.Other> tasks = new ArrayList<>();
            for (Path failure : failures) {
                tasks.add(ErrorFile.Other.of(Json.mapper().readValue(failure.toFile(), ErrorFile.class)));
            }
            ErrorFile error = ErrorFile.of(List.of(problem), about).with(tasks);
            if (events.wants(EventType.CANCELLED)) {
                events.cancelled(folder, error);
            }
            Path target = cancelled.put(folder.promptFile(), job, error);
            LOG.info("{}: {}", target, problem.message());
            failingLanes.released(job.lane());
        }
        if (!folder.hasReceipts()) {
            work.remove(folder);
        }
    }

    private static Manifest manifest(JobFolder folder, List<Manifest.Delivery> deliveries) throws IOException {
        Job job = folder.job();
        List<Receipt> receipts = new Receipts(folder);
        List<Output> sheets = folder.readSheets(Output.class);
        return new Manifest(
                job.id(),
                job.name(),
                job.lane(),
                job.fileName(),
                job.sha256(),
                job.labels(),
                job.defaults(),
                job.acceptedAt(),
                Instant.now(),
                receipts.stream().mapToInt(receipt -> receipt.outputs().size()).sum() + sheets.size(),
                deliveries,
                sheets,
                receipts);
    }

    /** Read when they are asked for: of a long job they are more than fit into memory. */
    private static final class Receipts extends AbstractList<Receipt> {
        private final JobFolder folder;
        private int lastIndex = -1;
        private @Nullable Receipt last; // most jobs have one; it is counted, and then written

        Receipts(JobFolder folder) {
            this.folder = folder;
        }

        @Override
        public Receipt get(int index) {
            try {
                Receipt receipt =
                        last != null && index == lastIndex ? last : folder.readReceipt(index + 1, Receipt.class);
                last = receipt;
                lastIndex = index;
                return receipt;
            } catch (IOException e) {
                throw Disk.unchecked(e);
            }
        }

        @Override
        public int size() {
            return folder.job().tasks();
        }
    }

    private static String words(Duration duration) {
        return duration.toMillis() < 10_000
                ? String.format("%.1f s", duration.toMillis() / 1000.0)
                : duration.toSeconds() < 120 ? duration.toSeconds() + " s" : duration.toMinutes() + " min";
    }
}
