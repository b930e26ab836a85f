package darkroom.output;

import com.fasterxml.jackson.annotation.JsonInclude;
import darkroom.job.DefaultsFile;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The record of one finished job: its receipts together.
 *
 * @param job its id
 * @param name what a person calls it
 * @param lane the lane it came by; empty for the drop folder itself
 * @param promptFile the prompt file's name
 * @param promptFileSha256 its hash
 * @param labels what its author says about it; missing if that is nothing
 * @param defaults the files that its defaults came from, what counts more first
 * @param accepted when the prompt file was accepted
 * @param finished when the last task was finished, or the job has ended with its deliveries
 * @param outputs how many files were kept
 * @param deliveries how far its deliveries were when the job ended, for each destination; missing until then, or if it
 *     has none
 * @param sheets the contact sheets of its pictures; missing if it has none
 * @param receipts one for each task, in their order
 */
public record Manifest(
        String job,
        String name,
        String lane,
        String promptFile,
        String promptFileSha256,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> labels,
        List<DefaultsFile> defaults,
        Instant accepted,
        Instant finished,
        int outputs,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Delivery> deliveries,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Output> sheets,
        List<Receipt> receipts) {

    public Manifest {
        labels = labels == null ? Map.of() : labels; // left out of the file if there are none
        deliveries = deliveries == null ? List.of() : deliveries; // likewise
        sheets = sheets == null ? List.of() : sheets; // likewise
    }

    /**
     * How far the deliveries to one destination are.
     *
     * @param destination its name
     * @param delivered how many are done
     * @param waiting how many are still to be done, or to be tried again
     * @param failed how many were given up
     */
    public record Delivery(String destination, int delivered, int waiting, int failed) {}
}
