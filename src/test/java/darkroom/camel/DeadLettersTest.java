package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.files.Disk;
import darkroom.settings.Setting;
import jakarta.jms.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for a dead-letter queue, with an Artemis in a process of its own. */
final class DeadLettersTest {
    private static final int JOBS = 10;

    @TempDir
    Path home;

    @AutoClose // also if the rest can't be prepared
    private ArtemisBroker broker;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(home);
        broker = new ArtemisBroker(home.resolve("artemis")).start();
        bench.with(Setting.DELIVER_PAUSE, "100ms")
                .with(Setting.DELIVER_LONGEST_PAUSE, "500ms")
                .withRecipe("dead-letters-to-jms", "broker.example.org:61616", broker.address())
                .start();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void everyFailureIsThereOnceWithItsReasonAfterTheBrokerWasKilled() throws Exception {
        bench.drop("good.json", "{\"width\": 64, \"height\": 64, \"steps\": 2}");
        bench.done("good.json");
        for (int i = 0; i < JOBS; i++) {
            if (i == JOBS / 2) {
                Bench.await("some", () -> broker.messages("dead-letters").size() >= 2);
                broker.kill();
            }
            bench.drop("lane/unreadable" + i + ".json", "{\"steps\": \"many\"}");
            bench.drop("lane/refused" + i + ".json", "{\"sampler_name\": \"None such\", \"steps\": 2}");
        }
        Bench.await(
                "all failed",
                () -> Disk.list(bench.data().resolve("failed/lane")).size() == 4 * JOBS);
        Bench.await("some wait", () -> waiting().stream().anyMatch(DeliveriesTest::hasFailed));
        bench.stop();
        broker.start();
        bench.start();

        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() ->
                        waiting().isEmpty() && broker.messages("dead-letters").size() >= 2 * JOBS);
        AsyncApi asyncApi = new AsyncApi();
        Map<String, String> codes = new TreeMap<>();
        List<Message> messages = broker.messages("dead-letters");
        for (Message message : messages) {
            JsonNode event = new ObjectMapper().readTree(message.getBody(String.class));
            asyncApi.check(event);
            assertThat(message.getStringProperty("_AMQ_DUPL_ID"))
                    .isEqualTo(event.path("id").asText());
            assertThat(message.getJMSCorrelationID())
                    .isEqualTo(event.path("subject").asText());
            codes.put(
                    event.at("/data/promptFile").asText(),
                    event.at("/data/problems/0/code").asText());
        }
        assertThat(messages).hasSize(2 * JOBS);
        for (int i = 0; i < JOBS; i++) {
            for (String name : List.of("unreadable" + i + ".json", "refused" + i + ".json")) {
                assertThat(codes.get(name)).isEqualTo(error(name));
            }
        }
        assertThat(codes).hasSize(2 * JOBS);
    }

    private String error(String name) {
        return Bench.json(bench.data().resolve("failed/lane").resolve(name + ".error.json"))
                .path("code")
                .asText();
    }

    private List<Path> waiting() throws Exception {
        return Disk.list(bench.data().resolve("outbox/dead-letters"));
    }
}
