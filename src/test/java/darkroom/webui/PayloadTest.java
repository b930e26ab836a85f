package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.job.Attachment;
import darkroom.job.Operation;
import darkroom.job.Task;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PayloadTest {
    @TempDir
    Path folder;

    @Test
    void fieldsAreSentInOrderAndAsTheyWere() throws IOException {
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        settings.put("prompt", "Gr\u00fc\u00dfe \"\ud83e\udd8a\"");
        settings.put("cfg_scale", new BigDecimal("7.0"));
        settings.put("nothing", null);
        settings.put("nested", Map.of("a", List.of(1, true)));

        assertThat(text(settings, List.of()))
                .isEqualTo(
                        "{\"prompt\":\"Gr\u00fc\u00dfe \\\"\ud83e\udd8a\\\"\",\"cfg_scale\":7.0,\"nothing\":null,\"nested\":{\"a\":[1,true]}}");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 49_151, 49_152, 49_153, 200_000})
    void picturesAreEncodedInTheirPlace(int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Files.write(folder.resolve("1"), bytes);
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        settings.put("init_images", new ArrayList<@Nullable Object>(Arrays.asList((Object) null)));
        settings.put("steps", 3);
        settings.put("a/b~", null);

        JsonNode sent = new ObjectMapper()
                .readTree(text(settings, List.of(picture("/init_images/0", size), picture("/a~1b~0", size))));

        String base64 = Base64.getEncoder().encodeToString(bytes);
        assertThat(sent.at("/init_images/0").asText()).isEqualTo(base64);
        assertThat(sent.path("a/b~").asText()).isEqualTo(base64);
        assertThat(sent.path("steps").asInt()).isEqualTo(3);
    }

    @Test
    void longTextsAreSentAsTheyStood() throws IOException {
        Files.writeString(folder.resolve("1"), "a\\n\\\"b\\u00e9");
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        settings.put("prompt", null);

        assertThat(text(
                        settings,
                        List.of(new Attachment("/prompt", "1", Attachment.Form.JSON_TEXT, 12, "", "inline", 0, 0))))
                .isEqualTo("{\"prompt\":\"a\\n\\\"b\\u00e9\"}");
    }

    private static Attachment picture(String pointer, long bytes) {
        return new Attachment(pointer, "1", Attachment.Form.PICTURE, bytes, "", "inline", 0, 0);
    }

    /** Also checks that the length is known beforehand, and that it can be written twice. */
    private String text(Map<String, @Nullable Object> settings, List<Attachment> attachments) throws IOException {
        Payload payload =
                Payload.of(new Task("job", 1, 1, Operation.IMG2IMG, null, null, settings, attachments), folder);
        ByteArrayOutputStream once = new ByteArrayOutputStream();
        payload.writeTo(once);
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        payload.writeTo(twice);
        assertThat(twice.toByteArray()).isEqualTo(once.toByteArray()).hasSize((int) payload.contentLength());
        return once.toString(StandardCharsets.UTF_8);
    }
}
