package darkroom.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RequestModelTest {
    private static final JsonNode OPENAPI = Json.resource("openapi.json");
    private static final RequestModel TXT2IMG = RequestModel.of(OPENAPI, "StableDiffusionProcessingTxt2Img");
    private static final RequestModel IMG2IMG = RequestModel.of(OPENAPI, "StableDiffusionProcessingImg2Img");
    private static final RequestModel EXTRAS = RequestModel.of(OPENAPI, "ExtrasSingleImageRequest");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "steps | '\"25\"' | 25",
                "steps | '\" 2_5 \"' | 25",
                "width | 64.9 | 64",
                "steps | true | 1",
                "steps | null | null",
                "seed | '\"7\"' | 7",
                "seed | 18446744073709551616 | 18446744073709551616",
                "cfg_scale | 7 | 7.0",
                "cfg_scale | '\"7\"' | 7.0",
                "prompt | 5 | '\"5\"'",
                "prompt | 7.0 | '\"7.0\"'",
                "prompt | true | '\"True\"'",
                "enable_hr | '\"yes\"' | true",
                "enable_hr | 0 | false",
                "styles | '[\"a\", 1]' | '[\"a\",\"1\"]'",
                "alwayson_scripts | '{\"x\": []}' | '{\"x\":[]}'"
            })
    void valuesThatNearlyFitAreMadeToFit(String field, String given, String expected) throws IOException {
        JsonNode body = Json.MAPPER.readTree("{\"" + field + "\": " + given + "}");

        assertThat(TXT2IMG.validate(body).get(field)).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "steps | '\"64.9\"' | value is not a valid integer | type_error.integer",
                "steps | '[1]' | value is not a valid integer | type_error.integer",
                "steps | NaN | value is not a valid integer | type_error.integer",
                "cfg_scale | '\"much\"' | value is not a valid float | type_error.float",
                "enable_hr | '\"maybe\"' | value could not be parsed to a boolean | type_error.bool",
                "enable_hr | 2 | value could not be parsed to a boolean | type_error.bool",
                "prompt | '[\"a\"]' | str type expected | type_error.str",
                "styles | '\"a\"' | value is not a valid list | type_error.list",
                "override_settings | '\"a\"' | value is not a valid dict | type_error.dict",
                "send_images | null | none is not an allowed value | type_error.none.not_allowed",
                "sampler_index | null | none is not an allowed value | type_error.none.not_allowed"
            })
    void otherValuesAreRefused(String field, String given, String message, String type) throws IOException {
        JsonNode problem = problem(TXT2IMG, "{\"" + field + "\": " + given + "}");

        assertThat(problem.get("loc")).hasToString("[\"body\",\"" + field + "\"]");
        assertThat(problem.get("msg").asText()).isEqualTo(message);
        assertThat(problem.get("type").asText()).isEqualTo(type);
    }

    @Test
    void unknownFieldsAreDroppedAndMissingOnesFilledIn() {
        JsonNode valid = TXT2IMG.validate(Json.object().put("promt", "typo"));

        assertThat(valid.has("promt")).isFalse();
        assertThat(valid.get("prompt").asText()).isEmpty();
        assertThat(valid.get("steps").asInt()).isEqualTo(50);
        assertThat(valid.get("denoising_strength").isNull()).isTrue();
    }

    @Test
    void denoisingStrengthMayBeNullInTxt2imgOnly() throws IOException {
        assertThat(TXT2IMG.validate(Json.MAPPER.readTree("{\"denoising_strength\": null}"))
                        .get("denoising_strength"))
                .hasToString("null");
        assertThat(problem(IMG2IMG, "{\"denoising_strength\": null}")
                        .get("type")
                        .asText())
                .isEqualTo("type_error.none.not_allowed");
    }

    @Test
    void aListIsRefusedByItsItem() throws IOException {
        assertThat(problem(TXT2IMG, "{\"styles\": [\"a\", null]}").get("loc")).hasToString("[\"body\",\"styles\",1]");
    }

    @Test
    void limitsAreNamed() throws IOException {
        JsonNode problem = problem(EXTRAS, "{\"gfpgan_visibility\": 1.5}");

        assertThat(problem.get("msg").asText()).isEqualTo("ensure this value is less than or equal to 1");
        assertThat(problem.get("type").asText()).isEqualTo("value_error.number.not_le");
        assertThat(problem(EXTRAS, "{\"upscaling_resize\": 0}").get("type").asText())
                .isEqualTo("value_error.number.not_gt");
        assertThat(problem(EXTRAS, "{\"resize_mode\": 7}").get("type").asText()).isEqualTo("value_error.const");
    }

    private static JsonNode problem(RequestModel model, String json) throws IOException {
        JsonNode body = Json.MAPPER.readTree(json);
        ApiError error = catchThrowableOfType(ApiError.class, () -> model.validate(body));
        return error.reply().json().at("/detail/0");
    }
}
