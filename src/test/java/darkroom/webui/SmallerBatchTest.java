package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.job.Operation;
import darkroom.job.OutOfMemory;
import darkroom.job.Problem;
import darkroom.job.Task;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a task asks of a GPU, how it is made to ask for less, and what is said when that is too much. */
final class SmallerBatchTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String SAID = "OutOfMemoryError: CUDA out of memory";

    private static Task task(Operation operation, String json) throws IOException {
        return new Task(
                "job", 1, 1, operation, null, null, MAPPER.readValue(json, new TypeReference<>() {}), List.of());
    }

    private static Task txt2img(String json) throws IOException {
        return task(Operation.TXT2IMG, json);
    }

    @ParameterizedTest
    @CsvSource({"4,4,2", "4,100,4", "4,3,2", "8,8,4", "8,4,2", "6,6,3", "6,3,2", "9,9,3", "7,7,1", "2,2,1", "1,1,1"})
    void aBatchIsDividedWithoutARest(int batch, int limit, int expected) {
        assertThat(SmallerBatch.below(batch, limit)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1,4", "2,6", "3,2"})
    void picturesSeedsAndOrderStayAsTheyWere(int times, int batch) throws IOException {
        for (String strength : List.of("0", "0.5")) {
            Task task = txt2img("{\"seed\": 7, \"n_iter\": " + times + ", \"batch_size\": " + batch
                    + ", \"subseed\": 3, \"subseed_strength\": " + strength + "}");
            Task smaller = SmallerBatch.of(task, SmallerBatch.below(batch, batch));

            assertThat(smaller.settings().get("batch_size")).isEqualTo(batch / 2);
            assertThat(new Asked(smaller).seeds())
                    .isEqualTo(new Asked(task).seeds())
                    .isPresent();
            assertThat(smaller.settings())
                    .containsEntry("seed", 7)
                    .containsEntry("subseed", 3)
                    .hasSameSizeAs(task.settings());
        }
    }

    @Test
    void whatIsNoDivisorChangesNothing() throws IOException {
        Task task = txt2img("{\"batch_size\": 4}");

        for (int batch : List.of(-1, 0, 3, 4, 5)) {
            assertThat(SmallerBatch.of(task, batch)).isSameAs(task);
        }
        assertThat(SmallerBatch.of(task, 1).settings())
                .containsEntry("batch_size", 1)
                .containsEntry("n_iter", 4L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TXT2IMG|{'batch_size': 4}|A1111|",
                "TXT2IMG|{'batch_size': '4', 'n_iter': 2}|A1111|",
                "TXT2IMG|{'batch_size': 4}|SD_NEXT|",
                "IMG2IMG|{'batch_size': 4, 'init_images': [null]}|A1111|",
                "TXT2IMG|{'batch_size': 4, 'alwayson_scripts': {'ControlNet': {'args': []}}}|A1111|",
                "TXT2IMG|{}|A1111|one picture",
                "TXT2IMG|{'batch_size': 4, 'script_name': 'x/y/z plot'}|A1111|script_name",
                "IMG2IMG|{'batch_size': 2, 'init_images': [null, null]}|A1111|several init images",
                "TXT2IMG|{'infotext': 'a\\nSteps: 2, Sampler: Euler, Batch size: 4'}|A1111|does not say",
                "TXT2IMG|{'batch_size': 4, 'n_iter': 1.5}|A1111|does not say",
                "TXT2IMG|{'batch_size': 999999999}|A1111|does not say",
                "TXT2IMG|{'batch_size': 4, 'alwayson_scripts': {'AnimateDiff': {'args': []}}}|A1111|animation",
                "TXT2IMG|{'batch_size': 4}|STABLE_DIFFUSION_CPP|n_iter",
                "TXT2IMG|{'batch_size': 4}|KOBOLD_CPP|n_iter",
                "EXTRAS|{'upscaler_1': 'Lanczos'}|A1111|extras",
            })
    void whereTheBatchMeansSomethingItIsNotDivided(Operation operation, String json, Dialect dialect, String reason)
            throws IOException {
        String obstacle = SmallerBatch.obstacle(task(operation, json.replace('\'', '"')), dialect);

        if (reason == null) {
            assertThat(obstacle).isEmpty();
        } else {
            assertThat(obstacle).contains(reason);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TXT2IMG|{'batch_size': 4, 'width': 1024, 'height': 768}|4 x 1024x768",
                "TXT2IMG|{'width': 1024, 'height': 768, 'enable_hr': true}|1 x 1024x768, enlarged to 2048x1536",
                "TXT2IMG|{'width': 64, 'height': 64, 'enable_hr': true, 'hr_scale': 1.5}|1 x 64x64, enlarged to 96x96",
                "TXT2IMG|{'width': 64, 'height': 32, 'enable_hr': true, 'hr_resize_x': 128}|1 x 64x32, enlarged to 128x64",
                "TXT2IMG|{'batch_size': 2}|2 x a picture of the usual size",
                "TXT2IMG|{'width': 640, 'enable_hr': true, 'hr_scale': 3}|1 x a picture of width 640, enlarged by hr_scale 3",
                "EXTRAS|{'upscaler_1': 'Lanczos'}|a picture",
            })
    void whatIsAskedIsSaid(Operation operation, String json, String words) throws IOException {
        assertThat(GpuLoad.of(task(operation, json.replace('\'', '"')))).hasToString(words);
    }

    @Test
    void aKindIsWhatNeedsAsMuchForOnePicture() throws IOException {
        String kind = kind("{'width': 64, 'height': 64}").orElseThrow();

        assertThat(kind("{'width': 64, 'height': 64, 'batch_size': 4, 'seed': 7, 'prompt': 'x', 'steps': 9}"))
                .contains(kind);
        for (String other : List.of(
                "{'width': 64, 'height': 72}",
                "{'width': 64, 'height': 64, 'enable_hr': true}",
                "{'width': 64, 'height': 64, 'override_settings': {'sd_model_checkpoint': 'xl'}}",
                "{'width': 64, 'height': 64, 'refiner_checkpoint': 'xl'}",
                "{'width': 64, 'height': 64, 'alwayson_scripts': {'ControlNet': {}}}")) {
            assertThat(kind(other)).isPresent().get().isNotEqualTo(kind);
        }
        assertThat(kind("{'width': 64, 'height': 64, 'script_name': 'prompt matrix'}"))
                .isEmpty();
        assertThat(kind("{'override_settings': {'sd_model_checkpoint': '" + "x".repeat(100_000) + "'}}")
                        .orElseThrow())
                .hasSizeLessThan(400);
    }

    private static Optional<String> kind(String json) throws IOException {
        return GpuLoad.of(txt2img(json.replace('\'', '"'))).kind();
    }

    @Test
    void aGpuIsKnownIfTheWebUiTellsOfOne() throws IOException {
        assertThat(GpuMemory.of(MAPPER.readTree(Captures.answer("013-memory")))).isEmpty();
        assertThat(GpuMemory.of(MAPPER.readTree("[]"))).isEmpty();
        assertThat(GpuMemory.of(MAPPER.readTree("{\"cuda\": {\"system\": {\"free\": 1, \"total\": \"x\"}}}")))
                .isEmpty();
        assertThat(GpuMemory.of(MAPPER.readTree("{\"cuda\": {\"system\": {\"total\": 8589934592}}}")))
                .get()
                .extracting(GpuMemory::words)
                .isEqualTo("8.0 GiB");
        assertThat(GpuMemory.of(
                        MAPPER.readTree("{\"cuda\": {\"system\": {\"free\": 1288490189, \"total\": 25447890944}}}")))
                .get()
                .extracting(GpuMemory::words)
                .isEqualTo("23.7 GiB, of which 1.2 GiB are free now");
    }

    @Test
    void theLimitIsSaidAndWhatToDo() throws IOException {
        Task four = txt2img("{\"batch_size\": 4, \"width\": 64, \"height\": 64, \"enable_hr\": true}");

        Problem plain = new GpuLimit(2, 4)
                .problem(four, OutOfMemory.FAIL, List.of(4), "", SAID, Optional.of(new GpuMemory(8L << 30, 1L << 30)));
        assertThat(plain.code().word()).isEqualTo("webui-out-of-memory");
        assertThat(plain.message())
                .isEqualTo("the WebUI's GPU has not enough memory for 4 x 64x64, enlarged to 128x128 (" + SAID
                        + "); the GPU has 8.0 GiB, of which 1.0 GiB are free now; of such pictures up to 2 at a time went well"
                        + " there so far, and 4 did not");
        assertThat(plain.hint()).contains("batch_size", "hr_scale", "job.on_out_of_memory \"smaller-batch\"");

        assertThat(new GpuLimit(4, 4)
                        .problem(four, OutOfMemory.FAIL, List.of(4), "", SAID, Optional.empty())
                        .message())
                .contains("up to 4 such pictures at a time went well there before", "something else")
                .doesNotContain("the GPU has");

        Problem tried = new GpuLimit(0, 1)
                .problem(four, OutOfMemory.SMALLER_BATCH, List.of(4, 2, 1), "", SAID, Optional.empty());
        assertThat(tried.message()).contains("tried in batches of 4, 2 and 1; no such picture went well there so far");
        assertThat(tried.hint()).doesNotContain("on_out_of_memory");

        Problem not = GpuLimit.UNKNOWN.problem(
                four, OutOfMemory.SMALLER_BATCH, List.of(4), "its script_name decides", SAID, Optional.empty());
        assertThat(not.message()).endsWith("it was not tried in smaller batches, as its script_name decides");
    }
}
