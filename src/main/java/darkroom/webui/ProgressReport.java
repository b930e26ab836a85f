package darkroom.webui;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * How far the WebUI is with what it is doing just now (webui-api, section 4.4).
 *
 * @param percent 0 to 100
 * @param secondsLeft its own estimate
 * @param step the sampling step it is at, of the batch that it is at; 0 if that is not told
 * @param steps of how many; 0 likewise
 */
public record ProgressReport(int percent, long secondsLeft, int step, int steps) {
    /** Where it is asked for, without the picture as it is so far. */
    public static final String PATH = "/sdapi/v1/progress?skip_current_image=true";

    /**
     * Reads the answer to {@code GET /sdapi/v1/progress}.
     *
     * @return empty if nothing is being sampled: the WebUI is idle, or is still loading a checkpoint
     */
    public static Optional<ProgressReport> of(JsonNode answer) {
        double progress = answer.path("progress").asDouble(0);
        // before it samples, job_count is -1 and the estimate is 99 times what has passed
        boolean sampling = progress > 0 && answer.at("/state/job_count").asInt(0) > 0;
        return sampling
                ? Optional.of(new ProgressReport(
                        (int) Math.min(100, progress * 100),
                        Math.max(0, Math.round(answer.path("eta_relative").asDouble(0))),
                        Math.max(0, answer.at("/state/sampling_step").asInt(0)),
                        Math.max(0, answer.at("/state/sampling_steps").asInt(0))))
                : Optional.empty();
    }

    /**
     * Whether what was worked on last was interrupted or skipped, by whomever: an interrupted answer is 200 with an unfinished
     * picture and does not say so, but this stays until the next job begins (captures 412, 413).
     *
     * @param answer as in {@link #of}
     * @param jobTimestamp the {@code job_timestamp} of the answer in question, the only name that a job has here
     */
    public static boolean wasInterrupted(JsonNode answer, String jobTimestamp) {
        JsonNode state = answer.path("state");
        return state.path("job_timestamp").asText().equals(jobTimestamp)
                && (state.path("interrupted").asBoolean()
                        || state.path("skipped").asBoolean());
    }

    /** For the log, for example {@code 45 %, about 32 s to go}. */
    public String words() {
        return percent + " %" + (secondsLeft > 0 ? ", about " + secondsLeft + " s to go" : "");
    }
}
