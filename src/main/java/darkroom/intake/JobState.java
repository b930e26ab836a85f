package darkroom.intake;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.output.Output;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What has become of a job that was taken in.
 *
 * @param ticket its ticket
 * @param state where its prompt file is
 * @param tasks how many tasks it has; 0 as long as it waits
 * @param finished how many of them are finished
 * @param outputs what those made
 * @param outputFolder where that is; null if it is nowhere
 * @param error what {@code NAME.error.json} says; null if there is none
 */
public record JobState(
        Ticket ticket,
        State state,
        int tasks,
        int finished,
        List<Output> outputs,
        java.nio.file.@Nullable Path outputFolder,
        @Nullable JsonNode error) {

    public JobState {
        outputs = List.copyOf(outputs);
    }

    /** Where the prompt file of a job is. */
    public enum State {
        /** In the drop folder. */
        WAITING,
        /** In {@code work/}. */
        AT_WORK,
        /** In {@code done/}. */
        DONE,
        /** In {@code failed/}. */
        FAILED,
        /** In {@code cancelled/}. */
        CANCELLED,
        /** Nowhere: a person has moved or deleted it. */
        GONE;

        /** The word that is shown, for example {@code at-work}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Whether nothing more will become of it, unless a person moves its file. */
        public boolean isOver() {
            return this != WAITING && this != AT_WORK;
        }
    }
}
