package darkroom.camel.component;

import darkroom.job.AwayException;
import darkroom.job.CancelledException;
import darkroom.job.MayPassException;
import darkroom.job.Operation;
import darkroom.job.OutOfMemory;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Save;
import darkroom.job.Task;
import darkroom.webui.Answer;
import darkroom.webui.AnswerCheck;
import darkroom.webui.AnswerReader;
import darkroom.webui.Asked;
import darkroom.webui.Check;
import darkroom.webui.CheckedAnswer;
import darkroom.webui.Checkpoint;
import darkroom.webui.Dialect;
import darkroom.webui.ExtensionUnits;
import darkroom.webui.GpuFullException;
import darkroom.webui.GpuLimit;
import darkroom.webui.GpuLoad;
import darkroom.webui.MountedOutputs;
import darkroom.webui.Payload;
import darkroom.webui.Quirk;
import darkroom.webui.SavedOutputs;
import darkroom.webui.ServedOutputs;
import darkroom.webui.SmallerBatch;
import darkroom.webui.Stamp;
import darkroom.webui.TaskProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One order at one WebUI. */
final class Generation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Generation.class);
    private static final String API = "/sdapi/v1/";

    /** These are not about the task: whatever is sent ends like that. */
    private static final Set<ProblemCode> ABOUT_ALL =
            Set.of(ProblemCode.WEBUI_UNAUTHORIZED, ProblemCode.WEBUI_REDIRECTS);

    private final Order order;
    private final Backend backend;
    private final WebuiConfiguration options;
    private final Map<Check, Check.Level> levels;
    private final @Nullable MountedOutputs outputs;
    private final ServedOutputs served;
    private final SecureRandom random;
    private final BooleanSupplier stopping;
    private final Places places;
    private Pool.@Nullable Place first;

    /**
     * What is to be made, and what is known of it.
     *
     * @param isTrial whether any checkpoint will do, whatever is loaded
     */
    record Order(Task task, BooleanSupplier cancelled, Path attachments, Path pictures, Tries tries, boolean isTrial) {
        String id() {
            return task.id();
        }

        /** @throws CancelledException if nobody wants it any more */
        void requireWanted() {
            if (cancelled.getAsBoolean()) {
                throw new CancelledException("it was not sent");
            }
        }
    }

    /** The other WebUIs, and places at this one. */
    interface Places {
        /**
         * Waits for another place at the same WebUI.
         *
         * @throws AwayException if that does not work any more, and others do
         */
        Pool.Place another() throws InterruptedException;

        /** Where the outputs of another WebUI are mounted; null if they are not. */
        @Nullable
        MountedOutputs outputsOf(String url);
    }

    /** The WebUI has not what a task names; another one may have it. */
    static final class LacksException extends ProblemException {
        private static final long serialVersionUID = 1;

        LacksException(ProblemException lack) {
            super(lack.problems());
        }
    }

    /**
     * Prepares.
     *
     * @param first the place for the first request
     */
    Generation(
            Order order,
            Backend backend,
            Pool.Place first,
            Places places,
            SecureRandom random,
            BooleanSupplier stopping) {
        this.order = order;
        this.backend = backend;
        this.options = backend.configuration();
        this.levels = options.levels();
        this.outputs = options.mountedOutputs();
        this.served = new ServedOutputs(backend, options.look());
        this.first = first;
        this.places = places;
        this.random = random;
        this.stopping = stopping;
    }

    /** A place that it did not come to use is given back. */
    @Override
    public void close() {
        if (first != null) {
            first.leave();
        }
    }

    private Pool.Place place() throws InterruptedException {
        Pool.Place place = first;
        first = null;
        return place == null ? places.another() : place;
    }

    private Lists.Looked look(Task task, Pool.Place here) {
        try {
            return backend.lists().look(task, levels);
        } catch (AwayException e) {
            throw e;
        } catch (ProblemException e) {
            here.notSent();
            throw new LacksException(e);
        }
    }

    /**
     * Makes it. Of an answer that is refused nothing is said to the breaker: it may be the task, and whoever asked may find out.
     *
     * @throws AwayException if the WebUI can't be reached, or goes away
     * @throws LacksException if it has not what the task names
     * @throws ProblemException if it can't be done
     */
    Generated generated() throws Exception {
        Task task = order.task();
        Answered answered = fitting();
        while (answered.request().isSuspect()) {
            LOG.warn("{}: made again; it may have been what an interrupt hit that was meant for another", task.id());
            order.tries().over();
            answered = fitting();
        }
        boolean refused = false;
        try {
            Generated made = checked(answered);
            refused = !made.answer().refused().isEmpty();
            return made;
        } finally {
            if (!refused) {
                backend.leases().breaker().succeeded();
            }
        }
    }

    private Generated checked(Answered answered) throws Exception {
        Task task = order.task();
        Sending sending = answered.sending();
        Answer answer = answered.answer();
        SavedOutputs saved = sending.saved() == Save.MOUNTED ? outputs : sending.saved() == null ? null : served;
        if (saved != null && !answered.isCollected()) {
            answer = saved.take(Objects.requireNonNull(sending.stamp()), task, answer, order.pictures());
        }
        CheckedAnswer checked = AnswerCheck.check(levels, sending.sent(), answer, this::checkpoints);
        Lists.Looked looked = answered.looked();
        checked = checked.with(looked.warnings(), looked.unverified()).with(answered.warnings(), List.of());
        if (wasInterrupted(answered)) {
            checked = checked.refused(Problem.of(
                    ProblemCode.REFUSED_INTERRUPTED,
                    "somebody interrupted or skipped it at the WebUI, and what it answered is unfinished",
                    "drop it again"));
        }
        if (!checked.refused().isEmpty()) {
            order.tries().over();
        } else if (!answered.isCollected()) {
            backend.limits().wentWell(GpuLoad.of(sending.sent()));
        }
        return new Generated(
                task,
                sending.sent(),
                backend.url(),
                checked,
                answer.info(),
                notes(answered),
                answered.sentAt(),
                answered.answeredAt());
    }

    /** What came of a request, how it was made in the end, and when. */
    private record Answered(
            Lists.Looked looked, Outcome outcome, UnderWay.Request request, Instant sentAt, Instant answeredAt) {
        Sending sending() {
            return outcome.sending();
        }

        Answer answer() {
            return outcome.answer();
        }

        List<String> warnings() {
            return outcome.warnings();
        }

        boolean isCollected() {
            return outcome.collected();
        }
    }

    /** {@code collected} if the answer was lost, and its pictures were found where the WebUI saved them. */
    private record Outcome(Sending sending, Answer answer, List<String> warnings, boolean collected) {
        Outcome(Sending sending, Answer answer, List<String> warnings) {
            this(sending, answer, warnings, false);
        }
    }

    /** In smaller batches than it asks for, if it may be, and more are too much for the GPU. */
    private Answered fitting() throws Exception {
        Task task = order.task();
        OutOfMemory policy = task.outOfMemory() == null ? options.getOutOfMemory() : task.outOfMemory();
        Task tried = policy == OutOfMemory.SMALLER_BATCH ? remembered(task) : task;
        List<Integer> batches = new ArrayList<>();
        while (true) {
            try {
                return answered(tried);
            } catch (GpuFullException e) {
                order.tries().over();
                GpuLoad load = GpuLoad.of(tried);
                batches.add(load.batch());
                backend.limits().tooMuch(load);
                String obstacle = obstacleToSmallerBatches(task);
                if (policy == OutOfMemory.FAIL || load.batch() <= 1 || !obstacle.isEmpty()) {
                    GpuLimit limit = backend.limits().of(load);
                    throw new ProblemException(
                            limit.problem(task, policy, batches, obstacle, e.said(), backend.gpuMemory()), e);
                }
                tried = SmallerBatch.of(
                        task, SmallerBatch.below(GpuLoad.of(task).batch(), load.batch()));
                LOG.info(
                        "{}: {} is too much for the WebUI's GPU; it is tried in batches of {}",
                        task.id(),
                        load,
                        GpuLoad.of(tried).batch());
            }
        }
    }

    /** The task in batches that are smaller than what was too much for others of its kind. */
    private Task remembered(Task task) {
        GpuLoad load = GpuLoad.of(task);
        int tooMuch = backend.limits().of(load).least();
        return tooMuch == 0
                        || load.batch() < tooMuch
                        || !obstacleToSmallerBatches(task).isEmpty()
                ? task
                : SmallerBatch.of(task, SmallerBatch.below(load.batch(), tooMuch));
    }

    private String obstacleToSmallerBatches(Task task) {
        Dialect dialect;
        try {
            dialect = backend.dialect();
        } catch (AwayException e) {
            dialect = Dialect.A1111; // the next request tells that it is away
        }
        return SmallerBatch.obstacle(task, dialect);
    }

    /**
     * Sends it when there is room, and waits for the answer; or takes what an earlier try has made.
     *
     * @param task that of the order, in smaller batches or not
     */
    private Answered answered(Task task) throws Exception {
        Sending wish = Sending.of(Quirk.complete(task), options.getSave(), outputs, random);
        String id = String.valueOf(wish.sent().settings().getOrDefault(TaskProgress.ID, ""));
        UnderWay.Request request = new UnderWay.Request(task.id(), id, id.equals(task.id()), order.cancelled());
        Pool.Place here = place();
        Instant sentAt = Instant.now();
        Lists.Looked looked;
        Outcome outcome;
        boolean answered = false;
        Exception failure = null;
        backend.progress().sent(task, id);
        backend.interrupts().begin(request);
        backend.stalls().begin(request);
        try {
            looked = look(task, here);
            Optional<Sent> earlier = order.tries().open();
            Optional<Outcome> collected = earlier.isPresent() ? collected(earlier.get(), request) : Optional.empty();
            if (collected.isPresent()) {
                outcome = collected.get();
                sentAt = earlier.get().at();
            } else {
                sentAt = Instant.now();
                long sent = System.nanoTime();
                outcome = send(wish, id, request);
                if (task.operation().generates() && !request.isInterrupted()) {
                    here.worked(sent);
                }
            }
            answered = true;
        } catch (AwayException e) {
            failure = e;
            here.lost();
            requireWanted(e);
            requireMoving(request);
            if (e.isLost() && request.isAtWork() && !stopping.getAsBoolean()) {
                order.tries().crashed(e.problem().message());
            }
            throw e;
        } catch (CheckpointKeeper.NotLoadedException e) {
            here.notSent();
            MayPassException again = new MayPassException(e.problem()); // its memory may have been full
            failure = again;
            answered = true;
            throw again;
        } catch (IOException | ProblemException e) {
            failure = e;
            answered = e instanceof ProblemException;
            requireWanted(e);
            throw e;
        } finally {
            backend.stalls().end(request);
            backend.interrupts().end(request, answered);
            backend.progress().over(task);
            judge(here.breaker(), request, answered, failure);
            here.giveBack();
        }
        requireMoving(request); // an interrupt has its answer, too
        if (order.cancelled().getAsBoolean()) {
            throw new CancelledException(
                    request.isInterrupted()
                            ? "the WebUI was interrupted while it worked on it"
                            : task.operation() == Operation.OPTIONS
                                    ? "the WebUI had changed its options by then, and they stay so"
                                    : "the WebUI made it to its end; nothing of it was published");
        }
        return new Answered(looked, outcome, request, sentAt, Instant.now());
    }

    /** What this says about whether the WebUI works. A task that it can't do says that it does. */
    private void judge(Breaker breaker, UnderWay.Request request, boolean answered, @Nullable Exception failure) {
        if (stopping.getAsBoolean() || order.cancelled().getAsBoolean()) {
            breaker.released();
        } else if (request.isStalled()) {
            breaker.failed("it did not get on with a task");
        } else if (failure instanceof MayPassException problem) {
            breaker.failed(order.id(), problem.problem().message()); // it may be the task
        } else if (failure instanceof ProblemException problem && isAboutAll(problem)) {
            breaker.failed(problem.problem().message());
        } else if (answered && failure != null) {
            breaker.succeeded();
        } else {
            breaker.released(); // a disk that is full, say; or an answer that is to be checked
        }
    }

    /** Whether whatever is sent to this WebUI ends like that. */
    static boolean isAboutAll(ProblemException e) {
        return e instanceof AwayException || ABOUT_ALL.contains(e.problem().code());
    }

    /** What was given up counts as if the WebUI had gone away over it; nothing of it is waited for. */
    private void requireMoving(UnderWay.Request request) throws IOException {
        if (!request.isStalled()) {
            return;
        }
        order.tries().over();
        Problem stalled = Problem.of(
                ProblemCode.WEBUI_STALLED,
                "the WebUI at " + backend.url() + " did not get on with it for longer than darkroom.webui.stall",
                "the job waits and is sent again; the WebUI's log may say what it hangs on, and it may need a restart");
        order.tries().crashed(stalled.message());
        throw new AwayException(stalled);
    }

    private Outcome send(Sending wish, String id, UnderWay.Request request) throws Exception {
        CheckpointKeeper checkpoints = backend.checkpoints();
        if (order.task().operation() == Operation.OPTIONS) {
            Answer changed = checkpoints.changing(
                    order.task().settings().keySet(), () -> new PermanentOptions(backend).change(order.task()));
            return new Outcome(wish, changed, List.of());
        }
        if (!order.task().operation().generates() || order.isTrial()) {
            return guarded(wish, id, request);
        }
        return checkpoints.guard(backend, order.task(), own -> {
            order.requireWanted(); // what it waited for may have been a load
            return guarded(wish.overriding(own), id, request);
        });
    }

    private Outcome guarded(Sending wish, String id, UnderWay.Request request)
            throws IOException, InterruptedException {
        return backend.priming().guard(wish.options(), overrides -> ask(wish, id, request, overrides));
    }

    /** What an earlier try has made, when that is over; empty if that is not all that was asked for. */
    private Optional<Outcome> collected(Sent earlier, UnderWay.Request request)
            throws IOException, InterruptedException {
        Save save = earlier.save();
        Stamp stamp = new Stamp(Objects.requireNonNull(earlier.stamp()));
        boolean isHere = earlier.backend().equals(backend.url());
        MountedOutputs mounted = isHere ? outputs : places.outputsOf(earlier.backend());
        SavedOutputs where = save == Save.DOWNLOAD
                ? isHere ? served : null
                : mounted == null ? null : save == Save.BOTH ? mounted.copied() : mounted;
        if (where == null || save == null) {
            return Optional.empty();
        }
        if (isHere) { // else that one is away, and at work on nothing
            new EarlierTry(backend, Duration.ofMillis(options.getResponseTimeout()), options.isExclusive(), stopping)
                    .awaitEnd(request);
        }
        order.requireWanted();
        requireMoving(request);
        Task task = SmallerBatch.of(order.task(), earlier.batch());
        Sending sending = Sending.earlier(Quirk.complete(task), save, stamp);
        Optional<Answer> answer = where.collect(stamp, sending.sent(), order.pictures());
        if (answer.isEmpty()) {
            LOG.warn(
                    "{}: was sent at {}, its answer was lost, and not all of its pictures are there; it is made again",
                    order.id(),
                    earlier.at());
            return Optional.empty();
        }
        LOG.info(
                "{}: was sent at {}, and its answer was lost; its pictures are there, and it is not made again",
                order.id(),
                earlier.at());
        return Optional.of(new Outcome(sending, answer.get(), List.of(), true));
    }

    private boolean wasInterrupted(Answered answered) {
        return answered.answer()
                .text("job_timestamp")
                .filter(time -> backend.interrupts().wasHitByOthers(answered.request(), time))
                .isPresent();
    }

    private void requireWanted(Exception e) {
        if (order.cancelled().getAsBoolean()) {
            throw new CancelledException("it was under way, and was not answered: " + e.getMessage());
        }
    }

    /** What a person should know about where pictures are; null if nothing. */
    private @Nullable String notes(Answered answered) throws IOException {
        List<String> notes = new ArrayList<>();
        if (answered.isCollected()) {
            notes.add(
                    "The answer of the WebUI was lost; the pictures were found where it saved them, and what is said of them"
                            + " here is what they say of themselves.");
        }
        int asked = GpuLoad.of(order.task()).batch();
        int made = GpuLoad.of(answered.sending().sent()).batch();
        if (made < asked) {
            notes.add("Made in batches of " + made + ", not of " + asked
                    + ": more at a time were too much for the memory of the WebUI's GPU.");
        }
        String kept = note(answered.sending());
        if (kept != null) {
            notes.add(kept);
        }
        for (Stamp left : order.tries().left()) {
            List<Path> folders = outputs == null ? List.of() : outputs.folders(left);
            if (outputs != null && options.getTake() == MountedOutputs.Take.MOVE) {
                outputs.discard(left);
            } else if (!folders.isEmpty()) {
                notes.add("What an earlier try made lies in " + shown(folders) + ".");
            }
        }
        return notes.isEmpty() ? null : String.join(" ", notes);
    }

    private @Nullable String note(Sending sending) throws IOException {
        Stamp stamp = sending.stamp();
        if (stamp == null || sending.saved() != null) {
            return null;
        }
        List<Path> folders = outputs == null ? List.of() : outputs.folders(stamp);
        return "The WebUI was asked to keep the pictures as well, in "
                + (folders.isEmpty() ? "the folder " + stamp.path() + " of its outputs." : shown(folders) + ".");
    }

    private static String shown(List<Path> folders) {
        return folders.stream().map(Path::toString).collect(Collectors.joining(", "));
    }

    private Outcome ask(Sending wish, String id, UnderWay.Request request, Priming.Overrides overrides)
            throws IOException {
        if (wish.stamp() == null) {
            return new Outcome(wish, ask(wish, id, request), List.of());
        }
        String reason = overrides.reason;
        if (reason.isEmpty() && wish.saved() == Save.DOWNLOAD) {
            reason = obstacle(wish.sent());
        }
        if (reason.isEmpty()) {
            try {
                return new Outcome(wish, ask(wish, id, request), List.of());
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
                ask(fetched, id, request),
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

    private Answer ask(Sending sending, String id, UnderWay.Request request) throws IOException {
        Task task = sending.sent();
        Payload payload =
                Payload.of(ExtensionUnits.compiled(task, backend.lists().known()), order.attachments());
        AnswerReader reader = new AnswerReader(order.pictures(), options.look());
        order.tries().send(sending, backend.url(), id);
        HangUp.tie(request);
        try {
            return backend.post(payload, in -> reader.read(task.operation(), in));
        } catch (AnswerReader.AnswerException e) {
            throw new MayPassException(Problem.of(
                    ProblemCode.WEBUI_ANSWER_UNREADABLE,
                    "the answer of the WebUI can't be read: " + e.getMessage(),
                    "see that " + backend.url() + " is a Stable Diffusion WebUI, and look at its log"));
        } finally {
            HangUp.untie();
        }
    }

    private List<Checkpoint> checkpoints() throws IOException {
        return Checkpoint.list(backend.json(API + "sd-models"));
    }
}
