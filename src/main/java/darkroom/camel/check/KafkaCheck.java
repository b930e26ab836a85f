package darkroom.camel.check;

import darkroom.check.Finding;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.camel.Endpoint;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** {@code kafka:}: a broker answers, lets us in, and has the topics. */
final class KafkaCheck implements EndpointCheck {
    /** Within the time that a check has, so that Kafka can say itself what it waits for. */
    private static final int PATIENCE = 10_000;

    @Override
    public Finding examine(Endpoint endpoint, Side side) throws Exception {
        KafkaEndpoint kafka = (KafkaEndpoint) endpoint;
        Properties options = side.sends()
                ? kafka.getConfiguration().createProducerProperties()
                : kafka.getConfiguration().createConsumerProperties();
        kafka.updateClassProperties(options);
        options.keySet().removeIf(name -> !AdminClientConfig.configNames().contains(name.toString()));
        String brokers = kafka.getKafkaClientFactory() == null
                ? kafka.getConfiguration().getBrokers()
                : kafka.getKafkaClientFactory().getBrokers(kafka.getConfiguration());
        options.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        options.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Integer.toString(PATIENCE / 2));
        options.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Integer.toString(PATIENCE));
        boolean pattern = kafka.getConfiguration().isTopicIsPattern();
        List<String> topics = List.of(kafka.getConfiguration().getTopic().split(",", -1));
        try (Admin admin = Admin.create(options)) {
            if (pattern) {
                admin.listTopics().names().get();
                return side.ok("a broker answers");
            }
            admin.describeTopics(topics).allTopicNames().get();
            return side.ok("a broker answers, and has the topic");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return side.warning(
                        "a broker answers, and has no topic " + String.join(", ", topics)
                                + "; it may make it when it is needed",
                        "make it, or correct its name in the route");
            }
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @Override
    public String remedy() {
        return "is the broker there? see brokers and the security options in the route";
    }
}
