package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a WebUI tells of one task, as it was recorded. */
final class TaskProgressTest {
    @ParameterizedTest
    @CsvSource({
        "706-full-internal-progress,ACTIVE",
        "707-full-internal-progress-queued,QUEUED",
        "709-full-internal-progress-done,COMPLETED",
        "710-full-internal-progress-unknown,UNKNOWN"
    })
    void eachStateIsKnown(String capture, TaskProgress.State state) throws Exception {
        assertThat(TaskProgress.of(Json.mapper().readTree(Captures.answer(capture)))
                        .state())
                .isEqualTo(state);
    }

    @Test
    void aPlaceInTheQueueIsSaidAndNoOtherText() throws Exception {
        assertThat(TaskProgress.of(Json.mapper().readTree(Captures.answer("707-full-internal-progress-queued")))
                        .words())
                .matches("In queue: \\d/\\d");
        assertThat(TaskProgress.of(
                                Json.mapper().readTree("{\"queued\": true, \"textinfo\": \"In queue: 1/2\\nforged\"}"))
                        .words())
                .isEqualTo("In queue");
    }

    @Test
    void aTaskThatWaitsAgainIsNotTheOneThatIsStillSaidToBeActive() throws Exception {
        assertThat(TaskProgress.of(Json.mapper().readTree("{\"active\": true, \"queued\": true}"))
                        .state())
                .isEqualTo(TaskProgress.State.QUEUED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.45|32.4|45 %, about 32 s to go",
                "0.45|null|45 %",
                "-0.02|null|begun, and not sampling yet",
                "0|null|begun, and not sampling yet",
                "7|-3|100 %"
            })
    void progressIsSaidInWords(String progress, String eta, String words) throws Exception {
        String answer = "{\"active\": true, \"progress\": " + progress + ", \"eta\": " + eta + "}";

        assertThat(TaskProgress.of(Json.mapper().readTree(answer)).words()).isEqualTo(words);
    }
}
