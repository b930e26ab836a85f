package darkroom.camel.intake;

import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.intake.Intake;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every request over HTTP passes before it reaches a route: who is it, may there be one more job, and, for a job, its
 * body, which is written to a file as it arrives. No thread waits for a slow sender, and a request that is refused is not
 * read.
 */
public final class Door implements Handler<RoutingContext> {
    /** Where jobs are posted to. */
    static final String JOBS = "/jobs";

    static final String PROBLEM = "application/problem+json";
    static final String KEY = "Idempotency-Key";
    static final String SOURCE = "http";

    private static final Logger LOG = LoggerFactory.getLogger(Door.class);
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?", Pattern.CASE_INSENSITIVE);
    private static final int MOST_UPLOADS = 64;
    private static final int LONGEST_KEY = 255;
    private static final long TICK = 250;
    private static final long FAREWELL = 2000;
    private static final String RETRY_AFTER = "5";

    private final Guard guard;
    private final Limits limits;
    private final Intake intake;
    private final Backlog backlog;
    private final AtomicInteger uploads = new AtomicInteger();
    private final Map<HttpServerRequest, Received> received = new ConcurrentHashMap<>();

    /**
     * Who may come in.
     *
     * @param token a bearer token or API key; empty for none
     * @param auth user:password; empty for none
     */
    public record Guard(String token, String auth) {
        boolean isOpen() {
            return token.isEmpty() && auth.isEmpty();
        }

        @Override
        public String toString() {
            return isOpen() ? "open" : "guarded"; // no secret in a log
        }
    }

    /**
     * How much may come in.
     *
     * @param maxBody most bytes of a body
     * @param silence how long a sender may be silent before the end
     */
    public record Limits(long maxBody, Duration silence) {}

    /**
     * A body that has arrived.
     *
     * @param folder of its own; it is deleted when the request is answered
     * @param file the body, in that folder
     * @param counts whether it is counted among those that wait, and has not become one of them
     */
    record Received(Path folder, Path file, AtomicBoolean counts) {}

    /** A door. */
    public Door(Guard guard, Limits limits, Intake intake, Backlog backlog) {
        this.guard = guard;
        this.limits = limits;
        this.intake = intake;
        this.backlog = backlog;
    }

    /** The body of a request that was let in. */
    Optional<Received> receivedBy(HttpServerRequest request) {
        return Optional.ofNullable(received.get(request));
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        try {
            authenticate(request);
            if (HttpMethod.POST.equals(request.method()) && JOBS.equals(request.path())) {
                checkHead(request);
                new Receiving(context).begin();
            } else {
                context.next();
            }
        } catch (RefusedException e) {
            refuse(context, e);
        }
    }

    private void authenticate(HttpServerRequest request) throws RefusedException {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        HostAndPort host = request.authority();
        if (origin != null && !isSame(origin, host)) {
            throw new RefusedException(
                    Refusal.FOREIGN_ORIGIN,
                    "the request comes from a web page of another address",
                    "send it from a program, or through a proxy that serves the page as well");
        }
        if (guard.isOpen()) {
            if (host == null || !LOOPBACK.matcher(host.host()).matches()) { // a page whose name was made to lead here
                throw new RefusedException(
                        Refusal.FOREIGN_ORIGIN,
                        "the request is for another host",
                        "call it 127.0.0.1 or localhost, or let darkroom.intake.token be set");
            }
            return;
        }
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        boolean token = !guard.token().isEmpty()
                && (isSecret("Bearer " + guard.token(), authorization)
                        || isSecret(guard.token(), request.getHeader("X-API-Key")));
        boolean basic = !guard.auth().isEmpty()
                && isSecret(
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(guard.auth().getBytes(StandardCharsets.UTF_8)),
                        authorization);
        if (!token && !basic) {
            throw new RefusedException(
                    Refusal.UNAUTHORIZED,
                    authorization == null ? "there are no credentials" : "the credentials are wrong",
                    guard.token().isEmpty()
                            ? "send the user and password of darkroom.intake.auth"
                            : "send the token of darkroom.intake.token, as Authorization: Bearer … or X-API-Key: …");
        }
    }

    private static boolean isSame(String origin, @Nullable HostAndPort host) {
        try {
            URI page = URI.create(origin);
            return host != null && host.host().equalsIgnoreCase(page.getHost()) && host.port() == page.getPort();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Takes as long for a wrong one as for the right one; the scheme before it may be in any case. */
    private static boolean isSecret(String secret, @Nullable String said) {
        if (said == null) {
            return false;
        }
        int space = secret.indexOf(' ');
        boolean scheme = space < 0 || said.regionMatches(true, 0, secret, 0, space);
        String rest = said.substring(Math.min(said.length(), Math.max(0, space)));
        return MessageDigest.isEqual(hash(secret.substring(Math.max(0, space))), hash(rest)) && scheme;
    }

    private static byte[] hash(String text) {
        return Sha256.digest().digest(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What can be said before any of the body is there. */
    private void checkHead(HttpServerRequest request) throws RefusedException {
        String type = mediaType(request);
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (!type.equals("application/json") && !type.equals("multipart/form-data")) {
            throw new RefusedException(
                    Refusal.UNKNOWN_TYPE,
                    "a job is application/json or multipart/form-data",
                    "set Content-Type: curl -H 'Content-Type: application/json' --data-binary @job.json");
        }
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new RefusedException(
                    Refusal.UNKNOWN_TYPE, "the content is encoded", "send it without Content-Encoding");
        }
        String key = request.getHeader(KEY);
        if (key != null && (key.isBlank() || key.length() > LONGEST_KEY)) {
            throw new RefusedException(
                    Refusal.BROKEN_REQUEST,
                    KEY + " has " + key.length() + " characters",
                    "use 1 to " + LONGEST_KEY + ", such as a UUID");
        }
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null && length.matches("\\d{1,18}") && Long.parseLong(length) > limits.maxBody()) {
            throw tooLarge();
        }
    }

    /** Without its parameters. */
    static String mediaType(HttpServerRequest request) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return type == null ? "" : type.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
    }

    private RefusedException tooLarge() {
        return new RefusedException(
                Refusal.TOO_LARGE,
                "the request has more than " + limits.maxBody() + " bytes",
                "make its pictures smaller, or ask for darkroom.intake.max-size to be raised");
    }

    /** Answers at once. What still comes of the body is thrown away, for a moment; then the connection is closed. */
    private void refuse(RoutingContext context, RefusedException why) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        LOG.debug("{} {}: {}", request.method(), why.refusal().word(), why.getMessage());
        response.setStatusCode(why.refusal().status()).putHeader(HttpHeaders.CONTENT_TYPE, PROBLEM);
        if (why.refusal() == Refusal.UNAUTHORIZED) {
            response.putHeader(
                    "WWW-Authenticate",
                    guard.token().isEmpty() ? "Basic realm=\"Darkroom\", charset=\"UTF-8\"" : "Bearer");
        }
        if (why.refusal().status() == 429) {
            response.putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
        }
        if (!request.isEnded()) {
            if (request.version() != HttpVersion.HTTP_2) { // which has no such header (RFC 9113, section 8.2.2)
                response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            }
            request.handler(null).endHandler(null).resume();
            context.vertx().setTimer(FAREWELL, over -> {
                if (!request.isEnded()) { // not before: a reset would take the answer along
                    hangUp(request);
                }
            });
        }
        response.end(why.document());
    }

    private static void hangUp(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset();
        } else {
            request.connection().close();
        }
    }

    /** A body on its way to a file. All of it happens on the connection's own thread. */
    private final class Receiving {
        private final RoutingContext context;
        private final HttpServerRequest request;
        private final Vertx vertx;
        private @Nullable AsyncFile file;
        private long bytes;
        private long lastHeard = System.nanoTime();
        private long timer;
        private boolean isOver;
        private boolean isOpening;
        private boolean holdsUpload;

        Receiving(RoutingContext context) {
            this.context = context;
            this.request = context.request();
            this.vertx = context.vertx();
        }

        void begin() throws RefusedException {
            if (uploads.incrementAndGet() > MOST_UPLOADS) {
                uploads.decrementAndGet();
                throw new RefusedException(
                        Refusal.TOO_MUCH_AT_ONCE,
                        MOST_UPLOADS + " requests are arriving already",
                        "send it again after the time in Retry-After");
            }
            holdsUpload = true;
            request.pause();
            request.exceptionHandler(e -> end()); // the sender is gone
            context.addEndHandler(done -> end());
            vertx.executeBlocking(this::prepare, false).onSuccess(this::open).onFailure(this::fail);
        }

        /** On another thread, since it looks at folders. */
        private Received prepare() throws IOException, RefusedException {
            String key = request.getHeader(KEY);
            boolean known = key != null && intake.find(Intake.idOf(SOURCE, key)).isPresent();
            if (!known && !backlog.take()) {
                throw new RefusedException(
                        Refusal.BACKLOG_FULL,
                        "as many jobs wait as may wait",
                        "send it again after the time in Retry-After; darkroom.intake.backlog says how many may wait");
            }
            try {
                Path folder = intake.stage();
                return new Received(folder, folder.resolve("body"), new AtomicBoolean(!known));
            } catch (IOException e) {
                if (!known) {
                    backlog.giveBack();
                }
                throw e;
            }
        }

        private void open(Received where) {
            received.put(request, where);
            if (isOver) {
                end();
                return;
            }
            isOpening = true;
            vertx.fileSystem()
                    .open(where.file().toString(), new OpenOptions().setCreateNew(true))
                    .onSuccess(this::receive)
                    .onFailure(e -> {
                        isOpening = false;
                        fail(e);
                    });
        }

        private void receive(AsyncFile opened) {
            isOpening = false;
            file = opened;
            if (isOver) {
                end();
                return;
            }
            String expect = request.getHeader(HttpHeaders.EXPECT);
            if (expect != null && expect.equalsIgnoreCase("100-continue")) {
                context.response().writeContinue();
            }
            opened.exceptionHandler(this::fail);
            request.handler(this::take);
            request.endHandler(end -> {
                file = null;
                opened.close().onSuccess(done -> handOn()).onFailure(this::fail);
            });
            timer = vertx.setPeriodic(TICK, tick -> {
                if (System.nanoTime() - lastHeard > limits.silence().toNanos()) {
                    fail(new RefusedException(
                            Refusal.SILENT,
                            "nothing more came for " + limits.silence().toSeconds() + " s, and it was not the end",
                            "send it again; Content-Length is what is really sent"));
                }
            });
            request.resume();
        }

        private void take(Buffer some) {
            AsyncFile out = file;
            if (isOver || out == null) {
                return;
            }
            lastHeard = System.nanoTime();
            bytes += some.length();
            if (bytes > limits.maxBody()) {
                fail(tooLarge());
                return;
            }
            out.write(some);
            if (out.writeQueueFull()) {
                request.pause();
                out.drainHandler(drained -> {
                    lastHeard = System.nanoTime();
                    request.resume();
                });
            }
        }

        private void handOn() {
            if (!isOver) {
                vertx.cancelTimer(timer);
                releaseUpload();
                context.next();
            }
        }

        private void fail(Throwable why) {
            if (why instanceof RefusedException refused) {
                refuse(context, refused);
            } else if (!isOver) {
                LOG.error("a job can't be received", why);
                refuse(
                        context,
                        new RefusedException(
                                Refusal.FAILED,
                                "the job can't be written down",
                                "send it again; the log of Darkroom says why"));
            }
            end();
        }

        private void releaseUpload() {
            if (holdsUpload) {
                holdsUpload = false;
                uploads.decrementAndGet();
            }
        }

        /** The answer is given, or nobody is there any more. */
        private void end() {
            releaseUpload();
            vertx.cancelTimer(timer);
            AsyncFile open = file;
            if (open != null) {
                file = null;
                open.close();
            }
            isOver = true;
            Received left = isOpening ? null : received.remove(request); // else a file would appear in what is deleted
            if (left != null) {
                if (left.counts().getAndSet(false)) {
                    backlog.giveBack();
                }
                vertx.executeBlocking(
                                () -> {
                                    Disk.deleteTree(left.folder());
                                    return left;
                                },
                                false)
                        .onFailure(e -> LOG.warn("{} is left behind until the next start", left.folder(), e));
            }
        }
    }
}
