package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.json.Json;
import darkroom.sandbox.ReceivedRequest;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a task names is looked up before the WebUI is asked for anything, and only then. */
final class LookUpTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";

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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"sampler_name\": \"Eular\"|refused-sampler",
                "\"scheduler\": \"KARRAS\"|refused-scheduler",
                "\"sampler_name\": \"Euler \"|refused-sampler",
                "\"enable_hr\": true, \"denoising_strength\": 0.5, \"hr_scheduler\": \"Bogus\"|refused-scheduler",
                "\"override_settings\": {\"sd_model_checkpoint\": \"sandboxDown\"}|refused-checkpoint",
                "\"refiner_checkpoint\": \"nope\"|refused-checkpoint",
                "\"override_settings\": {\"sd_vae\": \"nope.pt\"}|refused-vae",
                "\"enable_hr\": true, \"denoising_strength\": 0.5, \"hr_upscaler\": \"Latnet\"|refused-upscaler",
                "\"script_name\": \"X/Y plot\"|refused-script",
                "\"script_name\": \"prompt matrix\", \"script_args\": [1]|refused-script",
                "\"alwayson_scripts\": {\"ControlNet\": {\"args\": []}}|refused-script",
                "\"step\": 20|refused-field"
            })
    void whatIsMissingCostsNoGeneration(String fields, String code) throws Exception {
        bench.drop("a.json", "{" + fields + ", " + SMALL + "}");

        JsonNode error = bench.failed("a.json");

        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("attempts").asInt()).isEqualTo(1);
        assertThat(error.path("hint").asText()).contains("darkroom.check.");
        assertThat(bench.sandbox().requests())
                .noneMatch(request -> request.method().equals("POST"));
    }

    @Test
    void aListIsAskedForOnce() throws Exception {
        for (int i = 0; i < 3; i++) {
            bench.drop(i + ".json", "{\"sampler_name\": \"Euler\", \"scheduler\": \"karras\", " + SMALL + "}");
            bench.done(i + ".json");
        }

        assertThat(bench.sandbox().requests())
                .filteredOn(request -> request.method().equals("GET"))
                .extracting(ReceivedRequest::path)
                .filteredOn(path -> !path.endsWith("/progress")) // was it interrupted?
                .containsExactly("/sdapi/v1/samplers", "/sdapi/v1/schedulers");
    }

    @Test
    void whatWasAddedSinceIsFound() throws Exception {
        bench.drop("before.json", "{\"styles\": [\"film\"], " + SMALL + "}");
        assertThat(bench.failed("before.json").path("code").asText()).isEqualTo("refused-style");
        bench.restartSandbox(SandboxSettings.defaults()
                .withList(
                        "/sdapi/v1/prompt-styles",
                        Json.mapper().readTree("[{\"name\": \"film\", \"prompt\": \"film\"}]")));

        bench.drop("after.json", "{\"styles\": [\"film\"], " + SMALL + "}");

        bench.done("after.json");
    }

    @Test
    void aVaeIsHeldAgainstTheAnswer() throws Exception {
        String vae = "\"override_settings\": {\"sd_vae\": \"film.pt\"}";
        bench.restartSandbox(SandboxSettings.defaults()
                .withList("/sdapi/v1/sd-vae", Json.mapper().readTree("[{\"model_name\": \"film.pt\"}]")));
        bench.drop("right.json", "{" + vae + ", " + SMALL + "}");
        assertThat(bench.done("right.json").at("/receipts/0/unverified").toString())
                .doesNotContain("vae");

        bench.stop();
        bench.restartSandbox(SandboxSettings.defaults());
        bench.with(Setting.CHECK_VAE, "warn").start();
        bench.drop("warned.json", "{" + vae + ", " + SMALL + "}");

        assertThat(bench.done("warned.json").at("/receipts/0/warnings/0").asText())
                .isEqualTo("asked for VAE 'film.pt', the WebUI used 'None'");
    }

    @Test
    void whatIsLetPassIsSaidInTheReceipt() throws Exception {
        bench.stop();
        bench.with(Setting.CHECK_SCRIPT, "warn").start();
        bench.drop("a.json", "{\"alwayson_scripts\": {\"Refiner\": {\"args\": [false, \"\", 0.5, 9]}}, " + SMALL + "}");

        assertThat(bench.done("a.json").at("/receipts/0/warnings/0").asText())
                .contains("script 'Refiner' takes 3 arguments, and 'args' has 4");
    }

    @Test
    void aFieldThatTheWebUiDoesNotKnowIsSentAndSaidToBePassedOver() throws Exception {
        bench.drop("a.json", "{\"distilled_cfg_scale\": 3.5, " + SMALL + "}");

        assertThat(bench.done("a.json").at("/receipts/0/warnings/0").asText())
                .isEqualTo("the WebUI knows no field 'distilled_cfg_scale' of /sdapi/v1/txt2img, and would pass it over"
                        + " without a word");
        assertThat(bench.generations().get(0).body().path("distilled_cfg_scale").asDouble())
                .isEqualTo(3.5);
    }

    @Test
    void severalThingsAreSaidAtOnce() throws Exception {
        bench.drop("a.json", "{\"sampler_name\": \"Eular\", \"styles\": [\"none\"], " + SMALL + "}");

        JsonNode error = bench.failed("a.json");

        assertThat(List.of(
                        error.path("code").asText(), error.at("/others/0/code").asText()))
                .containsExactlyInAnyOrder("refused-sampler", "refused-style");
    }
}
