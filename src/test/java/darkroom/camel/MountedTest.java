package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.json.Json;
import darkroom.sandbox.ReceivedRequest;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures that the WebUI saves itself, in an outputs folder that is mounted here at another path than its own. */
final class MountedTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";
    private static final String MOUNTED = "\"job\": {\"save\": \"mounted\"}";

    @TempDir
    Path home;

    private final SandboxSettings plain = SandboxSettings.defaults().withPlainPictures(true);

    private Path webUiFolder() throws IOException {
        return Files.createDirectories(home.resolve("webui"));
    }

    private Bench bench(SandboxSettings settings) throws IOException {
        Path outputs = Files.createDirectories(webUiFolder().resolve("outputs"));
        return new Bench(home, settings.withDataFolder(webUiFolder()))
                .with(Setting.WEBUI_OUTPUTS, outputs.toString())
                .with(Setting.WEBUI_OUTPUTS_SERVER, "/stable-diffusion-webui/outputs")
                .with(Setting.WEBUI_OUTPUTS_TIMEOUT, "500ms");
    }

    @Test
    void aBatchIsFoundAndNothingTravels() throws Exception {
        try (Bench bench = bench(plain).start()) {
            bench.drop("a.json", "{\"seed\": 5, \"n_iter\": 2, \"batch_size\": 2, " + SMALL + ", " + MOUNTED + "}");

            JsonNode manifest = bench.done("a.json");

            assertThat(Bench.names(manifest))
                    .map(name -> name.substring(name.indexOf("-", "a-20261122-000000".length())))
                    .containsExactly("-grid-5.png", "-001-5.png", "-002-6.png", "-003-7.png", "-004-8.png");
            JsonNode receipt = manifest.path("receipts").get(0);
            assertThat(receipt.at("/payload/send_images").asBoolean(true)).isFalse();
            for (JsonNode output : receipt.path("outputs")) {
                Path saved = Path.of(output.path("saved").asText());
                assertThat(saved).startsWith(webUiFolder());
                assertThat(bench.outputs(manifest).resolve(output.path("file").asText()))
                        .hasSameBinaryContentAs(saved);
                assertThat(output.path("infotext").asText()).contains("Seed: " + output.path("seed"));
            }
            bench.assertTidy();
        }
    }

    @ParameterizedTest
    @CsvSource({"copy,true,false,false", "link,true,true,false", "move,false,false,false", "leave,true,false,true"})
    void theFileOfTheWebUiIsTakenAsThePropertySays(String take, boolean kept, boolean linked, boolean inPlace)
            throws Exception {
        try (Bench bench = bench(plain)
                .with(Setting.WEBUI_OUTPUTS_TAKE, take)
                .with(Setting.SAVE, "mounted")
                .start()) {
            bench.drop("a.json", "{" + SMALL + "}");

            JsonNode manifest = bench.done("a.json");

            JsonNode output = manifest.path("receipts").get(0).path("outputs").get(0);
            Path published = bench.outputs(manifest).resolve(output.path("file").asText());
            assertThat(published).exists();
            assertThat(output.hasNonNull("saved")).isEqualTo(kept);
            List<Path> saved = pictures(webUiFolder());
            assertThat(saved).hasSize(kept ? 1 : 0);
            if (kept) {
                assertThat(key(published).equals(key(saved.get(0)))).isEqualTo(linked || inPlace);
                assertThat(published.equals(saved.get(0))).isEqualTo(inPlace);
            } else {
                assertThat(webUiFolder().resolve("outputs/txt2img-images/darkroom"))
                        .isEmptyDirectory();
            }
        }
    }

    @Test
    void equalSeedsStayApart() throws Exception {
        try (Bench bench = bench(plain).start()) {
            bench.drop(
                    "a.json",
                    "{\"seed\": 5, \"subseed\": 9, \"subseed_strength\": 0.5, \"batch_size\": 3, " + SMALL + ", "
                            + MOUNTED + "}");

            JsonNode manifest = bench.done("a.json");

            assertThat(manifest.at("/receipts/0/outputs").findValuesAsText("sha256"))
                    .hasSize(4)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void whatIsSavedBesideIsToldFromPictures() throws Exception {
        try (Bench bench = bench(plain).start()) {
            bench.drop(
                    "a.json",
                    "{\"seed\": 5, \"enable_hr\": true, \"denoising_strength\": 0.5, " + SMALL + ", " + MOUNTED
                            + ", \"override_settings\": {\"save_images_before_highres_fix\": true, \"save_txt\": true,"
                            + " \"samples_format\": \"jpg\"}}");

            JsonNode outputs = bench.done("a.json").at("/receipts/0/outputs");

            assertThat(outputs.findValuesAsText("kind")).containsExactly("picture", "extra");
            assertThat(outputs.findValuesAsText("format")).containsExactly("jpeg", "jpeg");
            assertThat(outputs.findValuesAsText("width")).containsExactly("128", "64");
        }
    }

    @Test
    void img2imgIsFoundAsWell() throws Exception {
        try (Bench bench = bench(plain).start()) {
            bench.put("sketch.png", Files.readAllBytes(Path.of("examples/pictures/sketch.png")));
            bench.drop("a.json", "{\"init_images\": [\"sketch.png\"], " + SMALL + ", " + MOUNTED + "}");

            assertThat(bench.done("a.json").at("/receipts/0/outputs/0/saved").asText())
                    .contains("/img2img-images/darkroom/");
        }
    }

    @Test
    void noStampReachesARequestOfSomebodyElse() throws Exception {
        try (Bench bench = bench(plain).start()) {
            bench.drop(
                    "a.json",
                    "{\"override_settings\": {\"CLIP_stop_at_last_layers\": 2}, " + SMALL + ", " + MOUNTED + "}");
            bench.done("a.json");

            JsonNode info = post(bench, "{\"save_images\": true, \"seed\": 77, " + SMALL + "}");

            assertThat(info.path("clip_skip").asInt()).isEqualTo(1);
            assertThat(pictures(webUiFolder()))
                    .extracting(path -> webUiFolder().relativize(path).toString())
                    .anyMatch(name -> name.matches("outputs/txt2img-images/\\d{4}-\\d\\d-\\d\\d/00000-77.png"));

            // the same after a restart that keeps no config.json
            Files.deleteIfExists(webUiFolder().resolve("config.json"));
            bench.restartSandbox(plain.withDataFolder(webUiFolder()));
            bench.drop("b.json", "{" + SMALL + ", " + MOUNTED + "}");
            bench.done("b.json");
            post(bench, "{\"save_images\": true, \"seed\": 78, " + SMALL + "}");
            assertThat(pictures(webUiFolder()))
                    .extracting(path -> path.getFileName().toString())
                    .contains("00001-78.png");
        }
    }

    @Test
    void concurrentJobsKeepTheirPicturesApart() throws Exception {
        try (Bench bench = bench(plain).with(Setting.SAVE, "mounted").start()) {
            for (int i = 0; i < 12; i++) {
                bench.drop("job" + i + ".json", "{\"seed\": " + i * 100 + ", \"batch_size\": 2, " + SMALL + "}");
            }
            for (int i = 0; i < 12; i++) {
                JsonNode receipt = bench.done("job" + i + ".json").at("/receipts/0");
                assertThat(receipt.path("outputs").findValuesAsText("seed"))
                        .containsExactly("" + i * 100, "" + i * 100, "" + (i * 100 + 1));
                assertThat(receipt.path("outputs").findValuesAsText("infotext"))
                        .last()
                        .asString()
                        .contains("Seed: " + (i * 100 + 1));
            }
            assertThat(bench.sandbox().requests().stream()
                            .map(ReceivedRequest::path)
                            .filter(path -> path.endsWith("/options")))
                    .as("primed once: read and written")
                    .hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"true,false,--freeze-settings", "false,true,--hide-ui-dir-config"})
    void whereOverridesAreForbiddenPicturesAreFetched(boolean frozen, boolean hidden, String flag) throws Exception {
        try (Bench bench = bench(plain.withFreezeSettings(frozen).withHideUiDirConfig(hidden))
                .start()) {
            bench.drop("a.json", "{" + SMALL + ", " + MOUNTED + "}");

            JsonNode receipt = bench.done("a.json").at("/receipts/0");

            assertThat(receipt.path("outputs")).hasSize(1);
            assertThat(receipt.path("warnings").toString()).contains(flag, "fetched");
        }
    }

    @Test
    void aWrongMountIsToldWithBothPathsAndTheLineToAdd() throws Exception {
        Path wrong = Files.createDirectories(home.resolve("wrong"));
        try (Bench bench =
                bench(plain).with(Setting.WEBUI_OUTPUTS, wrong.toString()).start()) {
            bench.drop("a.json", "{" + SMALL + ", " + MOUNTED + "}");

            JsonNode error = bench.failed("a.json");

            assertThat(error.path("code").asText()).isEqualTo("saved-not-found");
            assertThat(error.path("message").asText())
                    .contains(wrong.toString(), "/stable-diffusion-webui/outputs", "/darkroom/");
            assertThat(error.path("hint").asText())
                    .contains("-v HOST-FOLDER:/stable-diffusion-webui/outputs", "-v HOST-FOLDER:" + wrong);
        }
    }

    @Test
    void aShareThatIsAwayIsWaitedFor() throws Exception {
        Path share = home.resolve("webui/outputs");
        try (Bench bench = bench(plain)) {
            Files.delete(share);
            bench.start();
            bench.drop("a.json", "{" + SMALL + ", " + MOUNTED + "}");
            Bench.await("accepted", () -> !bench.exists("drop/a.json"));
            assertThat(bench.sandbox().requests()).isEmpty();
            assertThat(bench.exists("failed/a.json")).isFalse();

            Files.createDirectories(share);

            bench.done("a.json");
        }
    }

    @Test
    void aShareThatIsSlowIsWaitedFor() throws Exception {
        Path share = Files.createDirectories(home.resolve("share/txt2img-images"));
        try (Bench bench = bench(plain)
                .with(Setting.WEBUI_OUTPUTS, share.getParent().toString())
                .with(Setting.WEBUI_OUTPUTS_TIMEOUT, "20s")
                .start()) {
            bench.drop("a.json", "{\"seed\": 3, " + SMALL + ", " + MOUNTED + "}");
            Path saved = webUiFolder().resolve("outputs/txt2img-images/darkroom");
            Bench.await("saved", () -> pictures(webUiFolder()).size() == 1);
            Path file = pictures(webUiFolder()).get(0);
            byte[] bytes = Files.readAllBytes(file);
            Path shown = share.resolve("darkroom").resolve(saved.relativize(file));
            Files.createDirectories(shown.getParent());
            Files.write(shown, Arrays.copyOf(bytes, bytes.length / 2));
            assertThat(bench.exists("done/a.json")).isFalse();

            Files.write(shown, bytes);

            JsonNode manifest = bench.done("a.json");
            assertThat(bench.outputs(manifest).resolve(Bench.names(manifest).get(0)))
                    .hasBinaryContent(bytes);
        }
    }

    @ParameterizedTest
    @CsvSource({"png,Steps,9", "jpg,Steps,9", "webp,CFG scale,3.5", "png,prompt,9"})
    void anotherPictureUnderTheRightNameIsRefused(String format, String differing, String value) throws Exception {
        Path share = Files.createDirectories(home.resolve("share/txt2img-images"));
        try (Bench bench = bench(plain)
                .with(Setting.WEBUI_OUTPUTS, share.getParent().toString())
                .with(Setting.WEBUI_OUTPUTS_TIMEOUT, "20s")
                .start()) {
            String overrides = "\"override_settings\": {\"samples_format\": \"" + format + "\"}, ";
            bench.drop("a.json", "{\"seed\": 3, " + overrides + SMALL + ", " + MOUNTED + "}");
            Bench.await("saved", () -> pictures(webUiFolder()).size() == 1);
            Path file = pictures(webUiFolder()).get(0);
            String change = switch (differing) {
                case "Steps" -> SMALL.replace("\"steps\": 2", "\"steps\": 9");
                case "CFG scale" -> SMALL + ", \"cfg_scale\": 3.5";
                default -> SMALL + ", \"prompt\": \"another one\"";
            };
            post(bench, "{\"save_images\": true, \"seed\": 3, " + overrides + change + "}");
            Path other = pictures(webUiFolder()).stream()
                    .filter(path -> !path.equals(file))
                    .findFirst()
                    .orElseThrow();
            Path shown = share.resolve("darkroom")
                    .resolve(webUiFolder()
                            .resolve("outputs/txt2img-images/darkroom")
                            .relativize(file));
            Files.createDirectories(shown.getParent());
            Files.copy(other, shown);

            JsonNode error = bench.failed("a.json");

            assertThat(error.path("code").asText()).isEqualTo("refused-picture");
            assertThat(error.path("message").asText()).contains(shown.toString(), differing);
            if (!differing.equals("prompt")) {
                assertThat(error.path("message").asText()).contains(differing + " '" + value + "'");
            }
            assertThat(error.path("hint").asText()).contains("darkroom.check.picture=warn");
        }
    }

    @Test
    void aPictureWithoutTextIsTaken() throws Exception {
        try (Bench bench = bench(plain).start()) {
            bench.drop(
                    "a.json", "{\"override_settings\": {\"enable_pnginfo\": false}, " + SMALL + ", " + MOUNTED + "}");

            JsonNode output = bench.done("a.json").at("/receipts/0/outputs/0");

            assertThat(output.path("infotext").asText()).contains("Steps: 2");
        }
    }

    @Test
    void textsOfEveryKindOfPromptAreEqual() throws Exception {
        try (Bench bench = bench(plain).with(Setting.SAVE, "mounted").start()) {
            String prompt = "\"prompt\": \"  \\u00e4\\u4e2d\\ud83e\\udd8a \\r\\n \\\"x\\\", a: b\\n\\nSteps: 3  \", ";
            for (String format : List.of("png", "jpg", "webp")) {
                bench.drop(
                        format + ".json",
                        "{" + prompt + "\"override_settings\": {\"samples_format\": \"" + format + "\"}, " + SMALL
                                + "}");
                assertThat(bench.done(format + ".json")
                                .at("/receipts/0/outputs/0/infotext")
                                .asText())
                        .contains("\u4e2d");
            }
        }
    }

    @Test
    void bothSendsAndSaves() throws Exception {
        try (Bench bench = bench(plain).start()) {
            bench.drop("a.json", "{\"job\": {\"save\": \"both\"}, " + SMALL + "}");

            JsonNode receipt = bench.done("a.json").at("/receipts/0");

            assertThat(receipt.path("outputs")).hasSize(1);
            assertThat(receipt.path("note").asText())
                    .contains(webUiFolder()
                            .resolve("outputs/txt2img-images/darkroom")
                            .toString());
        }
    }

    @Test
    void whatThePayloadSaysItselfIsDone() throws Exception {
        try (Bench bench = bench(plain).with(Setting.SAVE, "mounted").start()) {
            bench.drop("a.json", "{\"send_images\": true, " + SMALL + "}");
            bench.done("a.json");

            assertThat(pictures(webUiFolder())).isEmpty();
        }
    }

    private static JsonNode post(Bench bench, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(bench.sandbox().url() + "/sdapi/v1/txt2img"))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.mapper()
                .readTree(Json.mapper().readTree(answer.body()).path("info").asText());
    }

    private static List<Path> pictures(Path folder) throws IOException {
        return Bench.tree(folder).stream()
                .filter(file -> file.toString().matches(".*[.](png|jpg|webp)")
                        && !file.toString().contains("-grids"))
                .toList();
    }

    private static Object key(Path file) throws IOException {
        return String.valueOf(
                Files.readAttributes(file, BasicFileAttributes.class).fileKey());
    }
}
