package darkroom.camel;

import darkroom.FreePort;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** ActiveMQ Artemis in a process of its own, which can be killed and keeps what it was given. It speaks AMQP 1.0, too. */
final class ArtemisBroker implements AutoCloseable {
    private static final String DEAD = "dead";

    private final Path folder;
    private final int port;
    private @Nullable Process process;

    ArtemisBroker(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.port = FreePort.find();
    }

    /** Host and port, for either protocol. */
    String address() {
        return "127.0.0.1:" + port;
    }

    ArtemisBroker start() throws IOException {
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Server.class.getName(),
                        folder.toString(),
                        "tcp://" + address()))
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        try {
            Awaitility.await("Artemis").atMost(Duration.ofMinutes(2)).until(this::answers);
        } catch (RuntimeException e) {
            kill(); // nobody has it who could
            throw e;
        }
        return this;
    }

    private boolean answers() {
        try (ActiveMQConnectionFactory factory = factory();
                Connection connection = factory.createConnection()) {
            connection.start();
            return true;
        } catch (JMSException e) {
            return false;
        }
    }

    /** Ends it without a warning. */
    void kill() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
            process = null;
        }
    }

    /** Connects by Artemis' own protocol. */
    ActiveMQConnectionFactory factory() {
        return new ActiveMQConnectionFactory("tcp://" + address());
    }

    /** What is done in a session. */
    @FunctionalInterface
    interface InSession<T> {
        T run(Session session) throws Exception;
    }

    <T> T inSession(InSession<T> what) throws Exception {
        try (ActiveMQConnectionFactory factory = factory()) {
            return inSession(factory, what);
        }
    }

    static <T> T inSession(ConnectionFactory factory, InSession<T> what) throws Exception {
        try (Connection connection = factory.createConnection()) {
            connection.start();
            return what.run(connection.createSession(Session.AUTO_ACKNOWLEDGE));
        }
    }

    /** All that is in a queue, and stays there. */
    List<Message> messages(String queue) throws Exception {
        return inSession(session -> {
            List<Message> messages = new ArrayList<>();
            Collections.list((Enumeration<?>)
                            session.createBrowser(session.createQueue(queue)).getEnumeration())
                    .forEach(message -> messages.add((Message) message));
            return messages;
        });
    }

    /** How many messages of a queue the broker has set aside, as nobody could take them. */
    long setAside(String queue) throws Exception {
        long found = 0;
        for (Message message : messages(DEAD)) {
            found += queue.equals(message.getStringProperty("_AMQ_ORIG_QUEUE")) ? 1 : 0;
        }
        return found;
    }

    @Override
    public void close() {
        kill();
    }

    /** What runs in that process. */
    static final class Server {
        private Server() {}

        public static void main(String[] arguments) throws Exception {
            Path data = Path.of(arguments[0]);
            new EmbeddedActiveMQ()
                    .setConfiguration(new ConfigurationImpl()
                            .setSecurityEnabled(false)
                            .setJournalType(JournalType.NIO)
                            .setJournalDirectory(data.resolve("journal").toString())
                            .setBindingsDirectory(data.resolve("bindings").toString())
                            .setLargeMessagesDirectory(data.resolve("large").toString())
                            .setPagingDirectory(data.resolve("paging").toString())
                            .addAcceptorConfiguration("all", arguments[1])
                            .addAddressSetting(
                                    "#",
                                    new AddressSettings()
                                            .setMaxDeliveryAttempts(3)
                                            .setRedeliveryDelay(100)
                                            .setAutoDeleteQueues(false)
                                            .setAutoDeleteAddresses(false)
                                            .setDeadLetterAddress(SimpleString.of(DEAD)))
                            .addQueueConfiguration(QueueConfiguration.of(DEAD).setRoutingType(RoutingType.ANYCAST)))
                    .start();
        }
    }
}
