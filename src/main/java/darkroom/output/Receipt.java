package darkroom.output;

import darkroom.job.DefaultsFile;
import darkroom.job.Operation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The record of one finished task. It is written last: a task that has one is never run again.
 *
 * @param job the job's id
 * @param task the task's id
 * @param number the task's place in the job, from 1
 * @param operation which call it was
 * @param promptFile the prompt file's name
 * @param promptFileSha256 its hash
 * @param defaults the files that its defaults came from, what counts more first
 * @param backend the URL of the WebUI
 * @param payload what was sent; each attachment is replaced by its hash and size
 * @param answer what came back, without pictures
 * @param outputs the files that were kept
 * @param note what a person should know who wonders about it; null mostly
 * @param warnings differences that were let pass
 * @param unverified what the answer gave no evidence for
 * @param times when what happened
 */
public record Receipt(
        String job,
        String task,
        int number,
        Operation operation,
        String promptFile,
        String promptFileSha256,
        List<DefaultsFile> defaults,
        String backend,
        Map<String, @Nullable Object> payload,
        Map<String, @Nullable Object> answer,
        List<Output> outputs,
        @Nullable String note,
        List<String> warnings,
        List<String> unverified,
        Times times) {

    /**
     * When what happened.
     *
     * @param accepted the prompt file was accepted
     * @param sent the request was sent
     * @param answered the answer was complete
     * @param published the outputs had their final names
     */
    public record Times(Instant accepted, Instant sent, Instant answered, Instant published) {}
}
