package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The recipes for queues of JMS and AMQP brokers, with an Artemis in a process of its own. */
final class JmsDestinationTest {
    private static final String SMALL = "{\"n_iter\": 2, \"width\": 64, \"height\": 64, \"steps\": 2}";
    private static final int JOBS = 20;
    private static final long LARGE = 160L << 20;
    private static ArtemisBroker broker;

    @TempDir
    Path home;

    private Bench bench;

    @BeforeAll
    static void startBroker(@TempDir Path folder) throws Exception {
        broker = new ArtemisBroker(folder).start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void prepare() throws Exception {
        bench = new Bench(home);
        bench.with(Setting.DELIVER_PAUSE, "100ms").with(Setting.DELIVER_LONGEST_PAUSE, "500ms");
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @ParameterizedTest
    @CsvSource({"jms,shop", "amqp,press"})
    void everyOutputIsToldOfOnceAfterTheBrokerWasKilled(String protocol, String destination) throws Exception {
        String queue = "killed-" + protocol;
        recipe(protocol, queue);
        bench.with(Setting.DELIVER, destination);
        bench.restartSandbox(SandboxSettings.defaults().withTimePerPicture(Duration.ofMillis(50)));
        bench.start();
        for (int i = 0; i < JOBS; i++) {
            bench.drop("lane/job" + i + ".json", SMALL);
        }
        Bench.await("some", () -> broker.messages(queue).size() >= 4);

        broker.kill();
        Bench.await("all made", () -> bench.sandbox().generations().size() == JOBS);
        Bench.await("some wait", () -> waiting(destination).stream().anyMatch(DeliveriesTest::hasFailed));
        broker.start();

        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> Disk.list(bench.data().resolve("done/lane")).size() == JOBS);
        assertToldOfOnce(queue);
        assertThat(bench.generations()).hasSize(JOBS);
        assertThat(waiting(destination)).isEmpty();
    }

    /** The broker has it, and the process dies before it can note that. */
    @ParameterizedTest
    @CsvSource({"jms,shop", "amqp,press"})
    void whatIsSentAgainIsThereOnce(String protocol, String destination) throws Exception {
        String queue = "again-" + protocol;
        recipe(protocol, queue);
        Files.writeString(bench.routes().resolve("away.camel.yaml"), """
                - route:
                    id: away
                    from:
                      uri: outbox:away
                      steps:
                        - throwException:
                            exceptionType: java.io.IOException
                            message: away
                """);
        bench.with(Setting.DELIVER, destination + ",away").start();
        bench.drop("a.json", SMALL);
        Bench.await("delivered", () -> marks(destination).size() == 2);
        bench.stop();
        for (Path mark : marks(destination)) {
            Files.delete(mark);
        }
        bench.start();
        Bench.await("delivered again", () -> marks(destination).size() == 2);

        assertThat(broker.messages(queue)).hasSize(2);
        bench.stop();
    }

    /** By a process with less heap than the picture has bytes. */
    @Test
    void aPictureIsSentPieceByPiece() throws Exception {
        bench.close();
        bench = new Bench(
                home.resolve("small"),
                SandboxSettings.defaults().withPictureBytes(LARGE).withPlainPictures(true));
        recipe("jms", "large");
        Path file = bench.routes().resolve("jms.camel.yaml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("# artemisStreamingEnabled", "artemisStreamingEnabled")
                        .replace("application/cloudevents+json", "image/png")
                        .replaceFirst("(?s)        - setBody:.*?(?=        - to:)", ""));
        bench.drop("a.json", "{\"width\": 64, \"height\": 64, \"steps\": 1, \"job\": {\"deliver\": \"shop\"}}");
        Process process = RecoveryTest.Program.run(
                home.resolve("small"), bench, List.of("-Xmx96m", "-XX:+ExitOnOutOfMemoryError"));
        try {
            Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> bench.exists("done/a.json"));
            JsonNode manifest = bench.manifests().get(0);
            Path received = home.resolve("received");
            String type = broker.inSession(session -> {
                Message message =
                        session.createConsumer(session.createQueue("large")).receive(Bench.SOON.toMillis());
                try (OutputStream out = Files.newOutputStream(received)) {
                    message.setObjectProperty("JMS_AMQ_SaveStream", out);
                }
                return message.getStringProperty("contentType");
            });
            assertThat(type).isEqualTo("image/png");
            assertThat(Files.size(received)).isGreaterThanOrEqualTo(LARGE);
            assertThat(Sha256.of(received))
                    .isEqualTo(manifest.at("/receipts/0/outputs/0/sha256").asText());
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private void recipe(String protocol, String queue) throws IOException {
        bench.withRecipe(
                protocol,
                protocol + ":queue:pictures",
                protocol + ":queue:" + queue,
                "broker.example.org:" + (protocol.equals("jms") ? "61616" : "5672"),
                broker.address());
    }

    private void assertToldOfOnce(String queue) throws Exception {
        Map<String, String> expected = new HashMap<>();
        Map<String, String> jobs = new HashMap<>();
        for (JsonNode manifest : bench.manifests()) {
            for (JsonNode output : manifest.at("/receipts/0/outputs")) {
                String job = manifest.path("job").asText();
                String key = manifest.path("lane").asText() + "/" + job + "/"
                        + output.path("file").asText();
                expected.put(key, output.path("sha256").asText());
                jobs.put(key, job);
            }
        }
        assertThat(expected).hasSize(2 * JOBS);
        List<Message> messages = broker.messages(queue);
        Map<String, String> told = new HashMap<>();
        for (Message message : messages) {
            JsonNode event = new ObjectMapper().readTree(message.getBody(String.class));
            String key = event.at("/data/output/key").asText();
            told.put(key, event.at("/data/output/sha256").asText());
            assertThat(message.getJMSCorrelationID()).isEqualTo(jobs.get(key));
            assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
            assertThat(message.getStringProperty("_AMQ_DUPL_ID"))
                    .isEqualTo(event.path("id").asText());
            assertThat(message.getStringProperty("contentType")).isEqualTo("application/cloudevents+json");
        }
        assertThat(told).isEqualTo(expected);
        assertThat(messages).hasSameSizeAs(expected.keySet());
    }

    private List<Path> waiting(String destination) throws IOException {
        return Disk.list(bench.data().resolve("outbox").resolve(destination));
    }

    private List<Path> marks(String destination) throws IOException {
        return Bench.tree(bench.data().resolve("outputs")).stream()
                .filter(path -> path.getParent().endsWith(".deliveries/" + destination))
                .filter(path -> !path.getFileName().toString().startsWith("."))
                .toList();
    }
}
