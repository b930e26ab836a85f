package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.sandbox.Fault;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is made of pictures that were made before ({@code job.then}), through the shipped routes and over real HTTP. */
final class FollowUpsTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";
    private static final String LARGER = "{\"upscaler_1\": \"Lanczos\", \"upscaling_resize\": 2}";

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
    void eachPictureIsGoneOnFromAndThatAsWell() throws Exception {
        bench.start();
        bench.drop("a.json", """
                {"prompt": "a gull", "negative_prompt": "blurry", "seed": 5, "batch_size": 2, "sampler_name": "Euler a",
                 "override_settings": {"CLIP_stop_at_last_layers": 2, "eta_noise_seed_delta": 1}, %s,
                 "job": {"then": [
                   {"denoising_strength": 0.3, "steps": 3, "override_settings": {"eta_noise_seed_delta": 2}},
                   %s]}}
                """.formatted(SMALL, LARGER));

        JsonNode manifest = bench.done("a.json");

        assertThat(each(manifest, "/operation")).containsExactly("txt2img", "img2img", "extras", "img2img", "extras");
        assertThat(each(manifest, "/payload/seed")).containsExactly("5", "5", "", "6", "");
        assertThat(each(manifest, "/payload/prompt")).containsExactly("a gull", "a gull", "", "a gull", "");
        assertThat(each(manifest, "/payload/sampler_name")).containsExactly("Euler a", "Euler a", "", "Euler a", "");
        assertThat(each(manifest, "/payload/steps")).containsExactly("2", "3", "", "3", "");
        assertThat(each(manifest, "/payload/batch_size")).containsExactly("2", "", "", "", "");
        assertThat(each(manifest, "/payload/override_settings/CLIP_stop_at_last_layers"))
                .containsExactly("2", "2", "", "2", "");
        assertThat(each(manifest, "/payload/override_settings/eta_noise_seed_delta"))
                .containsExactly("1", "2", "", "2", "");
        assertThat(each(manifest, "/payload/width")).containsExactly("64", "64", "", "64", "");
        assertThat(each(manifest, "/outputs/0/width")).containsExactly("64", "64", "128", "64", "128");
        // each works on the picture that it says it does
        assertThat(each(manifest, "/payload/init_images/0/sha256").get(1)).isEqualTo(sha256(manifest, 0, 0));
        assertThat(each(manifest, "/payload/init_images/0/sha256").get(3)).isEqualTo(sha256(manifest, 0, 1));
        assertThat(each(manifest, "/payload/image/sha256").get(2)).isEqualTo(sha256(manifest, 1, 0));
        assertThat(each(manifest, "/payload/image/sha256").get(4)).isEqualTo(sha256(manifest, 3, 0));
        String job = manifest.path("job").asText();
        assertThat(Bench.names(manifest))
                .containsExactly(
                        job + "-001-5.png",
                        job + "-002-6.png",
                        job + "-001-then1-5.png",
                        job + "-001-then2-5.png",
                        job + "-002-then1-6.png",
                        job + "-002-then2-6.png");
        for (String name : Bench.names(manifest)) {
            assertThat(bench.outputs(manifest).resolve(name)).exists();
        }
        bench.assertTidy();
    }

    @Test
    void namesSayWhatAPictureWasMadeWith() throws Exception {
        bench.with(Setting.OUTPUTS_NAME, "[prompt_words]-[model_name]-[sampler]-[steps]-[cfg]-[width]x[height]-[index]")
                .with(Setting.CHECK_LORA, "warn")
                .start();
        bench.drop(
                "a.json",
                "{\"prompt\": \"(A gull:1.2), <lora:sea:1> ../über the sea\", \"cfg_scale\": 6.5, \"sampler_name\": \"Euler a\", "
                        + SMALL + ", \"job\": {\"then\": " + LARGER + "}}");

        String checkpoint =
                bench.done("a.json").at("/receipts/0/answer/sd_model_name").asText();
        assertThat(checkpoint).isNotEmpty();
        assertThat(Bench.names(bench.manifests().get(0)))
                .containsExactly(
                        "A_gull_über_the_sea-" + checkpoint + "-Euler_a-2-6.5-64x64-001.png", "128x128-001-then1.png");
    }

    @Test
    void aLaneMayHaveEverythingEnlargedAsAPresetSays() throws Exception {
        Files.createDirectories(home.resolve("presets"));
        bench.with(Setting.PRESETS, home.resolve("presets").toString());
        Files.writeString(home.resolve("presets/larger.yaml"), "upscaler_1: Lanczos\nupscaling_resize: 3\n");
        bench.start();
        bench.put(
                "large/_lane.yaml",
                "steps: 2\njob: {then: {job: {preset: larger}}}\n".getBytes(StandardCharsets.UTF_8));
        bench.drop("large/a.json", "{\"prompt\": \"a\", \"width\": 64, \"height\": 64}");

        JsonNode manifest = bench.done("large/a.json");

        assertThat(each(manifest, "/operation")).containsExactly("txt2img", "extras");
        assertThat(each(manifest, "/outputs/0/width")).containsExactly("64", "192");
    }

    @Test
    void itsFollowersFailWithATask() throws Exception {
        bench.start();
        bench.sandbox().next(Fault.outOfMemory());
        bench.drop(
                "a.json",
                "[{\"prompt\": \"a\", " + SMALL + ", \"job\": {\"then\": [" + LARGER + ", " + LARGER + "]}},"
                        + " {\"prompt\": \"b\", " + SMALL + "}]");

        assertThat(bench.failed("a.json").path("code").asText()).isEqualTo("webui-out-of-memory");
        assertThat(bench.generations()).hasSize(2);

        // it goes on where it stopped
        Files.move(bench.data().resolve("failed/a.json"), bench.data().resolve("drop/a.json"));
        JsonNode manifest = bench.done("a.json");
        assertThat(each(manifest, "/operation")).containsExactly("txt2img", "extras", "extras", "txt2img");
        assertThat(bench.generations()).hasSize(3);
        bench.assertTidy();
    }

    @Test
    void aFollowerThatFailedIsMadeOfTheSamePictureLater() throws Exception {
        bench.start();
        bench.drop(
                "a.json",
                "{\"prompt\": \"a\", \"seed\": 1, " + SMALL + ", \"job\": {\"then\": [{\"steps\": 2}, "
                        + "{\"upscaler_1\": \"MyOwn\", \"upscaling_resize\": 2}]}}");
        assertThat(bench.failed("a.json").path("code").asText()).isEqualTo("refused-upscaler");
        assertThat(bench.generations()).hasSize(2);

        Path error = bench.data().resolve("failed/a.json.error.json");
        FileTime written = Files.getLastModifiedTime(error);
        bench.restartSandbox(SandboxSettings.defaults().withPlainPictures(true)); // forgets what it was asked
        Files.move(bench.data().resolve("failed/a.json"), bench.data().resolve("drop/a.json"));
        Bench.await("another try", () -> !Files.getLastModifiedTime(error).equals(written));
        assertThat(bench.failed("a.json").path("code").asText()).isEqualTo("refused-upscaler");
        assertThat(bench.generations()).as("nothing is generated again").isEmpty();
    }

    @Test
    void whatAProcessThatDiedLeftIsGoneOnFrom() throws Exception {
        bench.with(Setting.RETRY_PAUSE, "1h")
                .with(Setting.RETRY_LONGEST_PAUSE, "1h")
                .start();
        bench.sandbox().nextAt("/sdapi/v1/img2img", Fault.answer(500, "text/plain", "some trouble"));
        bench.drop(
                "a.json",
                "{\"prompt\": \"a\", \"seed\": 1, " + SMALL + ", \"job\": {\"then\": [{\"steps\": 2}, " + LARGER
                        + "]}}");
        Bench.await("the second task", () -> bench.generations().size() == 2);
        bench.stop();
        assertThat(receipts()).isEqualTo(1);

        bench.with(Setting.RETRY_PAUSE, "1s").start();

        JsonNode manifest = bench.done("a.json");
        assertThat(each(manifest, "/operation")).containsExactly("txt2img", "img2img", "extras");
        assertThat(each(manifest, "/payload/init_images/0/sha256").get(1)).isEqualTo(sha256(manifest, 0, 0));
        assertThat(bench.generations()).hasSize(3);
        bench.assertTidy();
    }

    private int receipts() throws IOException {
        int receipts = 0;
        for (Path job : Bench.jobs(bench.data().resolve("work"))) {
            receipts += Disk.list(
                            job.resolve("receipts"), file -> file.toString().endsWith(".json"))
                    .size();
        }
        return receipts;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "3                                             | wrong-type         | /job/then      | 'job.then' holds 3",
                "[{'upscaling_resize': 2}]                     | operation-mismatch | /job/then/0    | no 'upscaler_1'",
                "[{'steps': 0}]                                | out-of-range       | /job/then/0/steps | 'steps' is 0",
                "[{'override_settings': {'outdir_samples': 'x'}}] | setting-not-allowed | /job/then/0/override_settings/outdir_samples | outdir_samples",
                "[{'init_images': ['x.png']}]                  | operation-mismatch | /job/then/0/init_images | the picture is the one",
                "[{'mask': 'x.png'}]                           | operation-mismatch | /job/then/0/mask | the picture is the one",
                "[{'job': {'deliver': 'x'}}]                   | unknown-job-field  | /job/then/0/job/deliver | within 'then'",
                "[{'job': {'operation': 'txt2img'}}]           | operation-mismatch | /job/then/0/job/operation | works on no picture",
                "[{'job': {'operation': 'png-info'}}, {'steps': 2}] | operation-mismatch | /job/then/1 | makes none",
                "[{'job': {'preset': 'none'}}]                 | unknown-preset     | /job/then/0/job/preset | no preset",
                "[{'script_args': ['http://a/b.png']}]         | picture-url        | /job/then/0/script_args/0 | URL",
            })
    void whatIsWrongIsSaidWithItsPlaceBeforeAnythingIsMade(String then, String code, String pointer, String said)
            throws Exception {
        bench.start();
        bench.drop(
                "a.json", "{\"prompt\": \"a\", " + SMALL + ",\n\"job\": {\"then\": " + then.replace('\'', '"') + "}}");

        JsonNode error = bench.failed("a.json");

        assertThat(error.path("code").asText()).as(error.toString()).isEqualTo(code);
        assertThat(error.at("/pointer").asText()).as(error.toString()).isEqualTo(pointer);
        assertThat(error.at("/line").asInt()).isEqualTo(2);
        assertThat(error.path("message").asText() + error.path("hint").asText()).contains(said);
        assertThat(bench.generations()).isEmpty();
    }

    private static String sha256(JsonNode manifest, int receipt, int output) {
        return manifest.at("/receipts/" + receipt + "/outputs/" + output + "/sha256")
                .asText();
    }

    private static List<String> each(JsonNode manifest, String pointer) {
        List<String> values = new ArrayList<>();
        manifest.path("receipts")
                .forEach(receipt -> values.add(receipt.at(pointer).asText()));
        return values;
    }
}
