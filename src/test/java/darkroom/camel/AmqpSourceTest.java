package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.files.Disk;
import darkroom.settings.Setting;
import jakarta.jms.BytesMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for jobs from AMQP 1.0, with a broker in a process of its own. */
final class AmqpSourceTest {
    private static ArtemisBroker broker;

    @TempDir
    Path home;

    private String queue;
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
    void prepare(TestInfo test) throws Exception {
        queue = test.getTestMethod().orElseThrow().getName();
        bench = new Bench(home);
        recipe();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void eachMessageBecomesOneJobOverStopsAndABrokerThatDies() throws Exception {
        bench.start();
        send(IntStream.range(0, 6));
        Bench.await("some", () -> jobs() >= 2);
        bench.stop();
        send(IntStream.range(6, 12));
        bench.start();
        Bench.await("some more", () -> jobs() >= 7);
        broker.kill();
        broker.start();
        send(IntStream.range(12, 18));

        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> jobs() == 18);
        Bench.await("an empty queue", () -> broker.messages(queue).isEmpty());
        assertThat(bench.manifests())
                .allMatch(manifest -> manifest.path("lane").asText().equals("orders"))
                .extracting(manifest -> manifest.at("/receipts/0/payload/seed").asInt())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 18).boxed().toList());
        assertThat(tickets()).hasSize(18);
        bench.assertTidy();
    }

    @Test
    void dataIsTakenAsWellAndPropertiesSteerNothing() throws Exception {
        bench.start();
        send((session, producer) -> {
            BytesMessage bytes = session.createBytesMessage();
            bytes.writeBytes(prompt(1).getBytes(StandardCharsets.UTF_8));
            bytes.setStringProperty("CamelFileName", "../../elsewhere");
            bytes.setStringProperty("jmsmessageid", "another's");
            producer.send(bytes);
            Message text = session.createTextMessage(prompt(2));
            text.setStringProperty("jmsmessageid", "another's");
            producer.send(text);
            producer.send(session.createTextMessage("no JSON"));
            return null;
        });

        Bench.await("two jobs", () -> jobs() == 2);
        Path failed = bench.data().resolve("failed/orders");
        Bench.await("a reason", () -> Disk.list(failed).size() == 2);
        Bench.await("an empty queue", () -> broker.messages(queue).isEmpty());
        assertThat(tickets()).hasSize(3);
        assertThat(broker.setAside(queue)).isZero();
    }

    /** The job is written, and then the process dies before the message is accepted. */
    @Test
    void aMessageThatComesAgainIsNoSecondJob() throws Exception {
        Path file = bench.routes().resolve("from-amqp.camel.yaml");
        Files.writeString(
                file,
                Files.readString(file)
                        + "        - throwException: {exceptionType: java.lang.IllegalStateException, message: lost}\n");
        bench.with(Setting.STOP_TIMEOUT, "1s").start();
        send(IntStream.of(1));
        Bench.await("a job", () -> jobs() == 1);
        bench.stop();
        recipe();
        bench.start();

        Bench.await("an empty queue", () -> broker.messages(queue).isEmpty());
        send(IntStream.of(2));
        Bench.await("the next", () -> jobs() == 2);
        assertThat(tickets()).hasSize(2);
    }

    @Test
    void aMessageWithoutAnIdIsSetAsideByTheBroker() throws Exception {
        bench.start();
        send((session, producer) -> {
            producer.setDisableMessageID(true);
            producer.send(session.createTextMessage(prompt(1)));
            return null;
        });

        Bench.await("set aside", () -> broker.setAside(queue) == 1);
        assertThat(tickets()).isEmpty();
    }

    @Test
    void aMessageWithoutAnIdMayGoByItsHash() throws Exception {
        bench.withRecipe(
                "from-amqp",
                "queue:prompts",
                "queue:" + queue,
                "broker.example.org:5672",
                broker.address(),
                "${header.JMSMessageID}",
                "${hash(${body},SHA-256)}");
        bench.start();
        send((session, producer) -> {
            producer.setDisableMessageID(true);
            for (int seed : List.of(1, 2, 1)) {
                producer.send(session.createTextMessage(prompt(seed)));
            }
            return null;
        });

        Bench.await("an empty queue", () -> broker.messages(queue).isEmpty());
        Bench.await("two jobs", () -> jobs() == 2);
        assertThat(tickets()).hasSize(2);
    }

    private void recipe() throws Exception {
        bench.withRecipe("from-amqp", "queue:prompts", "queue:" + queue, "broker.example.org:5672", broker.address());
    }

    private static String prompt(int seed) {
        return "{\"seed\": " + seed + ", \"width\": 64, \"height\": 64, \"steps\": 2}";
    }

    private void send(IntStream seeds) throws Exception {
        send((session, producer) -> {
            for (int seed : seeds.toArray()) {
                producer.send(session.createTextMessage(prompt(seed)));
            }
            return null;
        });
    }

    private void send(Sending what) throws Exception {
        ArtemisBroker.inSession(
                new JmsConnectionFactory("amqp://" + broker.address()),
                session -> what.send(session, session.createProducer(session.createQueue(queue))));
    }

    /** What is sent. */
    @FunctionalInterface
    private interface Sending {
        Object send(Session session, MessageProducer producer) throws Exception;
    }

    private int jobs() throws Exception {
        return bench.manifests().size();
    }

    private List<Path> tickets() throws Exception {
        return Disk.list(bench.data().resolve("intake"));
    }
}
