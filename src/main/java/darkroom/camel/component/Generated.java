package darkroom.camel.component;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.job.Problem;
import darkroom.job.Task;
import darkroom.webui.CheckedAnswer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a WebUI made of a task.
 *
 * @param task the task
 * @param sent the task as it was sent, where that is not the same
 * @param backend the URL of the WebUI
 * @param answer the pictures, in files, and what was noticed about them
 * @param info what the WebUI says about them (webui-api, section 2.7); a missing node if it says nothing
 * @param note what a person should know about where the pictures are; null mostly
 * @param sentAt when the request was sent
 * @param answeredAt when the answer was complete
 */
public record Generated(
        Task task,
        Task sent,
        String backend,
        CheckedAnswer answer,
        JsonNode info,
        @Nullable String note,
        Instant sentAt,
        Instant answeredAt) {

    /** The same, refused for these reasons. */
    Generated refused(List<Problem> reasons) {
        CheckedAnswer refused = new CheckedAnswer(answer.pictures(), reasons, answer.warnings(), answer.unverified());
        return new Generated(task, sent, backend, refused, info, note, sentAt, answeredAt);
    }
}
