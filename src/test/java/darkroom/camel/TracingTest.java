package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import darkroom.FreePort;
import darkroom.files.Disk;
import darkroom.settings.Setting;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces of whole jobs, as a collector gets them over OTLP. */
final class TracingTest {
    private static final String CAT = "{\"width\": 64, \"height\": 64, \"steps\": 2}";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final Map<String, String> OTEL = Map.of("otel.bsp.schedule.delay", "100");

    @TempDir
    Path home;

    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<String> delivered = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private Bench bench;
    private int port;

    @BeforeEach
    void prepare() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", exchange -> {
            try (InputStream in = exchange.getRequestBody()) {
                ExportTraceServiceRequest.parseFrom(in).getResourceSpansList().stream()
                        .flatMap(resource -> resource.getScopeSpansList().stream())
                        .forEach(scope -> spans.addAll(scope.getSpansList()));
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.createContext("/shop", exchange -> {
            exchange.getRequestBody().readAllBytes();
            delivered.add(String.valueOf(exchange.getRequestHeaders().getFirst("traceparent")));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        OTEL.forEach(System::setProperty);
        System.setProperty("otel.exporter.otlp.endpoint", url);
        port = FreePort.find();
        bench = new Bench(home);
        bench.with(Setting.INTAKE_PORT, Integer.toString(port)).with(Setting.DELIVER, "shop");
        Files.writeString(bench.routes().resolve("shop.camel.yaml"), """
                - route:
                    id: shop
                    routeConfigurationId: deliveries
                    from:
                      uri: outbox:shop
                      steps:
                        - to:
                            uri: %s/shop
                            parameters:
                              authMethod: Basic
                              authUsername: somebody
                              authPassword: not-to-be-told
                """.formatted(url));
    }

    @AfterEach
    void stop() {
        bench.close();
        server.stop(0);
        OTEL.keySet().forEach(System::clearProperty);
        System.clearProperty("otel.exporter.otlp.endpoint");
    }

    @Test
    void aJobIsOneTraceFromItsSenderToItsDestination() throws Exception {
        bench.with(Setting.TRACING, "true").start();

        post();

        Bench.await("delivered", () -> delivered.size() == 1);
        assertThat(delivered.get(0)).startsWith("00-" + TRACE + "-").doesNotContain(PARENT);
        Bench.await("the last span", () -> names().contains("outbox")); // those before it have begun
        Bench.await("all spans, each below one that is there as well", () -> {
            Set<String> known = ids(spans, false);
            known.add(PARENT);
            return spans.stream()
                    .allMatch(span -> known.contains(hex(span.getParentSpanId().toByteArray())));
        });
        assertThat(ids(spans, true)).as("all in one trace").containsOnly(TRACE);
        assertThat(names()).contains("POST", "accepted", "generate", "webui", "outputs", "outbox");
        assertThat(spans.toString())
                .contains("webui")
                .contains("outbox")
                .contains("/shop")
                .doesNotContain("not-to-be-told");
    }

    @Test
    void aDroppedFileBeginsATraceThatOutlivesTheProcess() throws Exception {
        bench.with(Setting.TRACING, "true").with(Setting.DELIVER_PAUSE, "100ms").start();
        server.removeContext("/shop");
        bench.drop("cat.json", CAT);
        Bench.await("made", () -> bench.generations().size() == 1);
        Bench.await(
                "waits", () -> Disk.list(bench.data().resolve("outbox/shop")).size() == 1);
        bench.stop();
        server.createContext("/shop", exchange -> {
            delivered.add(String.valueOf(exchange.getRequestHeaders().getFirst("traceparent")));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });

        bench.start();

        bench.done("cat.json");
        Bench.await("the last span", () -> names().contains("outbox"));
        assertThat(ids(spans, true)).hasSize(1);
        assertThat(delivered)
                .singleElement()
                .asString()
                .contains(ids(spans, true).iterator().next());
        assertThat(spans.stream().filter(span -> span.getParentSpanId().isEmpty()))
                .extracting(Span::getName)
                .containsExactly("accepted");
    }

    @Test
    void whereNothingIsTracedTheSendersTraceGoesThrough() throws Exception {
        Files.writeString(bench.routes().resolve("tell.camel.yaml"), """
                - route:
                    id: tell
                    routeConfigurationId: deliveries
                    from:
                      uri: events:tell
                      parameters:
                        types: done
                      steps:
                        - to: http://127.0.0.1:%d/shop
                """.formatted(
                        server.getAddress().getPort()));
        bench.start();

        post();

        Bench.await("delivered, and told", () -> delivered.size() == 2);
        assertThat(delivered).containsOnly("00-" + TRACE + "-" + PARENT + "-01");
        bench.stop();
        assertThat(spans).isEmpty();
    }

    private void post() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/jobs"))
                .header("Content-Type", "application/json")
                .header("traceparent", "00-" + TRACE + "-" + PARENT + "-01")
                .POST(HttpRequest.BodyPublishers.ofString(CAT))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(202);
    }

    private Set<String> names() {
        return spans.stream().map(Span::getName).collect(Collectors.toSet());
    }

    private static Set<String> ids(List<Span> spans, boolean trace) {
        return spans.stream()
                .map(span -> hex((trace ? span.getTraceId() : span.getSpanId()).toByteArray()))
                .collect(Collectors.toSet());
    }

    private static String hex(byte[] id) {
        return HexFormat.of().formatHex(id);
    }
}
