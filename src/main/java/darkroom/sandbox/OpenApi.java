package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** The OpenAPI document that the server shows, in the variant of its mode (captures 001, 608, 700). */
final class OpenApi {
    private OpenApi() {}

    static ObjectNode document(SandboxSettings settings) {
        ObjectNode document = Json.resource("openapi.json");
        if (settings.ui()) {
            merge(document, Json.resource("openapi-ui.patch.json"));
        }
        if (!settings.credentials().isEmpty()) {
            secure(document);
        }
        return document;
    }

    /** A JSON merge patch (RFC 7386): what it names is replaced, or removed if it says null. */
    private static void merge(ObjectNode target, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            JsonNode value = change.getValue();
            if (value.isNull()) {
                target.remove(change.getKey());
            } else if (value instanceof ObjectNode inner && target.get(change.getKey()) instanceof ObjectNode old) {
                merge(old, inner);
            } else {
                target.set(change.getKey(), value);
            }
        }
    }

    private static void secure(ObjectNode document) {
        document.withObject("components")
                .withObject("securitySchemes")
                .putObject("HTTPBasic")
                .put("type", "http")
                .put("scheme", "basic");
        for (Map.Entry<String, JsonNode> path : document.withObject("paths").properties()) {
            if (Routes.isSecured(path.getKey())) {
                for (JsonNode operation : path.getValue()) {
                    ((ObjectNode) operation).putArray("security").addObject().putArray("HTTPBasic");
                }
            }
        }
    }
}
