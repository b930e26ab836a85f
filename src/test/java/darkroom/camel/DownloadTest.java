package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.json.Json;
import darkroom.sandbox.Fault;
import darkroom.sandbox.ReceivedRequest;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures that the WebUI saves itself and sends none of, got from its {@code /file=}. */
final class DownloadTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";

    @TempDir
    Path home;

    private final SandboxSettings plain = SandboxSettings.defaults().withPlainPictures(true);

    private Bench bench(SandboxSettings settings) throws Exception {
        return new Bench(home, settings.withDataFolder(Files.createDirectories(home.resolve("webui"))))
                .with(Setting.SAVE, "download");
    }

    @Test
    void aBatchIsGotByItsNamesAndNothingTravelsInTheAnswer() throws Exception {
        try (Bench bench = bench(plain).start()) {
            bench.drop("a.json", "{\"seed\": 5, \"n_iter\": 2, \"batch_size\": 2, " + SMALL + "}");

            JsonNode manifest = bench.done("a.json");

            assertThat(Bench.names(manifest))
                    .map(name -> name.substring(name.indexOf("-", "a-20261122-000000".length())))
                    .containsExactly("-grid-5.png", "-001-5.png", "-002-6.png", "-003-7.png", "-004-8.png");
            JsonNode receipt = manifest.at("/receipts/0");
            assertThat(receipt.at("/payload/send_images").asBoolean(true)).isFalse();
            assertThat(receipt.path("warnings")).isEmpty();
            assertThat(receipt.at("/outputs/0/saved").asText())
                    .matches("/stable-diffusion-webui/outputs/txt2img-grids/darkroom/[^/]+/grid-0000\\.png");
            assertThat(receipt.at("/outputs/4/saved").asText())
                    .matches("/stable-diffusion-webui/outputs/txt2img-images/darkroom/([^/]+)/\\1_8_4\\.png");
            for (JsonNode output : receipt.path("outputs")) {
                assertThat(bench.outputs(manifest).resolve(output.path("file").asText()))
                        .hasSameBinaryContentAs(bench.sandbox()
                                .dataFolder()
                                .resolve(output.path("saved").asText().substring("/stable-diffusion-webui/".length())));
                assertThat(output.path("infotext").asText()).contains("Seed: " + output.path("seed"));
            }
            assertThat(files(bench)).as("each asked for once, none by guessing").hasSize(5);
            bench.assertTidy();
        }
    }

    @Test
    void equalSeedsStayApart() throws Exception {
        try (Bench bench = bench(plain).start()) {
            bench.drop(
                    "a.json",
                    "{\"seed\": 5, \"subseed\": 9, \"subseed_strength\": 0.5, \"batch_size\": 3, " + SMALL + "}");

            JsonNode outputs = bench.done("a.json").at("/receipts/0/outputs");

            assertThat(outputs.findValuesAsText("sha256")).hasSize(4).doesNotHaveDuplicates();
            assertThat(outputs.findValuesAsText("seed")).containsOnly("5");
        }
    }

    @ParameterizedTest
    @CsvSource({"jpg,jpeg", "webp,webp", "png,png"})
    void theFormatIsTheRequestsOwnOrTheServers(String format, String found) throws Exception {
        try (Bench bench = bench(plain).start()) {
            bench.drop(
                    "own.json",
                    "{\"seed\": 1, \"batch_size\": 2, \"override_settings\": {\"samples_format\": \"" + format
                            + "\", \"grid_format\": \"jpg\"}, " + SMALL + "}");
            assertThat(bench.done("own.json").at("/receipts/0/outputs").findValuesAsText("format"))
                    .containsExactly("jpeg", found, found);

            set(bench, "{\"samples_format\": \"" + format + "\"}");
            bench.drop("server.json", "{\"seed\": 1, " + SMALL + "}");
            JsonNode output = bench.done("server.json").at("/receipts/0/outputs/0");

            assertThat(output.path("format").asText()).isEqualTo(found);
            assertThat(output.path("saved").asText()).endsWith("_1." + format);
            assertThat(files(bench)).hasSize(4);
        }
    }

    @Test
    void aPictureOfAnotherFormatThanTheOptionsSayIsFound() throws Exception {
        try (Bench bench = bench(plain).start()) {
            // as while a request of somebody else overrides it; the first two are read and written before
            bench.sandbox()
                    .nextAt(
                            "/sdapi/v1/options",
                            Fault.none(),
                            Fault.none(),
                            Fault.edit(options -> options.put("samples_format", "webp")));
            bench.drop("a.json", "{\"seed\": 1, \"n_iter\": 2, " + SMALL + "}");

            assertThat(bench.done("a.json").at("/receipts/0/outputs").findValuesAsText("format"))
                    .containsExactly("png", "png", "png");
            assertThat(files(bench)).hasSize(4);
        }
    }

    @Test
    void whatWasSkippedIsAGapAndNotTheNextPicture() throws Exception {
        try (Bench bench = bench(plain.withTimePerStep(Duration.ofMillis(250)))
                .with(Setting.CHECK_COUNT, "warn")
                .with(Setting.CHECK_PICTURE, "warn")
                .start()) {
            bench.drop("a.json", "{\"seed\": 1, \"n_iter\": 3, " + SMALL + "}");
            Bench.await("the first is saved", () -> saved(bench).size() == 1);
            post(bench, "/sdapi/v1/skip", "");

            JsonNode receipt = bench.done("a.json").at("/receipts/0");

            assertThat(receipt.path("outputs").findValuesAsText("seed")).containsExactly("1", "1", "3");
            assertThat(receipt.path("warnings").toString()).contains("asked for 3 pictures, got 2");
        }
    }

    @Test
    void whatIsSavedBesideDoesNotDisturb() throws Exception {
        try (Bench bench = bench(plain).start()) {
            bench.drop(
                    "a.json",
                    "{\"seed\": 5, \"enable_hr\": true, \"denoising_strength\": 0.5, \"n_iter\": 2, " + SMALL
                            + ", \"override_settings\": {\"save_images_before_highres_fix\": true, \"save_txt\": true,"
                            + " \"grid_extended_filename\": true, \"save_images_add_number\": true}}");

            JsonNode outputs = bench.done("a.json").at("/receipts/0/outputs");

            assertThat(outputs.findValuesAsText("kind")).containsExactly("grid", "picture", "picture");
            assertThat(outputs.findValuesAsText("width")).endsWith("128", "128");
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,2,1", "1,3,1,3", "2,4,1,2", "2,2,2,4"})
    void img2imgIsGotAsWell(int pictures, int batch, int batches, int made) throws Exception {
        try (Bench bench = bench(plain).start()) {
            bench.put("sketch.png", Files.readAllBytes(Path.of("examples/pictures/sketch.png")));
            String init = "\"sketch.png\"" + ", \"sketch.png\"".repeat(pictures - 1);
            bench.drop(
                    "a.json",
                    "{\"seed\": 7, \"init_images\": [" + init + "], \"batch_size\": " + batch + ", \"n_iter\": "
                            + batches + ", \"override_settings\": {\"grid_save\": false, \"return_grid\": false}, "
                            + SMALL + "}");

            JsonNode outputs = bench.done("a.json").at("/receipts/0/outputs");

            assertThat(outputs).hasSize(pictures == 1 && batch == 1 ? batches : made);
            assertThat(outputs.findValuesAsText("saved"))
                    .allMatch(saved -> saved.startsWith("/stable-diffusion-webui/outputs/img2img-images/darkroom/"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/stable-diffusion-webui/elsewhere", "out puts/100% \u00e4+\u4e2d{{x}}#?&", "flat/"})
    void theFolderIsWhereTheServerSays(String folder) throws Exception {
        try (Bench bench = bench(plain).start()) {
            set(bench, "{\"outdir_txt2img_samples\": \"" + folder + "\"}");
            bench.drop("a.json", "{\"seed\": 1, " + SMALL + "}");

            assertThat(bench.done("a.json").at("/receipts/0/outputs/0/saved").asText())
                    .startsWith(folder.replaceAll("/$", "") + "/darkroom/");
        }
    }

    @Test
    void concurrentJobsKeepTheirPicturesApart() throws Exception {
        try (Bench bench = bench(plain).start()) {
            for (int i = 0; i < 8; i++) {
                bench.drop(
                        "job" + i + ".json",
                        "{\"seed\": " + i * 100 + ", \"batch_size\": 2, \"override_settings\": {\"samples_format\": \""
                                + (i % 2 == 0 ? "png" : "webp") + "\"}, " + SMALL + "}");
            }
            for (int i = 0; i < 8; i++) {
                JsonNode outputs = bench.done("job" + i + ".json").at("/receipts/0/outputs");
                assertThat(outputs.findValuesAsText("seed"))
                        .containsExactly("" + i * 100, "" + i * 100, "" + (i * 100 + 1));
                assertThat(outputs.findValuesAsText("format")).endsWith(i % 2 == 0 ? "png" : "webp");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"frozen,--freeze-settings", "hidden,--hide-ui-dir-config", "api-only,--nowebui", "script,script decides"
    })
    void whereThatCanNotBePicturesAreFetched(String how, String reason) throws Exception {
        SandboxSettings settings = switch (how) {
            case "frozen" -> plain.withFreezeSettings(true);
            case "hidden" -> plain.withHideUiDirConfig(true);
            case "api-only" -> plain.withMode(SandboxSettings.Mode.API_ONLY);
            default -> plain;
        };
        try (Bench bench = bench(settings).start()) {
            String script = how.equals("script")
                    ? "\"script_name\": \"prompt matrix\", \"script_args\": [false, false, \"positive\", \"comma\", 0], "
                    : "";
            bench.drop("a.json", "{\"prompt\": \"a cat\", " + script + SMALL + "}");

            JsonNode receipt = bench.done("a.json").at("/receipts/0");

            assertThat(receipt.path("outputs")).isNotEmpty();
            assertThat(receipt.at("/payload/send_images").asBoolean(true)).isTrue();
            assertThat(receipt.path("warnings").toString()).contains(reason, "fetched");
            assertThat(files(bench)).isEmpty();
        }
    }

    @Test
    void aFolderThatIsNotHandedOutIsTold() throws Exception {
        try (Bench bench = bench(plain).start()) {
            set(bench, "{\"outdir_txt2img_samples\": \".private/pictures\"}");
            bench.drop("a.json", "{" + SMALL + "}");

            JsonNode error = bench.failed("a.json");

            assertThat(error.path("code").asText()).isEqualTo("saved-not-served");
            assertThat(error.path("message").asText())
                    .contains(bench.sandbox().url() + "/file=.private/pictures/darkroom/", "403");
            assertThat(error.path("hint").asText()).contains("--gradio-allowed-path", "\"fetch\"", "\"mounted\"");
        }
    }

    @Test
    void aLoginIsToldOf() throws Exception {
        try (Bench bench = bench(plain.withGradioAuth(true)).start()) {
            bench.drop("a.json", "{" + SMALL + "}");

            JsonNode error = bench.failed("a.json");

            assertThat(error.path("code").asText()).isEqualTo("saved-not-served");
            assertThat(error.path("message").asText())
                    .contains("login", "401", "/file=/stable-diffusion-webui/outputs/");
            assertThat(error.path("hint").asText()).contains("--gradio-auth");
        }
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        try (Bench bench = bench(plain).start()) {
            bench.sandbox().nextAt("/file=", Fault.answer(302, "text/html", "<html>go to /login</html>"));
            bench.drop("a.json", "{" + SMALL + "}");

            assertThat(bench.failed("a.json").path("code").asText()).isEqualTo("saved-not-served");
            assertThat(files(bench)).hasSize(1);
        }
    }

    @Test
    void anInterruptedJobHasFewerFilesAndSaysSo() throws Exception {
        try (Bench bench = bench(plain.withTimePerStep(Duration.ofMillis(250))).start()) {
            bench.drop("a.json", "{\"seed\": 1, \"n_iter\": 3, " + SMALL + "}");
            Bench.await("the first is saved", () -> saved(bench).size() == 1);
            post(bench, "/sdapi/v1/interrupt", "{}");

            JsonNode error = bench.failed("a.json");

            assertThat(error.path("code").asText()).isEqualTo("refused-count");
            assertThat(error.path("message").asText())
                    .contains("asked for 3 pictures, got " + saved(bench).size());
        }
    }

    @Test
    void aPictureThatIsNowhereIsTold() throws Exception {
        try (Bench bench = bench(plain.withTimePerStep(Duration.ofMillis(250))).start()) {
            bench.drop("a.json", "{" + SMALL + "}");
            bench.sandbox().awaitRequest("/sdapi/v1/txt2img", 1, Bench.SOON);
            Bench.await(
                    "under way",
                    () -> post(bench, "/sdapi/v1/interrupt", "{}").isEmpty()
                            && bench.sandbox().generations().size() == 1);

            JsonNode error = bench.failed("a.json");

            assertThat(error.path("code").asText()).isEqualTo("saved-not-found");
            assertThat(error.path("message").asText())
                    .contains(
                            bench.sandbox().url() + "/file=/stable-diffusion-webui/outputs/txt2img-images/darkroom/",
                            "404");
        }
    }

    @Test
    void aConnectionThatBreaksIsNotAnotherGeneration() throws Exception {
        try (Bench bench = bench(plain.withPictureBytes(500_000)).start()) {
            bench.sandbox().nextAt("/file=", Fault.cutAfter(100_000));
            bench.drop("a.json", "{\"seed\": 4, " + SMALL + "}");

            JsonNode outputs = bench.done("a.json").at("/receipts/0/outputs");

            assertThat(outputs.findValue("bytes").asLong()).isGreaterThan(490_000);
            assertThat(saved(bench)).hasSize(1);
        }
    }

    @Test
    void aPictureThatIsTooLargeIsNotReadToItsEnd() throws Exception {
        try (Bench bench = bench(plain.withPictureBytes(200_000_000))
                .with(Setting.WEBUI_MAX_PICTURE, "1MB")
                .start()) {
            bench.drop("a.json", "{" + SMALL + "}");

            JsonNode error = bench.failed("a.json");

            assertThat(error.path("code").asText()).isEqualTo("refused-picture");
            assertThat(error.path("message").asText()).contains("1048576 bytes");
        }
    }

    @Test
    void anotherPictureUnderTheRightNameIsRefused() throws Exception {
        try (Bench bench = bench(plain).start()) {
            bench.sandbox()
                    .next(Fault.edit(answer -> answer.put(
                            "info", answer.path("info").asText().replace("CFG scale: 7.0", "CFG scale: 3.5"))));
            bench.drop("a.json", "{\"seed\": 3, " + SMALL + "}");

            JsonNode error = bench.failed("a.json");

            assertThat(error.path("code").asText()).isEqualTo("refused-picture");
            assertThat(error.path("message").asText())
                    .contains("/outputs/txt2img-images/darkroom/", "CFG scale '7.0'", "'3.5'");
        }
    }

    private static List<String> files(Bench bench) {
        return bench.sandbox().requests().stream()
                .map(ReceivedRequest::path)
                .filter(path -> path.startsWith("/file="))
                .toList();
    }

    private static List<Path> saved(Bench bench) throws Exception {
        Path folder = bench.sandbox().dataFolder().resolve("outputs/txt2img-images/darkroom");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        return Bench.tree(folder).stream()
                .filter(file -> file.toString().endsWith(".png"))
                .toList();
    }

    private static void set(Bench bench, String options) throws Exception {
        post(bench, "/sdapi/v1/options", options);
    }

    private static JsonNode post(Bench bench, String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(bench.sandbox().url() + path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.mapper().readTree(answer.body());
    }
}
