package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.FreePort;
import darkroom.files.Disk;
import darkroom.settings.Setting;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for JMS, with a broker in this process and its protocol in between. */
final class JmsSourceTest {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String CAT = "{\"prompt\": \"a cat\", \"width\": 64, \"height\": 64, \"steps\": 2}";

    @TempDir
    Path home;

    private final EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
    private Bench bench;
    private String url;
    private String recipe;

    @BeforeEach
    void prepare() throws Exception {
        url = "tcp://127.0.0.1:" + FreePort.find();
        broker.setConfiguration(new ConfigurationImpl()
                .setPersistenceEnabled(false)
                .setSecurityEnabled(false)
                .setJournalDirectory(home.resolve("journal").toString())
                .addAcceptorConfiguration("tcp", url)
                .addAddressSetting(
                        "#",
                        new AddressSettings()
                                .setMaxDeliveryAttempts(1000)
                                .setRedeliveryDelay(100)
                                .setDeadLetterAddress(SimpleString.of("dead"))
                                .setAutoCreateDeadLetterResources(true)));
        broker.start();
        bench = new Bench(home);
        recipe = Files.readString(Path.of("routes/recipes/from-jms.camel.yaml"))
                .replace("tcp://broker.example.org:61616", url);
    }

    @AfterEach
    void stop() throws Exception {
        bench.close();
        broker.stop();
    }

    @Test
    void eachMessageBecomesAJobAndIsGone() throws Exception {
        start();
        send(context -> context.createTextMessage(CAT));
        send(context -> {
            var bytes = context.createBytesMessage();
            bytes.writeBytes(CAT.getBytes(StandardCharsets.UTF_8));
            bytes.setStringProperty("CamelFileName", "../../elsewhere");
            bytes.setStringProperty("key", "mine");
            bytes.setStringProperty("traceparent", TRACE);
            bytes.setStringProperty("jmsmessageid", "another's");
            return bytes;
        });
        send(context -> {
            Message text = context.createTextMessage(CAT);
            text.setStringProperty("jmsmessageid", "another's");
            return text;
        });

        Bench.await("three jobs", () -> bench.manifests().size() == 3);
        assertThat(bench.manifests())
                .allMatch(manifest -> manifest.path("lane").asText().equals("orders"));
        Bench.await("an empty queue", () -> waiting("prompts") == 0);
        assertThat(Disk.list(bench.data().resolve("intake")))
                .as("tickets, one with the trace of its message")
                .filteredOn(ticket -> Bench.json(ticket).path("trace").asText().equals(TRACE))
                .hasSize(1);
        bench.assertTidy();
    }

    @Test
    void whatIsWrongWithAMessageIsSaidWhereItIsWithEveryPromptFile() throws Exception {
        start();
        send(context -> context.createTextMessage("{\"steps\": \"many\"}"));

        Bench.await("failed", () -> bench.exists("failed/orders"));
        Bench.await(
                "with a reason",
                () -> Disk.list(bench.data().resolve("failed/orders")).stream()
                        .anyMatch(file -> file.toString().endsWith(".error.json")));
        Bench.await("an empty queue", () -> waiting("prompts") == 0);
        assertThat(waiting("dead")).isZero();
    }

    /** The job is written, and then the acknowledgment is lost. */
    @Test
    void aMessageThatComesAgainIsNoSecondJob() throws Exception {
        recipe = recipe.replace(
                        "      steps:\n",
                        "      steps:\n        - setVariable: {name: again, expression: {simple: {expression: \"${header.JMSRedelivered}\"}}}\n")
                + "        - choice:\n            when:\n              - expression: {simple: {expression: \"${variable.again} == false\"}}\n"
                + "                steps:\n                  - throwException: {exceptionType: java.lang.IllegalStateException, message: lost}\n";
        start();
        send(context -> context.createTextMessage(CAT));

        Bench.await("an empty queue", () -> waiting("prompts") == 0);
        Bench.await("a job", () -> bench.manifests().size() == 1);
        send(context -> context.createTextMessage(CAT.replace("cat", "dog")));
        Bench.await("the next", () -> bench.manifests().size() == 2);
        assertThat(Disk.list(bench.data().resolve("intake"))).hasSize(2);
        assertThat(waiting("dead")).isZero();
    }

    /** It was taken in, and the process died before it could acknowledge it; the next one gets it again. */
    @Test
    void theNextProcessKnowsWhatTheLastOneTookIn() throws Exception {
        String before = recipe;
        recipe = recipe + "        - throwException: {exceptionType: java.lang.IllegalStateException, message: lost}\n";
        bench.with(Setting.STOP_TIMEOUT, "1s");
        start();
        send(context -> context.createTextMessage(CAT));
        Bench.await("a job", () -> bench.manifests().size() == 1);
        assertThat(waiting("prompts")).isEqualTo(1);
        bench.stop();
        recipe = before;
        start();

        Bench.await("an empty queue", () -> waiting("prompts") == 0);
        assertThat(bench.manifests()).hasSize(1);
        assertThat(Disk.list(bench.data().resolve("intake"))).hasSize(1);
        bench.assertTidy();
    }

    @Test
    void whileTooManyWaitMessagesStayAtTheBroker() throws Exception {
        bench.with(Setting.INTAKE_BACKLOG, "2").with(Setting.SCHEDULE_WINDOW, "1");
        bench.stopSandbox(); // so that jobs wait
        start();
        for (int i = 0; i < 20; i++) {
            send(context -> context.createTextMessage(CAT));
        }

        Bench.await(
                "full",
                () -> Files.isDirectory(bench.data().resolve("drop/orders"))
                        && Disk.list(bench.data().resolve("drop/orders")).size() == 2);
        assertThat(waiting("prompts")).isGreaterThan(8);
    }

    private void start() throws Exception {
        Files.writeString(bench.routes().resolve("orders.camel.yaml"), recipe);
        bench.start();
    }

    @FunctionalInterface
    private interface Maker {
        Message make(JMSContext context) throws Exception;
    }

    private void send(Maker maker) throws Exception {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
                JMSContext context = ((ConnectionFactory) factory).createContext()) {
            Queue queue = context.createQueue("prompts");
            context.createProducer().send(queue, maker.make(context));
        }
    }

    private long waiting(String queue) {
        var there =
                broker.getActiveMQServer().locateQueue(SimpleString.of(queue.equals("dead") ? "DLQ.prompts" : queue));
        return there == null ? 0 : there.getMessageCount();
    }
}
