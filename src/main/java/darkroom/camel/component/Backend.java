package darkroom.camel.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import darkroom.job.AwayException;
import darkroom.job.MayPassException;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.json.FewTokens;
import darkroom.json.Json;
import darkroom.picture.PictureFile;
import darkroom.webui.Dialect;
import darkroom.webui.GpuMemory;
import darkroom.webui.Payload;
import darkroom.webui.ProgressReport;
import darkroom.webui.SaidAt;
import darkroom.webui.ServedOutputs;
import darkroom.webui.WebUiErrors;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Producer;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.support.UnitOfWorkHelper;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebUI: how to talk to it, and how much at a time. Requests go through camel-http, over HTTP/1.1 (the WebUI's server
 * speaks nothing else); none is ever sent twice by itself.
 */
final class Backend extends ServiceSupport implements ServedOutputs.Source {
    private static final Logger LOG = LoggerFactory.getLogger(Backend.class);
    private static final int MOST_OF_AN_ERROR = 64 * 1024;
    private static final long SHORT_TIMEOUT = 30_000;

    /** Of a small document; what the files of a thousand LoRAs say about themselves is on the list of their names. */
    private static final Limits SMALL = new Limits(SHORT_TIMEOUT, Duration.ofMinutes(1), 256L << 20);

    private static final int MOST_TOKENS = 500_000;
    private static final String FILE = "/file=";
    private static final String OPTIONS = "/sdapi/v1/options";

    /** What every WebUI has, once it has started. */
    private static final Set<String> EVERYWHERE = Set.of("/sdapi/v1/txt2img", "/sdapi/v1/img2img");

    /** No connection was made: nobody has seen the request. */
    private static final List<Class<? extends Exception>> BEFORE = List.of(
            ConnectException.class,
            NoRouteToHostException.class,
            UnknownHostException.class,
            ConnectTimeoutException.class,
            ConnectionRequestTimeoutException.class,
            SSLHandshakeException.class,
            SSLPeerUnverifiedException.class);

    private final WebuiHttp http;
    private final WebuiConfiguration options;
    private final Leases leases;
    private final GpuLimits limits;
    private final ProgressLog progress;
    private final Interrupts interrupts;
    private final StallWatch stalls;
    private final Recovery recovery;
    private final Priming priming = new Priming(this);
    private final CheckpointKeeper checkpoints;
    private final Lists lists = new Lists(this);
    private volatile @Nullable Dialect dialect;
    private final TaskQuestions questions = new TaskQuestions(this);
    private final Map<String, Producer> producers = new ConcurrentHashMap<>();

    Backend(
            CamelContext context,
            WebuiHttp http,
            WebuiConfiguration options,
            Leases leases,
            UnderWay underWay,
            GpuLimits limits,
            CheckpointKeeper checkpoints,
            ProgressLog progress) {
        this.http = http;
        this.options = options;
        this.leases = leases;
        this.limits = limits;
        this.checkpoints = checkpoints;
        this.progress = progress;
        progress.ask(this);
        this.stalls = new StallWatch(context, this, Duration.ofMillis(options.getStall()));
        this.interrupts = new Interrupts(context, this, underWay, options.isExclusive());
        this.recovery = new Recovery(context, this);
    }

    /**
     * What an answer may take.
     *
     * @param silence milliseconds without a byte
     * @param whole from its headers to its end
     * @param bytes of its body
     */
    private record Limits(long silence, Duration whole, long bytes) {}

    /** Of an answer that holds pictures. */
    private Limits large(long silence) {
        return new Limits(silence, Duration.ofMillis(options.getAnswerTimeout()), options.getMaxAnswer());
    }

    /** What is done with the body of an answer. */
    @FunctionalInterface
    interface Reader<T> {
        T read(InputStream body) throws IOException;
    }

    String url() {
        return options.getUrl();
    }

    /** Somebody wants to know which checkpoint is its own, and which is loaded, now and when it was away, while he needs it. */
    void tellOwnCheckpoint(BiConsumer<String, String> told, BooleanSupplier needed) {
        recovery.tellOwnCheckpoint(told, needed);
    }

    /** How it is talked to. */
    WebuiConfiguration configuration() {
        return options;
    }

    /** Where people say how it is talked to. */
    SaidAt saidAt() {
        String list = options.getBackends();
        return list == null ? SaidAt.SETTINGS : SaidAt.list(list, url());
    }

    /**
     * Has nothing more sent to it if it does not answer any more, rather than one task after the other find that out.
     *
     * @param e what was noticed
     * @return whether that is so
     */
    boolean openBreakerIfGone(AwayException e) {
        try {
            json(ProgressReport.PATH);
        } catch (AwayException again) {
            leases.breaker().open(e.problem().message());
            return true;
        } catch (ProblemException | IOException answers) {
            LOG.debug("{} is there", url(), answers);
        }
        return false;
    }

    /** The right to have a request under way. */
    Leases leases() {
        return leases;
    }

    /** Says how far long generations are. */
    ProgressLog progress() {
        return progress;
    }

    /** Interrupts cancelled tasks. */
    Interrupts interrupts() {
        return interrupts;
    }

    /** Gives up what it does not get on with. */
    StallWatch stalls() {
        return stalls;
    }

    /** Sees that options which requests override are put back. */
    Priming priming() {
        return priming;
    }

    /** Keeps loaded what tasks want. */
    CheckpointKeeper checkpoints() {
        return checkpoints;
    }

    /** Somebody has loaded something else: whoever wants to know that is told. */
    void askWhatIsLoaded() {
        recovery.lookAgain();
    }

    /** What its GPU has been seen to make at a time. */
    GpuLimits limits() {
        return limits;
    }

    /** The memory of its GPU; empty if it does not say, for whatever reason. */
    Optional<GpuMemory> gpuMemory() {
        try {
            return GpuMemory.of(json(GpuMemory.PATH));
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} does not say what its GPU has", url(), e);
            return Optional.empty();
        }
    }

    /** Knows what it has. */
    Lists lists() {
        return lists;
    }

    /**
     * Which program it is. It is asked once, and again after it was away.
     *
     * @throws AwayException if it can't be reached
     */
    Dialect dialect() {
        Dialect known = dialect;
        if (known == null) {
            known = askForDialect();
            dialect = known;
        }
        return known;
    }

    private Dialect askForDialect() {
        for (Dialect one : Dialect.values()) {
            if (one.tellTale().isEmpty() || has(one.tellTale())) {
                return one;
            }
        }
        return Dialect.A1111;
    }

    /** Whether a path answers with JSON. */
    private boolean has(String path) {
        try {
            return !json(path).isMissingNode();
        } catch (AwayException e) {
            throw e;
        } catch (ProblemException | IOException e) {
            return false;
        }
    }

    /** Asks where tasks are. */
    TaskQuestions questions() {
        return questions;
    }

    /** Gets a small JSON document; a missing node if nothing comes. */
    JsonNode json(String path) throws IOException {
        return get(path, Backend::tree);
    }

    /** Posts a small document; what is answered does not matter. */
    void post(String path, JsonNode document) throws IOException {
        call("POST", path, SMALL, entity(document), in -> in.transferTo(OutputStream.nullOutputStream()));
    }

    /** Changes options for good. Takes as long as what has to be loaded for that, and what is at work before. */
    void change(JsonNode changed) throws IOException {
        call(
                "POST",
                OPTIONS,
                large(options.getResponseTimeout()),
                entity(changed),
                in -> in.transferTo(OutputStream.nullOutputStream()));
    }

    /** Posts a question; the answer is a small JSON document, a missing node if nothing comes. */
    JsonNode ask(String path, JsonNode question) throws IOException {
        return call("POST", path, SMALL, entity(question), Backend::tree);
    }

    private static JsonNode tree(InputStream in) throws IOException {
        JsonNode tree = Json.mapper().readTree(new FewTokens(Json.mapper().createParser(in), MOST_TOKENS));
        return tree == null ? MissingNode.getInstance() : tree;
    }

    private static HttpEntity entity(JsonNode document) {
        return new StringEntity(document.toString(), ContentType.APPLICATION_JSON);
    }

    /** Posts a payload and reads the answer as it arrives. */
    <T> T post(Payload payload, Reader<T> reader) throws IOException {
        String path = payload.path();
        try {
            return call("POST", path, large(options.getResponseTimeout()), new PayloadEntity(payload), reader);
        } catch (MayPassException e) {
            if (e.problem().code() == ProblemCode.WEBUI_API_OFF
                    && !EVERYWHERE.contains(path)
                    && has("/sdapi/v1/samplers")) {
                throw WebUiErrors.lacks(path, dialect());
            }
            throw e;
        }
    }

    /** Gets a small document. */
    <T> T get(String path, Reader<T> reader) throws IOException {
        return call("GET", path, SMALL, null, reader);
    }

    @Override
    public JsonNode options() throws IOException {
        return json(OPTIONS);
    }

    @Override
    public PictureFile file(String path, ServedOutputs.Reader reader) throws IOException {
        // one for all files, steered by a header; there are none but ours in this exchange
        Limits limits = large(SHORT_TIMEOUT);
        Producer producer = producers.computeIfAbsent("GET " + FILE, key -> producer("GET", FILE, limits, true));
        Exchange exchange = producer.getEndpoint().createExchange();
        exchange.getMessage().setHeader(Exchange.HTTP_URI, url() + path);
        return call(producer, exchange, url() + path, limits.bytes(), reader::read, WebUiErrors::translateFile);
    }

    /**
     * Makes one call.
     *
     * @throws ProblemException if the answer is an error
     * @throws AwayException if the WebUI can't be reached, or the connection is lost
     * @throws IOException if what is done with the answer fails
     */
    private <T> T call(String method, String path, Limits limits, @Nullable Object body, Reader<T> reader)
            throws IOException {
        Producer producer = producers.computeIfAbsent(
                method + " " + path + " " + limits.silence(), key -> producer(method, path, limits, false));
        Exchange exchange = producer.getEndpoint().createExchange();
        exchange.getMessage().setBody(body);
        return call(producer, exchange, url() + path, limits.bytes(), reader, WebUiErrors::translate);
    }

    /** What an answer means that is not 2xx. */
    @FunctionalInterface
    private interface Translator {
        ProblemException translate(int status, String start, String url, String location, SaidAt saidAt);
    }

    private <T> T call(
            Producer producer, Exchange exchange, String url, long most, Reader<T> reader, Translator translator)
            throws IOException {
        try {
            send(producer, exchange);
            int status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
            InputStream answer = exchange.getMessage().getBody(InputStream.class);
            try (InputStream in = new FromNetwork(answer == null ? InputStream.nullInputStream() : answer, most)) {
                if (status >= 200 && status < 300) { // SD.Next answers 204 where nothing is to be said
                    return reader.read(in);
                }
                String start = new String(in.readNBytes(MOST_OF_AN_ERROR), StandardCharsets.UTF_8);
                String location = exchange.getMessage().getHeader(HttpHeaders.LOCATION, "", String.class);
                throw translator.translate(status, start, url, location, saidAt());
            }
        } catch (LostException e) {
            throw e.cause instanceof HangUp.EndlessException
                    ? unreadable(String.valueOf(e.cause.getMessage()))
                    : away(e.cause);
        } finally {
            UnitOfWorkHelper.doneSynchronizations(
                    exchange, exchange.getExchangeExtension().handoverCompletions());
        }
    }

    private void send(Producer producer, Exchange exchange) throws IOException {
        Exception failure;
        try {
            producer.process(exchange);
            failure = exchange.getException();
        } catch (Exception e) {
            failure = e;
        }
        Optional<Throwable> source = cause(Payload.SourceException.class, failure);
        if (source.isPresent()) {
            throw (Payload.SourceException) source.get(); // a file of ours, no fault of the WebUI
        }
        Optional<Throwable> constraint = cause(MessageConstraintException.class, failure);
        if (constraint.isPresent()) {
            throw unreadable("has headers without end (" + constraint.get().getMessage() + ")");
        }
        if (cause(IOException.class, failure).isPresent()) {
            throw away(failure);
        }
        if (failure != null) {
            throw new IllegalStateException("the request could not be made: " + failure, failure);
        }
    }

    /** Tells a connection that broke from a file that can't be written, which is an IOException too. */
    private static final class FromNetwork extends FilterInputStream {
        private final long most;
        private long bytes;

        FromNetwork(InputStream in, long most) {
            super(in);
            this.most = most;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                int n = super.read(target, offset, length);
                bytes += Math.max(0, n);
                if (bytes > most) {
                    throw new HangUp.EndlessException("has more than " + most + " bytes");
                }
                return n;
            } catch (IOException e) {
                throw new LostException(e);
            }
        }

        @Override
        public void close() {
            try {
                super.close();
            } catch (IOException e) {
                // all that was wanted of it has been read
            }
        }
    }

    private static final class LostException extends IOException {
        private static final long serialVersionUID = 1;

        private final IOException cause;

        LostException(IOException cause) {
            super(cause);
            this.cause = cause;
        }
    }

    private MayPassException unreadable(String what) {
        return new MayPassException(Problem.of(
                ProblemCode.WEBUI_ANSWER_UNREADABLE,
                "the answer of the WebUI " + what,
                "see that " + url() + " is a Stable Diffusion WebUI, and look at its log; if that is right, raise"
                        + " darkroom.webui.max-answer or darkroom.webui.answer-timeout"));
    }

    /** Whatever keeps us from an answer: no connection, a lost one, one that is silent for too long. */
    private AwayException away(Exception e) {
        dialect = null; // another one may take its place
        questions.askAgain();
        limits.forgetTooMuch(); // likewise
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new AwayException(
                Problem.of(
                        ProblemCode.WEBUI_AWAY,
                        "the WebUI at " + url() + " does not answer (" + why + ")",
                        "the job waits and goes on by itself when it is back; " + hint(e)),
                e,
                !http.isCut() && !isRefused(e));
    }

    /** Whether no connection was made, so that this says nothing about what was to be sent. */
    static boolean isRefused(Exception e) {
        return BEFORE.stream().anyMatch(type -> cause(type, e).isPresent());
    }

    private static String hint(Throwable thrown) {
        if (cause(CertificateException.class, thrown).isPresent()
                || cause(SSLPeerUnverifiedException.class, thrown).isPresent()) {
            return "its certificate is not trusted here: camel.ssl.trust-store names whom to trust";
        }
        if (cause(SSLException.class, thrown).isPresent()) {
            return "does it speak https at this address?";
        }
        return cause(UnknownHostException.class, thrown).isPresent()
                ? "is the name in its address right?"
                : "is it running, with --api?";
    }

    private static Optional<Throwable> cause(Class<? extends Exception> type, @Nullable Throwable thrown) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    private Producer producer(String method, String path, Limits limits, boolean steered) {
        try {
            HttpEndpoint endpoint = (HttpEndpoint) http.createEndpoint(url() + path
                    + (path.contains("?") ? "&" : "?") + "disableStreamCache=true&throwExceptionOnFailure=false"
                    // message headers must neither steer the call nor travel with it (CVE-2026-78164)
                    + "&skipControlHeaders=" + !steered + "&skipRequestHeaders=true&httpMethod=" + method
                    // in the address: what is set on the endpoint comes too late for its client
                    + "&connectTimeout=" + options.getConnectTimeout() + "&soTimeout=" + limits.silence()
                    + "&responseTimeout=" + limits.silence());
            endpoint.setHttpClientConfigurer(builder -> builder.setDefaultHeaders(headers())
                    .addExecInterceptorFirst(
                            "hang-up",
                            new HangUp(
                                    Duration.ofMillis(2 * limits.silence()), // silence ends it before
                                    limits.whole())));
            Producer producer = endpoint.createProducer();
            ServiceHelper.startService(endpoint, producer);
            return producer;
        } catch (Exception e) {
            throw new IllegalStateException("can't talk to " + url() + path + ": " + e.getMessage(), e);
        }
    }

    private List<Header> headers() {
        List<Header> headers = new ArrayList<>();
        headers.add(new BasicHeader(HttpHeaders.ACCEPT, "application/json"));
        // compressing costs the WebUI 15 ms a picture, in the thread that everybody waits for
        headers.add(new BasicHeader(HttpHeaders.ACCEPT_ENCODING, "identity"));
        if (options.getAuthUsername() != null) {
            // pre-emptively: its 401 names no scheme (webui-api, section 1.3), and the body need not be sent twice
            String both = options.getAuthUsername() + ":" + Objects.requireNonNullElse(options.getAuthPassword(), "");
            String token = Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
            headers.add(new BasicHeader(HttpHeaders.AUTHORIZATION, "Basic " + token, true));
        }
        return headers;
    }

    @Override
    protected void doStart() {
        ServiceHelper.startService(progress, interrupts, stalls, recovery);
    }

    @Override
    protected void doStop() {
        ServiceHelper.stopService(progress, interrupts, stalls, recovery);
        ServiceHelper.stopService(producers.values());
        producers.clear();
    }
}
