package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.settings.Setting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for jobs from Kafka, with a broker in a process of its own. */
final class KafkaSourceTest {
    private static KafkaBroker kafka;

    @TempDir
    Path home;

    private String topic;
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
    void prepare(TestInfo test) throws Exception {
        topic = test.getTestMethod().orElseThrow().getName();
        kafka.createTopic(topic);
        bench = new Bench(home);
        recipe();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void eachRecordBecomesOneJobOverStopsAndABrokerThatDies() throws Exception {
        bench.start();
        send(IntStream.range(0, 6));
        Bench.await("some", () -> jobs() >= 2);
        bench.stop();
        send(IntStream.range(6, 12));
        bench.start();
        Bench.await("some more", () -> jobs() >= 7);
        kafka.kill();
        kafka.start();
        send(IntStream.range(12, 18));

        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> jobs() == 18);
        Bench.await("all offsets", () -> kafka.taken("darkroom", topic) == 18);
        assertThat(bench.manifests())
                .allMatch(manifest -> manifest.path("lane").asText().equals("orders"))
                .extracting(KafkaSourceTest::seed)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 18).boxed().toList());
        assertThat(tickets()).hasSize(18);
        bench.assertTidy();
    }

    @Test
    void aRecordThatIsNoPromptFileIsInFailedWithTheReason() throws Exception {
        bench.start();
        ProducerRecord<String, byte[]> hostile =
                new ProducerRecord<>(topic, 0, "k", "no JSON".getBytes(StandardCharsets.UTF_8));
        hostile.headers().add("kafka.OFFSET", "0".getBytes(StandardCharsets.UTF_8));
        hostile.headers().add("CAMELKafkaManualCommit", "0".getBytes(StandardCharsets.UTF_8));
        hostile.headers().add("CamelFileName", "../../elsewhere".getBytes(StandardCharsets.UTF_8));
        kafka.send(List.of(hostile, new ProducerRecord<>(topic, 0, "k", null), record(1)));

        Bench.await("the job", () -> jobs() == 1);
        Path failed = bench.data().resolve("failed/orders");
        Bench.await("the reasons", () -> Disk.list(failed).size() == 4);
        assertThat(Disk.list(failed).stream().filter(file -> file.toString().endsWith(".error.json")))
                .extracting(file -> Bench.json(file).path("code").asText())
                .containsExactlyInAnyOrder("malformed-json", "empty-file");
        Bench.await("all offsets", () -> kafka.taken("darkroom", topic) == 3);
    }

    /** The job is written, and then the process dies, or the broker does, before the offset is committed. */
    @Test
    void aRecordThatComesAgainIsNoSecondJobAndOneThatFailsIsNotPassedOver() throws Exception {
        Path tries = home.resolve("tries");
        recipe(
                "        - script:",
                "        - to: {uri: \"file:" + home + "\", parameters: {fileName: tries, fileExist: Append}}\n"
                        + "        - throwException: {exceptionType: java.lang.IllegalStateException, message: lost}\n"
                        + "        - script:");
        bench.with(Setting.STOP_TIMEOUT, "1s").start();
        kafka.send(List.of(record(1), record(2)));
        Bench.await(
                "it comes again",
                () -> Files.exists(tries) && Files.readString(tries).split(topic.substring(0, 30), -1).length > 2);
        bench.stop();
        assertThat(tickets()).hasSize(1);
        assertThat(kafka.taken("darkroom", topic)).isZero();
        recipe();
        bench.start();

        Bench.await("the second", () -> jobs() == 2);
        Bench.await("all offsets", () -> kafka.taken("darkroom", topic) == 2);
        assertThat(tickets()).hasSize(2);
        assertThat(jobs()).isEqualTo(2);
    }

    @Test
    void aTopicThatWasMadeAgainHasNewRecords() throws Exception {
        bench.start();
        send(IntStream.of(1));
        Bench.await("a job", () -> jobs() == 1);
        bench.stop();
        kafka.deleteTopic(topic);
        Awaitility.await().ignoreExceptionsInstanceOf(ExecutionException.class).until(() -> {
            kafka.createTopic(topic);
            return true;
        });
        send(IntStream.of(2));
        bench.start();

        Bench.await("another", () -> jobs() == 2);
    }

    private void recipe(String... edits) throws Exception {
        bench.withRecipe(
                "from-kafka",
                "kafka:prompts",
                "kafka:" + topic,
                "kafka.example.org:9092",
                kafka.address(),
                "reconnectBackoffMaxMs: 10000", // sooner, for the sake of the test; so is who is gone given up
                "reconnectBackoffMaxMs: 1000\n        sessionTimeoutMs: 6000");
        Path file = bench.routes().resolve("from-kafka.camel.yaml");
        String text = Files.readString(file);
        for (int i = 0; i < edits.length; i += 2) {
            assertThat(text).contains(edits[i]);
            text = text.replace(edits[i], edits[i + 1]);
        }
        Files.writeString(file, text);
    }

    private ProducerRecord<String, byte[]> record(int seed) {
        return record(seed, 0);
    }

    private ProducerRecord<String, byte[]> record(int seed, int partition) {
        return new ProducerRecord<>(
                topic,
                partition,
                "k",
                ("{\"seed\": " + seed + ", \"width\": 64, \"height\": 64, \"steps\": 2}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private void send(IntStream seeds) throws Exception {
        kafka.send(seeds.mapToObj(seed -> record(seed, seed % 2)).toList());
    }

    private static int seed(JsonNode manifest) {
        return manifest.at("/receipts/0/payload/seed").asInt();
    }

    private int jobs() throws Exception {
        return bench.manifests().size();
    }

    private List<Path> tickets() throws Exception {
        return Disk.list(bench.data().resolve("intake"));
    }
}
