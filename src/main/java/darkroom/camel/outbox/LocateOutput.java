package darkroom.camel.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.json.Json;
import org.apache.camel.Exchange;
import org.apache.camel.Handler;

/**
 * Step after an output was put somewhere, before others are told: the body becomes the event, and says in
 * {@code data.output.location} what the variable {@code location} holds; in {@code data.location} if it is about a whole
 * job. Id and all else stay as they are, so it is the same event at every try.
 */
public final class LocateOutput {
    /** The variable that says where the output is now, in whatever way its readers understand: {@code s3://BUCKET/KEY}. */
    public static final String LOCATION = "location";

    /**
     * Writes the event.
     *
     * @throws IllegalStateException if the route did not begin with {@code outbox:}, or has set no location
     */
    @Handler
    public void locate(Exchange exchange) throws JsonProcessingException {
        String event = exchange.getVariable(OutboxConstants.EVENT, String.class);
        String location = exchange.getVariable(LOCATION, String.class);
        if (event == null || location == null) {
            throw new IllegalStateException(
                    "before locateOutput, a route from outbox: sets the variable '" + LOCATION + "'");
        }
        JsonNode document = Json.mapper().readTree(event);
        ObjectNode data = (ObjectNode) document.path("data");
        ObjectNode about = data.path("output") instanceof ObjectNode output ? output : data;
        about.put(LOCATION, location);
        exchange.getMessage().setBody(Json.mapper().writeValueAsString(document));
    }
}
