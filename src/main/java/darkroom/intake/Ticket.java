package darkroom.intake;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is kept about a job that was taken in, so that the same one is not taken in again: {@code intake/ID.json}.
 *
 * @param id names the job towards whoever sent it; the prompt file is {@code ID.json}
 * @param source by which way it came, for example {@code http}
 * @param lane the lane that it was put into, with {@code /} between levels; empty for the drop folder itself
 * @param sha256 SHA-256 of the prompt file, in lower-case hex
 * @param accepted when it was taken in
 * @param trace the W3C {@code traceparent} that came with it; null for none
 * @param job the job that the prompt file has become, the latest if it was tried again; null as long as it waits
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Ticket(
        String id,
        String source,
        String lane,
        String sha256,
        Instant accepted,
        @Nullable String trace,
        @Nullable String job) {

    /** The name of the prompt file. */
    public String promptFile() {
        return id + Intake.JSON;
    }

    Ticket became(String jobId) {
        return new Ticket(id, source, lane, sha256, accepted, trace, jobId);
    }
}
