package darkroom.camel.component;

import darkroom.job.AwayException;
import darkroom.job.MayPassException;
import darkroom.job.Operation;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Save;
import darkroom.job.Task;
import darkroom.json.Json;
import darkroom.webui.Answer;
import darkroom.webui.AnswerCheck;
import darkroom.webui.AnswerReader;
import darkroom.webui.Asked;
import darkroom.webui.Check;
import darkroom.webui.CheckedAnswer;
import darkroom.webui.Checkpoint;
import darkroom.webui.MountedOutputs;
import darkroom.webui.Payload;
import darkroom.webui.Quirk;
import darkroom.webui.SavedOutputs;
import darkroom.webui.ServedOutputs;
import darkroom.webui.Stamp;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ShutdownPrepared;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;

/** Task in, {@link Generated} out. The message stays as it was if anything goes wrong, so that it can be tried again. */
final class WebuiProducer extends DefaultProducer implements ShutdownPrepared {
    private static final String API = "/sdapi/v1/";

    private final Backend backend;
    private final WebuiConfiguration options;
    private final Map<Check, Check.Level> levels;
    private final @Nullable MountedOutputs outputs;
    private final ServedOutputs served;
    private final SecureRandom random = new SecureRandom();
    private volatile boolean stopping;

    WebuiProducer(WebuiEndpoint endpoint, Backend backend, WebuiConfiguration options) {
        super(endpoint);
        this.backend = backend;
        this.options = options;
        this.levels = options.levels();
        this.outputs = options.mountedOutputs();
        this.served = new ServedOutputs(backend, options.getMaxPicture());
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
        Sending wish = Sending.of(Quirk.complete(task), options.getSave(), outputs, random);
        Instant sentAt;
        Answered answered;
        exchange.setProperty(WebuiConstants.BACKEND, backend.url());
        Lists.Looked looked = backend.lists().look(task, levels);
        backend.leases().take(() -> stopping);
        try {
            sentAt = Instant.now();
            backend.progress().sent(task.id());
            answered = task.operation() == Operation.OPTIONS
                    ? new Answered(wish, new PermanentOptions(backend).change(task), List.of())
                    : backend.priming().guard(wish.options(), overrides -> ask(wish, overrides, attachments, pictures));
        } finally {
            backend.progress().over(task.id());
            backend.leases().giveBack();
        }
        Instant answeredAt = Instant.now();
        Sending sending = answered.sending();
        Answer answer = answered.answer();
        SavedOutputs saved = sending.saved() == Save.MOUNTED ? outputs : sending.saved() == null ? null : served;
        if (saved != null) {
            answer = saved.take(Objects.requireNonNull(sending.stamp()), task, answer, pictures);
        }
        CheckedAnswer checked = AnswerCheck.check(levels, sending.sent(), answer, this::checkpoints);
        checked = checked.with(looked.warnings(), looked.unverified()).with(answered.warnings(), List.of());
        exchange.getMessage()
                .setBody(new Generated(
                        task,
                        sending.sent(),
                        backend.url(),
                        checked,
                        answer.info(),
                        note(sending),
                        sentAt,
                        answeredAt));
    }

    /** What came of a request, and how it was made in the end. */
    private record Answered(Sending sending, Answer answer, List<String> warnings) {}

    private @Nullable String note(Sending sending) throws IOException {
        Stamp stamp = sending.stamp();
        if (stamp == null || sending.saved() != null) {
            return null;
        }
        List<Path> folders = outputs == null ? List.of() : outputs.folders(stamp);
        return "The WebUI keeps the pictures as well, in "
                + (folders.isEmpty()
                        ? "the folder " + stamp.path() + " of its outputs."
                        : folders.stream().map(Path::toString).collect(Collectors.joining(", ")) + ".");
    }

    private Answered ask(Sending wish, Priming.Overrides overrides, Path attachments, Path pictures)
            throws IOException {
        if (wish.stamp() == null) {
            return new Answered(wish, ask(wish.sent(), attachments, pictures), List.of());
        }
        String reason = overrides.reason;
        if (reason.isEmpty() && wish.saved() == Save.DOWNLOAD) {
            reason = obstacle(wish.sent());
        }
        if (reason.isEmpty()) {
            try {
                return new Answered(wish, ask(wish.sent(), attachments, pictures), List.of());
            } catch (ProblemException e) {
                if (!e.problem().message().contains("AssertionError")) {
                    throw e;
                }
                reason = "it has frozen some of the options that this needs"; // --freeze-specific-settings
            }
        }
        Sending fetched = wish.fetched();
        return new Answered(
                fetched,
                ask(fetched.sent(), attachments, pictures),
                List.of("the WebUI's own files can't be told apart, as " + reason + "; the pictures were fetched"));
    }

    /** What keeps its own files from being downloaded by their names; empty if nothing does. */
    private String obstacle(Task task) throws IOException {
        if (new Asked(task).hasScript()) {
            return "a script decides about their names";
        }
        try {
            backend.json("/internal/ping");
            return "";
        } catch (AwayException e) {
            throw e;
        } catch (ProblemException | IOException e) {
            return "it runs without its user interface (--nowebui), which would hand them out";
        }
    }

    /** What waits for its turn need not wait any more: it was not sent yet, and the next start will send it. */
    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        stopping |= !suspendOnly;
    }

    @Override
    protected void doStart() throws Exception {
        stopping = false;
        backend.leases().limit(options.getInFlight()); // who only asks questions has no say in it
        ServiceHelper.startService(backend);
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        ServiceHelper.stopService(backend);
    }

    private Answer ask(Task task, Path attachments, Path pictures) throws IOException {
        Payload payload = Payload.of(task, attachments);
        AnswerReader reader = new AnswerReader(pictures, options.getMaxPicture());
        try {
            return backend.post(payload, in -> reader.read(task.operation(), in));
        } catch (AnswerReader.AnswerException e) {
            throw new MayPassException(Problem.of(
                    ProblemCode.WEBUI_ANSWER_UNREADABLE,
                    "the answer of the WebUI can't be read: " + e.getMessage(),
                    "see that " + backend.url() + " is a Stable Diffusion WebUI, and look at its log"));
        }
    }

    private List<Checkpoint> checkpoints() throws IOException {
        return Checkpoint.list(backend.json(API + "sd-models"));
    }

    private static Path folder(Exchange exchange, String header) {
        Path folder = exchange.getMessage().getHeader(header, Path.class);
        if (folder == null) {
            throw new IllegalArgumentException("webui: needs the header " + header);
        }
        return folder;
    }
}
