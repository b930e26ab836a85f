package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.camel.Exchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for uploads over HTTP, against a server that notes what it gets. */
final class HttpUploadTest {
    private static final String TOKEN = "not-to-be-told";
    private static final int JOBS = 20;

    @TempDir
    Path home;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, String> stored = new ConcurrentHashMap<>();
    private final List<Put> puts = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private Bench bench;

    /** What came, with the path as it stood in the request line. */
    private record Put(String method, String path, Map<String, List<String>> headers, long bytes) {}

    @BeforeEach
    void prepare() throws IOException {
        server = serve(0, this::store);
        bench = new Bench(home);
        bench.with(Setting.DELIVER, "upload")
                .with(Setting.DELIVER_PAUSE, "100ms")
                .with(Setting.DELIVER_LONGEST_PAUSE, "500ms")
                .withProperties("upload.token=" + TOKEN + "\n")
                .withRecipe(
                        "http-upload",
                        "https://files.example.org/pictures",
                        "http://127.0.0.1:" + server.getAddress().getPort() + "/the%20pictures",
                        "{{env:UPLOAD_TOKEN}}",
                        "{{upload.token}}");
    }

    @AfterEach
    void stop() {
        bench.close();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void everyPictureIsThereOnceAfterTheServerWasAway() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults().withTimePerPicture(Duration.ofMillis(50)));
        bench.start();
        for (int i = 0; i < JOBS; i++) {
            bench.drop("lane/job" + i + ".json", "{\"n_iter\": 2, \"width\": 64, \"height\": 64, \"steps\": 2}");
        }
        Bench.await("some", () -> stored.size() >= 4);

        int port = server.getAddress().getPort();
        server.stop(0);
        Bench.await("all made", () -> bench.sandbox().generations().size() == JOBS);
        Bench.await(
                "some wait",
                () -> !Disk.list(bench.data().resolve("outbox/upload")).isEmpty());
        server = serve(port, this::store);

        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> Disk.list(bench.data().resolve("done/lane")).size() == JOBS);
        assertThat(stored).isEqualTo(expected()).hasSize(2 * JOBS);
        assertThat(bench.generations()).hasSize(JOBS);
    }

    @Test
    void aPutIsWhatItShouldBe() throws Exception {
        bench.start();
        bench.drop("Größe/日本 100%.json", "{\"width\": 64, \"height\": 64, \"steps\": 2}");
        JsonNode manifest = bench.done("Größe/日本 100%.json");

        Put put = puts.get(0);
        assertThat(put.method()).isEqualTo("PUT");
        assertThat(put.path())
                .startsWith("/the%20pictures/Gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC_100_-")
                .matches("[ -~]+");
        assertThat(put.headers()).containsEntry("Content-type", List.of("image/png"));
        assertThat(put.headers()).containsEntry("Content-length", List.of(Long.toString(put.bytes())));
        assertThat(put.headers()).doesNotContainKey("Transfer-encoding");
        assertThat(put.headers()).containsEntry("Authorization", List.of("Bearer " + TOKEN));
        assertThat(put.headers().keySet())
                .as("nothing else goes out")
                .isSubsetOf(
                        "Accept-encoding",
                        "Authorization",
                        "Connection",
                        "Content-length",
                        "Content-type",
                        "Host",
                        "User-agent");
        assertThat(stored).isEqualTo(expected()).hasSize(1);
        assertThat(bench.outputs(manifest)).isNotEmptyDirectory();
    }

    /** The heap of this process would not hold it twice, and is watched. */
    @Test
    void aLargeFileIsStreamed() throws Exception {
        long large = 100L << 20;
        Path file = home.resolve("large.png");
        try (var out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(new byte[] {1}), large - 1);
        }
        String recipe = Files.readString(bench.routes().resolve("http-upload.camel.yaml"))
                .replace("outbox:upload", "direct:large");
        Files.writeString(bench.routes().resolve("http-upload.camel.yaml"), recipe);
        bench.with(Setting.DELIVER, "").start();
        var template = bench.service().camelContext().createProducerTemplate();
        long before = Allocated.now();

        Exchange sent = template.send("direct:large", exchange -> {
            exchange.getMessage().setBody(file.toFile());
            exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "image/png");
            exchange.getMessage().setHeader("CamelHttpUri", "http://127.0.0.1:1/elsewhere");
            exchange.getMessage().setHeader("CamelHttpMethod", "DELETE");
            exchange.getMessage().setHeader("CamelHttpQuery", "a=b");
            exchange.setVariable("path", "lane/job/large.png");
        });

        assertThat(sent.getException()).isNull();
        assertThat(Allocated.now() - before)
                .as("bytes allocated by the thread that sends")
                .isLessThan(20L << 20);
        assertThat(puts).singleElement().satisfies(put -> {
            assertThat(put.method()).isEqualTo("PUT");
            assertThat(put.path()).isEqualTo("/the%20pictures/lane/job/large.png");
            assertThat(put.bytes()).isEqualTo(large);
            assertThat(put.headers()).containsEntry("Content-length", List.of(Long.toString(large)));
        });
    }

    @Test
    void whatTheServerSaysIsTheReason() throws Exception {
        server.stop(0);
        server = serve(server.getAddress().getPort(), exchange -> {
            puts.add(new Put(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getRawPath(),
                    exchange.getRequestHeaders(),
                    exchange.getRequestBody().readAllBytes().length));
            answer(
                    exchange,
                    507,
                    "<html><style>p {}</style><p>The quota\nof 5 GB</p> is used up; you sent Bearer " + TOKEN
                            + "</html>" + "x".repeat(100_000));
        });
        bench.with(Setting.DELIVER_ATTEMPTS, "2").start();
        bench.drop("a.json", "{\"width\": 64, \"height\": 64, \"steps\": 2}");

        String message = bench.failed("a.json").path("message").asText();
        assertThat(message)
                .contains("could not be delivered to 'upload'")
                .contains("answered 507 Insufficient Storage: The quota of 5 GB is used up")
                .doesNotContain(TOKEN)
                .hasSizeLessThan(800);
        assertThat(puts)
                .as("as often as the outbox says, and not behind its back")
                .hasSize(2);
        bench.assertNoDocumentHolds(TOKEN);
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        List<String> elsewhere = new CopyOnWriteArrayList<>();
        HttpServer other = serve(0, exchange -> {
            elsewhere.add(exchange.getRequestHeaders().toString());
            answer(exchange, 200, "");
        });
        try {
            server.stop(0);
            server = serve(server.getAddress().getPort(), exchange -> {
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders()
                        .add(
                                "Location",
                                "http://127.0.0.1:" + other.getAddress().getPort() + "/x?signature=secret");
                answer(exchange, 307, "");
            });
            bench.with(Setting.DELIVER_ATTEMPTS, "1").start();
            bench.drop("a.json", "{\"width\": 64, \"height\": 64, \"steps\": 2}");

            assertThat(bench.failed("a.json").path("message").asText())
                    .contains("answered 307 Temporary Redirect, a redirect to http://127.0.0.1")
                    .doesNotContain("secret");
            assertThat(elsewhere).isEmpty();
        } finally {
            other.stop(0);
        }
    }

    /** The hash of each output by the path that it belongs under. */
    private Map<String, String> expected() throws IOException {
        Map<String, String> expected = new LinkedHashMap<>();
        for (JsonNode manifest : bench.manifests()) {
            for (JsonNode output : manifest.at("/receipts/0/outputs")) {
                expected.put(
                        "/the pictures/" + manifest.path("lane").asText() + "/"
                                + manifest.path("job").asText() + "/"
                                + output.path("file").asText(),
                        output.path("sha256").asText());
            }
        }
        return expected;
    }

    @FunctionalInterface
    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private void store(HttpExchange exchange) throws IOException {
        var digest = Sha256.digest();
        long bytes = 0;
        try (InputStream in = new DigestInputStream(exchange.getRequestBody(), digest)) {
            byte[] buffer = new byte[64 * 1024];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                bytes += n;
            }
        }
        puts.add(new Put(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                new LinkedHashMap<>(exchange.getRequestHeaders()),
                bytes));
        stored.put(exchange.getRequestURI().getPath(), HexFormat.of().formatHex(digest.digest()));
        answer(exchange, 201, "");
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private HttpServer serve(int port, Answer answer) throws IOException {
        HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        started.createContext("/", exchange -> {
            try (exchange) {
                answer.to(exchange);
            }
        });
        started.setExecutor(threads);
        started.start();
        return started;
    }
}
