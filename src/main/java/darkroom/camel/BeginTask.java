package darkroom.camel;

import darkroom.camel.component.WebuiConstants;
import darkroom.job.CancelledException;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import darkroom.work.JobFolder;
import darkroom.work.WorkFolder;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Handler;
import org.slf4j.MDC;

/** Step: task in and out. Says to the log, to the steps that follow and to {@code webui:} which task it is. */
final class BeginTask {
    /** Exchange property: the {@link Task} that the exchange is about. */
    static final String TASK = "darkroom.task";

    private final WorkFolder work;
    private final OutputFolders outputs;
    private final InHand inHand;
    private final Pauses pauses;
    private final JobEvents events;

    BeginTask(WorkFolder work, OutputFolders outputs, InHand inHand, Pauses pauses, JobEvents events) {
        this.pauses = pauses;
        this.events = events;
        this.inHand = inHand;
        this.work = work;
        this.outputs = outputs;
    }

    /**
     * Begins.
     *
     * @return the task; with its picture, if it follows another one
     * @throws CancelledException if its job was cancelled, and may be over by now
     * @throws ProblemException if the picture that it goes on from is not there
     */
    @Handler
    public String begin(@Body String document, Exchange exchange) throws IOException {
        Task task = JobFolder.task(document);
        exchange.setProperty(TASK, task);
        MDC.put("job", task.jobId());
        MDC.put("task", task.id());
        WhenDone.run(exchange, () -> {
            MDC.remove("job");
            MDC.remove("task");
        });
        inHand.begin(task, exchange); // before it looks: who cancels a job writes first, and then looks what has begun
        JobFolder folder = work.find(task.jobId())
                .filter(job -> !job.isCancelled() || job.hasReceipt(task.number()))
                .orElseThrow(() -> new CancelledException("it was not sent"));
        events.accepted(folder);
        exchange.getMessage().removeHeaders("*"); // what came along is nobody's instruction
        if (folder.hasReceipt(task.number())) {
            return document; // it is only handed over
        }
        exchange.getMessage().setHeader(WebuiConstants.ATTACHMENTS, folder.path());
        exchange.getMessage()
                .setHeader(
                        WebuiConstants.PICTURES, outputs.toWrite(folder.job()).incoming(task.number()));
        exchange.getMessage().setHeader(WebuiConstants.CANCELLED, (BooleanSupplier) folder::isCancelled);
        exchange.getMessage().setHeader(WebuiConstants.LANE, folder.job().lane());
        exchange.getMessage().setHeader(WebuiConstants.HELD, (BooleanSupplier)
                () -> pauses.isPaused(folder.job().lane()));
        exchange.getMessage().setHeader(WebuiConstants.PRIORITY, folder.job().priority());
        exchange.getMessage().setHeader(WebuiConstants.SENT, new SentTask(folder, task.number(), events));
        if (task.follows() == null) {
            return document;
        }
        Task ready = FollowedPicture.of(task, folder, outputs.of(folder.job())).attached();
        exchange.setProperty(TASK, ready);
        return JobFolder.document(ready);
    }
}
