package darkroom.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One call of the WebUI, with everything random about it decided.
 *
 * @param jobId the job it belongs to
 * @param number its place in the job, from 1
 * @param firstIndex the index of its first picture among all pictures of the job, from 1
 * @param operation which call it is
 * @param save which way its pictures take; null to do as the payload says, or else as is usual at its WebUI
 * @param outOfMemory what is done if the GPU has not enough memory for it; null to do what is usual at its WebUI
 * @param after what is done with its pictures afterwards
 * @param settings the payload's fields in the order of the prompt file, without the attachments; values are strings,
 *     numbers, booleans, lists, maps and nulls
 * @param attachments the parts of the payload that are kept in files
 * @param follows the picture that it goes on from, which is no attachment until it is there; null if it goes on from none
 * @param then what goes on from its pictures, picture by picture
 * @param source what the picture is called that it is about; null if it is about none
 */
public record Task(
        String jobId,
        int number,
        int firstIndex,
        Operation operation,
        @Nullable Save save,
        @Nullable OutOfMemory outOfMemory,
        After after,
        Map<String, @Nullable Object> settings,
        List<Attachment> attachments,
        @Nullable Follows follows,
        List<Task> then,
        @Nullable Source source) {

    public Task {
        after = after == null ? After.USUAL : after; // none in what an earlier version wrote
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings)); // Map.copyOf would lose the order
        attachments = List.copyOf(attachments);
        then = then == null ? List.of() : List.copyOf(then); // an earlier version may have written it
    }

    /** A task that stands alone, is about no picture of somebody's, and whose pictures are left as is usual. */
    public Task(
            String jobId,
            int number,
            int firstIndex,
            Operation operation,
            @Nullable Save save,
            @Nullable OutOfMemory outOfMemory,
            Map<String, @Nullable Object> settings,
            List<Attachment> attachments) {
        this(
                jobId,
                number,
                firstIndex,
                operation,
                save,
                outOfMemory,
                After.USUAL,
                settings,
                attachments,
                null,
                List.of(),
                null);
    }

    /** The same task with other settings. */
    public Task withSettings(Map<String, @Nullable Object> others) {
        return with(others, attachments);
    }

    /** The same task with another payload. */
    public Task with(Map<String, @Nullable Object> others, List<Attachment> otherAttachments) {
        return new Task(
                jobId,
                number,
                firstIndex,
                operation,
                save,
                outOfMemory,
                after,
                others,
                otherAttachments,
                follows,
                then,
                source);
    }

    /** The same task, and what goes on from it. */
    public Task withThen(List<Task> others) {
        return new Task(
                jobId,
                number,
                firstIndex,
                operation,
                save,
                outOfMemory,
                after,
                settings,
                attachments,
                follows,
                others,
                source);
    }

    /** All that goes on from it, also from what follows it; each behind what it follows. */
    public Stream<Task> following() {
        return then.stream().flatMap(task -> Stream.concat(Stream.of(task), task.following()));
    }

    /** The name of the task that all began with; its own if it follows none. */
    public String firstId() {
        return follows == null ? id() : jobId + "-" + follows.first();
    }

    /** The task's own name, for logs and receipts, for example {@code cat-20261122-014712-1}. */
    public String id() {
        return jobId + "-" + number;
    }
}
