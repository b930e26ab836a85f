package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that ask for more than is made without somebody's consent, through the shipped routes and over real HTTP. */
final class HeldFilesTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";
    private static final String FOUR =
            "{\"prompt\": \"a\", " + SMALL + ", \"job\": {\"count\": 2, \"then\": {\"steps\": 2}}}";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void bench() throws IOException {
        bench = new Bench(home, SandboxSettings.defaults().withPlainPictures(true));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void whatIsTooMuchWaitsUntilItIsRenamed() throws Exception {
        bench.with(Setting.HOLD_TASKS, "3").start();
        bench.drop("birds/small.json", "{" + SMALL + ", \"job\": {\"count\": 3}}");
        bench.done("birds/small.json");
        bench.drop("birds/a.json", FOUR);

        Path held = bench.data().resolve("held/birds/a.json");
        Bench.await("held", () -> Files.exists(held));
        JsonNode reason = Bench.json(held.resolveSibling("a.json.error.json"));
        assertThat(reason.path("code").asText()).isEqualTo("held");
        assertThat(reason.path("kind").asText()).isEqualTo("held");
        assertThat(reason.path("message").asText())
                .contains("4 tasks, 4 pictures, about", "3 tasks (darkroom.hold.tasks)");
        assertThat(reason.path("hint").asText()).contains("a.approved.json");
        assertThat(bench.generations()).hasSize(3);

        // back in the drop folder it is as little approved as before
        Files.move(held, bench.data().resolve("drop/birds/a.json"));
        Bench.await("held again", () -> Files.exists(held) && !bench.exists("drop/birds/a.json"));

        Files.move(held, held.resolveSibling("a.approved.json"));
        assertThat(bench.done("birds/a.json").path("receipts")).hasSize(4);
        assertThat(Disk.list(bench.data().resolve("held")))
                .as("nothing is left of it")
                .isEmpty();

        // and the next one of its name is another matter
        bench.drop("birds/a.json", FOUR);
        Bench.await("held", () -> Files.exists(held));
        bench.assertTidy();
    }

    @Test
    void whatTakesTooLongByTheReceiptsThereAreWaitsAsWell() throws Exception {
        bench.close();
        bench = new Bench(
                        home.resolve("other"),
                        SandboxSettings.defaults().withPlainPictures(true).withTimePerPicture(Duration.ofMillis(200)))
                .with(Setting.HOLD_TIME, "60s")
                .start();
        bench.drop("unknown.json", "{" + SMALL + ", \"job\": {\"count\": 5}}");
        bench.done("unknown.json");
        bench.stop();
        bench.start();
        bench.drop("short.json", "{" + SMALL + "}");
        bench.drop("long.json", "{" + SMALL + ", \"job\": {\"count\": 9999}}");

        bench.done("short.json");
        Bench.await("held", () -> bench.exists("held/long.json"));
        assertThat(Bench.json(bench.data().resolve("held/long.json.error.json"))
                        .path("message")
                        .asText())
                .contains("9,999 tasks", "(darkroom.hold.time)");
        bench.assertTidy();
    }
}
