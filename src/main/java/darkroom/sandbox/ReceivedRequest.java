package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;

/**
 * A request that the sandbox got, for tests to look back at.
 *
 * @param path without the query and the subpath, e.g. {@code /sdapi/v1/txt2img}
 * @param headers by lower-case name
 * @param body what was sent; missing if it was no JSON, nothing at all, or more than a megabyte
 * @param at when it was read completely
 */
public record ReceivedRequest(String method, String path, Map<String, String> headers, JsonNode body, Instant at) {
    public ReceivedRequest {
        headers = Map.copyOf(headers);
    }
}
