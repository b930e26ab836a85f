package darkroom.sandbox;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A Stable Diffusion WebUI without a model, inside this process, until it is closed.
 *
 * <pre>{@code
 * try (var webUi = SandboxWebUi.start(SandboxSettings.defaults())) {
 *     webUi.next(Fault.hangUp());
 *     callTheWebUiAt(webUi.url());
 *     assertThat(webUi.requests()).hasSize(2);
 * }
 * }</pre>
 */
public final class SandboxWebUi implements AutoCloseable {
    /** How many generations {@link #generations} holds at most. */
    public static final int REMEMBERED = 10_000;

    /** As many as the real server has: when all of them wait for the lock, nobody answers progress. */
    private static final int THREADS = 40;

    private static final AtomicInteger COUNT = new AtomicInteger();

    static {
        // Without it each small answer on a kept connection is 40 ms late. It is read when the JDK's server is first
        // used.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final SandboxSettings settings;
    private final Path dataFolder;
    private final HttpServer server;
    private final ExecutorService threads;
    private final Doorkeeper doorkeeper;
    private final Engine engine;
    private final Visitors visitors;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SandboxWebUi(SandboxSettings settings, Path dataFolder, HttpServer server) {
        this.settings = settings;
        this.dataFolder = dataFolder;
        this.server = server;
        this.visitors = new Visitors(new RandomFaults(settings.faults(), settings.seed()));
        this.engine = Engine.start(settings, dataFolder);
        int number = COUNT.incrementAndGet();
        var threadCount = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(THREADS, work -> {
            var thread = new Thread(work, "sandbox-webui-" + number + "-" + threadCount.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.doorkeeper = new Doorkeeper(server, threads);
        server.setExecutor(doorkeeper);
        server.createContext("/", new FrontDoor(settings, new Routes(engine, port()), visitors));
        server.start();
    }

    /**
     * Starts one, which accepts connections when this returns.
     *
     * @throws UncheckedIOException if the port is taken or the data folder can't be used
     */
    public static SandboxWebUi start(SandboxSettings settings) {
        try {
            HttpServer server = bind(settings);
            try {
                return new SandboxWebUi(settings, dataFolder(settings), server);
            } catch (IOException | RuntimeException e) {
                server.stop(0);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the sandbox WebUI does not start: " + e.getMessage(), e);
        }
    }

    /** Where it is, e.g. {@code http://127.0.0.1:41234}, with the subpath if it has one; never with a slash at the end. */
    public URI url() {
        String scheme = settings.tls() == null ? "http" : "https";
        return URI.create(scheme + "://" + settings.host() + ":" + port() + settings.subpath());
    }

    /** The port it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** The folder that holds {@code outputs/} and {@code config.json}: what a mount of a real WebUI's folder would show. */
    public Path dataFolder() {
        return dataFolder;
    }

    /** The last 1000 requests, the oldest first. */
    public List<ReceivedRequest> requests() {
        return visitors.requests();
    }

    /**
     * Waits until a path has been called so many times.
     *
     * @param number 1 is the first since the start; it must be among the last 1000 requests
     * @return that request
     * @throws TimeoutException if it does not come in time
     */
    public ReceivedRequest awaitRequest(String path, int number, Duration atMost)
            throws InterruptedException, TimeoutException {
        return visitors.await(path, number, atMost);
    }

    /** From now on this is told of each request, when it comes and when it goes. */
    public void observe(RequestObserver observer) {
        visitors.observe(observer);
    }

    /** The last {@value #REMEMBERED} stays in the lock that have ended, in their order. */
    public List<Generation> generations() {
        return engine.gpu().generations();
    }

    /** How many requests wait for the job that is being done. */
    int waiting() {
        return engine.gpu().waiting();
    }

    /** How often it has loaded a checkpoint since its start. */
    public int loads() {
        return engine.checkpoints().loads();
    }

    /** The title of the checkpoint that its options name, as a person sees it in the drop-down. */
    public String checkpoint() {
        return engine.options().text("sd_model_checkpoint");
    }

    /** The next requests that generate something (txt2img, img2img, extras) have these faults, one each, in this order. */
    public void next(Fault... faults) {
        visitors.next(faults);
    }

    /** The next requests of this path, e.g. {@code /sdapi/v1/options}, have these faults; before those of {@link #next}. {@code
     * /file=} stands for all files. */
    public void nextAt(String path, Fault... faults) {
        visitors.nextAt(path, faults);
    }

    /**
     * Stops at once: connections break, waiting and running jobs end, the port is free and no thread is left when this
     * returns. A temporary data folder is deleted. Closing again does nothing.
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        threads.shutdownNow();
        doorkeeper.stop();
        try {
            if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a job of the sandbox WebUI does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (settings.dataFolder() == null) {
            delete(dataFolder);
        }
    }

    private static HttpServer bind(SandboxSettings settings) throws IOException {
        var address = new InetSocketAddress(settings.host(), settings.port());
        @Nullable SSLContext tls = settings.tls();
        if (tls == null) {
            return HttpServer.create(address, 0);
        }
        HttpsServer server = HttpsServer.create(address, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        return server;
    }

    private static Path dataFolder(SandboxSettings settings) throws IOException {
        Path given = settings.dataFolder();
        return given == null ? Files.createTempDirectory("sandbox-webui") : Files.createDirectories(given);
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
