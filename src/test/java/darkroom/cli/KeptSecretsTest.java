package darkroom.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import darkroom.FreePort;
import darkroom.files.Disk;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets reach the far side, from wherever they come, and nobody else: in a process of its own, with its log. */
final class KeptSecretsTest {
    private static final String OF_ENVIRONMENT = "t0ken-of-environment";
    private static final String OF_FILE = "t0ken-of-a-file";
    private static final String OF_VAULT = "t0ken-of-a-vault";
    private static final String OF_PROPERTIES = "t0ken-of-properties";
    private static final String OF_WEBUI = "t0ken-of-the-webui";
    private static final List<String> ALL = List.of(OF_ENVIRONMENT, OF_FILE, OF_VAULT, OF_PROPERTIES, OF_WEBUI);

    @TempDir
    Path folder;

    private final Map<String, String> asked = new ConcurrentHashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private HttpServer server;
    private int port;
    private int health;

    @BeforeEach
    void prepare() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        port = server.getAddress().getPort();
        health = FreePort.find();
        Path routes = Files.createDirectory(folder.resolve("routes"));
        for (Path file : Disk.list(Path.of("routes"))) {
            if (file.toString().endsWith(".camel.yaml")) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        Files.writeString(routes.resolve("own.camel.yaml"), """
                - route:
                    id: hook
                    routeConfigurationId: deliveries
                    from:
                      uri: outbox:hook
                      steps:
                        - log:
                            loggingLevel: WARN
                            message: "sending with {{env:HOOK_TOKEN}}, {{shop.token}} and {{env:HOOK_COLOUR}}"
                        - to:
                            uri: "http:127.0.0.1:%d/{{env:HOOK_TOKEN}}/{{secret-file:shop}}/{{aws:shop}}/{{shop.token}}"
                - route:
                    id: mails
                    from:
                      uri: "imap:127.0.0.1:%d?username=me&password=RAW({{env:HOOK_TOKEN}})&initialDelay=0"
                      steps:
                        - to: {uri: "direct:accept"}
                """.formatted(port, FreePort.find()));
        Files.writeString(Files.createDirectory(folder.resolve("secrets")).resolve("shop"), OF_FILE + "\n");
        Files.writeString(folder.resolve("auth"), "me:" + OF_WEBUI);
        Path config = Files.writeString(folder.resolve("application.properties"), """
                shop.token=%s
                camel.vault.aws.accessKey=someone
                camel.vault.aws.secretKey=anything
                camel.vault.aws.region=eu-central-1
                camel.vault.aws.overrideEndpoint=true
                camel.vault.aws.uriEndpointOverride=http://127.0.0.1:%d
                """.formatted(OF_PROPERTIES, port));
        environment.putAll(Map.of(
                "DARKROOM_CONFIG",
                config.toString(),
                "DARKROOM_ROUTES",
                routes.toString(),
                "DARKROOM_SECRETS",
                folder.resolve("secrets").toString(),
                "DARKROOM_WEBUI_AUTH_FILE",
                folder.resolve("auth").toString(),
                "DARKROOM_HEALTH_PORT",
                Integer.toString(health),
                "DARKROOM_DELIVER",
                "hook",
                "DARKROOM_DELIVER_PAUSE",
                "50ms",
                "DARKROOM_DELIVER_ATTEMPTS",
                "2",
                "HOOK_TOKEN",
                OF_ENVIRONMENT,
                "HOOK_COLOUR",
                "ultramarine"));
    }

    /** A vault as AWS has it, and a server that always fails and repeats in its answer what it was asked. */
    private void answer(HttpExchange exchange) throws IOException {
        boolean vault = exchange.getRequestHeaders().containsKey("X-Amz-Target");
        String path = exchange.getRequestURI().getPath();
        asked.put(path, exchange.getRequestMethod());
        byte[] body = (vault ? "{\"Name\": \"shop\", \"SecretString\": \"" + OF_VAULT + "\"}" : "no " + path)
                .getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(vault ? 200 : 500, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "json"})
    void noneIsInALogOrInAFile(String format) throws Exception {
        environment.put("JAVA_TOOL_OPTIONS", "-Dlog.format=" + format);
        SandboxSettings webUi = SandboxSettings.defaults().withCredentials("me", OF_WEBUI);
        try (var sandbox = SandboxWebUi.start(webUi);
                var service = new Launched(
                        folder, environment, "run", "--webui", sandbox.url().toString())) {
            await(service, () -> service.said().contains("watching"));
            Path drop = folder.resolve("data/drop");
            Files.writeString(drop.resolve("a.json"), "{\"steps\": 1, \"width\": 64, \"height\": 64}");

            Path error = folder.resolve("data/failed/a.json.error.json");
            await(service, () -> Files.exists(error));
            await(service, () -> service.said().contains("imap"));
            assertThat(asked)
                    .containsEntry("/" + OF_ENVIRONMENT + "/" + OF_FILE + "/" + OF_VAULT + "/" + OF_PROPERTIES, "POST");
            assertThat(service.said())
                    .contains("sending with …, … and ultramarine")
                    .contains("/…/…/…/…")
                    .doesNotContain(ALL);
            assertThat(error).content().contains("delivery-failed", "/…/…/…/…");
            assertThat(service.said()).contains("given up after 2 tries");
        }
        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(ALL);
            }
        }
    }

    @Test
    void noneIsInWhatCheckSays() throws Exception {
        environment.remove("DARKROOM_WEBUI_AUTH_FILE");
        try (var sandbox = SandboxWebUi.start(SandboxSettings.defaults());
                var check = new Launched(
                        folder,
                        environment,
                        "check",
                        "--json",
                        "--webui",
                        sandbox.url().toString());
                var deliver =
                        new Launched(folder, environment, "check", "--deliver", "hook", "--json", "--data", "d2")) {
            check.exitCode();
            assertThat(deliver.exitCode()).as(deliver.said()).isEqualTo(Darkroom.NOT_OK);

            assertThat(check.said())
                    .contains("\"subject\" : \"destination hook\"", "/…/…/…/…: answers (500 to OPTIONS)")
                    .startsWith("[")
                    .doesNotContain(ALL);
            assertThat(deliver.said())
                    .contains("the test picture was not delivered", "/…/…/…/…", "500")
                    .startsWith("[")
                    .doesNotContain(ALL);
            assertThat(folder.resolve("d2")).doesNotExist();
        }
    }

    @Test
    void aSecretThatIsNotThereIsNamed() throws Exception {
        Files.delete(folder.resolve("secrets/shop"));
        try (var check = new Launched(folder, environment, "routes", "check")) {
            assertThat(check.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(check.said())
                    .startsWith("own.camel.yaml, line 11, column ")
                    .contains("{{secret-file:shop}}: there is no file " + folder.resolve("secrets/shop"))
                    .doesNotContain(ALL);
        }
    }

    private static void await(Launched process, Callable<Boolean> condition) throws IOException {
        try {
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> condition.call() || !process.runs());
            assertThat(process.runs()).as(process.said()).isTrue();
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(process.said(), e);
        }
    }
}
