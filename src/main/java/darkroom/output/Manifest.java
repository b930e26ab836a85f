package darkroom.output;

import darkroom.job.DefaultsFile;
import java.time.Instant;
import java.util.List;

/**
 * The record of one finished job: its receipts together.
 *
 * @param job its id
 * @param name what a person calls it
 * @param lane the lane it came by; empty for the drop folder itself
 * @param promptFile the prompt file's name
 * @param promptFileSha256 its hash
 * @param defaults the files that its defaults came from, what counts more first
 * @param accepted when the prompt file was accepted
 * @param finished when the last task was finished
 * @param outputs how many files were kept
 * @param receipts one for each task, in their order
 */
public record Manifest(
        String job,
        String name,
        String lane,
        String promptFile,
        String promptFileSha256,
        List<DefaultsFile> defaults,
        Instant accepted,
        Instant finished,
        int outputs,
        List<Receipt> receipts) {}
