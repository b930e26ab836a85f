package darkroom.camel;

import darkroom.camel.component.Generated;
import darkroom.camel.component.WebuiConstants;
import darkroom.job.CancelledException;
import darkroom.job.Job;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import darkroom.promptfile.PromptFolder;
import darkroom.secret.Secrets;
import darkroom.work.WorkFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Handler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step, for onException: a failed exchange in. What it was about goes to {@code failed/}, with the reason in words.
 */
final class ExplainFailure {
    private static final Logger LOG = LoggerFactory.getLogger(ExplainFailure.class);

    private final WorkFolder work;
    private final FailedFiles failed;
    private final HeldFiles held;
    private final EndJob endJob;
    private final JobEvents events;
    private final FailingLanes failingLanes;

    ExplainFailure(
            WorkFolder work,
            FailedFiles failed,
            HeldFiles held,
            EndJob endJob,
            JobEvents events,
            FailingLanes failingLanes) {
        this.held = held;
        this.events = events;
        this.failingLanes = failingLanes;
        this.work = work;
        this.failed = failed;
        this.endJob = endJob;
    }

    /** Explains. */
    @Handler
    public void explain(Exchange exchange) throws IOException {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        int attempts = exchange.getProperty(SayWhy.ATTEMPTS, 1, Integer.class);
        Task task = exchange.getProperty(BeginTask.TASK, Task.class);
        Claim claim = Claim.in(exchange);
        if (task != null && cause instanceof CancelledException cancelled) {
            endJob.cancelled(task, cancelled);
            return;
        }
        if (task != null && exchange.getContext().isStopping() && SayWhy.wasToBeTriedAgain(exchange)) {
            LOG.info("{}: stopping; it is tried again at the next start", task.id());
            return; // Camel begins no other try then
        }
        List<Problem> problems = problems(task, cause);
        if (task != null) {
            taskFailed(exchange, task, problems, attempts);
        } else if (claim != null && Files.exists(claim.file())) {
            fileFailed(claim, problems, attempts);
        } else {
            // what is at work stays there, and is taken up again
            LOG.error("{}", problems.get(0).sentence(), cause);
        }
    }

    private void taskFailed(Exchange exchange, Task task, List<Problem> problems, int attempts) throws IOException {
        Job job = work.get(task.jobId()).job();
        Generated generated = exchange.getMessage().getBody(Generated.class);
        ErrorFile.About about = new ErrorFile.About(
                job.fileName(),
                job.sha256(),
                job.id(),
                exchange.getProperty(WebuiConstants.BACKEND, String.class),
                attempts,
                generated == null ? List.of() : keepRefused(job, generated));
        endJob.failed(task, ErrorFile.of(problems, about));
    }

    private List<String> keepRefused(Job job, Generated generated) {
        try {
            return failed.keepRefused(job, generated.answer());
        } catch (IOException e) {
            LOG.error("{}: the refused pictures can't be kept ({})", job.id(), e.toString());
            return List.of();
        }
    }

    private void fileFailed(Claim claim, List<Problem> problems, int attempts) throws IOException {
        String sha256 = sha256(claim);
        ErrorFile error =
                ErrorFile.of(problems, new ErrorFile.About(claim.fileName(), sha256, null, null, attempts, List.of()));
        boolean toHold = problems.get(0).code() == ProblemCode.HELD;
        if (!toHold) {
            events.failed(claim, error);
        }
        Path target = toHold ? held.put(claim, error) : failed.put(claim, error);
        Claims.forget(claim);
        failingLanes.released(claim.droppedInto());
        LOG.error("{}: {} ({})", target, problems.get(0).sentence(), error.code());
    }

    /** Null if the file can't be read, which may be what is wrong with it. */
    private static @Nullable String sha256(Claim claim) {
        try {
            return PromptFolder.sha256(claim.file());
        } catch (IOException e) {
            return null;
        }
    }

    private List<Problem> problems(@Nullable Task task, @Nullable Throwable cause) throws IOException {
        if (cause instanceof ProblemException known) {
            return known.problems();
        }
        if (task != null && work.get(task.jobId()).hasReceipt(task.number())) {
            return List.of(
                    Problem.of(
                            ProblemCode.DELIVERY_FAILED,
                            "the pictures are in the output folder, but could not be handed over to their destinations: "
                                    + words(cause),
                            "see that the outbox can be written to and routes/outputs.camel.yaml is right, and move the file back; nothing is generated again"));
        }
        Optional<Throwable> storage = storage(cause);
        if (storage.isPresent()) {
            return List.of(Problem.of(
                    ProblemCode.STORAGE_FAILED,
                    "a file could not be read or written: " + message(storage.get()),
                    "see that the disk has room, that the user of Darkroom may read the file and write in the folder, and move the file"
                            + " back"));
        }
        LOG.error("unexpected", cause); // a bug keeps its stack trace
        return List.of(Problem.of(
                ProblemCode.INTERNAL_ERROR,
                "something unexpected happened: " + message(cause),
                "the log has the whole story; please report it"));
    }

    /** What lies behind a failure, in a few words. */
    static String words(@Nullable Throwable cause) {
        return message(root(cause));
    }

    private static @Nullable Throwable root(@Nullable Throwable cause) {
        Throwable at = cause;
        while (at != null && at.getCause() != null) {
            at = at.getCause();
        }
        return at;
    }

    private static Optional<Throwable> storage(@Nullable Throwable cause) {
        if (cause instanceof UncheckedIOException unchecked) {
            return Optional.ofNullable(unchecked.getCause());
        }
        return cause instanceof IOException ? Optional.of(cause) : Optional.empty();
    }

    private static String message(@Nullable Throwable cause) {
        if (cause == null) {
            return "no reason was given";
        }
        String name = cause.getClass().getSimpleName();
        return cause.getMessage() == null ? name : name + ": " + Secrets.mask(cause.getMessage());
    }
}
