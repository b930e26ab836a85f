package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.files.Disk;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lanes and WebUIs that are paused, and go on. */
final class PauseTest {
    private static final String SMALL = "{\"width\": 64, \"height\": 64, \"steps\": 1}";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void prepare() throws Exception {
        bench = new Bench(home);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void aPausedLaneWaitsWhileOthersGoOn() throws Exception {
        Path pause = bench.put("birds/_paused", new byte[0]);
        bench.start();
        bench.drop("birds/a.json", SMALL);
        bench.drop("birds/sea/b.json", SMALL);
        bench.drop("c.json", SMALL);
        bench.done("c.json");
        bench.drop("d.json", SMALL);
        bench.done("d.json"); // the folder was looked at more than once

        assertThat(bench.exists("drop/birds/a.json")).isTrue();
        assertThat(bench.exists("drop/birds/sea/b.json")).isTrue();
        bench.drop("birds/a.cancel", "");
        Bench.await("what is paused can be cancelled", () -> bench.exists("cancelled/birds/a.json"));
        Files.delete(pause);
        bench.done("birds/sea/b.json");
        bench.assertTidy();
    }

    @Test
    void whatLiesInTheQueueIsNotSentEither() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults().withTimePerPicture(Duration.ofMillis(100)));
        bench.start();
        for (int i = 0; i < 30; i++) {
            bench.drop("birds/bird" + i + ".json", SMALL);
        }
        Bench.await("all are claimed", () -> !bench.exists("drop/birds/bird29.json"));
        Path pause = bench.put("birds/_paused", new byte[0]);
        int before = bench.generations().size();
        bench.drop("c.json", SMALL);
        bench.done("c.json");
        bench.drop("d.json", SMALL);
        bench.done("d.json");
        Awaitility.await()
                .during(Duration.ofMillis(1500))
                .until(() -> bench.generations().size() <= before + 10); // ten more a second without a pause

        Files.delete(pause);
        Bench.await("all of them", () -> bench.manifests().size() == 32);
    }

    @Test
    void theDropFolderItselfPausesAllOfItsLanes() throws Exception {
        Path pause = bench.put("_paused", new byte[0]);
        bench.start();
        bench.drop("birds/a.json", SMALL);
        bench.drop("b.json", SMALL);
        Awaitility.await()
                .during(Duration.ofMillis(500))
                .until(() -> bench.exists("drop/birds/a.json") && bench.exists("drop/b.json"));

        Files.delete(pause);

        bench.done("birds/a.json");
        bench.done("b.json");
    }

    @Test
    @Timeout(60) // a stop that waits for the pause to end would take darkroom.stop.timeout
    void aPausedWebUiEndsWhatItHasAndGetsNothingNew() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults().withTimePerPicture(Duration.ofMillis(400)));
        bench.with(Setting.SCHEDULE_WINDOW, "1").start();
        for (int i = 0; i < 12; i++) {
            bench.drop("job" + i + ".json", SMALL);
        }
        bench.sandbox().awaitRequest("/sdapi/v1/txt2img", 1, Bench.SOON);
        Path pause = Files.createFile(bench.data().resolve("work/_paused"));
        Bench.await("what was sent is done", () -> !bench.manifests().isEmpty());
        Awaitility.await()
                .during(Duration.ofMillis(1500))
                .until(() -> bench.sandbox().requests().stream()
                                .filter(request -> request.path().endsWith("txt2img"))
                                .count()
                        <= 3);
        assertThat(Disk.list(bench.data().resolve("drop")))
                .as("a backlog stays where it is")
                .hasSizeGreaterThan(4);

        bench.stop(); // a stop does not wait for the pause to end
        bench.start();
        Files.delete(pause);

        Bench.await("all of them", () -> bench.manifests().size() == 12);
        assertThat(bench.generations()).hasSize(12);
        bench.assertTidy();
    }

    @Test
    void nothingIsTakenWhileTheDiskIsNearlyFull() throws Exception {
        bench.with(Setting.DISK_RESERVE, "1000000GB").start();
        bench.drop("a.json", SMALL);
        Awaitility.await().during(Duration.ofMillis(500)).until(() -> bench.exists("drop/a.json"));
        assertThat(Disk.list(bench.data().resolve("failed"))).isEmpty();

        bench.stop();
        bench.with(Setting.DISK_RESERVE, "1MB").start();
        bench.done("a.json");
    }
}
