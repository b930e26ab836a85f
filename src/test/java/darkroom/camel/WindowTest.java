package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many tasks wait for a WebUI. */
final class WindowTest {
    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void prepare() throws IOException {
        bench = new Bench(
                home, SandboxSettings.defaults().withPlainPictures(true).withTimePerPicture(Duration.ofSeconds(1)));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void theWindowDoesNotLimitWhatIsAtTheWebUis() throws Exception {
        bench.with(Setting.SCHEDULE_WINDOW, "2")
                .with(Setting.WEBUI_IN_FLIGHT, "70")
                .with(Setting.STOP_TIMEOUT, "1s")
                .start();

        for (int i = 0; i < 80; i++) {
            bench.drop("a" + i + ".json", "{\"prompt\": \"a\", \"steps\": 1, \"width\": 64, \"height\": 64}");
        }

        Bench.await(
                "all are asked for",
                () -> bench.sandbox().requests().stream()
                                .filter(request -> request.path().endsWith("txt2img"))
                                .count()
                        >= 70);
        assertThat(bench.sandbox().generations()).as("one takes a second").hasSizeLessThan(60);
    }

    @Test
    void aLargeJobDoesNotFillTheMemory() throws Exception {
        Path work = Files.createDirectories(bench.data().resolve("work"));
        Path pause = Files.createFile(work.resolve("_paused"));
        bench.with(Setting.SCHEDULE_WINDOW, "5").start();

        bench.drop(
                "many.json",
                "{\"prompt\": \"a\", \"steps\": 1, \"width\": 64, \"height\": 64, \"job\": {\"count\": 30}}");

        Bench.await("the window is full", () -> bench.webUis().waiting() == 5);
        Awaitility.await()
                .during(Duration.ofSeconds(1))
                .until(() -> bench.webUis().waiting() == 5);
        assertThat(bench.sandbox().generations()).isEmpty();

        bench.restartSandbox(SandboxSettings.defaults().withPlainPictures(true));
        Files.delete(pause);
        bench.done("many.json");
        assertThat(bench.sandbox().generations()).hasSize(30);
    }
}
