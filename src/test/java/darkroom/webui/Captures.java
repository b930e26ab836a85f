package darkroom.webui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What a real A1111 v1.10.1 was asked and answered; see {@code src/test/resources/captures}. */
final class Captures {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Captures() {}

    static JsonNode request(String name) throws IOException {
        return load(name).at("/request/body");
    }

    static int status(String name) throws IOException {
        return load(name).at("/response/status").asInt();
    }

    /** The body of the answer, as it was sent. */
    static String answer(String name) throws IOException {
        return load(name).at("/response/body").toString();
    }

    static byte[] bytes(String name) throws IOException {
        return answer(name).getBytes(StandardCharsets.UTF_8);
    }

    private static JsonNode load(String name) throws IOException {
        try (InputStream in = Captures.class.getResourceAsStream("/captures/" + name + ".json")) {
            return MAPPER.readTree(Objects.requireNonNull(in, name));
        }
    }
}
