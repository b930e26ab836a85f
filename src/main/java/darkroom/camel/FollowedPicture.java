package darkroom.camel;

import darkroom.job.Attachment;
import darkroom.job.Follows;
import darkroom.job.Operation;
import darkroom.job.PayloadField;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import darkroom.output.Output;
import darkroom.output.OutputFolder;
import darkroom.output.Receipt;
import darkroom.webui.CheckedAnswer;
import darkroom.work.JobFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The picture that a task goes on from: made by another task of the same job, and published.
 *
 * @param task what goes on from it
 * @param output the picture
 * @param file where it is
 */
record FollowedPicture(Task task, Output output, Path file) {
    /**
     * Finds it in the receipt of the task that made it.
     *
     * @param task one that follows another one, which has its receipt
     * @throws ProblemException if there is no such picture, or not any more
     */
    static FollowedPicture of(Task task, JobFolder folder, OutputFolder outputs) throws IOException {
        Follows follows = Objects.requireNonNull(task.follows());
        Receipt receipt = folder.readReceipt(follows.task(), Receipt.class);
        Output output = receipt.outputs().stream()
                .filter(made -> made.kind().equals(CheckedAnswer.Kind.PICTURE.word()))
                .skip(follows.picture() - 1L)
                .findFirst()
                .orElseThrow(() -> missing(receipt, follows, "did not keep so many", "see its receipt"));
        Path file = outputs.path().resolve(output.file()); // or where the WebUI saved it
        if (!Files.isRegularFile(file)) {
            throw missing(
                    receipt,
                    follows,
                    "made it as " + output.file() + ", and it is gone",
                    "leave pictures in the output folder until their job is done; put it back, or drop a changed file to"
                            + " have all made anew");
        }
        return new FollowedPicture(task, output, file);
    }

    private static ProblemException missing(Receipt receipt, Follows follows, String what, String hint) {
        return new ProblemException(Problem.of(
                ProblemCode.PICTURE_MISSING,
                "job.then goes on from picture " + follows.picture() + " of " + receipt.task() + ", which " + what,
                hint));
    }

    /** The task with the picture in its place, and as large as that if nobody said how large. */
    Task attached() {
        boolean generates = task.operation() == Operation.IMG2IMG;
        Map<String, @Nullable Object> settings = new LinkedHashMap<>(task.settings());
        if (generates && output.width() > 0) { // else its format is not looked into
            settings.putIfAbsent("width", PayloadField.side(output.width()));
            settings.putIfAbsent("height", PayloadField.side(output.height()));
        }
        Attachment picture = new Attachment(
                generates ? "/init_images/0" : "/image",
                file.toAbsolutePath().toString(),
                Attachment.Form.PICTURE,
                output.bytes(),
                output.sha256(),
                output.file(),
                output.width(),
                output.height());
        return task.with(
                settings,
                Stream.concat(task.attachments().stream(), Stream.of(picture)).toList());
    }
}
