package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.camel.component.WebuiComponent;
import darkroom.files.Disk;
import darkroom.sandbox.Fault;
import darkroom.sandbox.ReceivedRequest;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fails again and again is left alone for a while, and tried one by one. */
final class BreakersTest {
    private static final String SMALL = "{\"width\": 64, \"height\": 64, \"steps\": 1}";
    private static final String JSON = "application/json";
    private static final String BAD = "{\"sampler_name\": \"nope\"}";

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

    private void startWithHoursOfPauseAfter(Setting limit, String failures) throws Exception {
        bench.with(limit, failures)
                .with(Setting.SCHEDULE_WINDOW, "1")
                .with(Setting.RETRY_PAUSE, "1h")
                .with(Setting.RETRY_LONGEST_PAUSE, "1h")
                .with(Setting.RETRY_BACKEND_PAUSE, "1h")
                .start();
    }

    private void next(Fault fault, int times) {
        Fault[] faults = new Fault[times];
        Arrays.fill(faults, fault);
        bench.sandbox().next(faults);
    }

    private void drop(String lane, String content, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            bench.drop(lane + "/" + i + ".json", content);
        }
    }

    private int failed(String lane) throws IOException {
        return (int) Disk.list(bench.data().resolve("failed").resolve(lane)).stream()
                .filter(file -> file.toString().endsWith(".error.json"))
                .count();
    }

    @Test
    void aWrongPasswordCostsFewJobsAndNotTheQueue() throws Exception {
        next(Fault.answer(401, JSON, "{\"detail\": \"Not authenticated\"}"), 1000);
        startWithHoursOfPauseAfter(Setting.RETRY_BACKEND_FAILURES, "5");
        drop("a", SMALL, 10, 40);

        HealthCheck health = new WebUiHealth(bench.webUis());
        Bench.await("it is noticed", () -> health.call().getState() == HealthCheck.State.DOWN);
        assertThat(health.call().getMessage().orElse("")).contains("did not let us in", "the jobs wait");
        Bench.await(
                "those that were under way",
                () -> failed("a") == bench.generations().size());
        assertThat(failed("a")).isBetween(5, 6); // two are under way at once
        assertThat(bench.exists("drop/a/39.json")).isTrue();

        bench.stop();
        bench.restartSandbox(SandboxSettings.defaults());
        bench.start();
        int failed = failed("a");
        Bench.await("the others", () -> bench.manifests().size() == 30 - failed);
        assertThat(failed("a")).isEqualTo(failed);
    }

    @Test
    void whatFailsIsTriedAfterLongerAndLongerPauses() throws Exception {
        next(Fault.answer(401, JSON, "{}"), 8);
        bench.with(Setting.RETRY_PAUSE, "300ms")
                .with(Setting.RETRY_LONGEST_PAUSE, "10s")
                .start();
        drop("a", SMALL, 10, 22);

        Bench.await(
                "the rest is done", () -> failed("a") == 8 && bench.manifests().size() == 4);

        List<ReceivedRequest> sent = bench.generations();
        Duration last = Duration.between(sent.get(7).at(), sent.get(8).at());
        Duration before = Duration.between(sent.get(6).at(), sent.get(7).at());
        assertThat(last).isGreaterThan(Duration.ofMillis(850)); // the third: 1.2 s, but for the jitter
        assertThat(before).isGreaterThan(Duration.ofMillis(450)).isLessThan(last);
    }

    @Test
    void aWebUiThatIsBackIsNoticedBeforeThePauseIsOver() throws Exception {
        startWithHoursOfPauseAfter(Setting.RETRY_BACKEND_FAILURES, "1");
        int port = bench.sandbox().port();
        bench.stopSandbox();
        drop("a", SMALL, 10, 15);
        WebuiComponent webUi = bench.webUis();
        Bench.await("it is noticed", () -> !webUi.failing().isEmpty());
        try (ServerSocket away = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            away.accept().close(); // somebody looks whether it is back
        }
        bench.restartSandbox(SandboxSettings.defaults());

        for (int i = 10; i < 15; i++) {
            bench.done("a/" + i + ".json");
        }
        assertThat(webUi.failing()).isEmpty();
    }

    @Test
    void aLaneWhoseJobsFailSaysSoAndStopsWhileOthersGoOn() throws Exception {
        startWithHoursOfPauseAfter(Setting.RETRY_LANE_FAILURES, "3");
        Path failing = bench.data().resolve("drop/a/_failing");
        drop("a", BAD, 10, 20);
        drop("a", SMALL, 20, 40);

        Bench.await("it says so", () -> Files.exists(failing));
        assertThat(failing).content().contains("The last 3 jobs of this folder failed", ".json: ", "refused-sampler");
        assertThat(folders().getDetails().get(failing.getParent() + ".failing").toString())
                .contains("refused-sampler");
        bench.drop("b/one.json", SMALL);
        bench.done("b/one.json");
        bench.drop("b/two.json", SMALL);
        bench.done("b/two.json"); // the folders were looked at meanwhile
        assertThat(bench.exists("drop/a/39.json")).isTrue();

        bench.stop();
        bench.start();
        bench.drop("b/three.json", SMALL);
        bench.done("b/three.json");
        assertThat(bench.exists("drop/a/39.json")).as("also after a restart").isTrue();

        Bench.await("somebody asks for tries until one goes well", () -> {
            Files.deleteIfExists(failing);
            return Disk.list(failing.getParent()).isEmpty();
        });
        for (int i = 20; i < 40; i++) {
            bench.done("a/" + i + ".json");
        }
        assertThat(failed("a")).isEqualTo(10);
        assertThat(failing).doesNotExist();
    }

    @Test
    void aLaneThatStillFailsIsTriedWithOneFile() throws Exception {
        startWithHoursOfPauseAfter(Setting.RETRY_LANE_FAILURES, "1");
        Path failing = bench.data().resolve("drop/a/_failing");
        drop("a", BAD, 10, 50);
        Bench.await("it says so", () -> Files.exists(failing));
        Bench.await(
                "what was under way",
                () -> Bench.jobs(bench.data().resolve("work")).isEmpty());
        int before = failed("a");

        Files.delete(failing);
        Bench.await("one more", () -> failed("a") == before + 1);
        Bench.await("it says so again", () -> Files.exists(failing));
        bench.drop("b/one.json", "[]");
        bench.failed("b/one.json"); // the folders were looked at meanwhile

        assertThat(failed("a")).isEqualTo(before + 1);
    }

    @Test
    void filesThatCanNotBeReadDoNotCount() throws Exception {
        startWithHoursOfPauseAfter(Setting.RETRY_LANE_FAILURES, "2");
        drop("a", "[]", 10, 20);
        Bench.await("all fail", () -> failed("a") == 10);
        bench.drop("a/good.json", SMALL);
        bench.done("a/good.json");

        assertThat(bench.data().resolve("drop/a/_failing")).doesNotExist();
    }

    private HealthCheck.Result folders() throws Exception {
        return bench.service()
                .camelContext()
                .getCamelContextExtension()
                .getContextPlugin(org.apache.camel.health.HealthCheckRegistry.class)
                .getCheck("folders")
                .orElseThrow()
                .call(Map.of());
    }
}
