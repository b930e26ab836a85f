package darkroom.camel.check;

import darkroom.camel.outbox.Reason;
import darkroom.check.Finding;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import org.apache.camel.Endpoint;
import org.apache.camel.component.jms.JmsEndpoint;

/**
 * {@code jms:} and {@code amqp:}: the broker lets us in, and has the queue. A queue that prompt files come from is browsed,
 * which takes nothing; a broker that makes queues by itself makes this one.
 */
final class BrokerCheck implements EndpointCheck {
    @Override
    public Finding examine(Endpoint endpoint, Side side) throws Exception {
        JmsEndpoint queue = (JmsEndpoint) endpoint;
        ConnectionFactory factory = side.sends()
                ? queue.getConfiguration().getOrCreateTemplateConnectionFactory()
                : queue.getConfiguration().getOrCreateListenerConnectionFactory();
        String name = queue.getDestinationName();
        try (Connection connection = factory.createConnection()) {
            connection.start();
            try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
                return queue.isPubSubDomain() ? topic(session, side, name) : queue(session, side, name);
            }
        }
    }

    private static Finding topic(Session session, Side side, String name) throws JMSException {
        Topic topic = session.createTopic(name);
        session.createProducer(topic).close();
        return side.ok("the broker lets us in, and has the topic");
    }

    private static Finding queue(Session session, Side side, String name) throws Exception {
        try {
            Queue queue = session.createQueue(name); // some brokers are asked here, others at the next line
            if (side.sends()) {
                session.createProducer(queue).close();
                return side.ok("the broker lets us in, and takes messages for the queue");
            }
            try (QueueBrowser browser = session.createBrowser(queue)) {
                boolean any = browser.getEnumeration().hasMoreElements();
                return side.ok("the broker lets us in, and has the queue; " + (any ? "messages wait" : "it is empty"));
            }
        } catch (JMSSecurityException e) {
            if (side.sends()) {
                throw e;
            }
            return side.warning(
                    "the broker lets us in, and the queue may not be browsed: " + Reason.of(e),
                    "see that it may be consumed");
        } catch (JMSException e) {
            if (e instanceof InvalidDestinationException
                    || String.valueOf(e.getMessage()).contains("no queue")) {
                throw new UnusableException(
                        "the broker lets us in, and has no queue " + name + " (" + Reason.of(e) + ")",
                        "make it, or correct its name in the route");
            }
            throw e;
        }
    }

    @Override
    public String remedy() {
        return "is the broker there? see its address, user and password in the route";
    }
}
