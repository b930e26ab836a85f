package darkroom.camel;

import darkroom.camel.component.ProgressListener;
import darkroom.event.EventData;
import darkroom.event.EventType;
import darkroom.job.Job;
import darkroom.job.Task;
import darkroom.work.JobFolder;
import darkroom.work.WorkFolder;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells those who ask for it how far tasks are. */
final class TaskProgressEvents implements ProgressListener {
    private static final Logger LOG = LoggerFactory.getLogger(TaskProgressEvents.class);

    private final WorkFolder work;
    private final JobEvents events;

    TaskProgressEvents(WorkFolder work, JobEvents events) {
        this.work = work;
        this.events = events;
    }

    @Override
    public boolean isInterested() {
        return events.wants(EventType.PROGRESS);
    }

    @Override
    public void progress(Task task, Far far) {
        about(
                task,
                job -> events.progress(
                        job,
                        new EventData.Progress(task.id(), far.value(), far.step(), far.steps(), far.secondsLeft())));
    }

    @Override
    public void over(Task task) {
        if (isInterested()) {
            about(task, job -> events.over(job, task));
        }
    }

    private void about(Task task, Consumer<Job> what) {
        try {
            Optional<JobFolder> folder = work.find(task.jobId());
            folder.ifPresent(found -> what.accept(found.job()));
        } catch (IOException e) {
            LOG.debug("{}: its progress can't be told", task.id(), e); // it helps, and is not needed
        }
    }
}
