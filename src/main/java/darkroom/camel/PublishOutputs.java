package darkroom.camel;

import darkroom.camel.component.Generated;
import darkroom.files.SafeName;
import darkroom.files.Sha256;
import darkroom.job.Attachment;
import darkroom.job.CancelledException;
import darkroom.job.Job;
import darkroom.job.ProblemException;
import darkroom.job.Source;
import darkroom.job.Task;
import darkroom.json.Pointers;
import darkroom.output.Output;
import darkroom.output.OutputFolder;
import darkroom.output.OutputName;
import darkroom.output.Receipt;
import darkroom.picture.Picture;
import darkroom.promptfile.JobPlan;
import darkroom.webui.Asked;
import darkroom.webui.CheckedAnswer;
import darkroom.work.JobFolder;
import darkroom.work.WorkFolder;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Body;
import org.apache.camel.Handler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step: what the WebUI made of a task in, the task out. Gives the pictures their final names, then writes the receipt:
 * from there on the task is finished. An answer that is not what was asked for is refused.
 */
final class PublishOutputs {
    private static final Logger LOG = LoggerFactory.getLogger(PublishOutputs.class);
    /** Ending and format of what was let pass, and is no whole picture. */
    private static final String BROKEN = "broken";

    private static final String TEXT = "txt";
    private static final String TEXT_KIND = CheckedAnswer.Kind.TEXT.word();

    /** What goes with pictures and is none of its own. */
    private static final Set<String> BESIDE = Set.of(Finisher.ORIGINAL, Finisher.SIDECAR);

    private final WorkFolder work;
    private final OutputFolders folders;
    private final String namePattern;
    private final int longestName;
    private final Finisher finisher;
    private final AtomicLong published = new AtomicLong();

    /**
     * Publishes into the folders of jobs.
     *
     * @param namePattern see {@link OutputName}
     * @param longestName most bytes of a name without its ending
     */
    PublishOutputs(WorkFolder work, OutputFolders folders, String namePattern, int longestName, Finisher finisher) {
        this.finisher = finisher;
        this.work = work;
        this.folders = folders;
        this.namePattern = namePattern;
        this.longestName = longestName;
    }

    /**
     * Publishes.
     *
     * @throws ProblemException if the answer is refused
     * @throws CancelledException if the job was cancelled meanwhile
     */
    @Handler
    public String publish(@Body Generated generated) throws IOException {
        if (work.get(generated.task().jobId()).isCancelled()) {
            throw new CancelledException("the WebUI made it to its end; nothing of it was published");
        }
        CheckedAnswer answer = generated.answer();
        if (!answer.refused().isEmpty()) {
            throw new ProblemException(answer.refused());
        }
        Task task = generated.task();
        JobFolder folder = work.get(task.jobId());
        OutputFolder target = folders.toWrite(folder.job());
        List<String> warnings = new ArrayList<>(answer.warnings());
        List<Output> outputs = publish(folder.job(), generated, target, warnings);
        folder.writeReceipt(task.number(), receipt(folder.job(), generated, outputs, warnings));
        published.addAndGet(outputs.size());
        target.discard(task.number());
        warnings.forEach(warning -> LOG.warn("{}: {}; let pass", task.id(), warning));
        LOG.info("{}: {} in {}", task.id(), counted(outputs), target.path());
        return JobFolder.document(task);
    }

    /** How many outputs were published since the start. */
    long published() {
        return published.get();
    }

    /** Two tasks may have the same seed. */
    private String pattern(Job job, Task task) {
        boolean own = task.source() != null && task.source().own() && namePattern.contains("[source]");
        return job.tasks() == 1 || own || namePattern.contains("[index]") ? namePattern : namePattern + "-[index]";
    }

    private static String counted(List<Output> outputs) {
        String what = outputs.stream().anyMatch(output -> output.kind().equals(TEXT_KIND)) ? " text" : " picture";
        long pictures = outputs.stream()
                .filter(output -> !BESIDE.contains(output.kind()))
                .count();
        return pictures + (pictures == 1 ? what : what + "s");
    }

    private List<Output> publish(Job job, Generated generated, OutputFolder target, List<String> warnings)
            throws IOException {
        Task task = generated.task();
        CheckedAnswer answer = generated.answer();
        OutputName names = new OutputName(pattern(job, task), longestName);
        Map<String, String> ofTask = OutputTokens.of(job, generated);
        List<Output> outputs = new ArrayList<>();
        Map<String, Path> arrived = new LinkedHashMap<>();
        int number = 0;
        for (CheckedAnswer.Made made : answer.pictures()) {
            number++;
            Map<String, String> values = values(ofTask, job, task, made, firstSeed(answer));
            String first = "";
            for (Finisher.Piece piece : finisher.finish(task, made, number, target, warnings)) {
                String name = names.next(values, ending(made, piece.picture()));
                first = first.isEmpty() ? name : first;
                if (piece.inPlace()) {
                    target.keep(piece.path());
                } else {
                    arrived.put(name, piece.path());
                }
                String file = piece.inPlace() ? piece.path().toString() : name;
                outputs.add(output(made, file, piece));
            }
            Optional<Path> text = finisher.sidecar(task, made, number, target);
            if (text.isPresent()) {
                String name = first.substring(0, first.lastIndexOf('.') + 1) + TEXT;
                arrived.put(name, text.get());
                outputs.add(new Output(
                        name,
                        null,
                        Finisher.SIDECAR,
                        made.seed(),
                        TEXT,
                        0,
                        0,
                        Files.size(text.get()),
                        Sha256.of(text.get()),
                        null));
            }
        }
        target.publish(task.number(), arrived);
        return outputs;
    }

    private static Output output(CheckedAnswer.Made made, String file, Finisher.Piece piece) {
        Picture picture = piece.picture();
        return new Output(
                file,
                made.file().origin(),
                piece.kind(),
                made.seed(),
                format(made, picture),
                picture == null ? 0 : picture.width(),
                picture == null ? 0 : picture.height(),
                piece.bytes(),
                piece.sha256(),
                made.infotext());
    }

    private static String ending(CheckedAnswer.Made made, @Nullable Picture picture) {
        return made.kind() == CheckedAnswer.Kind.TEXT
                ? TEXT
                : picture == null ? BROKEN : picture.format().extension();
    }

    private static String format(CheckedAnswer.Made made, @Nullable Picture picture) {
        return made.kind() == CheckedAnswer.Kind.TEXT
                ? TEXT
                : picture == null ? BROKEN : picture.format().name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable BigInteger firstSeed(CheckedAnswer answer) {
        return answer.pictures().stream()
                .map(CheckedAnswer.Made::seed)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** What every task may have one of. */
    private static String ofTask(Job job, Task task, String what) {
        return job.tasks() == 1 ? what : "task" + task.number() + "-" + what;
    }

    private static Map<String, String> values(
            Map<String, String> ofTask, Job job, Task task, CheckedAnswer.Made made, @Nullable BigInteger firstSeed) {
        String index = switch (made.kind()) {
            case PICTURE, TEXT -> JobPlan.index(job.tasks(), task, made.place());
            case GRID -> ofTask(job, task, made.place() == 1 ? "grid" : "grid" + made.place());
            case EXTRA -> ofTask(job, task, "extra" + made.place());
        };
        boolean added = made.kind() == CheckedAnswer.Kind.EXTRA && made.seed() == null;
        BigInteger seed = added ? firstSeed : made.seed(); // its name says whose it is
        String unknown = task.operation().generates() ? "unknown" : "";
        Map<String, String> values = new HashMap<>(ofTask);
        values.put("index", index);
        values.put(
                "source",
                task.source() == null ? job.name() : SafeName.of(task.source().name(), Source.MOST_BYTES));
        values.put("seed", seed == null ? unknown : seed.toString());
        Picture picture = made.picture();
        if (picture != null && picture.width() > 0) {
            values.put("width", Integer.toString(picture.width()));
            values.put("height", Integer.toString(picture.height()));
        }
        return values;
    }

    private static Receipt receipt(Job job, Generated generated, List<Output> outputs, List<String> warnings) {
        Task task = generated.task();
        return new Receipt(
                job.id(),
                task.id(),
                task.number(),
                task.operation(),
                job.fileName(),
                job.sha256(),
                job.defaults(),
                generated.backend(),
                payload(generated.sent()),
                ReportedInfo.of(generated.info()),
                outputs,
                generated.note() == null ? note(task, outputs) : generated.note(),
                warnings,
                generated.answer().unverified(),
                new Receipt.Times(job.acceptedAt(), generated.sentAt(), generated.answeredAt(), Instant.now()));
    }

    private static @Nullable String note(Task task, List<Output> outputs) {
        if (!outputs.isEmpty()) {
            return null;
        }
        if (!task.operation().generates()) {
            return switch (task.operation()) {
                case OPTIONS -> "The options were changed for good; 'answer' has their values before and after.";
                case PNG_INFO -> "The WebUI finds no infotext in the picture.";
                default -> "The WebUI has nothing to say about the picture.";
            };
        }
        return new Asked(task).saves()
                ? "The WebUI was asked not to send the pictures (send_images is false); it keeps them in its own outputs folder."
                : "The WebUI was asked neither to send the pictures (send_images is false) nor to save them (save_images"
                        + " is not true): nothing was kept.";
    }

    /** What was sent, with the hash of each attachment in its place. */
    static Map<String, @Nullable Object> payload(Task task) {
        Map<String, @Nullable Object> payload = new LinkedHashMap<>();
        task.settings().forEach((name, value) -> payload.put(name, shown(task, "/" + name, value)));
        return payload;
    }

    private static @Nullable Object shown(Task task, String pointer, @Nullable Object value) {
        for (Attachment attachment : task.attachments()) {
            if (attachment.pointer().equals(pointer)) {
                return Map.of(
                        "sha256", attachment.sha256(), "bytes", attachment.bytes(), "source", attachment.source());
            }
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> shown = new ArrayList<>();
            for (Object member : list) {
                shown.add(shown(task, pointer + "/" + shown.size(), member));
            }
            return shown;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> shown = new LinkedHashMap<>();
            map.forEach((name, member) -> shown.put(
                    String.valueOf(name), shown(task, Pointers.member(pointer, String.valueOf(name)), member)));
            return shown;
        }
        return value;
    }
}
