package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.json.Json;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a WebUI does besides making pictures from prompts: extras, interrogate, png-info, options. */
final class OperationsTest {
    private static final Path SKETCH = Path.of("examples/pictures/sketch.png"); // 512x512, without a text

    @TempDir
    Path home;

    private Bench bench() throws IOException {
        return new Bench(home, SandboxSettings.defaults().withPlainPictures(true));
    }

    @ParameterizedTest
    @CsvSource({
        "`upscaling_resize`: 1.5,768,768",
        "`resize_mode`: 1; `upscaling_resize_w`: 640; `upscaling_resize_h`: 320,640,320",
        "`resize_mode`: 1; `upscaling_resize_w`: 640; `upscaling_resize_h`: 320; `upscaling_crop`: false,640,640"
    })
    void extrasEnlarge(String fields, int width, int height) throws Exception {
        try (Bench bench = bench().start()) {
            bench.put("sketch.png", Files.readAllBytes(SKETCH));
            bench.drop(
                    "big.json",
                    "{\"image\": \"sketch.png\", \"upscaler_1\": \"Lanczos\", "
                            + fields.replace('`', '"').replace(';', ',') + "}");

            JsonNode manifest = bench.done("big.json");

            JsonNode receipt = manifest.path("receipts").get(0);
            assertThat(receipt.path("operation").asText()).isEqualTo("extras");
            assertThat(receipt.at("/answer/html_info").asText()).contains("Postprocess upscaler: Lanczos");
            assertThat(receipt.at("/payload/image/source").asText()).isEqualTo("sketch.png");
            JsonNode output = receipt.path("outputs").get(0);
            assertThat(output.path("file").asText()).matches("big-\\d{8}-\\d{6}-001\\.png");
            assertThat(output.path("width").asInt()).isEqualTo(width);
            assertThat(output.path("height").asInt()).isEqualTo(height);
            bench.assertTidy();
        }
    }

    @Test
    void aPictureThatWasMadeHereKeepsItsSeedAndItsText() throws Exception {
        try (Bench bench = bench().start()) {
            bench.drop("a.json", "{\"prompt\": \"gull\", \"seed\": 7, \"width\": 64, \"height\": 64, \"steps\": 2}");
            JsonNode made = bench.done("a.json");
            byte[] picture = Files.readAllBytes(
                    bench.outputs(made).resolve(Bench.names(made).get(0)));
            String inline = Base64.getEncoder().encodeToString(picture);

            bench.drop("big.json", "{\"upscaler_1\": \"Nearest\", \"image\": \"" + inline + "\"}");
            bench.drop("text.json", "{\"image\": \"" + inline + "\", \"job\": {\"operation\": \"png-info\"}}");

            JsonNode big = bench.done("big.json").at("/receipts/0/outputs/0");
            assertThat(big.path("file").asText()).endsWith("-001-7.png");
            assertThat(big.path("width").asInt()).isEqualTo(128);
            assertThat(big.path("infotext").asText()).startsWith("gull\n");
            JsonNode text = bench.done("text.json");
            assertThat(Bench.names(text).get(0)).endsWith("-001-7.txt");
            assertThat(bench.outputs(text).resolve(Bench.names(text).get(0)))
                    .hasContent(big.path("infotext").asText() + "\n");
            assertThat(text.at("/receipts/0/answer/parameters/Steps").asText()).isEqualTo("2");
            assertThat(text.at("/receipts/0/outputs/0/kind").asText()).isEqualTo("text");
        }
    }

    @Test
    void aPictureIsDescribed() throws Exception {
        try (Bench bench = bench().start()) {
            bench.put("birds/sketch.png", Files.readAllBytes(SKETCH));
            bench.drop("birds/what.json", "{\"image\": \"sketch.png\", \"job\": {\"operation\": \"interrogate\"}}");

            JsonNode manifest = bench.done("birds/what.json");

            String name = Bench.names(manifest).get(0);
            assertThat(name).matches("what-\\d{8}-\\d{6}-001\\.txt");
            String caption = manifest.at("/receipts/0/answer/caption").asText();
            assertThat(caption).isNotEmpty();
            assertThat(bench.outputs(manifest).resolve(name)).hasContent(caption + "\n");
        }
    }

    @Test
    void aPictureWithoutATextHasNone() throws Exception {
        try (Bench bench = bench().start()) {
            bench.put("sketch.png", Files.readAllBytes(SKETCH));
            bench.drop("text.json", "{\"image\": \"sketch.png\", \"job\": {\"operation\": \"png-info\"}}");

            JsonNode receipt = bench.done("text.json").path("receipts").get(0);

            assertThat(receipt.path("outputs")).isEmpty();
            assertThat(receipt.path("note").asText()).isEqualTo("The WebUI finds no infotext in the picture.");
        }
    }

    @Test
    void theWebUiHasNoSuchModelForDescribing() throws Exception {
        try (Bench bench = bench().start()) {
            bench.put("sketch.png", Files.readAllBytes(SKETCH));
            bench.drop(
                    "what.json",
                    "{\"image\": \"sketch.png\", \"model\": \"eyes\", \"job\": {\"operation\": \"interrogate\"}}");

            JsonNode error = bench.failed("what.json");

            assertThat(error.path("code").asText()).isEqualTo("webui-rejected");
            assertThat(error.path("message").asText()).contains("Model not found");
        }
    }

    @Test
    void anAllowedOptionIsChangedForGood() throws Exception {
        try (Bench bench = bench().with(Setting.OPTIONS_ALLOWED, "CLIP_stop_at_last_layers, sd_model_checkpoint")
                .start()) {
            bench.drop("set.json", "{\"CLIP_stop_at_last_layers\": 2, \"job\": {\"operation\": \"options\"}}");
            JsonNode receipt = bench.done("set.json").path("receipts").get(0);
            assertThat(receipt.at("/answer/before/CLIP_stop_at_last_layers").asInt())
                    .isEqualTo(1);
            assertThat(receipt.at("/answer/after/CLIP_stop_at_last_layers").asInt())
                    .isEqualTo(2);
            assertThat(options(bench).path("CLIP_stop_at_last_layers").asInt()).isEqualTo(2);

            String other = checkpoints(bench).get(1).path("model_name").asText();
            bench.drop(
                    "load.json", "{\"sd_model_checkpoint\": \"" + other + "\", \"job\": {\"operation\": \"options\"}}");
            bench.done("load.json");
            assertThat(options(bench).path("sd_model_checkpoint").asText()).startsWith(other);
        }
    }

    @Test
    void anOptionIsNotChangedWhileSomebodyElseIsAtWork() throws Exception {
        try (Bench bench = bench().with(Setting.OPTIONS_ALLOWED, "CLIP_stop_at_last_layers")
                .start()) {
            bench.restartSandbox(
                    SandboxSettings.defaults().withPlainPictures(true).withTimePerPicture(Duration.ofSeconds(1)));
            CompletableFuture<HttpResponse<String>> stranger = HttpClient.newHttpClient()
                    .sendAsync(
                            HttpRequest.newBuilder(bench.sandbox().url().resolve("/sdapi/v1/txt2img"))
                                    .header("Content-Type", "application/json")
                                    .version(HttpClient.Version.HTTP_1_1)
                                    .POST(HttpRequest.BodyPublishers.ofString(
                                            "{\"steps\": 2, \"width\": 64, \"height\": 64, \"override_settings\":"
                                                    + " {\"samples_format\": \"jpg\"}}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            Bench.await("the stranger's turn", () -> progress(bench) > 0);

            bench.drop("set.json", "{\"CLIP_stop_at_last_layers\": 2, \"job\": {\"operation\": \"options\"}}");

            bench.done("set.json");
            assertThat(stranger).isDone();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "eta_noise_seed_deltaa,refused-option,the WebUI has no option 'eta_noise_seed_deltaa'",
        "api_forbid_local_requests,refused-option,'the WebUI was told to set ''api_forbid_local_requests'' to false, and it is true'",
        "samples_save,refused-option,'the option ''samples_save'' is true, and 2 is of another kind'",
        "outdir_samples,setting-not-allowed,the option \"outdir_samples\" would be changed for good",
        "sd_vae,setting-not-allowed,the option \"sd_vae\" would be changed for good"
    })
    void anOptionThatIsNotTaken(String name, String code, String message) throws Exception {
        try (Bench bench = bench().with(
                        Setting.OPTIONS_ALLOWED,
                        "eta_noise_seed_deltaa,api_forbid_local_requests,samples_save,outdir_samples")
                .start()) {
            String value = name.startsWith("api_") ? "false" : "2";
            bench.drop("set.json", "{\"" + name + "\": " + value + ", \"job\": {\"operation\": \"options\"}}");

            JsonNode error = bench.failed("set.json");

            assertThat(error.path("code").asText()).isEqualTo(code);
            assertThat(error.path("message").asText()).isEqualTo(message);
            assertThat(error.path("hint").asText()).isNotEmpty();
        }
    }

    private static JsonNode options(Bench bench) throws Exception {
        return get(bench, "/sdapi/v1/options");
    }

    private static JsonNode checkpoints(Bench bench) throws Exception {
        return get(bench, "/sdapi/v1/sd-models");
    }

    private static int progress(Bench bench) throws Exception {
        return get(bench, "/sdapi/v1/progress").at("/state/job_count").asInt();
    }

    private static JsonNode get(Bench bench, String path) throws Exception {
        URI url = bench.sandbox().url().resolve(path);
        String answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        return Json.mapper().readTree(answer);
    }
}
