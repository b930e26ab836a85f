package darkroom.camel;

import darkroom.camel.outbox.OutboxComponent;
import darkroom.event.Event;
import darkroom.event.EventData;
import darkroom.event.EventType;
import darkroom.files.Disk;
import darkroom.files.SafeName;
import darkroom.job.Job;
import darkroom.job.Task;
import darkroom.outbox.Entry;
import darkroom.outbox.Notice;
import darkroom.outbox.Outbox;
import darkroom.output.Manifest;
import darkroom.work.JobFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells those who subscribe what happens to jobs. An event is in the outbox before what it tells of counts as done: a process
 * that dies in between does that again, and tells it again under the same id. Without a subscription nothing is written.
 */
final class JobEvents {
    private static final Logger LOG = LoggerFactory.getLogger(JobEvents.class);

    private final OutboxComponent subscriptions;
    private final Outbox outbox;
    private final Disk disk;
    private final String source;
    private final HostPaths paths;

    JobEvents(OutboxComponent subscriptions, Outbox outbox, Disk disk, String source, HostPaths paths) {
        this.subscriptions = subscriptions;
        this.outbox = outbox;
        this.disk = disk;
        this.source = source;
        this.paths = paths;
    }

    /** Whether anybody wants to know. */
    boolean wants(EventType type) {
        return subscriptions.subscriptions().values().stream().anyMatch(wanted -> wanted.contains(type));
    }

    /** A job is being prepared: together with it, it is written down that its acceptance is to be told. */
    void prepare(Path staging) throws IOException {
        if (wants(EventType.ACCEPTED)) {
            JobFolder.setToAnnounce(staging, disk);
        }
    }

    /** Tells that a job was accepted, if that was not told yet. */
    synchronized void accepted(JobFolder folder) throws IOException {
        if (folder.isToAnnounce()) {
            Job job = folder.job();
            int round = folder.round();
            Instant time = round == 0 ? job.acceptedAt() : Instant.now();
            tell(EventType.ACCEPTED, job, round, time, EventData.of(job).withTasks(job.tasks()));
            folder.setAnnounced();
        }
    }

    /** Tells that a WebUI has taken up the first task of a job, if that was not told yet. */
    synchronized void started(JobFolder folder) throws IOException {
        if (wants(EventType.STARTED) && !folder.isStarted()) {
            Job job = folder.job();
            Instant now = Instant.now();
            tell(EventType.STARTED, job, folder.round(), now, EventData.of(job).withTasks(job.tasks()));
            folder.setStarted(now);
        }
    }

    /** Tells of an output. */
    void output(Entry entry) throws IOException {
        tell(EventType.OUTPUT, entry.event(source));
    }

    /** Tells that a job has ended well. */
    void done(Job job, Manifest manifest) throws IOException {
        EventData data = EventData.of(job).withTasks(job.tasks()).withOutputs(manifest.outputs());
        tell(
                EventType.DONE,
                Entry.done(source, data, job.acceptedAt(), manifest.finished()).in(job.trace()));
    }

    /** Tells that a job has ended badly. */
    void failed(JobFolder folder, ErrorFile error) throws IOException {
        ended(EventType.FAILED, folder, error.failed(), error);
    }

    /** Tells that a job was cancelled. */
    void cancelled(JobFolder folder, ErrorFile error) throws IOException {
        ended(EventType.CANCELLED, folder, folder.cancelledAt(), error);
    }

    private void ended(EventType type, JobFolder folder, Instant time, ErrorFile error) throws IOException {
        Job job = folder.job();
        EventData data = EventData.of(job).withTasks(job.tasks()).withProblems(problems(error));
        tell(type, job, folder.round(), time, data);
    }

    /** Tells that a prompt file became no job. */
    void failed(Claim claim, ErrorFile error) throws IOException {
        becameNone(EventType.FAILED, claim, error);
    }

    /** Tells that a prompt file was taken back before it became a job. */
    void cancelled(Claim claim, ErrorFile error) throws IOException {
        becameNone(EventType.CANCELLED, claim, error);
    }

    private void becameNone(EventType type, Claim claim, ErrorFile error) throws IOException {
        if (wants(type)) {
            EventData data = EventData.of(claim.lane(), claim.fileName(), error.promptFileSha256(), problems(error));
            String which = (claim.lane().isEmpty() ? "" : claim.lane() + "/") + claim.fileName();
            tell(
                    type,
                    Event.of(
                            source,
                            type,
                            subject(which),
                            error.failed(),
                            data,
                            Claims.first(claim),
                            which,
                            String.valueOf(data.promptFileSha256())));
        }
    }

    /** Tells how far a task is. */
    void progress(Job job, EventData.Progress far) {
        try {
            Instant now = Instant.now();
            EventData data = EventData.of(job).withProgress(far);
            tell(
                    EventType.PROGRESS,
                    Event.of(source, EventType.PROGRESS, job.id(), now, data, identity(job), far.task(), now.toString())
                            .in(job.trace()));
        } catch (IOException e) {
            LOG.debug("{}: its progress can't be told", far.task(), e);
        }
    }

    /** Nobody need know any more how far a task was. */
    void over(Job job, Task task) {
        for (Map.Entry<String, Set<EventType>> subscription :
                subscriptions.subscriptions().entrySet()) {
            if (subscription.getValue().contains(EventType.PROGRESS)) {
                try {
                    outbox.subscription(subscription.getKey()).forgetProgress(task.id(), job.lane());
                } catch (IOException e) {
                    LOG.debug("{}: its progress can't be forgotten", task.id(), e);
                }
            }
        }
    }

    private void tell(EventType type, Job job, int round, Instant time, EventData data) throws IOException {
        tell(
                type,
                Event.of(source, type, job.id(), time, data, identity(job), Integer.toString(round))
                        .in(job.trace()));
    }

    private void tell(EventType type, Event event) throws IOException {
        for (Map.Entry<String, Set<EventType>> subscription :
                subscriptions.subscriptions().entrySet()) {
            if (subscription.getValue().contains(type)) {
                outbox.subscription(subscription.getKey()).put(Notice.of(event));
            }
        }
    }

    /** An id may be given again, but not at the same moment. */
    private static String identity(Job job) {
        return job.lane() + "/" + job.id() + "/" + job.acceptedAt();
    }

    private List<EventData.Problem> problems(ErrorFile error) {
        List<EventData.Problem> problems = new ArrayList<>();
        error.asProblems()
                .forEach(problem -> problems.add(new EventData.Problem(
                        problem.kind(), problem.code(), paths.hide(problem.message()), paths.hide(problem.hint()))));
        return problems;
    }

    /** A name as somebody dropped it may hold anything. */
    private static String subject(String path) {
        List<String> levels = new ArrayList<>();
        for (String level : path.split("/", -1)) {
            levels.add(SafeName.of(level, SafeName.MAX_BYTES));
        }
        return String.join("/", levels);
    }
}
