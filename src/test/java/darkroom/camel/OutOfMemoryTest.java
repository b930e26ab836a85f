package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.sandbox.Fault;
import darkroom.sandbox.ReceivedRequest;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A GPU that has not enough memory: the job fails and says where the limit is, or is made in smaller batches. */
final class OutOfMemoryTest {
    private static final String TXT2IMG = "/sdapi/v1/txt2img";
    private static final String MEMORY = "/sdapi/v1/memory";
    private static final String SMALL = "\"seed\": 5, \"steps\": 2, \"width\": 64, \"height\": 64";
    private static final long PICTURE = 64 * 64;

    @TempDir
    Path home;

    private Bench bench(String name, long pictures) throws IOException {
        Path own = Files.createDirectories(home.resolve(name));
        Path webUi = Files.createDirectories(own.resolve("webui"));
        return new Bench(own, SandboxSettings.defaults().withDataFolder(webUi).withGpuPixels(pictures * PICTURE))
                .with(
                        Setting.WEBUI_OUTPUTS,
                        Files.createDirectories(webUi.resolve("outputs")).toString())
                .with(Setting.WEBUI_OUTPUTS_TIMEOUT, "500ms");
    }

    private static String job(int batch, String policy, String more) {
        return "{" + SMALL + ", \"batch_size\": " + batch + more + ", \"job\": {\"on_out_of_memory\": \"" + policy
                + "\"}}";
    }

    /** The size of batch of each request, in their order. */
    private static List<String> batches(Bench bench) {
        return bench.generations().stream()
                .map(ReceivedRequest::body)
                .map(body -> body.path("n_iter").asInt(1) + " x "
                        + body.path("batch_size").asInt())
                .toList();
    }

    /** Outputs by their names without that of the job. */
    private static Map<String, String> hashes(JsonNode manifest) {
        Map<String, String> hashes = new TreeMap<>();
        for (JsonNode output : manifest.at("/receipts/0/outputs")) {
            String name = output.path("file").asText();
            hashes.put(
                    name.substring(manifest.path("job").asText().length()),
                    output.path("sha256").asText());
        }
        return hashes;
    }

    @Test
    void aJobFailsWithWhatWasMeasured() throws Exception {
        try (Bench bench = bench("a", 2).start()) {
            bench.drop("two.json", "{" + SMALL + ", \"batch_size\": 2}");
            bench.done("two.json");
            bench.drop("four.json", "{" + SMALL + ", \"batch_size\": 4}");

            JsonNode error = bench.failed("four.json");

            assertThat(error.path("code").asText()).isEqualTo("webui-out-of-memory");
            assertThat(error.path("attempts").asInt()).isEqualTo(1);
            assertThat(error.path("message").asText())
                    .contains(
                            "for 4 x 64x64 (OutOfMemoryError: CUDA out of memory",
                            "the GPU has 0.0 GiB",
                            "up to 2 at a time went well there so far, and 4 did not");
            assertThat(error.path("hint").asText()).contains("batch_size", "on_out_of_memory");
            assertThat(batches(bench)).containsExactly("1 x 2", "1 x 4");
            bench.assertTidy();
        }
    }

    /** Whatever becomes of the question, the answer to the job is what counts. */
    @ParameterizedTest
    @CsvSource({"missing", "silent", "cpu", "html"})
    void aWebUiNeedNotSayWhatItsGpuHas(String how) throws Exception {
        try (Bench bench = bench("a", how.equals("cpu") ? 0 : 1).start()) {
            switch (how) {
                case "missing" ->
                    bench.sandbox()
                            .nextAt(MEMORY, Fault.answer(404, "application/json", "{\"detail\": \"Not Found\"}"));
                case "silent" -> bench.sandbox().nextAt(MEMORY, Fault.hangUp());
                case "html" -> bench.sandbox().nextAt(MEMORY, Fault.answer(200, "text/html", "<html>"));
                default -> bench.sandbox().nextAt(TXT2IMG, Fault.outOfMemory());
            }
            bench.drop("a.json", "{" + SMALL + ", \"batch_size\": 2}");

            JsonNode error = bench.failed("a.json");

            assertThat(error.path("code").asText()).isEqualTo("webui-out-of-memory");
            assertThat(error.path("attempts").asInt()).isEqualTo(1);
            assertThat(error.path("message").asText())
                    .contains("CUDA out of memory")
                    .doesNotContain("GiB are free");
            assertThat(bench.sandbox().requests())
                    .anyMatch(request -> request.path().equals(MEMORY));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fetch|",
                "fetch|, \"n_iter\": 3",
                "fetch|, \"subseed\": 9, \"subseed_strength\": 0.5",
                "mounted|",
                "mounted|, \"subseed\": 9, \"subseed_strength\": 0.5",
                "both|",
                "download|",
                "download|, \"subseed\": 9, \"subseed_strength\": 0.5",
            })
    void smallerBatchesAreTheSamePictures(String save, String more) throws Exception {
        String text = job(4, "smaller-batch", more == null ? "" : more);
        try (Bench large = bench("large", 4).with(Setting.SAVE, save).start();
                Bench small = bench("small", 2).with(Setting.SAVE, save).start()) {
            large.drop("a.json", text);
            small.drop("a.json", text);

            JsonNode whole = large.done("a.json");
            JsonNode divided = small.done("a.json");

            int times = more != null && more.contains("n_iter") ? 3 : 1;
            assertThat(batches(large)).containsExactly(times + " x 4");
            assertThat(batches(small)).containsExactly(times + " x 4", 2 * times + " x 2");
            assertThat(hashes(divided))
                    .hasSize(4 * times + (save.equals("fetch") ? 0 : 1))
                    .isEqualTo(hashes(whole));
            JsonNode receipt = divided.at("/receipts/0");
            assertThat(receipt.at("/payload/batch_size").asInt()).isEqualTo(2);
            assertThat(receipt.path("note").asText()).contains("in batches of 2, not of 4");
            assertThat(receipt.path("warnings")).isEmpty();
            assertThat(receipt.path("unverified")).isEmpty();
            assertThat(receipt.at("/answer/all_seeds")).isEqualTo(whole.at("/receipts/0/answer/all_seeds"));
            assertThat(whole.at("/receipts/0/note").asText()).doesNotContain("batches");
            small.assertTidy();
        }
    }

    @Test
    void theNextOfItsKindDoesNotRunIntoIt() throws Exception {
        try (Bench bench =
                bench("a", 2).with(Setting.WEBUI_OUT_OF_MEMORY, "smaller-batch").start()) {
            String four = "{" + SMALL + ", \"batch_size\": 4}";
            bench.drop("a.json", four);
            bench.done("a.json");
            bench.drop("b.json", four);
            JsonNode second = bench.done("b.json");
            bench.drop("c.json", four.replace("4}", "6}"));
            bench.done("c.json");
            bench.drop("d.json", four.replace("\"height\": 64", "\"height\": 32"));
            bench.done("d.json");

            assertThat(batches(bench)).containsExactly("1 x 4", "2 x 2", "2 x 2", "2 x 3", "3 x 2", "1 x 4");
            assertThat(second.at("/receipts/0/note").asText()).contains("in batches of 2, not of 4");

            // it was away: the memory may be free again
            bench.sandbox().nextAt(TXT2IMG, Fault.hangUp());
            bench.drop("e.json", four);
            bench.done("e.json");
            assertThat(batches(bench).subList(6, 9)).containsExactly("2 x 2", "1 x 4", "2 x 2");
        }
    }

    @Test
    void aJobThatSaysSoFailsWhateverIsUsual() throws Exception {
        try (Bench bench =
                bench("a", 2).with(Setting.WEBUI_OUT_OF_MEMORY, "smaller-batch").start()) {
            bench.drop("a.json", job(4, "fail", ""));

            assertThat(bench.failed("a.json").path("code").asText()).isEqualTo("webui-out-of-memory");
            assertThat(batches(bench)).containsExactly("1 x 4");
        }
    }

    @Test
    void whereOnePictureIsTooMuchItSaysWhatWasTried() throws Exception {
        try (Bench bench = bench("a", 1).start()) {
            bench.drop("a.json", job(4, "smaller-batch", ", \"enable_hr\": true, \"denoising_strength\": 0.5"));

            JsonNode error = bench.failed("a.json");

            assertThat(error.path("message").asText())
                    .contains("4 x 64x64, enlarged to 128x128", "it was tried in batches of 4, 2 and 1");
            assertThat(error.path("hint").asText()).contains("hr_scale").doesNotContain("on_out_of_memory");
            assertThat(batches(bench)).containsExactly("1 x 4", "2 x 2", "4 x 1");
            bench.assertTidy();
        }
    }

    @Test
    void whereTheBatchMeansSomethingItStays() throws Exception {
        String picture = Base64.getEncoder()
                .encodeToString(Files.readAllBytes(
                        Path.of("examples/pictures").toAbsolutePath().resolve("sketch.png")));
        String images = ", \"init_images\": [\"" + picture + "\", \"" + picture + "\"]";
        String script = ", \"prompt\": \"a|b\", \"script_name\": \"prompt matrix\", \"script_args\": [false, false,"
                + " \"positive\", \"comma\", 0]";
        try (Bench bench = bench("a", 1).start()) {
            bench.drop("images.json", job(2, "smaller-batch", images));
            bench.drop("script.json", job(2, "smaller-batch", script));

            assertThat(bench.failed("images.json").path("message").asText())
                    .contains("not tried in smaller batches", "several init images");
            assertThat(bench.failed("script.json").path("message").asText())
                    .contains("not tried in smaller batches", "script_name");
            assertThat(bench.generations()).hasSize(2);
        }
    }

    @Test
    void extrasHaveNoBatch() throws Exception {
        String picture = Base64.getEncoder()
                .encodeToString(Files.readAllBytes(
                        Path.of("examples/pictures").toAbsolutePath().resolve("sketch.png")));
        try (Bench bench = bench("a", 1).start()) {
            bench.drop(
                    "a.json",
                    "{\"image\": \"" + picture + "\", \"upscaler_1\": \"Lanczos\", \"upscaling_resize\": 2, \"job\":"
                            + " {\"on_out_of_memory\": \"smaller-batch\"}}");

            JsonNode error = bench.failed("a.json");

            assertThat(error.path("code").asText()).isEqualTo("webui-out-of-memory");
            assertThat(error.path("message").asText()).contains("a picture that is enlarged to");
            assertThat(error.path("hint").asText()).contains("upscaling_resize");
        }
    }

    /** The process ends between the smaller request and its answer; its pictures are there, and are told as they were made. */
    @ParameterizedTest
    @CsvSource({"mounted", "download"})
    void whatWasMadeInSmallerBatchesIsCollectedAsSuch(String save) throws Exception {
        try (Bench bench = bench("a", 2)
                .with(Setting.SAVE, save)
                .with(Setting.RETRY_PAUSE, "1h")
                .with(Setting.RETRY_LONGEST_PAUSE, "1h")
                .start()) {
            bench.sandbox().nextAt(TXT2IMG, Fault.none(), Fault.hangUp().afterWork());
            bench.drop("a.json", job(4, "smaller-batch", ", \"sampler_name\": \"Euler\""));
            Bench.await("both were sent", () -> bench.generations().size() == 2);
            Bench.await("made", () -> saved(bench) == 5);
            Bench.await("written down", () -> bench.sandbox().generations().size() == 2);
            bench.stop();
            bench.start();

            JsonNode receipt = bench.done("a.json").at("/receipts/0");

            assertThat(batches(bench)).containsExactly("1 x 4", "2 x 2");
            assertThat(receipt.at("/payload/batch_size").asInt()).isEqualTo(2);
            assertThat(receipt.at("/payload/n_iter").asInt()).isEqualTo(2);
            assertThat(receipt.path("note").asText()).contains("was lost", "in batches of 2, not of 4");
            assertThat(receipt.at("/answer/all_seeds").toString()).isEqualTo("[5,6,7,8]");
            assertThat(receipt.path("unverified")).isEmpty();
        }
    }

    private static long saved(Bench bench) throws IOException {
        return Bench.tree(bench.sandbox().dataFolder()).stream()
                .filter(file -> file.toString().endsWith(".png"))
                .collect(Collectors.counting());
    }
}
