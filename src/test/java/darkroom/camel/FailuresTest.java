package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.job.ProblemCode;
import darkroom.json.Json;
import darkroom.sandbox.Fault;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong ends in {@code failed/} with a reason, or is waited for. */
final class FailuresTest {
    private static final String TXT2IMG = "/sdapi/v1/txt2img";
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";
    private static final String JSON = "application/json";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(home).start();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(Fault.sampler("DPM++ 2M"), "refused-sampler", 1),
                Arguments.of(Fault.checkpoint("sandboxDusk.safetensors"), "refused-checkpoint", 1),
                Arguments.of(Fault.size(72, 64), "refused-size", 1),
                Arguments.of(Fault.noPictures(), "refused-empty", 1),
                Arguments.of(Fault.onePictureLess(), "refused-count", 1),
                Arguments.of(Fault.truncatedPicture(), "refused-picture", 1),
                Arguments.of(Fault.garbagePicture(), "refused-picture", 1),
                Arguments.of(Fault.nullPicture(), "refused-picture", 1),
                Arguments.of(Fault.emptyPicture(), "refused-picture", 1),
                Arguments.of(Fault.outOfMemory(), "webui-out-of-memory", 1),
                Arguments.of(Fault.answer(401, JSON, "{\"detail\": \"Not authenticated\"}"), "webui-unauthorized", 1),
                Arguments.of(Fault.answer(422, JSON, "{\"detail\": \"Script 'x' not found\"}"), "webui-rejected", 1),
                Arguments.of(Fault.answer(413, "text/html", "<h1>Too large</h1>"), "webui-rejected", 1),
                Arguments.of(Fault.answer(307, "text/html", ""), "webui-redirects", 1),
                Arguments.of(
                        Fault.answer(500, JSON, "{\"error\": \"KeyError\", \"errors\": \"'x'\"}"), "webui-error", 1),
                Arguments.of(
                        Fault.answer(500, JSON, "{\"error\": \"NansException\", \"errors\": \"all NaNs\"}"),
                        "webui-error",
                        4),
                Arguments.of(Fault.answer(500, "text/plain", "Internal Server Error"), "webui-error", 4),
                Arguments.of(Fault.answer(204, "text/plain", ""), "webui-answer-unreadable", 4),
                Arguments.of(Fault.answer(404, JSON, "{\"detail\": \"Not Found\"}"), "webui-api-off", 4),
                Arguments.of(Fault.answer(200, "text/html", "<html>login</html>"), "webui-answer-unreadable", 4),
                Arguments.of(Fault.truncateTo(300), "webui-answer-unreadable", 4));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("faults")
    void whatCanNotBeDoneFailsWithItsReason(Fault fault, String code, int attempts) throws Exception {
        bench.sandbox().next(fault, fault, fault, fault);
        bench.drop(
                "lane/a.json",
                "{\"sampler_name\": \"Euler\", \"n_iter\": 2, \"override_settings\": {\"sd_model_checkpoint\": \"sandboxDawn\"}, "
                        + SMALL + "}");

        JsonNode error = bench.failed("lane/a.json");

        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("kind").asText()).isEqualTo(code.substring(0, code.indexOf('-')));
        assertThat(error.path("attempts").asInt()).isEqualTo(attempts);
        assertThat(error.path("backend").asText())
                .isEqualTo(bench.sandbox().url().toString());
        assertThat(error.path("message").asText()).isNotBlank();
        assertThat(error.path("hint").asText()).isNotBlank();
        assertThat(bench.manifests()).isEmpty();
        assertThat(bench.data().resolve("outputs")).isEmptyDirectory();
        bench.assertTidy();
    }

    @Test
    void refusedPicturesCanBeLookedAt() throws Exception {
        bench.sandbox().next(Fault.size(72, 64));
        bench.drop("a.json", "{" + SMALL + "}");

        JsonNode pictures = bench.failed("a.json").path("pictures");

        assertThat(pictures).hasSize(1);
        assertThat(Path.of(pictures.get(0).asText()))
                .exists()
                .hasParent(bench.data()
                        .resolve("failed/" + bench.failed("a.json").path("job").asText() + ".refused"));
    }

    @Test
    void picturesOfOneColourAreRefusedIfThatIsWanted() throws Exception {
        ByteArrayOutputStream black = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "png", black);
        String base64 = Base64.getEncoder().encodeToString(black.toByteArray());
        Fault flat = Fault.pictures(images -> images.removeAll().add(base64));
        bench.sandbox().next(flat);
        bench.drop("kept.json", "{" + SMALL + "}");
        bench.done("kept.json");
        bench.stop();
        bench.with(Setting.CHECK_FLAT, "refuse").start();

        bench.sandbox().next(flat);
        bench.drop("a.json", "{" + SMALL + "}");

        assertThat(bench.failed("a.json").path("code").asText()).isEqualTo("refused-flat");
        assertThat(bench.failed("a.json").path("hint").asText()).contains("darkroom.check.flat=warn");
        bench.drop("b.json", "{" + SMALL + "}");
        bench.done("b.json");
    }

    @Test
    void aRelaxedCheckLetsThePictureThroughWithAWarning() throws Exception {
        bench.stop();
        bench.with(Setting.CHECK_SIZE, "warn").start();
        bench.drop("a.json", "{\"width\": 70, \"height\": 64, \"steps\": 2}");

        assertThat(bench.done("a.json").at("/receipts/0/warnings/0").asText()).isEqualTo("asked for 70x64, got 64x64");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"prompt\": \"a\"|incomplete-json",
                "{\"prompt\": \"a\",,}|malformed-json",
                "``|empty-file",
                "[5]|not-an-object",
                "{\"steps\": \"many\"}|wrong-type",
                "{\"init_images\": [\"nope.png\"]}|picture-missing",
                "{\"init_images\": [\"../nope.png\"]}|picture-outside"
            })
    void aWrongFileFailsBeforeTheWebUiIsAsked(String content, String code) throws Exception {
        bench.drop("a.json", content == null ? "" : content);

        assertThat(bench.failed("a.json").path("code").asText()).isEqualTo(code);
        assertThat(bench.failed("a.json").path("kind").asText()).isEqualTo("input");
        assertThat(bench.data().resolve("failed/a.json")).hasContent(content == null ? "" : content);
        assertThat(bench.sandbox().requests()).isEmpty();
        bench.assertTidy();
    }

    @Test
    void aFileThatIsMovedBackIsTriedAgain() throws Exception {
        bench.sandbox().next(Fault.noPictures());
        bench.drop("a.json", "{" + SMALL + "}");
        bench.failed("a.json");

        Files.move(
                bench.data().resolve("failed/a.json.error.json"), bench.data().resolve("drop/a.json.error.json"));
        Files.move(bench.data().resolve("failed/a.json"), bench.data().resolve("drop/a.json"));

        bench.done("a.json");
        assertThat(bench.data().resolve("drop/a.json.error.json")).doesNotExist();
    }

    @Test
    void theSecondFileOfANameThatFailsDoesNotReplaceTheFirst() throws Exception {
        for (int i = 1; i <= 2; i++) {
            bench.drop("a.json", "{\"steps\": -" + i + "}");
            int expected = 2 * i;
            Bench.await(
                    "failure " + i,
                    () -> darkroom.files.Disk.list(bench.data().resolve("failed"))
                                    .size()
                            == expected);
        }

        assertThat(bench.data().resolve("failed/a.json")).hasContent("{\"steps\": -1}");
    }

    @Test
    void jobsWaitWhileTheWebUiIsAwayAndGoOnWhenItIsBack() throws Exception {
        bench.stopSandbox();
        for (int i = 0; i < 8; i++) {
            bench.drop("job" + i + ".json", "{" + SMALL + "}");
        }
        Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true); // several tries fail meanwhile

        assertThat(darkroom.files.Disk.list(bench.data().resolve("failed"))).isEmpty();
        bench.restartSandbox(SandboxSettings.defaults());

        for (int i = 0; i < 8; i++) {
            bench.done("job" + i + ".json");
        }
    }

    @Test
    void whatPassesIsWaitedForHoweverOftenItComes() throws Exception {
        Fault busy = Fault.answer(503, "text/html", "<h1>Service Unavailable</h1>");
        Fault gone = Fault.answer(502, "text/plain", "Bad Gateway");
        bench.sandbox().next(busy, gone, busy, Fault.hangUp(), Fault.cutAfter(500), busy, gone);
        bench.drop("a.json", "{" + SMALL + "}");

        bench.done("a.json");
        assertThat(bench.generations()).hasSize(8);
    }

    @Test
    void whatIsNoGoodIsNotTriedAgainAlsoIfTheWebUiWasAwayBefore() throws Exception {
        Fault busy = Fault.answer(503, "text/html", "<h1>Service Unavailable</h1>");
        bench.sandbox().next(busy, busy, Fault.answer(422, JSON, "{\"detail\": \"no\"}"));
        bench.drop("a.json", "{" + SMALL + "}");

        assertThat(bench.failed("a.json").path("code").asText()).isEqualTo("webui-rejected");
        assertThat(bench.generations()).hasSize(3);
    }

    @Test
    void triesWhileTheWebUiWasAwayDoNotCount() throws Exception {
        Fault busy = Fault.answer(503, "text/html", "<h1>Service Unavailable</h1>");
        Fault starting = Fault.answer(404, JSON, "{\"detail\": \"Not Found\"}");
        bench.sandbox().next(busy, busy, busy, busy, busy, starting, busy, starting, starting);
        bench.drop("a.json", "{" + SMALL + "}");

        bench.done("a.json");
        assertThat(bench.generations()).hasSize(10);
    }

    @Test
    void aTaskThatIsDoneAgainIsTheSameTask() throws Exception {
        bench.sandbox().next(Fault.hangUp().afterWork(), Fault.cutAfter(700));
        bench.drop("a.json", "{\"seed\": -1, " + SMALL + "}");

        JsonNode manifest = bench.done("a.json");

        Set<String> seeds = bench.generations().stream()
                .map(request -> request.body().path("seed").asText())
                .collect(Collectors.toSet());
        assertThat(bench.generations()).hasSize(3);
        assertThat(seeds).hasSize(1);
        assertThat(Bench.names(manifest)).hasSize(1);
        bench.assertTidy();
    }

    @Test
    void nothingIsSentTwiceByItself() throws Exception {
        bench.stop();
        bench.with(Setting.RETRY_PAUSE, "5s")
                .with(Setting.RETRY_LONGEST_PAUSE, "5s")
                .start();
        bench.sandbox().next(Fault.answer(503, JSON, "{}"));
        bench.drop("a.json", "{" + SMALL + "}");
        bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true);

        assertThat(bench.generations()).hasSize(1);
    }

    @Test
    void whatIsStoppedBeforeAnotherTryGoesOnLater() throws Exception {
        bench.stop();
        bench.with(Setting.RETRY_PAUSE, "1h")
                .with(Setting.RETRY_LONGEST_PAUSE, "1h")
                .start();
        bench.sandbox().next(Fault.answer(500, "text/plain", "some trouble"));
        bench.drop("a.json", "{" + SMALL + "}");
        bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        bench.stop();
        assertThat(bench.exists("failed/a.json")).isFalse();

        bench.with(Setting.RETRY_PAUSE, "1s").start();
        bench.done("a.json");
    }

    @Test
    void aWebUiWithAPasswordIsAskedWithIt() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults().withCredentials("me", "p:a ss+&%/"));
        bench.drop("without.json", "{" + SMALL + "}");
        assertThat(bench.failed("without.json").path("code").asText()).isEqualTo("webui-unauthorized");

        bench.stop();
        bench.with(Setting.WEBUI_AUTH, "me:p:a ss+&%/").start();
        bench.drop("with.json", "{" + SMALL + "}");

        assertThat(bench.done("with.json").toString()).doesNotContain("p:a ss+&%/");
        assertThat(bench.generations()).hasSize(2); // pre-emptively: no 401 first
    }

    @Test
    void whatTheWebUiWouldLeaveOutIsRefusedBeforeAnythingIsMade() throws Exception {
        bench.restartSandbox(
                SandboxSettings.defaults()
                        .withList(
                                "/sdapi/v1/prompt-styles",
                                Json.mapper().readTree("[{\"name\": \"Cinematic\", \"prompt\": \"film\"}]"))
                        .withList(
                                "/sdapi/v1/loras",
                                Json.mapper()
                                        .readTree(
                                                "[{\"name\": \"inkDrawing_v2\", \"alias\": \"ink\", \"metadata\": {\"a\": [1]}}]")));
        bench.drop("style.json", "{\"styles\": [\"Cinematik\"], " + SMALL + "}");
        bench.drop("lora.json", "{\"prompt\": \"a cat <lora:inkDrawing:0.8>\", " + SMALL + "}");
        bench.drop("right.json", "{\"prompt\": \"a cat <lora:ink:0.8>\", \"styles\": [\"Cinematic\"], " + SMALL + "}");

        JsonNode style = bench.failed("style.json");
        assertThat(style.path("code").asText()).isEqualTo("refused-style");
        assertThat(style.path("hint").asText()).contains("'Cinematic'", "darkroom.check.style=warn");
        assertThat(bench.failed("lora.json").path("code").asText()).isEqualTo("refused-lora");
        bench.done("right.json");
        assertThat(bench.sandbox().requests())
                .filteredOn(request -> request.path().endsWith("txt2img"))
                .hasSize(1);
    }

    @Test
    void aWebUiWithoutItsApiIsSaidToBeSo() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults().withApi(false));
        bench.drop("a.json", "{" + SMALL + "}");

        JsonNode error = bench.failed("a.json");

        assertThat(error.path("code").asText()).isEqualTo("webui-api-off");
        assertThat(error.path("hint").asText()).contains("--api");
    }

    @Test
    void aHandoverThatFailsIsTriedAgainWithoutGeneratingAnything() throws Exception {
        Path outbox = bench.data().resolve("outbox");
        bench.stop();
        bench.with(Setting.DELIVER, "gallery")
                .with(Setting.DELIVER_ENDS, "local")
                .start();
        Disk.deleteTree(outbox);
        Files.writeString(outbox, "a file where a folder should be");
        bench.drop("a.json", "{" + SMALL + "}");

        JsonNode error = bench.failed("a.json");
        assertThat(error.path("code").asText()).isEqualTo("delivery-failed");
        assertThat(error.path("attempts").asInt()).isEqualTo(4);
        Tasks tasks = bench.service().camelContext().getRegistry().lookupByNameAndType("tasks", Tasks.class);
        assertThat(tasks.unfinishedJobs()).as("it waits for its file").isEmpty();

        Files.delete(outbox);
        Files.move(bench.data().resolve("failed/a.json"), bench.data().resolve("drop/a.json"));
        JsonNode manifest = bench.done("a.json");
        assertThat(manifest.path("job")).isEqualTo(error.path("job"));
        assertThat(bench.generations()).hasSize(1);
        assertThat(Disk.list(outbox.resolve("gallery"))).hasSize(1);
        bench.assertTidy();
    }

    @Test
    void everyProblemHasItsRowInTheManual() throws Exception {
        Set<String> rows = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("docs/operating.md"))) {
            if (line.matches("\\| `[a-z-]+` \\|.*")) {
                rows.add(line.replaceFirst("\\| `([a-z-]+)` \\|.*", "$1"));
            }
        }

        assertThat(rows)
                .containsAll(
                        Stream.of(ProblemCode.values()).map(ProblemCode::word).toList());
    }

    @Test
    void anErrorFileHoldsTheFieldsThatTheManualPromises() throws Exception {
        bench.drop("a.json", "{\n  \"steps\": 0,\n  \"width\": \"x\"\n}");

        JsonNode error = bench.failed("a.json");

        assertThat(error.properties().stream().map(Map.Entry::getKey))
                .containsExactly(
                        "kind",
                        "code",
                        "message",
                        "hint",
                        "line",
                        "column",
                        "pointer",
                        "attempts",
                        "promptFile",
                        "promptFileSha256",
                        "failed",
                        "others");
        assertThat(List.of(error.path("line").asInt(), error.path("column").asInt()))
                .containsExactly(2, 12);
        assertThat(error.at("/others/0/pointer").asText()).isEqualTo("/width");
    }

    @Test
    void whatTheOutputFolderIsAwayForWaits() throws Exception {
        Path outputs = bench.data().resolve("outputs");
        Files.move(outputs, home.resolve("unmounted"));
        bench.drop("a.json", "{" + SMALL + "}");
        Bench.await(
                "claimed",
                () -> !bench.exists("drop/a.json")
                        && !Disk.list(bench.data().resolve("work")).isEmpty());
        assertThat(outputs).doesNotExist();
        assertThat(bench.generations()).isEmpty();

        Files.move(home.resolve("unmounted"), outputs);

        bench.done("a.json");
        bench.assertTidy();
    }

    @Test
    void noAnswerIsEncodedAsAnotherRequestWants() throws Exception {
        for (int i = 0; i < 8; i++) {
            bench.drop("png" + i + ".json", "{\"batch_size\": 3, \"width\": 256, \"height\": 256, \"steps\": 1}");
            bench.drop(
                    "jpg" + i + ".json",
                    "{\"width\": 64, \"height\": 64, \"steps\": 1, \"override_settings\": {\"samples_format\": \"jpg\"}}");
        }
        for (int i = 0; i < 8; i++) {
            assertThat(Bench.names(bench.done("png" + i + ".json"))).hasSize(3).allMatch(name -> name.endsWith(".png"));
            assertThat(bench.done("jpg" + i + ".json")
                            .at("/receipts/0/warnings/0")
                            .asText())
                    .contains("asked for samples_format 'jpg', got png");
        }
    }
}
