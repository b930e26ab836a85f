package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for Kafka, with a broker in a process of its own. */
final class KafkaDestinationTest {
    private static final int JOBS = 20;
    private static KafkaBroker kafka;

    @TempDir
    Path home;

    private Bench bench;

    @BeforeAll
    static void startBroker(@TempDir Path folder) throws Exception {
        kafka = new KafkaBroker(folder).start();
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    @BeforeEach
    void prepare() throws Exception {
        bench = new Bench(home);
        bench.with(Setting.DELIVER, "feed")
                .with(Setting.DELIVER_PAUSE, "100ms")
                .with(Setting.DELIVER_LONGEST_PAUSE, "500ms");
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void everyOutputIsToldOfAfterTheBrokerWasKilled() throws Exception {
        kafka.createTopic("events");
        bench.withRecipe(
                "kafka",
                "kafka:pictures",
                "kafka:events",
                "kafka.example.org:9092",
                kafka.address(),
                "requestTimeoutMs: 5000", // sooner, for the sake of the test
                "requestTimeoutMs: 1000",
                "deliveryTimeoutMs: 10000",
                "deliveryTimeoutMs: 2000",
                "reconnectBackoffMaxMs: 10000",
                "reconnectBackoffMaxMs: 1000");
        bench.restartSandbox(SandboxSettings.defaults().withTimePerPicture(Duration.ofMillis(50)));
        bench.start();
        for (int i = 0; i < JOBS; i++) {
            bench.drop("lane/job" + i + ".json", "{\"n_iter\": 2, \"width\": 64, \"height\": 64, \"steps\": 2}");
        }
        Bench.await("some", () -> kafka.records("events").size() >= 4);

        kafka.kill();
        Bench.await("all made", () -> bench.sandbox().generations().size() == JOBS);
        Bench.await("some wait", () -> waiting().stream().anyMatch(DeliveriesTest::hasFailed));
        kafka.start();

        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> Disk.list(bench.data().resolve("done/lane")).size() == JOBS);
        Map<String, String> expected = expected();
        assertThat(expected).hasSize(2 * JOBS);
        Map<String, String> told = new HashMap<>();
        Map<String, String> ids = new HashMap<>();
        for (ConsumerRecord<String, byte[]> one : kafka.records("events")) {
            JsonNode event = new ObjectMapper().readTree(one.value());
            assertThat(event.path("specversion").asText()).isEqualTo("1.0");
            assertThat(event.path("type").asText()).isEqualTo("darkroom.output");
            assertThat(event.at("/data/output/key").asText()).isEqualTo(one.key());
            told.put(one.key(), event.at("/data/output/sha256").asText());
            String id = event.path("id").asText();
            assertThat(ids.merge(one.key(), id, (before, now) -> before.equals(now) ? now : "another"))
                    .isEqualTo(id);
            assertThat(one.headers().toArray()).singleElement().satisfies(header -> {
                assertThat(header.key()).isEqualTo("content-type");
                assertThat(header.value()).asString(StandardCharsets.UTF_8).isEqualTo("application/cloudevents+json");
            });
        }
        assertThat(told).isEqualTo(expected);
        assertThat(ids.values()).doesNotHaveDuplicates();
        assertThat(bench.generations()).hasSize(JOBS);
        assertThat(waiting()).isEmpty();
    }

    @Test
    void thePictureItselfIsSentToThoseWhoWantIt() throws Exception {
        bench.withRecipe(
                "kafka",
                "kafka.example.org:9092",
                kafka.address(),
                "# valueSerializer",
                "valueSerializer",
                "# maxRequestSize",
                "maxRequestSize",
                "application/cloudevents+json",
                "image/png");
        Path file = bench.routes().resolve("kafka.camel.yaml");
        Files.writeString(file, Files.readString(file).replaceFirst("(?s)        - setBody:.*?(?=        - to:)", ""));
        bench.start();
        bench.drop("a.json", "{\"n_iter\": 2, \"width\": 64, \"height\": 64, \"steps\": 2}");
        bench.done("a.json");

        Map<String, String> sent = new HashMap<>();
        for (ConsumerRecord<String, byte[]> one : kafka.records("pictures")) {
            sent.put(one.key(), HexFormat.of().formatHex(Sha256.digest().digest(one.value())));
        }
        assertThat(sent).hasSize(2).isEqualTo(expected());
    }

    @Test
    void aBrokerThatIsNotKnownByItsNameHoldsUpItselfAlone() throws Exception {
        bench.withRecipe("kafka", "kafka.example.org:9092", "kafka.invalid:9092");
        bench.with(Setting.DELIVER_ATTEMPTS, "2").start();
        bench.drop("other.json", "{\"width\": 64, \"height\": 64, \"steps\": 2, \"job\": {\"deliver\": []}}");
        bench.drop("a.json", "{\"width\": 64, \"height\": 64, \"steps\": 2}");

        assertThat(bench.failed("a.json").path("message").asText())
                .contains("1 of 1 could not be delivered to 'feed'")
                .contains("bootstrap");
        bench.done("other.json");
    }

    /** The hash of each output by its key, as the manifests have them. */
    private Map<String, String> expected() throws Exception {
        Map<String, String> expected = new HashMap<>();
        for (JsonNode manifest : bench.manifests()) {
            for (JsonNode output : manifest.at("/receipts/0/outputs")) {
                String file = Path.of(
                                manifest.path("lane").asText(),
                                manifest.path("job").asText())
                        .resolve(output.path("file").asText())
                        .toString();
                expected.put(file, output.path("sha256").asText());
            }
        }
        return expected;
    }

    private List<Path> waiting() throws Exception {
        return Disk.list(bench.data().resolve("outbox/feed"));
    }
}
