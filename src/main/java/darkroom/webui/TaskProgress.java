package darkroom.webui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Pattern;

/**
 * Where one task is, asked for by its {@code force_task_id} (webui-api, section 4.5). Only a WebUI with its user interface
 * tells it.
 *
 * @param state where it is
 * @param percent 0 to 100; 0 before it samples
 * @param secondsLeft the WebUI's own estimate; 0 if it has none
 * @param queue its place, for example {@code In queue: 1/2}; empty if it does not wait
 */
public record TaskProgress(State state, int percent, long secondsLeft, String queue) {
    /** Where it is asked for, by POST. */
    public static final String PATH = "/internal/progress";

    /** The field of a payload by which a task gets its id; A1111 and Forge read it, others pass over it. */
    public static final String ID = "force_task_id";

    private static final Pattern QUEUE = Pattern.compile("In queue: \\d{1,6}/\\d{1,6}");

    /** Where a task is. */
    public enum State {
        /** It waits for the tasks before it. */
        QUEUED,
        /** It is what the WebUI works on. */
        ACTIVE,
        /** It is one of the last sixteen that are done. */
        COMPLETED,
        /** There is no such task: it has not arrived yet, it was forgotten, or the WebUI does not read ids. */
        UNKNOWN
    }

    /** The question about a task, without the picture as it is so far. */
    public static ObjectNode question(String id) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id_task", id)
                .put("id_live_preview", -1)
                .put("live_preview", false);
    }

    /** Reads the answer. */
    public static TaskProgress of(JsonNode answer) {
        String text = answer.path("textinfo").asText("");
        double progress = answer.path("progress").asDouble(0); // negative while a checkpoint is loaded
        return new TaskProgress(
                state(answer),
                (int) Math.max(0, Math.min(100, progress * 100)),
                progress > 0 ? Math.max(0, Math.round(answer.path("eta").asDouble(0))) : 0,
                QUEUE.matcher(text).matches() ? text : "");
    }

    private static State state(JsonNode answer) {
        // both: it waits, and an earlier try that failed is still said to be active, since nothing has begun after it
        if (answer.path("queued").asBoolean()) {
            return State.QUEUED;
        }
        if (answer.path("active").asBoolean()) {
            return State.ACTIVE;
        }
        return answer.path("completed").asBoolean() ? State.COMPLETED : State.UNKNOWN;
    }

    /** For the log, for example {@code 45 %, about 32 s to go}. */
    public String words() {
        return switch (state) {
            case QUEUED -> queue.isEmpty() ? "In queue" : queue;
            case ACTIVE ->
                percent == 0 ? "begun, and not sampling yet" : new ProgressReport(percent, secondsLeft, 0, 0).words();
            case COMPLETED -> "made, and its answer is on its way";
            case UNKNOWN -> "unknown to the WebUI";
        };
    }
}
