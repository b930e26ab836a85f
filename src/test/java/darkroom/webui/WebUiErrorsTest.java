package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.job.AwayException;
import darkroom.job.MayPassException;
import darkroom.job.ProblemException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WebUiErrorsTest {
    private static final String URL = "http://webui:7860/sdapi/v1/txt2img";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "022-unknown-path|webui-api-off|later|there is no API at",
                "304-err-wrong-type|webui-rejected|never|value is not a valid integer",
                "300-err-malformed-json|webui-rejected|never|Expecting",
                "331-err-hires-unknown-upscaler|webui-error|never|could not find upscaler named nope",
                "333-err-refiner|webui-error|never|Could not find checkpoint with name nope",
                "316-err-unknown-script|webui-rejected|never|Script",
                "343-err-missing-init-images|webui-rejected|never|Init image not found",
                "340-err-bad-base64|webui-error|never|Invalid encoded image",
                "314-err-unknown-override|webui-error|never|KeyError",
                "323-err-steps-0|webui-error|never|integer division or modulo by zero",
                "206-i2i-two-inits-batch1|webui-error|never|bad number of images passed: 2",
                "623-hideui-primed-override|webui-error|later|not possible to set",
                "625-freeze-override|webui-error|never|changing settings is disabled",
                "600-auth-missing|webui-unauthorized|never|Not authenticated",
                "602-auth-wrong-password|webui-unauthorized|never|Incorrect username or password",
                "612-auth-nonascii|webui-unauthorized|never|nothing but ASCII"
            })
    void whatARealWebUiSaysIsTranslated(String capture, String code, String again, String words) throws IOException {
        ProblemException problem = translate(Captures.status(capture), Captures.answer(capture));

        assertThat(problem.problem().code().word()).isEqualTo(code);
        assertThat(problem.problem().sentence()).contains(words);
        assertThat(problem.problem().hint()).isNotBlank();
        assertThat(problem instanceof MayPassException).isEqualTo(again.equals("later"));
    }

    @Test
    void aRejectedFieldIsNamed() throws IOException {
        ProblemException problem = translate(422, Captures.answer("305-err-wrong-types-many"));

        assertThat(problem.problems())
                .extracting(one -> Objects.requireNonNull(one.place()).pointer())
                .containsExactly("/styles", "/seed", "/width", "/override_settings");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "502|<html><h1>502 Bad Gateway</h1></html>",
                "503|{\"detail\": {\"msg\": \"Server is busy\", \"type\": \"service_unavailable\"}}",
                "504|",
                "429|{\"detail\": \"Rate limit exceeded\"}"
            })
    void whatHasNoTimeIsWaitedFor(int status, String body) {
        assertThat(translate(status, body == null ? "" : body)).isInstanceOf(AwayException.class);
    }

    /** It may be the job's own fault: a proxy that dies of it, a WebUI that can't say why. */
    @ParameterizedTest
    @ValueSource(strings = {"Internal Server Error", "", "<h1>500</h1>", "{}"})
    void a500WithoutAReasonIsTriedAFewTimes(String body) {
        ProblemException problem = translate(500, body);

        assertThat(problem).isInstanceOf(MayPassException.class);
        assertThat(problem.problem().code().word()).isEqualTo("webui-error");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "model 'x' not found|false",
                "model 'it''s' not found|false",
                "Expected the model to be on cuda:0, but it is on cpu|true",
                "could not load model from disk|true"
            })
    void aModelThatIsNotThereIsNotTriedAgain(String errors, boolean again) {
        String body = "{\"error\": \"RuntimeError\", \"detail\": \"\", \"errors\": \"" + errors + "\"}";

        assertThat(translate(500, body) instanceof MayPassException).isEqualTo(again);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"error\": \"OutOfMemoryError\", \"detail\": \"\", \"body\": \"\", \"errors\": \"CUDA out of memory. Tried to allocate 20 GiB\"}",
                "{\"error\": \"RuntimeError\", \"errors\": \"CUDA error: out of memory\"}"
            })
    void aGpuWithoutMemoryIsNotAskedAgain(String body) {
        ProblemException problem = translate(500, body);

        assertThat(problem.problem().code().word()).isEqualTo("webui-out-of-memory");
        assertThat(problem).isNotInstanceOf(MayPassException.class);
    }

    @Test
    void aRedirectIsNotFollowedButShown() {
        ProblemException problem = WebUiErrors.translate(307, "", URL, "http://elsewhere/login", SaidAt.SETTINGS);

        assertThat(problem.problem().code().word()).isEqualTo("webui-redirects");
        assertThat(problem.problem().message()).contains("http://elsewhere/login");
    }

    @Test
    void foreignTextStaysOnOneLineAndShort() {
        String message = translate(418, "{\"detail\": \"a\\nERROR forged\\u001b[31m" + "x".repeat(5000) + "\"}")
                .problem()
                .message();

        assertThat(message).doesNotContain("\n").doesNotContain("\u001b").hasSizeLessThan(700);
    }

    @Test
    void hintsNameWhereItIsSaidHowThisOneIsTalkedTo() {
        SaidAt list = SaidAt.list("/etc/webuis.yaml", "http://webui:7860");

        assertThat(translate(401, "").problem().hint())
                .isEqualTo("set darkroom.webui.auth to the user:password of its --api-auth");
        assertThat(WebUiErrors.translate(401, "", URL, "", list).problem().hint())
                .isEqualTo("set auth: of http://webui:7860 in /etc/webuis.yaml to the user:password of its --api-auth");
        assertThat(List.of(404, 307))
                .allSatisfy(
                        status -> assertThat(WebUiErrors.translate(status, "{\"detail\": \"Not Found\"}", URL, "", list)
                                        .problem()
                                        .hint())
                                .contains("url: of http://webui:7860 in /etc/webuis.yaml"));
    }

    private static ProblemException translate(int status, String body) {
        return WebUiErrors.translate(status, body, URL, "", SaidAt.SETTINGS);
    }

    @Test
    @Timeout(60) // the square of its length would take minutes
    void aPageOfNothingButBeginningsIsReadAtOnce() {
        assertThat(translate(500, "<".repeat(1_000_000)).problem().message()).contains("500");
    }
}
