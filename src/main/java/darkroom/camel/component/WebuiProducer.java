package darkroom.camel.component;

import darkroom.job.MayPassException;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.Task;
import darkroom.json.Json;
import darkroom.webui.Answer;
import darkroom.webui.AnswerCheck;
import darkroom.webui.AnswerReader;
import darkroom.webui.Check;
import darkroom.webui.CheckedAnswer;
import darkroom.webui.Checkpoint;
import darkroom.webui.Payload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ShutdownPrepared;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.service.ServiceHelper;

/** Task in, {@link Generated} out. The message stays as it was if anything goes wrong, so that it can be tried again. */
final class WebuiProducer extends DefaultProducer implements ShutdownPrepared {
    private static final String API = "/sdapi/v1/";

    private final Backend backend;
    private final WebuiConfiguration options;
    private final Map<Check, Check.Level> levels;
    private volatile boolean stopping;

    WebuiProducer(WebuiEndpoint endpoint, Backend backend, WebuiConfiguration options) {
        super(endpoint);
        this.backend = backend;
        this.options = options;
        this.levels = options.levels();
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        try {
            generate(exchange);
        } catch (StackOverflowError | LinkageError e) {
            // Camel lets an Error take the consumer's thread with it, and the task would be in hand for ever
            throw new IllegalStateException(e.toString(), e);
        }
    }

    private void generate(Exchange exchange) throws Exception {
        Task task = Json.mapper().readValue(exchange.getMessage().getMandatoryBody(String.class), Task.class);
        Path attachments = folder(exchange, WebuiConstants.ATTACHMENTS);
        Path pictures = folder(exchange, WebuiConstants.PICTURES);
        Payload payload = Payload.of(task, attachments);
        AnswerReader reader = new AnswerReader(pictures, options.getMaxPicture());
        Instant sentAt;
        Answer answer;
        exchange.setProperty(WebuiConstants.BACKEND, backend.url());
        backend.leases().take(() -> stopping);
        try {
            sentAt = Instant.now();
            backend.progress().sent(task.id());
            answer = ask(task, payload, reader);
        } finally {
            backend.progress().over(task.id());
            backend.leases().giveBack();
        }
        Instant answeredAt = Instant.now();
        CheckedAnswer checked = AnswerCheck.check(levels, task, answer, this::checkpoints);
        exchange.getMessage().setBody(new Generated(task, backend.url(), checked, answer.info(), sentAt, answeredAt));
    }

    /** What waits for its turn need not wait any more: it was not sent yet, and the next start will send it. */
    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        stopping |= !suspendOnly;
    }

    @Override
    protected void doStart() throws Exception {
        stopping = false;
        ServiceHelper.startService(backend);
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        ServiceHelper.stopService(backend);
    }

    private Answer ask(Task task, Payload payload, AnswerReader reader) throws IOException {
        try {
            return backend.post(API + task.operation().word(), payload, reader::read);
        } catch (AnswerReader.AnswerException e) {
            throw new MayPassException(Problem.of(
                    ProblemCode.WEBUI_ANSWER_UNREADABLE,
                    "the answer of the WebUI can't be read: " + e.getMessage(),
                    "see that " + backend.url() + " is a Stable Diffusion WebUI, and look at its log"));
        }
    }

    private List<Checkpoint> checkpoints() throws IOException {
        return backend.get(
                API + "sd-models", body -> Checkpoint.list(Json.mapper().readTree(body)));
    }

    private static Path folder(Exchange exchange, String header) {
        Path folder = exchange.getMessage().getHeader(header, Path.class);
        if (folder == null) {
            throw new IllegalArgumentException("webui: needs the header " + header);
        }
        return folder;
    }
}
