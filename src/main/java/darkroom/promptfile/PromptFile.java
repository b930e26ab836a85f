package darkroom.promptfile;

import darkroom.job.Attachment;
import darkroom.job.Operation;
import darkroom.job.Save;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a prompt file says, read and found right; nothing random is decided yet.
 *
 * @param jobId what its author calls the job ({@code job.id}); null if they don't
 * @param operation which call it asks for
 * @param save which way its pictures take ({@code job.save}); null if its author leaves that open
 * @param settings the payload's fields in file order, without {@code job} and without the attachments
 * @param attachments pictures and very long texts, each in a file
 * @param sha256 SHA-256 of the file, in lower-case hex
 */
public record PromptFile(
        @Nullable String jobId,
        Operation operation,
        @Nullable Save save,
        Map<String, @Nullable Object> settings,
        List<Attachment> attachments,
        String sha256) {}
