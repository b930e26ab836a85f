package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.files.Disk;
import darkroom.settings.Setting;
import jakarta.jms.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fifth pipeline of docs/routes.md: jobs from a queue, pictures to S3, events to Kafka, failures to a queue. */
final class CompanyPipelineTest {
    private static final String CAT = "{\"n_iter\": 2, \"width\": 64, \"height\": 64, \"steps\": 2}";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final int JOBS = 6;

    @TempDir
    Path home;

    @AutoClose // also if the rest can't be prepared
    private ArtemisBroker broker;

    @AutoClose
    private S3Mock s3;

    @AutoClose
    private KafkaBroker kafka;

    private Bench bench;

    @BeforeEach
    void prepare() throws Exception {
        bench = new Bench(home);
        broker = new ArtemisBroker(home.resolve("artemis")).start();
        s3 = new S3Mock(Files.createDirectory(home.resolve("s3"))).start();
        kafka = new KafkaBroker(home.resolve("kafka")).start();
        kafka.createTopic("pictures");
        bench.with(Setting.DELIVER, "catalogue")
                .with(Setting.DELIVER_PAUSE, "100ms")
                .with(Setting.DELIVER_LONGEST_PAUSE, "500ms")
                .withRecipe("from-jms", "broker.example.org:61616", broker.address())
                .withRecipe("dead-letters-to-jms", "broker.example.org:61616", broker.address());
        S3ThenKafkaTest.recipe(bench, s3, kafka);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void jobsGoFromAQueueToS3AndKafkaAndFailuresToAnotherQueue() throws Exception {
        for (int i = 0; i < JOBS; i++) {
            send(CAT);
        }
        send("{\"sampler_name\": \"None such\"}");
        bench.start();
        Bench.await("some are there", () -> !s3.keys().isEmpty());
        bench.stop();
        bench.start(); // it goes on where it was

        Bench.await(
                "all done", () -> Disk.list(bench.data().resolve("done/orders")).size() == JOBS);
        Bench.await("the failure is told", () -> broker.messages("dead-letters").size() == 1);
        assertThat(broker.messages("prompts")).isEmpty();
        Set<String> told = new HashSet<>();
        for (ConsumerRecord<String, byte[]> one : kafka.records("pictures")) {
            JsonNode event = new ObjectMapper().readTree(one.value());
            new AsyncApi().check(event);
            assertThat(event.path("traceparent").asText()).contains(TRACE);
            told.add(event.at("/data/output/location").asText().replaceFirst("s3://[^/]+/", ""));
        }
        assertThat(s3.keys()).hasSize(2 * JOBS).containsExactlyInAnyOrderElementsOf(told);
        Message failure = broker.messages("dead-letters").get(0);
        JsonNode event = new ObjectMapper().readTree(failure.getBody(String.class));
        assertThat(event.at("/data/problems/0/code").asText()).isEqualTo("refused-sampler");
        assertThat(event.path("traceparent").asText()).contains(TRACE);
    }

    private void send(String prompt) throws Exception {
        broker.inSession(session -> {
            Message message = session.createTextMessage(prompt);
            message.setStringProperty("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01");
            session.createProducer(session.createQueue("prompts")).send(message);
            return null;
        });
    }
}
