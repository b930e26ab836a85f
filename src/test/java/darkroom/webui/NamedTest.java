package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.job.Operation;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What tasks name, against the lists that a real A1111 gave. */
final class NamedTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<String, String> lists = new HashMap<>();
    private Dialect dialect = Dialect.A1111;

    NamedTest() throws IOException {
        for (String capture : List.of(
                "004-samplers",
                "005-schedulers",
                "006-sd-models",
                "007-upscalers",
                "008-latent-upscale-modes",
                "009-scripts",
                "010-script-info",
                "014-sd-vae",
                "018-prompt-styles",
                "021-loras")) {
            lists.put("/sdapi/v1/" + capture.substring(4), Captures.answer(capture));
        }
    }

    @BeforeEach
    void describe() throws IOException {
        lists.put("/openapi.json", Files.readString(Path.of("src/main/resources/darkroom/sandbox/openapi.json")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"sampler_name\": \"Eular\"}|refused-sampler|did you mean 'Euler'?",
                "{\"sampler_name\": \"euler\"}|refused-sampler|did you mean 'Euler'?",
                "{\"sampler_name\": \"k_euler_a\"}|refused-sampler|did you mean 'Euler a'?",
                "{\"sampler_name\": \"DPM++ 2M Karas\"}|refused-sampler|known are DPM++ 2M,",
                "{\"sampler_index\": \"Nope\"}|refused-sampler|known are",
                "{\"scheduler\": \"KARRAS\"}|refused-scheduler|did you mean 'karras'?",
                "{\"scheduler\": \"SGMUniform\"}|refused-scheduler|did you mean 'sgm_uniform'?",
                "{\"override_settings\": {\"sd_model_checkpoint\": \"nope\"}}|refused-checkpoint|known are tinyA",
                "{\"override_settings\": {\"sd_model_checkpoint\": \"TinyA\"}}|refused-checkpoint|known are tinyA",
                "{\"refiner_checkpoint\": \"nope\", \"refiner_switch_at\": 0.5}|refused-checkpoint|tinyB.safetensors",
                "{\"enable_hr\": true, \"hr_checkpoint_name\": \"nope\"}|refused-checkpoint|tinyB.safetensors",
                "{\"override_settings\": {\"sd_vae\": \"nope.pt\"}}|refused-vae|none are known",
                "{\"enable_hr\": true, \"hr_upscaler\": \"Latnet\"}|refused-upscaler|did you mean 'Latent'?",
                "{\"script_name\": \"X/Y plot\"}|refused-script|did you mean 'x/y/z plot'?",
                "{\"script_name\": \"SD upscale\"}|refused-script|extension",
                "{\"script_name\": \"Seed\"}|refused-script|\"alwayson_scripts\": {\"Seed\"",
                "{\"script_name\": \"prompt matrix\", \"script_args\": [1, 2, 3, 4, 5, 6]}|refused-script|script-info",
                "{\"script_name\": \"prompt matrix\"}|refused-script|script-info",
                "{\"alwayson_scripts\": {\"ADetailer\": {\"args\": []}}}|refused-script|extension",
                "{\"alwayson_scripts\": {\"X/Y/Z plot\": {\"args\": []}}}|refused-script|'script_name'",
                "{\"alwayson_scripts\": {\"Soft Inpainting\": {\"args\": []}}}|refused-script|extension",
                "{\"step\": 20}|refused-field|did you mean 'steps'?",
                "{\"negativ_prompt\": \"x\"}|refused-field|did you mean 'negative_prompt'?",
                "{\"distilled_cfg_scale\": 3.5}|refused-field|known are prompt, negative_prompt",
                "{\"alwayson_scripts\": {\"Refiner\": [true]}}|refused-script|{\"args\": [...]}",
                "{\"alwayson_scripts\": {\"Refiner\": {\"args\": [1, 2, 3, 4]}}}|refused-script|script-info"
            })
    void whatItDoesNotHaveIsRefused(String settings, String code, String hint) throws IOException {
        List<Problem> problems = missing(Operation.TXT2IMG, settings);

        assertThat(problems)
                .singleElement()
                .satisfies(problem -> assertThat(problem.code().word()).isEqualTo(code))
                .satisfies(problem -> assertThat(problem.hint())
                        .contains(hint, "darkroom.check." + code.substring("refused-".length()) + "=warn"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"sampler_name\": \"DPM++ 2M\", \"scheduler\": \"karras\"}",
                "{\"sampler_name\": \"DPM++ 2M Karras\"}",
                "{\"sampler_name\": \"DPM++ 2M SGMUniform\"}",
                "{\"sampler_name\": \"DDIM CFG++\", \"scheduler\": \"SGM Uniform\"}",
                "{\"sampler_name\": null, \"scheduler\": null, \"script_name\": null, \"alwayson_scripts\": {}}",
                "{\"sampler_name\": \"\", \"script_name\": \"\"}",
                "{\"override_settings\": {\"sd_model_checkpoint\": \"tinyA\"}}",
                "{\"override_settings\": {\"sd_model_checkpoint\": \"c22434f954\"}}",
                "{\"override_settings\": {\"sd_model_checkpoint\": \"0a1b2c3d\"}}",
                "{\"override_settings\": {\"sd_model_checkpoint\": \"tinyB.safetensors [ed792860f4]\"}}",
                "{\"override_settings\": {\"sd_vae\": \"Automatic\"}}",
                "{\"override_settings\": {\"sd_vae\": \"None\"}}",
                "{\"refiner_checkpoint\": \"tinyB\"}",
                "{\"refiner_checkpoint\": \"iny\"}",
                "{\"refiner_checkpoint\": \"None\"}",
                "{\"hr_upscaler\": \"nope\", \"hr_checkpoint_name\": \"nope\"}",
                "{\"enable_hr\": true, \"hr_upscaler\": \"Latent (bicubic)\", \"hr_checkpoint_name\": \"Use same checkpoint\"}",
                "{\"enable_hr\": true, \"hr_upscaler\": \"R-ESRGAN 4x+\"}",
                "{\"enable_hr\": true, \"hr_upscaler\": null}",
                "{\"script_name\": \"Prompt Matrix\", \"script_args\": [false, false, \"positive\", \"comma\", 0]}",
                "{\"alwayson_scripts\": {\"REFINER\": {\"args\": [true]}, \"Hypertile\": {\"args\": []}, \"Comments\": {}}}"
            })
    void whatItHasIsNot(String settings) throws IOException {
        assertThat(missing(Operation.TXT2IMG, settings)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"upscaler_1\": \"Latent\"}|known are None",
                "{\"upscaler_1\": \"None\", \"upscaler_2\": \"lanczos\"}|did you mean 'Lanczos'?",
                "{\"upscaler_1\": \"None\", \"upscaler_2\": \"Lanczos\"}|"
            })
    void upscalersOfExtrasAreLookedUp(String settings, @Nullable String hint) throws IOException {
        List<Problem> problems = missing(Operation.EXTRAS, settings);

        assertThat(problems)
                .hasSize(hint == null ? 0 : 1)
                .allSatisfy(problem -> assertThat(problem.hint()).contains(hint));
    }

    @Test
    void aScriptMayBeThereForOneOperationOnly() throws IOException {
        String upscale = "{\"script_name\": \"SD upscale\", \"script_args\": [null, 64, \"None\", 2]}";

        assertThat(missing(Operation.TXT2IMG, upscale))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).endsWith("'SD upscale' for img2img only"));
        assertThat(missing(Operation.IMG2IMG, upscale)).isEmpty();
    }

    /** Before script-info there were names alone. */
    @Test
    void namesAloneWillDo() throws IOException {
        lists.remove("/sdapi/v1/script-info");

        assertThat(missing(Operation.TXT2IMG, "{\"script_name\": \"X/Y/Z plot\", \"script_args\": [1]}"))
                .isEmpty();
        assertThat(missing(Operation.TXT2IMG, "{\"script_name\": \"nope\"}")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"STABLE_DIFFUSION_CPP", "SD_NEXT", "KOBOLD_CPP"})
    void whatOthersMightUnderstandIsLeftToThem(Dialect other) throws IOException {
        dialect = other;

        assertThat(missing(
                        Operation.TXT2IMG,
                        "{\"sampler_name\": \"k_euler_a\", \"scheduler\": \"Sigmas\", \"refiner_checkpoint\": \"x\","
                                + " \"override_settings\": {\"sd_model_checkpoint\": \"org/model\"}}"))
                .isEmpty();
    }

    @Test
    void forgesModulesAreLookedUp() throws IOException {
        lists.remove("/sdapi/v1/sd-vae");
        lists.put(
                "/sdapi/v1/sd-modules",
                "[{\"model_name\": \"ae.safetensors\", \"filename\": \"/m/VAE/ae.safetensors\"}]");

        assertThat(
                        missing(
                                Operation.TXT2IMG,
                                "{\"override_settings\": {\"forge_additional_modules\": [\"/x/ae.safetensors\", \"ea.safetensors\"]}}"))
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.sentence()).contains("'ea.safetensors'", "did you mean 'ae.safetensors'?"));
    }

    private List<Problem> missing(Operation operation, String json) throws IOException {
        Map<String, @Nullable Object> settings = MAPPER.readValue(json, new TypeReference<>() {});
        List<Problem> problems = new ArrayList<>();
        for (Named.Wish wish : Named.in(new Task("job", 1, 1, operation, null, null, settings, List.of()))) {
            problems.addAll(wish.missing(known()));
        }
        return problems;
    }

    private Named.Known known() {
        return new Named.Known() {
            @Override
            public <T> T get(Listing<T> list) throws IOException {
                String answer = lists.get(list.path());
                if (answer == null) {
                    throw new ProblemException(Problem.of(ProblemCode.WEBUI_API_OFF, list.path(), ""));
                }
                return list.read(new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)));
            }

            @Override
            public Dialect dialect() {
                return dialect;
            }
        };
    }

    @Test
    @Timeout(60) // the square of its length would take minutes
    void aPromptOfNothingButBeginningsIsLookedThroughAtOnce() {
        Set<String> named = new HashSet<>();

        Named.loras("<lora:cat:1> " + "<lora:a".repeat(200_000), named);

        assertThat(named).containsExactly("cat");
    }
}
