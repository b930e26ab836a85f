package darkroom.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever chooses file names chooses them inside the data folder; a real server would write anywhere. */
@Timeout(30)
final class ContainmentTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/tmp/escaped",
                "../../../escaped",
                "../../../../../../../../tmp/escaped",
                "/stable-diffusion-webui/../escaped",
                "/stable-diffusion-webui-2/escaped"
            })
    void nothingIsWrittenOutside(String folderPattern, @TempDir Path folder) throws Exception {
        Path data = folder.resolve("data");
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults().withDataFolder(data))) {
            ObjectNode request =
                    Json.object().put("prompt", "fox").put("steps", 1).put("save_images", true);
            request.put("width", 64).put("height", 64);
            request.putObject("override_settings").put("directories_filename_pattern", folderPattern);
            Client.Answer answer = new Client(webUi).post("/sdapi/v1/txt2img", request.toString());

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.json().get("error").asText()).isEqualTo("PermissionError");
            assertThat(answer.json().get("errors").asText()).startsWith("[Errno 13] Permission denied: '/");
        }
        try (var entries = Files.list(folder)) {
            assertThat(entries).containsExactly(data);
        }
        assertThat(Path.of("/tmp/escaped")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../../../escaped-[seed]", "/tmp/escaped-[seed]", "../../../../etc/[seed]"})
    void norByAPicturesName(String pattern, @TempDir Path folder) throws Exception {
        Path data = folder.resolve("data");
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults().withDataFolder(data))) {
            ObjectNode request =
                    Json.object().put("prompt", "fox").put("steps", 1).put("save_images", true);
            request.put("width", 64).put("height", 64);
            request.putObject("override_settings")
                    .put("samples_filename_pattern", pattern)
                    .put("save_images_add_number", false);
            Client.Answer answer = new Client(webUi).post("/sdapi/v1/txt2img", request.toString());

            assertThat(answer.status()).isEqualTo(500);
        }
        try (var entries = Files.list(folder)) {
            assertThat(entries).containsExactly(data);
        }
    }
}
