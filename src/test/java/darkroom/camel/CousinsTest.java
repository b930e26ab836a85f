package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.settings.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where A1111's cousins differ. Nothing of them is recorded: these stubs do what was read in their sources (webui-api,
 * section 8), so that the tests say what Darkroom does about that, not that it is so.
 */
final class CousinsTest {
    private static final String TXT2IMG = "/sdapi/v1/txt2img";
    private static final String SAMPLERS = "/sdapi/v1/samplers";
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";

    @TempDir
    Path home;

    private Bench bench;
    private Cousin cousin;

    @BeforeEach
    void start() throws Exception {
        cousin = new Cousin();
        bench = new Bench(home).with(Setting.WEBUI_URL, cousin.url()).start();
    }

    @AfterEach
    void stop() {
        bench.close();
        cousin.close();
    }

    @Test
    void forgeIsSentWhatItsSecondPassNeeds() throws Exception {
        cousin.list("/sdapi/v1/sd-modules", "[]")
                .on(
                        TXT2IMG,
                        payload -> payload.path("hr_additional_modules").isArray()
                                ? Cousin.pictures(1, "{}")
                                : new Cousin.Answer(
                                        500,
                                        "{\"error\": \"TypeError\", \"detail\": \"\", \"message\": \"argument of type 'NoneType' is not"
                                                + " iterable\"}"));
        bench.drop(
                "a.json",
                "{\"enable_hr\": true, \"denoising_strength\": 0.5, \"cfg_scale\": 6, \"hr_resize_x\": 64, \"hr_resize_y\": 64, "
                        + SMALL + "}");

        JsonNode sent = bench.done("a.json").at("/receipts/0/payload");

        assertThat(sent.path("hr_additional_modules").toString()).isEqualTo("[\"Use same choices\"]");
        assertThat(sent.path("hr_cfg").asInt()).isEqualTo(6);
    }

    @Test
    void forgesModulesAreLookedUp() throws Exception {
        cousin.list(
                "/sdapi/v1/sd-modules", "[{\"model_name\": \"ae.safetensors\", \"filename\": \"/m/ae.safetensors\"}]");
        bench.drop(
                "a.json",
                "{\"override_settings\": {\"forge_additional_modules\": [\"ea.safetensors\"]}, " + SMALL + "}");

        assertThat(bench.failed("a.json").path("code").asText()).isEqualTo("refused-vae");
        assertThat(cousin.asked()).isEmpty();
    }

    @Test
    void sdNextSaysThatItDoesNotKnowASampler() throws Exception {
        cousin.list("/sdapi/v1/version", "{\"app\": \"sd.next\"}")
                .list(SAMPLERS, "[{\"name\": \"Euler a\", \"options\": {}}]")
                .list("/sdapi/v1/schedulers", "[{\"name\": \"Euler a\", \"cls\": \"x\", \"options\": {}}]")
                .on(TXT2IMG, payload -> new Cousin.Answer(404, "{\"error\": \"\", \"detail\": \"Sampler not found\"}"));
        bench.drop("a.json", "{\"sampler_name\": \"DPM++ 2M Karras\", " + SMALL + "}");

        JsonNode error = bench.failed("a.json");

        assertThat(error.path("code").asText()).isEqualTo("webui-rejected");
        assertThat(error.path("hint").asText())
                .contains("does not know that sampler")
                .doesNotContain("--api");
        assertThat(cousin.asked()).hasSize(1);
    }

    @Test
    void sdNextReadsNamesWithoutCaseAndHasOtherSchedulers() throws Exception {
        cousin.list("/sdapi/v1/version", "{}")
                .list(SAMPLERS, "[{\"name\": \"Euler a\", \"options\": {}}]")
                .list("/sdapi/v1/schedulers", "[{\"name\": \"Euler a\", \"cls\": \"x\", \"options\": {}}]")
                .on(TXT2IMG, payload -> Cousin.pictures(1, "{\"sampler_name\": \"Euler a\"}"));
        bench.drop("a.json", "{\"sampler_name\": \"euler A\", \"scheduler\": \"Karras\", " + SMALL + "}");

        assertThat(bench.done("a.json").at("/receipts/0/unverified").toString()).contains("scheduler");
    }

    @Test
    void sdNextsLimitIsWaitedFor() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        cousin.on(
                TXT2IMG,
                payload -> tries.incrementAndGet() <= 5
                        ? new Cousin.Answer(429, "{\"detail\": \"Rate limit exceeded\"}")
                        : Cousin.pictures(1, "{}"));
        bench.drop("a.json", "{" + SMALL + "}");

        bench.done("a.json"); // more tries than darkroom.retry.attempts: it is waited for
        assertThat(tries).hasValue(6);
    }

    @Test
    void aCallThatSdNextDoesNotHaveIsSaidToBeMissing() throws Exception {
        cousin.list("/sdapi/v1/version", "{}").list(SAMPLERS, "[{\"name\": \"Euler a\"}]");
        Path folder = Files.createDirectories(bench.data().resolve("drop"));
        Files.copy(Path.of("examples/pictures/sketch.png"), folder.resolve("sketch.png"));
        bench.drop("a.json", "{\"image\": \"sketch.png\", \"job\": {\"operation\": \"interrogate\"}}");

        JsonNode error = bench.failed("a.json");

        assertThat(error.path("code").asText()).isEqualTo("webui-lacks");
        assertThat(error.path("message").asText()).isEqualTo("SD.Next has no /sdapi/v1/interrogate");
    }

    @Test
    void stableDiffusionCppMakesOneBatch() throws Exception {
        cousin.list("/sdcpp/v1/capabilities", "{}")
                .on(TXT2IMG, payload -> Cousin.pictures(2, "{\"all_seeds\": [1, 2]}"));
        bench.drop("a.json", "{\"n_iter\": 3, \"batch_size\": 2, \"seed\": 1, " + SMALL + "}");

        JsonNode error = bench.failed("a.json");

        assertThat(error.path("code").asText()).isEqualTo("refused-count");
        assertThat(error.path("hint").asText()).contains("n_iter", "batch_size");
    }

    @Test
    void stableDiffusionCppDoesNotReadLorasInPrompts() throws Exception {
        cousin.list("/sdcpp/v1/capabilities", "{}")
                .list("/sdapi/v1/loras", "[{\"name\": \"ink\", \"path\": \"ink.safetensors\"}]");
        bench.drop("a.json", "{\"prompt\": \"a cat <lora:ink:1>\", " + SMALL + "}");

        JsonNode error = bench.failed("a.json");

        assertThat(error.path("code").asText()).isEqualTo("refused-lora");
        assertThat(error.path("message").asText()).contains("stable-diffusion.cpp does not read LoRAs in prompts");
        assertThat(cousin.asked()).isEmpty();
    }

    @Test
    void whatCanNotBeLookedUpIsSaidToBeUnverified() throws Exception {
        cousin.list("/sdcpp/v1/capabilities", "{}").on(TXT2IMG, payload -> Cousin.pictures(1, "{}"));
        bench.drop("a.json", "{\"script_name\": \"x/y/z plot\", \"script_args\": [1], " + SMALL + "}");

        assertThat(bench.done("a.json").at("/receipts/0/unverified").toString()).contains("script");
    }

    @Test
    void koboldCppIsWaitedForWhileItIsBusyAndSaysNothing() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        cousin.list("/api/extra/version", "{\"result\": \"KoboldCpp\"}")
                .on(
                        TXT2IMG,
                        payload -> tries.incrementAndGet() <= 5
                                ? new Cousin.Answer(
                                        503,
                                        "{\"detail\": {\"msg\": \"Server is busy\", \"type\": \"service_unavailable\"}}")
                                : Cousin.pictures(1, ""));
        bench.drop("a.json", "{\"seed\": 7, " + SMALL + "}");

        assertThat(bench.done("a.json").at("/receipts/0/unverified").toString()).contains("seed", "steps");
        assertThat(tries).hasValue(6);
    }
}
