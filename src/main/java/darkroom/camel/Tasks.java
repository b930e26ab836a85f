package darkroom.camel;

import darkroom.files.Disk;
import darkroom.job.Follows;
import darkroom.job.Job;
import darkroom.job.Task;
import darkroom.job.TraceContext;
import darkroom.work.JobFolder;
import darkroom.work.WorkFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.jspecify.annotations.Nullable;

/** Expressions and steps by which routes go through jobs, their tasks, and the outputs of these. */
final class Tasks {
    private static final Duration LOOK_AT_ALL = Duration.ofMinutes(5);

    private final WorkFolder work;
    private final InHand inHand;
    private final Pauses pauses;
    private final LaneRoom room;
    private long lookAtAll = System.nanoTime();

    Tasks(WorkFolder work, InHand inHand, Pauses pauses, LaneRoom room) {
        this.room = room;
        this.pauses = pauses;
        this.work = work;
        this.inHand = inHand;
    }

    /**
     * The ids of jobs that nobody in this process has in hand. Those that wait for deliveries alone are ended by these; they
     * are among them at the first look, and then now and then, for what somebody has moved by hand.
     */
    public synchronized List<String> unfinishedJobs() throws IOException {
        boolean all = System.nanoTime() - lookAtAll >= 0;
        lookAtAll = all ? System.nanoTime() + LOOK_AT_ALL.toNanos() : lookAtAll;
        List<String> unfinished = new ArrayList<>();
        for (JobFolder folder : all ? work.jobs() : work.jobsToDo()) {
            String id = folder.job().id();
            if (!inHand.contains(id) && !isPaused(folder) && (!folder.isSetAside() || folder.lacksDeliveriesAlone())) {
                unfinished.add(id);
            }
        }
        return unfinished;
    }

    /** The next look is at all jobs. */
    synchronized void lookAtAll() {
        lookAtAll = System.nanoTime();
    }

    /** Step: job id in and out. The job is in hand until this exchange is over. */
    public void hold(@Body String jobId, Exchange exchange) {
        inHand.hold(jobId, exchange);
    }

    /** Step: task in and out. Its job is in hand until the task has been through the queue and all that follows. */
    public void holdTask(@Body String document, Exchange exchange) throws IOException {
        Task task = JobFolder.task(document);
        inHand.hold(task.jobId(), exchange);
        inHand.hold(task.id(), exchange);
        Job job = work.get(task.jobId()).job();
        room.hold(job.lane(), exchange);
        String trace = job.trace();
        if (trace != null) {
            exchange.getMessage().setHeader(TraceContext.HEADER, trace);
        }
    }

    /** Job id in; its tasks that are to be generated, one by one. */
    public Iterator<String> toGenerate(@Body String jobId) throws IOException {
        Optional<JobFolder> folder = work.find(jobId);
        return folder.isEmpty() ? List.<String>of().iterator() : tasks(folder.get(), this::isToGenerate);
    }

    /** What follows the task that was made, each behind what it follows. */
    public List<String> following(@ExchangeProperty(BeginTask.TASK) Task made) throws IOException {
        List<String> following = new ArrayList<>();
        for (Task task : made.following().toList()) {
            following.add(JobFolder.document(task));
        }
        return following;
    }

    /** Task in; whether it is to be generated, and the picture that it goes on from is there. */
    public boolean isNext(@Body String document) throws IOException {
        Task task = JobFolder.task(document);
        Optional<JobFolder> folder = work.find(task.jobId());
        return folder.isPresent() && !inHand.contains(task.id()) && isReady(folder.get(), task);
    }

    /** What follows another one is made together with it, unless that was stopped. */
    private boolean isToGenerate(JobFolder folder, Task task) {
        return isReady(folder, task) && (task.follows() == null || !inHand.contains(task.firstId()));
    }

    private boolean isReady(JobFolder folder, Task task) {
        Follows follows = task.follows();
        return !isPaused(folder)
                && !folder.isCancelled()
                && !folder.isOver(task.number())
                && !folder.hasReceipt(task.number())
                && (follows == null || folder.hasReceipt(follows.task()));
    }

    /** Job id in; its tasks whose outputs are published and still to be handed over, one by one. */
    public Iterator<String> toHandOver(@Body String jobId) throws IOException {
        Optional<JobFolder> folder = work.find(jobId);
        return folder.isEmpty() || !folder.get().hasReceipts()
                ? List.<String>of().iterator() // as with every new job: its plan need not be read for that
                : tasks(folder.get(), (job, task) -> !job.isOver(task.number()) && job.hasReceipt(task.number()));
    }

    /** It waits, unless it is not wanted any more. */
    private boolean isPaused(JobFolder folder) {
        return pauses.isPaused(folder.job().lane()) && !folder.isCancelled();
    }

    private interface Wanted {
        boolean test(JobFolder folder, Task task);
    }

    private Iterator<String> tasks(JobFolder folder, Wanted wanted) throws IOException {
        return new Remaining(folder.plan(), document -> isWanted(folder, document, wanted));
    }

    /** A task may still be in the queue from an earlier look at its job. */
    private boolean isWanted(JobFolder folder, String document, Wanted wanted) {
        try {
            Task task = JobFolder.task(document);
            return !inHand.contains(task.id()) && wanted.test(folder, task);
        } catch (IOException e) {
            throw Disk.unchecked(e);
        }
    }

    /** The lines of a plan that are wanted at the moment when it is their turn. */
    private static final class Remaining implements Iterator<String> {
        private final JobFolder.Plan plan;
        private final Predicate<String> wanted;
        private @Nullable String next;

        Remaining(JobFolder.Plan plan, Predicate<String> wanted) {
            this.plan = plan;
            this.wanted = wanted;
        }

        @Override
        public boolean hasNext() {
            while (next == null && plan.hasNext()) {
                String document = plan.next();
                next = wanted.test(document) ? document : null;
            }
            if (next == null) {
                close();
            }
            return next != null;
        }

        @Override
        public String next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            String document = next;
            next = null;
            return Objects.requireNonNull(document);
        }

        private void close() {
            try {
                plan.close();
            } catch (IOException e) {
                throw Disk.unchecked(e);
            }
        }
    }
}
