package darkroom.camel.check;

import darkroom.camel.outbox.Reason;
import darkroom.check.Finding;
import org.apache.camel.Endpoint;
import org.apache.camel.util.StringHelper;

/**
 * What a destination sends to, or a source comes from.
 *
 * @param subject {@code destination NAME} or {@code source NAME}
 * @param sends whether it is a destination
 * @param address the endpoint's address without its options, and without a user
 */
record Side(String subject, boolean sends, String address) {
    static Side destination(String name, Endpoint endpoint) {
        return new Side("destination " + name, true, address(endpoint));
    }

    static Side source(String name, Endpoint endpoint) {
        return new Side("source " + name, false, address(endpoint));
    }

    private static String address(Endpoint endpoint) {
        String uri = endpoint.getEndpointUri();
        return Reason.plain(StringHelper.before(uri, "?", uri));
    }

    Finding ok(String message) {
        return Finding.ok(subject, address + ": " + message);
    }

    Finding warning(String message, String remedy) {
        return Finding.warning(subject, address + ": " + message, remedy);
    }

    Finding error(String message, String remedy) {
        return Finding.error(subject, address + ": " + message, remedy);
    }
}
