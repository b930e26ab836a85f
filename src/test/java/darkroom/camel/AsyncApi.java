package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What docs/asyncapi.yaml says about events. */
final class AsyncApi {
    private final Map<String, JsonSchema> schemas = new HashMap<>();

    AsyncApi() throws IOException {
        YAMLMapper mapper = new YAMLMapper();
        JsonNode page = mapper.readTree(Path.of("docs/asyncapi.yaml").toFile());
        JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7);
        SchemaValidatorsConfig strict =
                SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
        page.at("/components/messages").properties().forEach(message -> {
            ObjectNode root = mapper.createObjectNode();
            root.putArray("allOf").add(message.getValue().path("payload"));
            root.set("components", page.path("components"));
            schemas.put(message.getValue().path("name").asText(), factory.getSchema(root, strict));
        });
    }

    /** The types of events that it has. */
    Set<String> types() {
        return schemas.keySet();
    }

    /** Says yes to an event, or why not. */
    void check(JsonNode event) {
        String type = event.path("type").asText();
        assertThat(schemas).containsKey(type);
        assertThat(schemas.get(type).validate(event)).as("%s", event).isEmpty();
    }
}
