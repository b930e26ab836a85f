package darkroom.sandbox;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class SandboxWebUiTest {
    private static final String SMALL = "{\"prompt\":\"fox\",\"steps\":2,\"width\":64,\"height\":64,\"seed\":5}";

    @Test
    void closingLeavesNothingBehind() throws Exception {
        SandboxWebUi webUi = SandboxWebUi.start(SandboxSettings.defaults().withTimePerStep(Duration.ofMinutes(5)));
        var client = new Client(webUi);
        var running = client.postAsync("/sdapi/v1/txt2img", SMALL);
        var waiting = client.postAsync("/sdapi/v1/txt2img", SMALL);
        webUi.awaitRequest("/sdapi/v1/txt2img", 2, Duration.ofSeconds(5));

        webUi.close();

        assertThatThrownBy(() -> running.get(5, SECONDS)).isNotNull();
        assertThatThrownBy(() -> waiting.get(5, SECONDS)).isNotNull();
        assertThat(webUi.dataFolder()).doesNotExist();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("sandbox-webui-"));
        new ServerSocket(webUi.port(), 1, InetAddress.getLoopbackAddress()).close();
        webUi.close();
    }

    @Test
    void aFolderOfOnesOwnStaysAndItsSettingsAreFoundAgain(@TempDir Path folder) throws Exception {
        SandboxSettings settings = SandboxSettings.defaults().withDataFolder(folder);
        try (var webUi = SandboxWebUi.start(settings)) {
            new Client(webUi).post("/sdapi/v1/options", "{\"samples_format\":\"jpg\"}");
        }
        try (var webUi = SandboxWebUi.start(settings)) {
            assertThat(new Client(webUi)
                            .get("/sdapi/v1/options")
                            .json()
                            .get("samples_format")
                            .asText())
                    .isEqualTo("jpg");
        }
        assertThat(folder.resolve("config.json")).exists();
    }

    @Test
    void aTakenPortIsAnErrorAtOnce() {
        try (var first = SandboxWebUi.start(SandboxSettings.defaults())) {
            SandboxSettings same = SandboxSettings.defaults().withPort(first.port());

            assertThatThrownBy(() -> SandboxWebUi.start(same))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("does not start");
        }
    }

    @Test
    void requestsCanBeLookedAtAfterwards() throws Exception {
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults())) {
            var client = new Client(webUi);
            client.get("/sdapi/v1/samplers");
            client.post("/sdapi/v1/txt2img", SMALL);
            client.post("/sdapi/v1/txt2img", SMALL.replace("fox", "cat"));

            assertThat(webUi.requests())
                    .extracting(ReceivedRequest::method, ReceivedRequest::path)
                    .containsExactly(
                            tuple("GET", "/sdapi/v1/samplers"),
                            tuple("POST", "/sdapi/v1/txt2img"),
                            tuple("POST", "/sdapi/v1/txt2img"));
            ReceivedRequest second = webUi.awaitRequest("/sdapi/v1/txt2img", 2, Duration.ofSeconds(1));
            assertThat(second.body().get("prompt").asText()).isEqualTo("cat");
            assertThat(second.headers()).containsEntry("content-type", "application/json");
            assertThatThrownBy(() -> webUi.awaitRequest("/sdapi/v1/txt2img", 3, Duration.ofMillis(20)))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("2 instead of 3 requests of /sdapi/v1/txt2img within PT0.02S");
        }
    }

    @Test
    void whatTheSandboxItselfDoesWrongIsA500() throws Exception {
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults())) {
            Client.Answer answer = new Client(webUi)
                    .post("/sdapi/v1/txt2img", SMALL.replace("}", ",\"n_iter\":100000,\"batch_size\":100000}"));

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.json().get("error").asText()).isEqualTo("ArithmeticException");
        }
    }

    @Test
    void aPictureThatIsSavedIsTheOneThatIsSent() throws Exception {
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults())) {
            Client.Answer answer =
                    new Client(webUi).post("/sdapi/v1/txt2img", SMALL.replace("}", ",\"save_images\":true}"));

            Path file = onlyPicture(webUi);
            assertThat(file.getFileName()).hasToString("00000-5.png");
            assertThat(Files.readAllBytes(file)).isEqualTo(answer.image(0));
        }
    }

    @Test
    void largePicturesHaveAJpegBesideThem() throws Exception {
        SandboxSettings settings = SandboxSettings.defaults().withPictureBytes(5 * 1024 * 1024);
        try (var webUi = SandboxWebUi.start(settings)) {
            new Client(webUi)
                    .post("/sdapi/v1/txt2img", SMALL.replace("}", ",\"save_images\":true,\"send_images\":false}"));

            try (var files = Files.list(onlyPicture(webUi).getParent())) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder("00000-5.png", "00000-5.jpg");
            }
        }
    }

    @Test
    void listsCanBeReplacedAndAreThenUsed() throws Exception {
        var styles = Json.MAPPER.readTree("""
                [{"name": "oil", "prompt": "{prompt}, oil on canvas", "negative_prompt": "photo"}]""");
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults().withList("/sdapi/v1/prompt-styles", styles))) {
            var client = new Client(webUi);
            var info = client.post("/sdapi/v1/txt2img", SMALL.replace("}", ",\"styles\":[\"oil\",\"nope\"]}"))
                    .info();

            assertThat(client.get("/sdapi/v1/prompt-styles").json()).isEqualTo(styles);
            assertThat(info.get("prompt").asText()).isEqualTo("fox, oil on canvas");
            assertThat(info.get("negative_prompt").asText()).isEqualTo("photo");
        }
    }

    @Test
    void aDisconnectedClientsJobIsDoneAllTheSame() throws Exception {
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults().withTimePerStep(Duration.ofMillis(50)))) {
            var answer = new Client(webUi).postAsync("/sdapi/v1/txt2img", SMALL.replace("}", ",\"save_images\":true}"));
            webUi.awaitRequest("/sdapi/v1/txt2img", 1, Duration.ofSeconds(5));
            answer.cancel(true);

            await().atMost(Duration.ofSeconds(5))
                    .until(() -> webUi.generations().size() == 1);
            assertThat(onlyPicture(webUi)).exists();
        }
    }

    private static Path onlyPicture(SandboxWebUi webUi) throws Exception {
        try (var files = Files.walk(webUi.dataFolder())) {
            return files.filter(file -> file.toString().endsWith(".png"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
