package darkroom.camel;

import darkroom.camel.component.WebuiConstants;
import darkroom.job.Task;
import darkroom.work.JobFolder;
import darkroom.work.WorkFolder;
import java.io.IOException;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Handler;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.MDC;

/** Step: task in and out. Says to the log, to the steps that follow and to {@code webui:} which task it is. */
final class BeginTask {
    /** Exchange property: the {@link Task} that the exchange is about. */
    static final String TASK = "darkroom.task";

    private final WorkFolder work;
    private final OutputFolders outputs;

    BeginTask(WorkFolder work, OutputFolders outputs) {
        this.work = work;
        this.outputs = outputs;
    }

    /** Begins. */
    @Handler
    public void begin(@Body String document, Exchange exchange) throws IOException {
        Task task = JobFolder.task(document);
        exchange.setProperty(TASK, task);
        MDC.put("job", task.jobId());
        MDC.put("task", task.id());
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                MDC.remove("job");
                MDC.remove("task");
            }
        });
        JobFolder folder = work.get(task.jobId());
        exchange.getMessage().removeHeaders("*"); // what came along is nobody's instruction
        exchange.getMessage().setHeader(WebuiConstants.ATTACHMENTS, folder.path());
        exchange.getMessage()
                .setHeader(WebuiConstants.PICTURES, outputs.of(folder.job()).incoming(task.number()));
    }
}
