package darkroom.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import darkroom.job.Job;
import darkroom.job.ProblemCode;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an event says. Prompts may be private: there is none in it, nor any path of this machine.
 *
 * @param job the job's id; null if its prompt file became none
 * @param name what a person calls the job; null likewise
 * @param lane the lane it came by; empty for the drop folder itself
 * @param promptFile the prompt file's name
 * @param promptFileSha256 its hash, in lower-case hex; null if it can't be read
 * @param labels what its author says about it; may be empty
 * @param tasks how many tasks the job has; null if the event is not about all of it
 * @param outputs how many files were kept; null unless it is done
 * @param output the output that the event is about; null if it is about none
 * @param problems why it failed or was cancelled, the first first; null if it did not
 * @param progress how far a task is; null in all other events
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EventData(
        @Nullable String job,
        @Nullable String name,
        String lane,
        String promptFile,
        @Nullable String promptFileSha256,
        Map<String, String> labels,
        @Nullable Integer tasks,
        @Nullable Integer outputs,
        @Nullable Output output,
        @Nullable List<Problem> problems,
        @Nullable Progress progress) {

    /**
     * An output.
     *
     * @param key where it belongs in the output folder, {@code LANE/JOB/FILE}: no other output's
     * @param file its name
     * @param task the id of its task; null for a contact sheet
     * @param operation for example {@code txt2img}; null for a contact sheet
     * @param kind {@code picture}, {@code grid}, {@code extra}, {@code text}, {@code original}, {@code sidecar} or {@code sheet}
     * @param mediaType for example {@code image/png}
     * @param bytes its size
     * @param width in pixels; 0 if the format is not looked into
     * @param height likewise
     * @param seed what it was made from; null if that is not known
     * @param sha256 its hash, in lower-case hex
     * @param checkpoint what the WebUI says it was made with; null if it says nothing
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Output(
            String key,
            String file,
            @Nullable String task,
            @Nullable String operation,
            String kind,
            String mediaType,
            long bytes,
            int width,
            int height,
            @Nullable BigInteger seed,
            String sha256,
            @Nullable String checkpoint) {}

    /**
     * One thing that is wrong.
     *
     * @param kind whose turn it is, for example {@code input}
     * @param code what kind of thing it is; docs/operating.md has a table
     * @param message what happened
     * @param hint what to do next
     */
    public record Problem(String kind, String code, String message, String hint) {
        /** A problem in these words. */
        public static Problem of(ProblemCode code, String message, String hint) {
            return new Problem(code.kind().word(), code.word(), message, hint);
        }
    }

    /**
     * How far a task is.
     *
     * @param task its id
     * @param value from 0 to 1
     * @param step the sampling step it is at; null if that is not told
     * @param steps of how many; null likewise
     * @param eta how many seconds it may take yet, as the WebUI guesses; null if it does not
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Progress(
            String task,
            double value,
            @Nullable Integer step,
            @Nullable Integer steps,
            @Nullable Long eta) {}

    /** What every event says about a job. */
    public static EventData of(Job job) {
        return new EventData(
                job.id(),
                job.name(),
                job.lane(),
                job.fileName(),
                job.sha256(),
                job.labels(),
                null,
                null,
                null,
                null,
                null);
    }

    /** About a prompt file that became no job. */
    public static EventData of(String lane, String promptFile, @Nullable String sha256, List<Problem> problems) {
        return new EventData(null, null, lane, promptFile, sha256, Map.of(), null, null, null, problems, null);
    }

    /** The same, about all of the job. */
    public EventData withTasks(int all) {
        return new EventData(
                job, name, lane, promptFile, promptFileSha256, labels, all, outputs, output, problems, progress);
    }

    /** The same with how many files were kept. */
    public EventData withOutputs(int kept) {
        return new EventData(
                job, name, lane, promptFile, promptFileSha256, labels, tasks, kept, output, problems, progress);
    }

    /** The same about an output. */
    public EventData withOutput(Output one) {
        return new EventData(
                job, name, lane, promptFile, promptFileSha256, labels, tasks, outputs, one, problems, progress);
    }

    /** The same with what is wrong. */
    public EventData withProblems(List<Problem> wrong) {
        return new EventData(
                job,
                name,
                lane,
                promptFile,
                promptFileSha256,
                labels,
                tasks,
                outputs,
                output,
                List.copyOf(wrong),
                progress);
    }

    /** The same about how far a task is. */
    public EventData withProgress(Progress far) {
        return new EventData(
                job, name, lane, promptFile, promptFileSha256, labels, tasks, outputs, output, problems, far);
    }
}
