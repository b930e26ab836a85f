package darkroom.promptfile;

import darkroom.job.After;
import darkroom.job.Attachment;
import darkroom.job.ContactSheet;
import darkroom.job.DefaultsFile;
import darkroom.job.Operation;
import darkroom.job.OutOfMemory;
import darkroom.job.Save;
import darkroom.job.Source;
import darkroom.promptfile.expansion.Expansion;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an entry of a prompt file says, read and found right; nothing random is decided yet. Most prompt files have one. What is
 * said about the job as a whole is what its first entry says.
 *
 * @param number which entry it is, from 1
 * @param jobId what its author calls the job ({@code job.id}); null if they don't
 * @param operation which call it asks for
 * @param save which way its pictures take ({@code job.save}); null if its author leaves that open
 * @param outOfMemory what is done if the GPU has not enough memory ({@code job.on_out_of_memory}); null if its author leaves
 *     that open
 * @param after what is done with its pictures afterwards ({@code job.convert}, {@code job.sidecar})
 * @param contactSheet how the job's pictures are shown together ({@code job.contact_sheet}); null if its author leaves that
 *     open
 * @param priority higher goes first ({@code job.priority}); 0 for most
 * @param deliver the names of the destinations ({@code job.deliver}); null if its author leaves that open
 * @param labels what its author says about it ({@code job.labels}), in file order; may be empty
 * @param settings the payload's fields in file order, without {@code job} and without the attachments
 * @param attachments pictures and very long texts, each in a file
 * @param defaults the files that its defaults came from, what counts more first
 * @param origins where each value came from: a JSON pointer, and {@code prompt file} or a {@link DefaultsFile#words()};
 *     a value that is not in it came from where the one around it did
 * @param limit most tasks of the file: as its author ({@code job.limit}) and the operator want it
 * @param then what is to be made of each of its pictures, one after the other ({@code job.then}); may be empty
 * @param expansion the tasks that it stands for; null if it is one
 * @param source what the picture is called that it is about; null if it is about none
 */
public record PromptFile(
        int number,
        @Nullable String jobId,
        Operation operation,
        @Nullable Save save,
        @Nullable OutOfMemory outOfMemory,
        After after,
        @Nullable ContactSheet contactSheet,
        int priority,
        @Nullable List<String> deliver,
        Map<String, String> labels,
        Map<String, @Nullable Object> settings,
        List<Attachment> attachments,
        List<DefaultsFile> defaults,
        Map<String, String> origins,
        int limit,
        List<FollowUp> then,
        @Nullable Expansion expansion,
        @Nullable Source source) {

    /** Pictures and long texts of its own tasks, and of those that follow them. */
    List<Attachment> allAttachments() {
        return Stream.concat(attachments.stream(), then.stream().flatMap(next -> next.attachments().stream()))
                .toList();
    }

    /** How many tasks it stands for; at least 1. */
    public long tasks() {
        return expansion == null ? 1 : expansion.count();
    }

    /**
     * What one of its tasks is made of.
     *
     * @param index from 0, below {@link #tasks()}
     */
    public PromptFile task(long index) {
        return expansion == null
                ? this
                : with(
                        expansion.at(index),
                        null,
                        source == null || index == 0 ? source : new Source(source.name(), false));
    }

    /** The same, about a picture of this name. */
    PromptFile from(Source picture) {
        return with(settings, expansion, picture);
    }

    private PromptFile with(
            Map<String, @Nullable Object> otherSettings,
            @Nullable Expansion otherExpansion,
            @Nullable Source otherSource) {
        return new PromptFile(
                number,
                jobId,
                operation,
                save,
                outOfMemory,
                after,
                contactSheet,
                priority,
                deliver,
                labels,
                otherSettings,
                attachments,
                defaults,
                origins,
                limit,
                then,
                otherExpansion,
                otherSource);
    }
}
