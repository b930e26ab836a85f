package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import darkroom.files.Disk;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for webhooks, against a receiver that checks what it is told. */
final class WebhookTest {
    private static final String OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String NEW = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    private static final int JOBS = 10;

    @TempDir
    Path home;

    private final List<Told> told = new CopyOnWriteArrayList<>();
    private volatile int status = 204;
    private HttpServer server;
    private Bench bench;

    /** A request, and what this receiver thought of it. */
    private record Told(String id, long timestamp, String signatures, String type, String body) {
        JsonNode event() throws IOException {
            return new ObjectMapper().readTree(body);
        }

        /** The rules, as a receiver has them: any signature of version 1 that is right will do. */
        boolean isSignedWith(String secret) throws GeneralSecurityException {
            byte[] key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            String signed = id + "." + timestamp + "." + body;
            String right =
                    "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
            return List.of(signatures.split(" ", -1)).contains(right);
        }
    }

    @BeforeEach
    void prepare() throws IOException {
        server = serve(0);
        bench = new Bench(home);
        bench.with(Setting.DELIVER_PAUSE, "100ms")
                .with(Setting.DELIVER_LONGEST_PAUSE, "1100ms")
                .withProperties("webhook.secrets=" + NEW + " " + OLD + "\n");
        recipe("types: done,failed,cancelled", "types: output,done");
    }

    private void recipe(String from, String to) throws IOException {
        bench.withRecipe(
                "webhook",
                "https://shop.example.org",
                "http://127.0.0.1:" + server.getAddress().getPort(),
                "{{env:WEBHOOK_SECRET}}",
                "{{webhook.secrets}}",
                from,
                to);
    }

    @AfterEach
    void stop() {
        bench.close();
        server.stop(0);
    }

    @Test
    void tellsAllSignedAfterTheReceiverWasAway() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults().withTimePerPicture(Duration.ofMillis(20)));
        bench.start();
        for (int i = 0; i < JOBS; i++) {
            bench.drop("Größe/job" + i + ".json", "{\"n_iter\": 2, \"width\": 64, \"height\": 64, \"steps\": 2}");
        }
        Bench.await("some", () -> told.size() >= 3);
        server.stop(0);
        Bench.await("all made", () -> bench.sandbox().generations().size() == JOBS);
        server = serve(server.getAddress().getPort());

        Set<String> expected = new TreeSet<>();
        Bench.await("all done", () -> bench.manifests().size() == JOBS);
        for (JsonNode manifest : bench.manifests()) {
            String job = manifest.path("job").asText();
            expected.add("darkroom.done " + job);
            Bench.names(manifest).forEach(file -> expected.add("darkroom.output Größe/" + job + "/" + file));
        }
        assertThat(expected).hasSize(3 * JOBS);
        Awaitility.await().atMost(Bench.SOON).until(() -> subjects().equals(expected));
        for (Told one : told) {
            assertThat(one.type()).isEqualTo("application/cloudevents+json");
            assertThat(one.isSignedWith(NEW)).isTrue();
            assertThat(one.isSignedWith(OLD)).isTrue();
            assertThat(one.isSignedWith("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))
                    .isFalse();
            assertThat(one.event().path("id").asText()).isEqualTo(one.id());
        }
        assertThat(told.stream().map(Told::id).collect(Collectors.toSet())).hasSize(3 * JOBS);
    }

    private Set<String> subjects() throws IOException {
        Set<String> subjects = new TreeSet<>();
        for (Told one : told) {
            subjects.add(one.event().path("type").asText() + " "
                    + one.event().path("subject").asText());
        }
        return subjects;
    }

    @Test
    void isTheSameEventAtAnotherTimeWhenTriedAgain() throws Exception {
        recipe("events:webhook # a name of its own; or ", "");
        String recipe = Files.readString(bench.routes().resolve("webhook.camel.yaml"))
                .replaceFirst("uri: outbox:webhook .*\\n.*\\n.*types: .*", "uri: outbox:webhook");
        Files.writeString(bench.routes().resolve("webhook.camel.yaml"), recipe);
        status = 503;
        bench.with(Setting.DELIVER, "webhook").start();
        bench.drop("a.json", "{\"width\": 64, \"height\": 64, \"steps\": 2}");
        Bench.await("tries in two seconds", () -> timestamps().size() >= 2);
        status = 200;
        bench.done("a.json");

        assertThat(told).extracting(Told::id).containsOnly(told.get(0).id());
        assertThat(told)
                .allMatch(one -> Math.abs(one.timestamp() - Instant.now().getEpochSecond()) < 60);
        List<Told> all = new ArrayList<>(told);
        for (Told one : all) {
            assertThat(one.body()).isEqualTo(all.get(0).body());
            assertThat(one.isSignedWith(OLD)).isTrue();
        }
    }

    private Set<Long> timestamps() {
        return told.stream().map(Told::timestamp).collect(Collectors.toSet());
    }

    @Test
    void whatIsRefusedIsSaidWithoutTheSecret() throws Exception {
        status = 410;
        bench.with(Setting.DELIVER_ATTEMPTS, "2").start();
        bench.drop("a.json", "{\"width\": 64, \"height\": 64, \"steps\": 2}");

        assertThat(givenUp()).contains("answered 410 Gone");
        bench.assertNoDocumentHolds(OLD, NEW);
    }

    @Test
    void aSecretThatIsNoneIsNotShown() throws Exception {
        bench.withProperties("webhook.secrets=not-to-be-told\n")
                .with(Setting.DELIVER_ATTEMPTS, "1")
                .start();
        bench.drop("a.json", "{\"width\": 64, \"height\": 64, \"steps\": 2}");

        assertThat(givenUp()).contains("secret 1 of the webhook is not whsec_").doesNotContain("not-to-be-told");
        assertThat(told).isEmpty();
    }

    /** Why. */
    private String givenUp() throws IOException {
        Path dead = bench.data().resolve("outbox/webhook/dead");
        Bench.await("given up", () -> Disk.list(dead).stream().anyMatch(WebhookTest::isError));
        Path error = Disk.list(dead).stream()
                .filter(WebhookTest::isError)
                .findFirst()
                .orElseThrow();
        return Bench.json(error).path("message").asText();
    }

    private static boolean isError(Path file) {
        return file.toString().endsWith(".error.json");
    }

    private HttpServer serve(int port) throws IOException {
        HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        started.createContext("/hooks/darkroom", exchange -> {
            try (exchange) {
                var headers = exchange.getRequestHeaders();
                told.add(new Told(
                        headers.getFirst("webhook-id"),
                        Long.parseLong(headers.getFirst("webhook-timestamp")),
                        headers.getFirst("webhook-signature"),
                        headers.getFirst("Content-Type"),
                        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
                exchange.sendResponseHeaders(status, -1);
            }
        });
        started.start();
        return started;
    }
}
