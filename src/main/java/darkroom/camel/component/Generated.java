package darkroom.camel.component;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.job.Task;
import darkroom.webui.CheckedAnswer;
import java.time.Instant;

/**
 * What a WebUI made of a task.
 *
 * @param task the task
 * @param backend the URL of the WebUI
 * @param answer the pictures, in files, and what was noticed about them
 * @param info what the WebUI says about them (webui-api, section 2.7); a missing node if it says nothing
 * @param sentAt when the request was sent
 * @param answeredAt when the answer was complete
 */
public record Generated(
        Task task, String backend, CheckedAnswer answer, JsonNode info, Instant sentAt, Instant answeredAt) {}
