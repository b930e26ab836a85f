package darkroom.outbox;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import darkroom.event.Event;
import darkroom.event.EventData;
import darkroom.event.EventType;
import darkroom.files.SafeName;
import darkroom.files.Sha256;
import darkroom.job.Job;
import darkroom.job.Operation;
import darkroom.job.Task;
import darkroom.output.Output;
import darkroom.output.OutputFolder;
import darkroom.output.Receipt;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing to deliver: an output of a task, a contact sheet, or the manifest of a finished job. It names files and holds none.
 *
 * @param key where it belongs in the output folder, {@code LANE/JOB/FILE}: the same at every try, and no other entry's
 * @param name the file's own name; safe on every file system
 * @param file the file: relative to the outputs folder, or absolute if it stays where the WebUI saved it
 * @param folder the job's output folder, relative to the outputs folder
 * @param job the job's id
 * @param jobName what a person calls the job
 * @param lane the job's lane; empty for the drop folder itself
 * @param promptFile the prompt file's name
 * @param promptFileSha256 its hash; null in what an earlier version wrote
 * @param labels what the job's author says about it
 * @param tasks how many tasks the job has; null for an output
 * @param outputs how many files were kept of it; null for an output
 * @param task the task's id; null for what is of the whole job
 * @param operation which call it was; null for what is of the whole job
 * @param checkpoint what the WebUI says it was made with; null if it says nothing, or for the manifest of a job
 * @param output what the receipt says about the output; null for the manifest of a job
 * @param trace the W3C {@code traceparent} of the job; null if nobody traces it
 * @param published when the output had its final name; null for what is of the whole job
 * @param accepted when the job was accepted
 * @param written when it was handed over
 * @param attempts how often it has been tried
 * @param error why the last try failed; null if none did
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Entry(
        String key,
        String name,
        String file,
        String folder,
        String job,
        String jobName,
        String lane,
        String promptFile,
        @Nullable String promptFileSha256,
        Map<String, String> labels,
        @Nullable Integer tasks,
        @Nullable Integer outputs,
        @Nullable String task,
        @Nullable Operation operation,
        @Nullable String checkpoint,
        @Nullable Output output,
        @Nullable String trace,
        @Nullable Instant published,
        Instant accepted,
        Instant written,
        int attempts,
        @Nullable String error)
        implements Waiting {

    private static final int HASH_BYTES = 4;

    /** What the answer calls the checkpoint (webui-api, section 2.7). */
    private static final String CHECKPOINT = "sd_model_name";

    public Entry {
        labels = labels == null ? Map.of() : Map.copyOf(labels); // none in what an earlier version wrote
    }

    /**
     * An output.
     *
     * @param receipt its task's
     * @param folder the job's output folder, relative to the outputs folder
     */
    public static Entry of(Job job, Task task, Receipt receipt, Output output, Path folder) {
        Object checkpoint = receipt.answer().get(CHECKPOINT);
        return of(
                job,
                output,
                folder,
                task.id(),
                receipt.operation(),
                checkpoint instanceof String text ? text : null,
                receipt.times().published());
    }

    /**
     * A contact sheet of a job.
     *
     * @param folder the job's output folder, relative to the outputs folder
     */
    public static Entry ofSheet(Job job, Output sheet, Path folder) {
        return of(job, sheet, folder, null, null, null, null);
    }

    private static Entry of(
            Job job,
            Output output,
            Path folder,
            @Nullable String task,
            @Nullable Operation operation,
            @Nullable String checkpoint,
            @Nullable Instant published) {
        Path file = Path.of(output.file());
        String name =
                file.isAbsolute() ? SafeName.of(file.getFileName().toString(), SafeName.MAX_BYTES) : output.file();
        String at = slashed(folder);
        return new Entry(
                at + "/" + name,
                name,
                file.isAbsolute() ? output.file() : at + "/" + output.file(),
                at,
                job.id(),
                job.name(),
                job.lane(),
                job.fileName(),
                job.sha256(),
                job.labels(),
                null,
                null,
                task,
                operation,
                checkpoint,
                output,
                job.trace(),
                published,
                job.acceptedAt(),
                Instant.now(),
                0,
                null);
    }

    /**
     * The manifest of a job that is finished.
     *
     * @param outputs how many files were kept
     * @param folder the job's output folder, relative to the outputs folder
     */
    public static Entry of(Job job, int outputs, Path folder) {
        String at = slashed(folder);
        String manifest = at + "/" + OutputFolder.MANIFEST;
        return new Entry(
                manifest,
                OutputFolder.MANIFEST,
                manifest,
                at,
                job.id(),
                job.name(),
                job.lane(),
                job.fileName(),
                job.sha256(),
                job.labels(),
                job.tasks(),
                outputs,
                null,
                null,
                null,
                null,
                job.trace(),
                null,
                job.acceptedAt(),
                Instant.now(),
                0,
                null);
    }

    private static String slashed(Path relative) {
        return relative.toString().replace('\\', '/');
    }

    /** What its own file is called: whose it is, for people, and a hash of the key, as jobs of two lanes may share an id. */
    @JsonIgnore
    @Override
    public String fileName() {
        byte[] hash = Sha256.digest().digest(key.getBytes(StandardCharsets.UTF_8));
        return (task == null ? job : task) + "-" + HexFormat.of().formatHex(hash, 0, HASH_BYTES) + ENDING;
    }

    /** The media type of the file. */
    @JsonIgnore
    public String mediaType() {
        return output == null ? "application/json" : mediaType(output.format());
    }

    /** The media type of a file of this {@link Output#format}. */
    public static String mediaType(String format) {
        return switch (format) {
            case "png", "jpeg", "webp", "avif" -> "image/" + format;
            case "txt" -> "text/plain; charset=utf-8";
            default -> "application/octet-stream";
        };
    }

    /**
     * What is told about it: {@code darkroom.output}, or {@code darkroom.done} of a manifest. The same at every try, and
     * for every destination.
     *
     * @param source which Darkroom it is from
     */
    public Event event(String source) {
        EventData about = new EventData(
                job, jobName, lane, promptFile, promptFileSha256, labels, tasks, outputs, null, null, null);
        if (output == null) {
            return done(source, about, accepted, written).in(trace);
        }
        EventData.Output one = new EventData.Output(
                key,
                name,
                task,
                operation == null ? null : operation.word(),
                output.kind(),
                mediaType(),
                output.bytes(),
                output.width(),
                output.height(),
                output.seed(),
                output.sha256(),
                checkpoint);
        Instant time = published == null ? written : published;
        return Event.of(source, EventType.OUTPUT, key, time, about.withOutput(one), key, accepted.toString())
                .in(trace);
    }

    /**
     * The event of a job that is done: the same whether it is delivered with its manifest or to a subscription.
     *
     * @param source which Darkroom it is from
     * @param about the job
     * @param accepted when the job was accepted
     * @param time when it was done
     */
    public static Event done(String source, EventData about, Instant accepted, Instant time) {
        String id = Objects.requireNonNull(about.job());
        return Event.of(source, EventType.DONE, id, time, about, about.lane() + "/" + id + "/" + accepted);
    }

    @Override
    @JsonIgnore
    @SuppressWarnings("ConstantValue") // it is read from a file
    public boolean isWhole() {
        return key != null && name != null && file != null && job != null && lane != null && accepted != null;
    }

    @Override
    public Entry failed(String why) {
        return with(attempts + 1, why, written);
    }

    @Override
    public Entry untried() {
        return with(0, null, written);
    }

    /** The same for another destination, from now on. */
    public Entry handedOn() {
        return with(0, null, Instant.now());
    }

    private Entry with(int tries, @Nullable String why, Instant when) {
        return new Entry(
                key,
                name,
                file,
                folder,
                job,
                jobName,
                lane,
                promptFile,
                promptFileSha256,
                labels,
                tasks,
                outputs,
                task,
                operation,
                checkpoint,
                output,
                trace,
                published,
                accepted,
                when,
                tries,
                why);
    }
}
