package darkroom.camel.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.intake.Embedding;
import darkroom.intake.Intake;
import darkroom.intake.JobState;
import darkroom.intake.JobStates;
import darkroom.intake.KeyTakenException;
import darkroom.intake.Ticket;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.TraceContext;
import darkroom.json.Json;
import darkroom.output.Output;
import darkroom.promptfile.Dropped;
import darkroom.promptfile.PromptFileReader;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps that answer requests about jobs. What a request says is taken from the request itself: a header or a parameter of
 * it may have any name.
 */
public final class HttpJobs {
    private static final Logger LOG = LoggerFactory.getLogger(HttpJobs.class);
    private static final String JSON = "application/json";
    private static final Pattern WAIT = Pattern.compile("(?i)(?:^|[,;\\s])wait\\s*=\\s*\"?(\\d{1,6})");
    private static final long LOOK_AGAIN = 100;

    /** Each waits on a thread, of which there are twenty. */
    private static final int MOST_WAIT = 8;

    /** So does a reader. */
    private static final int MOST_SEND = 8;

    private static final Duration LONGEST_SEND = Duration.ofMinutes(10);

    private final Door door;
    private final Intake intake;
    private final JobStates states;
    private final PromptFileReader reader;
    private final Where where;
    private final Semaphore mayWait = new Semaphore(MOST_WAIT);
    private final Semaphore maySend = new Semaphore(MOST_SEND);

    /**
     * Where jobs go.
     *
     * @param drop the drop folder
     * @param lane the lane of jobs that name none
     * @param longestWait how long a request may wait for its job
     * @param isWatched tells folders that are looked into from those that are passed over
     */
    public record Where(Path drop, String lane, Duration longestWait, Predicate<Path> isWatched) {}

    /** Steps for what came in by this door. */
    public HttpJobs(Door door, Intake intake, JobStates states, PromptFileReader reader, Where where) {
        this.door = door;
        this.intake = intake;
        this.states = states;
        this.reader = reader;
        this.where = where;
    }

    /** What is answered: to be written into the exchange, or refused. */
    @FunctionalInterface
    private interface Answer {
        void to(HttpServerRequest request, Exchange exchange) throws Exception;
    }

    /** Step: {@code POST /jobs}. */
    public void post(Exchange exchange) {
        answer(exchange, this::post);
    }

    /** Step: {@code GET /jobs/ID}. */
    public void get(Exchange exchange) {
        answer(exchange, (request, out) -> {
            JobState state = await(states.of(ticket(request)), request);
            write(out, 200, JSON, document(state));
        });
    }

    /** Step: {@code DELETE /jobs/ID}. What it asks for is done as if somebody had dropped {@code ID.cancel}. */
    public void cancel(Exchange exchange) {
        answer(exchange, (request, out) -> {
            JobState state = states.of(ticket(request));
            if (state.state() != JobState.State.CANCELLED) {
                if (state.state().isOver()) {
                    throw new RefusedException(
                            Refusal.JOB_OVER,
                            "the job is " + state.state().word(),
                            "there is nothing left to cancel; GET /jobs/ID says what became of it");
                }
                intake.cancel(state.ticket());
                LOG.info("{}: to be cancelled, by http", state.ticket().id());
            }
            state = await(state, request);
            write(out, state.state().isOver() ? 200 : 202, JSON, document(state));
        });
    }

    /** Step: {@code GET /jobs/ID/outputs/FILE}. */
    public void output(Exchange exchange) {
        answer(exchange, (request, out) -> send(request));
    }

    /** Step: {@code GET /openapi.json}. */
    public void openapi(Exchange exchange) {
        answer(exchange, (request, out) -> {
            try (InputStream in = HttpJobs.class.getResourceAsStream("/darkroom/intake/openapi.json")) {
                write(out, 200, JSON, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        });
    }

    /** Nothing that came in goes out again, and whatever goes wrong is said in the same form. */
    private static void answer(Exchange exchange, Answer answer) {
        HttpMessage message = exchange.getMessage(HttpMessage.class);
        HttpServerRequest request = message.getRequest();
        exchange.setProperty(TraceContext.HEADER, TraceContext.of(message.getHeader(TraceContext.HEADER)));
        message.removeHeaders("*");
        message.setBody(null);
        try {
            answer.to(request, exchange);
        } catch (RefusedException e) {
            refuse(exchange, e);
        } catch (Exception e) {
            if (request.response().closed()) {
                LOG.debug("the sender is gone", e);
                return;
            }
            LOG.error("{} can't be answered", request.method(), e);
            refuse(
                    exchange,
                    new RefusedException(
                            Refusal.FAILED,
                            "it could not be done",
                            "send it again, with the same " + Door.KEY + "; the log of Darkroom says why"));
        }
    }

    private static void refuse(Exchange exchange, RefusedException e) {
        write(exchange, e.refusal().status(), Door.PROBLEM, e.document());
    }

    private static void write(Exchange exchange, int status, String type, String body) {
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, type);
        exchange.getMessage().setBody(body.getBytes(StandardCharsets.UTF_8));
    }

    private void post(HttpServerRequest request, Exchange exchange) throws Exception {
        Door.Received received = door.receivedBy(request)
                .orElseThrow(() -> new RefusedException(
                        Refusal.STOPPING, "the request was cut off", "send it again, with the same " + Door.KEY));
        String lane = lane(request);
        String key = request.getHeader(Door.KEY);
        String id = key == null ? intake.newId() : Intake.idOf(Door.SOURCE, key);
        Path document = document(request, received, lane, id);
        Intake.Accepted accepted;
        try {
            accepted = intake.accept(
                    id, Door.SOURCE, lane, exchange.getProperty(TraceContext.HEADER, String.class), document);
        } catch (KeyTakenException e) {
            throw keyTaken();
        }
        if (accepted.isNew()) {
            received.counts().set(false); // it is one of them now
            LOG.info("{}: taken in from http", id);
        }
        JobState state = await(states.of(accepted.ticket()), request);
        boolean waited = wish(request).isPresent() && state.state().isOver();
        write(exchange, waited ? 200 : 202, JSON, document(state));
        exchange.getMessage().setHeader("Location", Door.JOBS + "/" + id);
        if (waited) {
            exchange.getMessage().setHeader("Preference-Applied", "wait");
        }
    }

    private static RefusedException keyTaken() {
        return new RefusedException(
                Refusal.KEY_TAKEN,
                "another job was taken in under this " + Door.KEY,
                "use a key for each job, and the same one only to send the same again");
    }

    private String lane(HttpServerRequest request) throws RefusedException {
        String lane = request.getParam("lane", where.lane());
        boolean own = lane.equals(where.lane());
        if (!Lane.isOne(lane, where.drop(), where.isWatched())
                || !(own || Files.isDirectory(where.drop().resolve(lane)))) {
            throw new RefusedException(
                    Refusal.UNKNOWN_LANE,
                    "the drop folder has no such lane",
                    "leave it out, or ask for the folder to be made");
        }
        return lane;
    }

    /** The prompt file with its pictures in it, if there is nothing wrong with it. */
    private Path document(HttpServerRequest request, Door.Received received, String lane, String id)
            throws IOException, RefusedException {
        Path folder = Files.createDirectory(received.folder().resolve("parts"));
        Path job = received.file();
        Map<String, Path> pictures = Map.of();
        if (Door.mediaType(request).startsWith("multipart/")) {
            Multipart parts = Multipart.of(job, request.getHeader(HttpHeaders.CONTENT_TYPE), folder);
            job = parts.job();
            pictures = parts.pictures();
        }
        Path document = received.folder().resolve("document.json");
        Set<String> unused = Embedding.embed(job, pictures, document);
        try {
            if (intake.find(id, Sha256.of(document)).isEmpty()) {
                check(job, folder, lane);
            }
        } catch (KeyTakenException e) {
            throw keyTaken();
        }
        if (!unused.isEmpty()) {
            throw new RefusedException(
                    Refusal.WRONG_PARTS,
                    "the job does not name the picture '" + unused.iterator().next() + "' that was sent along",
                    "name it in init_images, mask or image, or leave it out");
        }
        return document;
    }

    private void check(Path job, Path folder, String lane) throws IOException, RefusedException {
        Path staging = Files.createDirectory(folder.resolveSibling("check"));
        try {
            reader.read(
                    job, new Dropped(folder, where.drop(), where.drop().resolve(lane), "", null), staging, entry -> {});
        } catch (ProblemException e) {
            List<Problem> problems =
                    e.problems().stream().map(HttpJobs::overHttp).toList();
            throw new RefusedException(
                    Refusal.WRONG_PROMPT_FILE,
                    problems.get(0).where() + problems.get(0).message(),
                    problems.get(0).hint(),
                    problems);
        } finally {
            Disk.deleteTree(staging);
        }
    }

    /** Somebody who sends a picture along has no folder to put it into, and need not know ours. */
    private static Problem overHttp(Problem problem) {
        if (problem.code() != ProblemCode.PICTURE_MISSING) {
            return problem;
        }
        return new Problem(
                problem.code(),
                problem.message().replaceFirst(" in /.*", " among the parts"),
                "send it along as a part of that name, with multipart/form-data",
                problem.place());
    }

    /** Waits for as long as the sender wishes and Darkroom allows, if there is room for one more who waits. */
    private JobState await(JobState first, HttpServerRequest request) throws IOException, InterruptedException {
        Optional<Duration> wish = wish(request);
        JobState state = first;
        if (wish.isEmpty() || !mayWait.tryAcquire()) {
            return state;
        }
        try {
            long until = System.nanoTime() + wish.get().toNanos();
            while (!state.state().isOver()
                    && System.nanoTime() - until < 0
                    && !request.response().closed()) {
                Thread.sleep(LOOK_AGAIN);
                state = states.of(first.ticket());
            }
            return state;
        } finally {
            mayWait.release();
        }
    }

    /** {@code Prefer: wait=N} (RFC 7240), in seconds. */
    private Optional<Duration> wish(HttpServerRequest request) {
        String prefer = request.getHeader("Prefer");
        Matcher wait = WAIT.matcher(prefer == null ? "" : prefer);
        if (!wait.find()) {
            return Optional.empty();
        }
        Duration wish = Duration.ofSeconds(Long.parseLong(wait.group(1)));
        return Optional.of(wish.compareTo(where.longestWait()) < 0 ? wish : where.longestWait());
    }

    private Ticket ticket(HttpServerRequest request) throws IOException, RefusedException {
        String id = level(request, 2);
        return intake.find(id)
                .orElseThrow(() -> new RefusedException(
                        Refusal.UNKNOWN_JOB,
                        "no job of this id was taken in over HTTP, or it is too long ago",
                        "use the Location that was answered; darkroom.intake.keep says for how long it is known"));
    }

    /** Part of the path, from 1; empty if there is none. */
    private static String level(HttpServerRequest request, int n) {
        String[] levels = request.path().split("/", -1);
        try {
            return n < levels.length ? URLDecoder.decode(levels[n].replace("+", "%2B"), StandardCharsets.UTF_8) : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** By Vert.x itself: it knows the length, and what to do if the reader goes away. */
    private void send(HttpServerRequest request) throws IOException, RefusedException, InterruptedException {
        JobState state = states.of(ticket(request));
        String name = level(request, 4);
        // a name that the receipts have, so that none leads elsewhere
        Output output = state.outputs().stream()
                .filter(one -> nameOf(one).equals(name))
                .findFirst()
                .orElseThrow(() -> new RefusedException(
                        Refusal.UNKNOWN_OUTPUT, "the job has no such output", "use an href of GET /jobs/ID"));
        Path folder = state.outputFolder();
        Path file = folder == null ? Path.of(output.file()) : folder.resolve(output.file());
        if (!Files.isRegularFile(file)) {
            throw new RefusedException(
                    Refusal.UNKNOWN_OUTPUT,
                    "the output is no longer there",
                    "somebody has moved or deleted it; manifest.json in its folder has its hash");
        }
        if (!maySend.tryAcquire()) {
            throw new RefusedException(
                    Refusal.TOO_MUCH_AT_ONCE,
                    MOST_SEND + " outputs are being sent already",
                    "ask again when the others are there");
        }
        try {
            send(file, typeOf(output.format()), request.response());
        } finally {
            maySend.release();
        }
    }

    private static void send(Path file, String type, HttpServerResponse response) throws InterruptedException {
        response.putHeader(HttpHeaders.CONTENT_TYPE, type).putHeader("X-Content-Type-Options", "nosniff");
        try {
            response.sendFile(file.toString())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(LONGEST_SEND.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("{} was not read to its end", file, e);
            response.reset();
        }
    }

    private static String typeOf(String format) {
        return switch (format) {
            case "png", "jpeg", "webp", "avif" -> "image/" + format;
            case "jpg" -> "image/jpeg";
            default -> "application/octet-stream";
        };
    }

    private static String nameOf(Output output) {
        return String.valueOf(Path.of(output.file()).getFileName());
    }

    private static String document(JobState state) throws JsonProcessingException {
        String self = Door.JOBS + "/" + state.ticket().id();
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("id", state.ticket().id());
        document.put("href", self);
        document.put("state", state.state().word());
        document.put("lane", state.ticket().lane());
        document.put("promptFile", state.ticket().promptFile());
        document.put("accepted", state.ticket().accepted());
        if (state.ticket().job() != null) {
            document.put("job", state.ticket().job());
        }
        if (state.tasks() > 0) {
            document.put("tasks", state.tasks());
            document.put("finished", state.finished());
        }
        document.put(
                "outputs",
                state.outputs().stream().map(output -> output(output, self)).toList());
        if (state.error() != null) {
            document.put("error", state.error());
        }
        return Json.mapper().writeValueAsString(document);
    }

    private static Map<String, @Nullable Object> output(Output output, String job) {
        Map<String, @Nullable Object> said = new LinkedHashMap<>();
        String name = nameOf(output);
        said.put("file", name);
        said.put(
                "href",
                job + "/outputs/"
                        + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20"));
        said.put("kind", output.kind());
        said.put("format", output.format());
        said.put("width", output.width());
        said.put("height", output.height());
        said.put("bytes", output.bytes());
        said.put("sha256", output.sha256());
        if (output.seed() != null) {
            said.put("seed", output.seed());
        }
        return said;
    }
}
