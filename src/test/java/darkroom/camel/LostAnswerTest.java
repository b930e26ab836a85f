package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Sha256;
import darkroom.sandbox.Fault;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A task whose answer was lost is not made twice, where what became of it can be known. */
final class LostAnswerTest {
    private static final String TXT2IMG = "/sdapi/v1/txt2img";
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";
    private static final String FOUR =
            "{\"seed\": 5, \"n_iter\": 2, \"batch_size\": 2, \"sampler_name\": \"Euler\", " + SMALL + "}";

    @TempDir
    Path home;

    private final SandboxSettings plain = SandboxSettings.defaults().withPlainPictures(true);

    private Path webUiFolder() throws IOException {
        return Files.createDirectories(home.resolve("webui"));
    }

    private Bench bench(SandboxSettings settings, String save) throws IOException {
        Path outputs = Files.createDirectories(webUiFolder().resolve("outputs"));
        return new Bench(home, settings.withDataFolder(webUiFolder()))
                .with(Setting.WEBUI_OUTPUTS, outputs.toString())
                .with(Setting.WEBUI_OUTPUTS_TIMEOUT, "500ms")
                .with(Setting.SAVE, save);
    }

    /** The one whose name has this in it. */
    private Path saved(String part) throws Exception {
        return saved().stream()
                .filter(file -> file.toString().contains(part))
                .findFirst()
                .orElseThrow();
    }

    private List<Path> saved() throws IOException {
        return Bench.tree(webUiFolder()).stream()
                .filter(file -> file.toString().endsWith(".png"))
                .toList();
    }

    private static void assertIsFour(Bench bench, JsonNode manifest) throws IOException {
        JsonNode receipt = manifest.at("/receipts/0");
        assertThat(Bench.names(manifest))
                .map(name -> name.substring(name.indexOf("-", "a-20261122-000000".length())))
                .containsExactly("-grid-5.png", "-001-5.png", "-002-6.png", "-003-7.png", "-004-8.png");
        for (JsonNode output : receipt.path("outputs")) {
            Path file = bench.outputs(manifest).resolve(output.path("file").asText());
            assertThat(Sha256.of(file)).isEqualTo(output.path("sha256").asText());
            assertThat(output.path("infotext").asText()).contains("Seed: " + output.path("seed"));
        }
        assertThat(receipt.path("note").asText()).contains("answer of the WebUI was lost", "were found");
        assertThat(receipt.path("unverified")).isEmpty();
        assertThat(receipt.path("warnings")).isEmpty();
        assertThat(receipt.at("/answer/all_seeds").toString()).isEqualTo("[5,6,7,8]");
        assertThat(receipt.at("/answer/sampler_name").asText()).isEqualTo("Euler");
    }

    @ParameterizedTest
    @CsvSource({"mounted,copy,5", "mounted,move,0", "mounted,link,5", "both,move,5", "download,copy,5"})
    void whatWasMadeIsCollected(String save, String take, int left) throws Exception {
        try (Bench bench =
                bench(plain, save).with(Setting.WEBUI_OUTPUTS_TAKE, take).start()) {
            bench.sandbox().nextAt(TXT2IMG, Fault.hangUp().afterWork());
            bench.drop("a.json", FOUR);

            assertIsFour(bench, bench.done("a.json"));

            assertThat(bench.generations()).hasSize(1);
            assertThat(saved()).hasSize(left);
            bench.assertTidy();
        }
    }

    @ParameterizedTest
    @CsvSource({"mounted,700", "both,2000"})
    void anAnswerThatIsCutOffIsNoReasonToMakeItAgain(String save, int bytes) throws Exception {
        try (Bench bench = bench(plain, save).start()) {
            bench.sandbox().nextAt(TXT2IMG, Fault.truncateTo(bytes));
            bench.drop("a.json", FOUR);

            assertIsFour(bench, bench.done("a.json"));

            assertThat(bench.generations()).hasSize(1);
        }
    }

    /** The real thing: the process is killed while the WebUI is at it, and another comes. */
    @ParameterizedTest
    @CsvSource({"mounted,UI", "download,UI", "mounted,API_ONLY"})
    void aKilledProcessHasItsTaskCollectedByTheNext(String save, SandboxSettings.Mode mode) throws Exception {
        try (Bench bench = bench(plain.withTimePerPicture(Duration.ofSeconds(2)).withMode(mode), save)) {
            bench.drop("a.json", FOUR);
            Process process = run(bench, save);
            bench.sandbox().awaitRequest(TXT2IMG, 1, Duration.ofMinutes(1));
            process.destroyForcibly().waitFor();
            assertThat(bench.sandbox().generations()).as("still at it").isEmpty();

            bench.start();

            assertIsFour(bench, bench.done("a.json"));
            bench.assertTidy();
            assertThat(bench.sandbox().generations()).hasSize(1);
            assertThat(bench.generations()).hasSize(1);
        }
    }

    private Process run(Bench bench, String save) throws IOException {
        return RecoveryTest.Program.run(
                home,
                bench,
                List.of(
                        "-Xmx128m",
                        "-Ddarkroom.save=" + save,
                        "-Ddarkroom.webui.outputs.timeout=500ms",
                        "-Ddarkroom.webui.outputs=" + webUiFolder().resolve("outputs")));
    }

    @ParameterizedTest
    @CsvSource({"copy,9", "move,0"})
    void whatIsNotCompleteIsMadeAgainAndNotLeftOver(String take, int left) throws Exception {
        try (Bench bench = bench(plain, "mounted")
                .with(Setting.WEBUI_OUTPUTS_TAKE, take)
                .with(Setting.RETRY_PAUSE, "2s")
                .with(Setting.RETRY_LONGEST_PAUSE, "2s")
                .start()) {
            bench.sandbox().nextAt(TXT2IMG, Fault.hangUp().afterWork());
            bench.drop("a.json", FOUR);
            Bench.await("made", () -> saved().size() == 5);
            Path damaged = saved("_7");
            Files.delete(damaged);

            JsonNode manifest = bench.done("a.json");

            JsonNode receipt = manifest.at("/receipts/0");
            assertThat(bench.generations()).hasSize(2);
            assertThat(receipt.path("outputs")).hasSize(5);
            assertThat(saved()).hasSize(left);
            if (left > 0) {
                assertThat(receipt.path("note").asText())
                        .contains("an earlier try")
                        .contains(damaged.getParent().toString());
            } else {
                assertThat(damaged.getParent()).doesNotExist();
                assertThat(receipt.path("note").asText()).doesNotContain("earlier");
            }
        }
    }

    @Test
    void anotherPictureUnderTheRightNameIsNotTaken() throws Exception {
        try (Bench bench = bench(plain, "mounted")
                .with(Setting.RETRY_PAUSE, "2s")
                .with(Setting.RETRY_LONGEST_PAUSE, "2s")
                .start()) {
            bench.sandbox().nextAt(TXT2IMG, Fault.hangUp().afterWork());
            bench.drop("a.json", FOUR);
            Bench.await("made", () -> saved().size() == 5);
            Path one = saved("_7");
            Path other = saved("_6");
            Files.copy(other, one, StandardCopyOption.REPLACE_EXISTING);

            JsonNode receipt = bench.done("a.json").at("/receipts/0");

            assertThat(bench.generations()).hasSize(2);
            assertThat(receipt.path("outputs").findValuesAsText("sha256"))
                    .hasSize(5)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void whatIsFoundIsHeldAgainstTheTask() throws Exception {
        try (Bench bench = bench(plain, "mounted").start()) {
            bench.sandbox().nextAt(TXT2IMG, Fault.hangUp().afterWork().and(Fault.sampler("DDIM")));
            bench.drop("a.json", FOUR);

            JsonNode error = bench.failed("a.json");
            assertThat(error.path("code").asText()).isEqualTo("refused-sampler");
            assertThat(bench.generations()).hasSize(1);

            // moved back, it is tried anew, and not found again
            Files.move(
                    bench.data().resolve("failed/a.json"),
                    bench.data().resolve("drop/a.json"),
                    StandardCopyOption.ATOMIC_MOVE);
            bench.done("a.json");
            assertThat(bench.generations()).hasSize(2);
        }
    }

    @Test
    void whatPicturesDoNotSayIsUnverified() throws Exception {
        try (Bench bench = bench(plain, "mounted").start()) {
            bench.sandbox().nextAt(TXT2IMG, Fault.hangUp().afterWork());
            bench.drop(
                    "a.json",
                    "{\"seed\": 5, \"sampler_name\": \"Euler\", \"override_settings\": {\"enable_pnginfo\": false}, "
                            + SMALL + "}");

            JsonNode receipt = bench.done("a.json").at("/receipts/0");

            assertThat(bench.generations()).hasSize(1);
            assertThat(receipt.path("unverified").toString()).contains("sampler", "steps");
            assertThat(receipt.at("/outputs/0/seed").asInt()).isEqualTo(5);
        }
    }

    @Test
    void aTaskThatIsCancelledWhileItIsWaitedForIsInterrupted() throws Exception {
        try (Bench bench = bench(plain.withTimePerStep(Duration.ofSeconds(1)), "mounted")) {
            bench.drop("a.json", "{\"seed\": 5, \"steps\": 120, \"width\": 64, \"height\": 64}");
            Process first = run(bench, "mounted");
            bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
            first.destroyForcibly().waitFor();
            bench.start();
            bench.sandbox().awaitRequest("/internal/progress", 3, Bench.SOON);

            bench.drop("a.cancel", "");

            Bench.await("cancelled", () -> bench.exists("cancelled/a.json"));
            bench.sandbox().awaitRequest("/sdapi/v1/interrupt", 1, Bench.SOON);
            assertThat(bench.generations()).hasSize(1);
        }
    }

    @Test
    void aWebUiThatDiesOverATaskThreeTimesIsSparedTheFourth() throws Exception {
        try (Bench bench =
                bench(plain.withTimePerStep(Duration.ofMillis(100)), "fetch").start()) {
            for (int i = 0; i < 3; i++) {
                bench.sandbox().nextAt(TXT2IMG, Fault.hangUp());
            }
            bench.drop("poison.json", "{\"seed\": 5, " + SMALL + "}");

            JsonNode error = bench.failed("poison.json");
            bench.drop("good.json", "{\"seed\": 6, " + SMALL + "}");
            bench.done("good.json");

            assertThat(error.path("code").asText()).isEqualTo("webui-crashed-repeatedly");
            assertThat(error.path("message").asText())
                    .contains("3 times", bench.sandbox().url().toString());
            assertThat(bench.generations()).hasSize(4);
        }
    }

    /** What waits behind it is lost with it, and has no part in it. */
    @Test
    void whoeverWaitsBehindItIsNotBlamed() throws Exception {
        try (Bench bench = bench(plain.withTimePerPicture(Duration.ofSeconds(60)), "fetch")
                .with(Setting.RETRY_BACKEND_CRASHES, "1")
                .start()) {
            bench.drop("poison.json", "{\"seed\": 5, " + SMALL + "}");
            bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
            bench.drop("behind.json", "{\"seed\": 6, " + SMALL + "}");
            bench.sandbox().awaitRequest(TXT2IMG, 2, Bench.SOON);

            bench.restartSandbox(plain.withDataFolder(webUiFolder()));

            bench.done("behind.json");
            assertThat(bench.failed("poison.json").path("code").asText()).isEqualTo("webui-crashed-repeatedly");
        }
    }

    @Test
    void crashesAreCountedAcrossLives() throws Exception {
        try (Bench bench =
                bench(plain, "fetch").with(Setting.RETRY_PAUSE, "1h").with(Setting.RETRY_LONGEST_PAUSE, "1h")) {
            for (int life = 1; life <= 3; life++) {
                bench.sandbox().nextAt(TXT2IMG, Fault.hangUp());
                bench.start();
                if (life == 1) {
                    bench.drop("poison.json", "{\"seed\": 5, " + SMALL + "}");
                }
                bench.sandbox().awaitRequest(TXT2IMG, life, Bench.SOON);
                int crashes = life;
                if (life < 3) {
                    Bench.await("counted", () -> crashes(bench) == crashes);
                    bench.stop();
                }
            }
            assertThat(bench.failed("poison.json").path("code").asText()).isEqualTo("webui-crashed-repeatedly");
        }
    }

    /** Steps of a minute are none within the second that is allowed; what it is told to leave it leaves. */
    @Test
    void aTaskThatDoesNotGetOnIsGivenUpAndThenSetAside() throws Exception {
        try (Bench bench = bench(plain.withTimePerStep(Duration.ofSeconds(20)), "fetch")
                .with(Setting.WEBUI_STALL, "1s")
                .with(Setting.RETRY_BACKEND_CRASHES, "1")
                .start()) {
            bench.drop("hangs.json", "{\"seed\": 5, " + SMALL + "}");

            JsonNode error = bench.failed("hangs.json");

            assertThat(error.path("code").asText()).isEqualTo("webui-crashed-repeatedly");
            assertThat(error.path("message").asText()).contains("did not get on", "darkroom.webui.stall");
            bench.sandbox().awaitRequest("/sdapi/v1/interrupt", 1, Bench.SOON);
            assertThat(bench.generations()).hasSize(1);
        }
    }

    /** Each step takes longer than a look, and none as long as is allowed; the second waits in the queue for longer. */
    @Test
    void whatIsSlowOrWaitsIsNotGivenUp() throws Exception {
        try (Bench bench = bench(plain.withTimePerStep(Duration.ofMillis(500)), "fetch")
                .with(Setting.WEBUI_STALL, "2s")
                .with(Setting.RETRY_BACKEND_CRASHES, "1")
                .start()) {
            String slow = ", \"width\": 64, \"height\": 64, \"steps\": 7}";
            bench.drop("a.json", "{\"seed\": 5" + slow);
            bench.drop("b.json", "{\"seed\": 6" + slow);

            bench.done("a.json");
            bench.done("b.json");
            assertThat(bench.generations()).hasSize(2);
        }
    }

    /** Stopping the service, or killing it, is not the WebUI's fault. */
    @Test
    void aStopIsNoCrashOfTheWebUi() throws Exception {
        try (Bench bench =
                bench(plain.withTimePerPicture(Duration.ofSeconds(60)), "fetch").with(Setting.STOP_TIMEOUT, "1s")) {
            bench.drop("a.json", "{\"seed\": 5, " + SMALL + "}");
            bench.start();
            bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
            bench.stop();

            assertThat(crashes(bench)).isZero();
        }
    }

    private static int crashes(Bench bench) throws IOException {
        return Bench.tree(bench.data().resolve("work")).stream()
                .filter(file -> file.toString().endsWith("receipts/1.sent"))
                .mapToInt(file -> Bench.json(file).path("crashes").asInt())
                .sum();
    }
}
