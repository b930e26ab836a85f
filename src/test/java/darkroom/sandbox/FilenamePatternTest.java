package darkroom.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FilenamePatternTest {
    private static final Checkpoint CHECKPOINT = Checkpoint.named("dawn.safetensors");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "[seed]|1235",
                "[SEED]|1235",
                "[seed_first]-[seed_last]|1234-1237",
                "[steps]x[cfg]|4x7.0",
                "[width]x[height]|16x8",
                "[sampler]_[scheduler]|DPM++ 2M_Karras",
                "[sampler_scheduler]|DPM++ 2M Karras",
                "[model_name]|dawn",
                "[prompt]|a_fox__,_snow",
                "[prompt_spaces]|a fox _, snow",
                "[prompt_words]|a fox snow",
                "[prompt_hash]|a1c95397",
                "[prompt_hash<4>]|a1c9",
                "[styles]|None",
                "[none]|",
                "[batch_number] of [batch_size]|2 of 2",
                "job-[generation_number]|job-4",
                "a-[denoising]-b[seed]|-b1235",
                "[user]|[user]",
                "[nope]x|[nope]x",
                "[clip_skip]|[clip_skip]",
                "a/b:*?|a/b:*?",
                "[vae_filename]|NoneType"
            })
    void tokensAreFilledInAndOnlyTheyAreSanitised(String pattern, String expected) {
        assertThat(pattern(2, 2).fill(pattern)).isEqualTo(expected == null ? "" : expected);
    }

    @Test
    void whatDoesNotApplyVanishesWithTheTextBeforeIt() {
        assertThat(pattern(1, 1).fill("job-[generation_number]")).isEmpty();
        assertThat(pattern(1, 1).fill("job-[seed]-[batch_number]-end")).isEqualTo("job-1235-end");
    }

    @Test
    void aWordIsNamedIfThePromptHasIt() {
        assertThat(pattern(1, 1).fill("[hasprompt<Fox|no fox><cat|no cat><dog>]"))
                .isEqualTo("foxno_cat");
    }

    @Test
    void timesCanBeFormatted() {
        assertThat(pattern(1, 1).fill("[datetime<%Y-%m-%d %H.%M><Asia/Tokyo>]"))
                .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d\\.\\d\\d");
        assertThat(pattern(1, 1).fill("[datetime]")).matches("\\d{14}");
        assertThat(pattern(1, 1).fill("[datetime<%H:%M>]")).matches("\\d\\d_\\d\\d");
    }

    @Test
    void aLongTokenIsCut() {
        assertThat(sanitisedPrompt("x".repeat(500))).hasSize(128);
        assertThat(sanitisedPrompt("  a. . ")).isEqualTo("a");
    }

    private String sanitisedPrompt(String prompt) {
        return pattern(1, 1, prompt).fill("[prompt_spaces]");
    }

    private FilenamePattern pattern(int batchSize, int batches) {
        return pattern(batchSize, batches, "a fox |, snow");
    }

    private FilenamePattern pattern(int batchSize, int batches, String prompt) {
        var asked =
                new Asked(Json.object().put("steps", 4).put("cfg_scale", 7.0).put("prompt", prompt));
        var job = new Shot.Job(
                asked,
                "DPM++ 2M",
                "Automatic",
                CHECKPOINT,
                "20261121234145",
                List.of(1234L, 1235L, 1236L, 1237L),
                batchSize,
                batches);
        ObjectNode lists = Json.resource("lists.json");
        return new FilenamePattern(
                new Options(SandboxSettings.defaults(), folder.resolve("config.json")),
                new Samplers(lists.get("/sdapi/v1/samplers"), lists.get("/sdapi/v1/schedulers")),
                new Shot(job, prompt, "", 1235, 1, batches - 1, 1),
                Picture.filled(16, 8, 0xFF000000));
    }
}
