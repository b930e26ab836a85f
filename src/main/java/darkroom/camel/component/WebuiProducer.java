package darkroom.camel.component;

import darkroom.job.AwayException;
import darkroom.job.CancelledException;
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
import darkroom.webui.TaskProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ShutdownPrepared;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Task in, {@link Generated} out. The message stays as it was if anything goes wrong, so that it can be tried again. */
final class WebuiProducer extends DefaultProducer implements ShutdownPrepared {
    private static final Logger LOG = LoggerFactory.getLogger(WebuiProducer.class);
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
        BooleanSupplier cancelled = exchange.getMessage()
                .getHeader(WebuiConstants.CANCELLED, (BooleanSupplier) () -> false, BooleanSupplier.class);
        Path attachments = folder(exchange, WebuiConstants.ATTACHMENTS);
        Path pictures = folder(exchange, WebuiConstants.PICTURES);
        exchange.setProperty(WebuiConstants.BACKEND, backend.url());
        requireWanted(cancelled);
        Lists.Looked looked = backend.lists().look(task, levels);
        Answered answered = answered(task, cancelled, attachments, pictures);
        while (answered.request().isSuspect()) {
            LOG.warn("{}: made again; it may have been what an interrupt hit that was meant for another", task.id());
            answered = answered(task, cancelled, attachments, pictures);
        }
        Sending sending = answered.sending();
        Answer answer = answered.answer();
        SavedOutputs saved = sending.saved() == Save.MOUNTED ? outputs : sending.saved() == null ? null : served;
        if (saved != null) {
            answer = saved.take(Objects.requireNonNull(sending.stamp()), task, answer, pictures);
        }
        CheckedAnswer checked = AnswerCheck.check(levels, sending.sent(), answer, this::checkpoints);
        checked = checked.with(looked.warnings(), looked.unverified()).with(answered.warnings(), List.of());
        if (wasInterrupted(answered)) {
            checked = checked.refused(Problem.of(
                    ProblemCode.REFUSED_INTERRUPTED,
                    "somebody interrupted or skipped it at the WebUI, and what it answered is unfinished",
                    "drop it again"));
        }
        exchange.getMessage()
                .setBody(new Generated(
                        task,
                        sending.sent(),
                        backend.url(),
                        checked,
                        answer.info(),
                        note(sending),
                        answered.sentAt(),
                        answered.answeredAt()));
    }

    /** What came of a request, how it was made in the end, and when. */
    private record Answered(Outcome outcome, UnderWay.Request request, Instant sentAt, Instant answeredAt) {
        Sending sending() {
            return outcome.sending();
        }

        Answer answer() {
            return outcome.answer();
        }

        List<String> warnings() {
            return outcome.warnings();
        }
    }

    private record Outcome(Sending sending, Answer answer, List<String> warnings) {}

    /** Sends it when there is room, and waits for the answer. */
    private Answered answered(Task task, BooleanSupplier cancelled, Path attachments, Path pictures) throws Exception {
        Sending wish = Sending.of(Quirk.complete(task), options.getSave(), outputs, random);
        String id = String.valueOf(wish.sent().settings().getOrDefault(TaskProgress.ID, ""));
        UnderWay.Request request = new UnderWay.Request(task.id(), id, id.equals(task.id()), cancelled);
        backend.leases().take(() -> {
            requireWanted(cancelled);
            return stopping;
        });
        Instant sentAt = Instant.now();
        Outcome outcome;
        backend.progress().sent(task, id);
        backend.interrupts().begin(request);
        try {
            outcome = task.operation() == Operation.OPTIONS
                    ? new Outcome(wish, new PermanentOptions(backend).change(task), List.of())
                    : backend.priming().guard(wish.options(), overrides -> ask(wish, overrides, attachments, pictures));
        } catch (IOException | ProblemException e) {
            if (cancelled.getAsBoolean()) {
                throw new CancelledException("it was under way, and was not answered: " + e.getMessage());
            }
            throw e;
        } finally {
            backend.interrupts().end(request);
            backend.progress().over(task);
            backend.leases().giveBack();
        }
        if (cancelled.getAsBoolean()) {
            throw new CancelledException(
                    request.isInterrupted()
                            ? "the WebUI was interrupted while it worked on it"
                            : task.operation() == Operation.OPTIONS
                                    ? "the WebUI had changed its options by then, and they stay so"
                                    : "the WebUI made it to its end; nothing of it was published");
        }
        return new Answered(outcome, request, sentAt, Instant.now());
    }

    private boolean wasInterrupted(Answered answered) {
        return answered.answer()
                .text("job_timestamp")
                .filter(time -> backend.interrupts().wasHitByOthers(answered.request(), time))
                .isPresent();
    }

    private static void requireWanted(BooleanSupplier cancelled) {
        if (cancelled.getAsBoolean()) {
            throw new CancelledException("it was not sent");
        }
    }

    private @Nullable String note(Sending sending) throws IOException {
        Stamp stamp = sending.stamp();
        if (stamp == null || sending.saved() != null) {
            return null;
        }
        List<Path> folders = outputs == null ? List.of() : outputs.folders(stamp);
        return "The WebUI was asked to keep the pictures as well, in "
                + (folders.isEmpty()
                        ? "the folder " + stamp.path() + " of its outputs."
                        : folders.stream().map(Path::toString).collect(Collectors.joining(", ")) + ".");
    }

    private Outcome ask(Sending wish, Priming.Overrides overrides, Path attachments, Path pictures) throws IOException {
        if (wish.stamp() == null) {
            return new Outcome(wish, ask(wish.sent(), attachments, pictures), List.of());
        }
        String reason = overrides.reason;
        if (reason.isEmpty() && wish.saved() == Save.DOWNLOAD) {
            reason = obstacle(wish.sent());
        }
        if (reason.isEmpty()) {
            try {
                return new Outcome(wish, ask(wish.sent(), attachments, pictures), List.of());
            } catch (ProblemException e) {
                if (!e.problem().message().contains("AssertionError")) {
                    throw e;
                }
                reason = "it has frozen some of the options that this needs"; // --freeze-specific-settings
            }
        }
        Sending fetched = wish.fetched();
        return new Outcome(
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
