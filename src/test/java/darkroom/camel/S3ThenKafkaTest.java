package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for S3 and then Kafka, against servers that speak each. */
final class S3ThenKafkaTest {
    private static final int JOBS = 5;

    @TempDir
    Path home;

    @AutoClose // also if the rest can't be prepared
    private S3Mock s3;

    @AutoClose
    private KafkaBroker kafka;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(home);
        s3 = new S3Mock(Files.createDirectory(home.resolve("s3"))).start();
        kafka = new KafkaBroker(home.resolve("kafka")).start();
        kafka.createTopic("pictures");
        bench.with(Setting.DELIVER, "catalogue")
                .with(Setting.DELIVER_PAUSE, "100ms")
                .with(Setting.DELIVER_LONGEST_PAUSE, "500ms");
        recipe(
                bench,
                s3,
                kafka,
                "requestTimeoutMs: 5000", // sooner, for the sake of the test
                "requestTimeoutMs: 1000",
                "deliveryTimeoutMs: 10000",
                "deliveryTimeoutMs: 2000");
    }

    /** Copies the recipe, with the addresses of these servers and more edits. */
    static void recipe(Bench bench, S3Mock s3, KafkaBroker kafka, String... more) throws IOException {
        Stream<String> addresses = Stream.of(
                "my-bucket",
                S3Mock.BUCKET,
                "region: eu-central-1",
                "region: us-east-1",
                "useDefaultCredentialsProvider: true",
                "useDefaultCredentialsProvider: false\n              accessKey: a\n              secretKey: b\n"
                        + "              overrideEndpoint: true\n              forcePathStyle: true\n"
                        + "              uriEndpointOverride: " + s3.url(),
                "kafka.example.org:9092",
                kafka.address());
        bench.withRecipe(
                "s3-then-kafka", Stream.concat(addresses, Stream.of(more)).toArray(String[]::new));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void whatIsInTheBucketIsToldOfAfterTheBrokerWasKilledInBetween() throws Exception {
        bench.start();
        bench.drop("first.json", job());
        bench.done("first.json");
        kafka.kill();
        for (int i = 0; i < JOBS; i++) {
            bench.drop("lane/job" + i + ".json", job());
        }
        Bench.await(
                "objects nobody was told of",
                () -> s3.keys().size() > 2
                        && Disk.list(bench.data().resolve("outbox/catalogue")).stream()
                                .anyMatch(DeliveriesTest::hasFailed));
        bench.stop(); // in the middle of it
        kafka.start();
        bench.start();

        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> Disk.list(bench.data().resolve("done/lane")).size() == JOBS);
        AsyncApi asyncApi = new AsyncApi();
        Map<String, String> locations = new HashMap<>();
        Map<String, String> ids = new HashMap<>();
        List<ConsumerRecord<String, byte[]>> records = kafka.records("pictures");
        for (ConsumerRecord<String, byte[]> one : records) {
            JsonNode event = new ObjectMapper().readTree(one.value());
            asyncApi.check(event);
            String location = event.at("/data/output/location").asText();
            locations.put(location, event.at("/data/output/sha256").asText());
            assertThat(location).isEqualTo("s3://" + S3Mock.BUCKET + "/" + one.key());
            String id = event.path("id").asText();
            assertThat(ids.merge(one.key(), id, (before, now) -> before.equals(now) ? now : "another"))
                    .isEqualTo(id);
        }
        assertThat(s3.keys()).hasSize(2 * JOBS + 2).containsExactlyInAnyOrderElementsOf(ids.keySet());
        assertThat(new TreeSet<>(ids.values())).hasSameSizeAs(ids.keySet());
        for (Map.Entry<String, String> told : locations.entrySet()) {
            Path copy = home.resolve("copy");
            String key = told.getKey().substring(("s3://" + S3Mock.BUCKET + "/").length());
            s3.client().getObject(request -> request.bucket(S3Mock.BUCKET).key(key), copy);
            assertThat(Sha256.of(copy)).isEqualTo(told.getValue());
            Files.delete(copy);
        }
        List<String> expected = new ArrayList<>();
        for (JsonNode manifest : bench.manifests()) {
            for (JsonNode output : manifest.at("/receipts/0/outputs")) {
                expected.add(output.path("sha256").asText());
            }
        }
        assertThat(locations.values()).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static String job() {
        return "{\"n_iter\": 2, \"width\": 64, \"height\": 64, \"steps\": 2}";
    }
}
