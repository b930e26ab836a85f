package darkroom.camel;

import darkroom.files.Sha256;
import darkroom.finish.SheetPainter;
import darkroom.job.ContactSheet;
import darkroom.job.Job;
import darkroom.job.Task;
import darkroom.output.Output;
import darkroom.output.OutputFolder;
import darkroom.output.OutputName;
import darkroom.output.Receipt;
import darkroom.promptfile.JobPlan;
import darkroom.webui.CheckedAnswer;
import darkroom.work.JobFolder;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the contact sheets of a job whose tasks are all done, from its outputs. Memory does not depend on how many there are. */
final class ContactSheets {
    private static final Logger LOG = LoggerFactory.getLogger(ContactSheets.class);

    /** The kind of a contact sheet. */
    static final String SHEET = "sheet";

    /** The workspace of the job as a whole: no task has this number. */
    private static final int OF_JOB = 0;

    private static final String PICTURE = CheckedAnswer.Kind.PICTURE.word();

    private final SheetPainter painter;
    private final String namePattern;
    private final int longestName;

    ContactSheets(SheetPainter painter, String namePattern, int longestName) {
        this.painter = painter;
        this.namePattern = namePattern;
        this.longestName = longestName;
    }

    /** Whether a job wants some, and has none yet. */
    static boolean areMissing(JobFolder folder) {
        return folder.job().contactSheet() != null && !folder.hasSheets();
    }

    /**
     * Makes them. Done again, it makes the same and replaces those that are there.
     *
     * @return what is published, and is to be noted in the job's folder
     */
    List<Output> draw(JobFolder folder, OutputFolder target) throws IOException {
        Job job = folder.job();
        Drawing drawing = new Drawing(job, target, Objects.requireNonNull(job.contactSheet()));
        try (JobFolder.Plan plan = folder.plan()) {
            while (plan.hasNext()) {
                Task task = JobFolder.task(plan.next());
                drawing.add(task, folder.readReceipt(task.number(), Receipt.class));
            }
        }
        return drawing.end();
    }

    /** Sheets that are being made, one after the other. */
    private final class Drawing {
        private final Job job;
        private final OutputFolder target;
        private final ContactSheet layout;
        private final OutputName names;
        private final List<SheetPainter.Cell> cells = new ArrayList<>();
        private final List<Output> sheets = new ArrayList<>();
        private int shape;

        Drawing(Job job, OutputFolder target, ContactSheet layout) {
            this.job = job;
            this.target = target;
            this.layout = layout;
            // its name is none that a picture has
            this.names = new OutputName(
                    namePattern.contains("[index]") ? namePattern : namePattern + "-[index]", longestName);
        }

        void add(Task task, Receipt receipt) throws IOException {
            int place = 0;
            for (Output output : receipt.outputs()) {
                if (!output.kind().equals(PICTURE)) {
                    continue;
                }
                place++;
                String index = JobPlan.index(job.tasks(), task, place);
                if (cells.isEmpty() && sheets.isEmpty()) {
                    shape = SheetPainter.heightFor(layout, output.width(), output.height());
                }
                Path file = target.path().resolve(output.file());
                cells.add(new SheetPainter.Cell(file, caption(index, output.seed(), file)));
                if (cells.size() == SheetPainter.most(layout, shape)) {
                    paint();
                }
            }
        }

        private String caption(String index, @Nullable BigInteger seed, Path file) {
            return layout.caption()
                    .replace("[index]", index)
                    .replace("[seed]", seed == null ? "" : seed.toString())
                    .replace("[name]", file.getFileName().toString());
        }

        private void paint() throws IOException {
            int number = sheets.size() + 1;
            String index = number == 1 ? SHEET : SHEET + number;
            Map<String, String> values = OutputTokens.ofJob(job);
            values.put("index", index);
            String name = names.next(values, "jpg");
            Path made = target.workspace(OF_JOB).resolve(name);
            SheetPainter.Painted painted = painter.paint(layout, shape, List.copyOf(cells), made);
            painted.missing().forEach(why -> LOG.warn("{}: not on {}: {}", job.id(), name, why));
            sheets.add(new Output(
                    name,
                    null,
                    SHEET,
                    null,
                    "jpeg",
                    painted.width(),
                    painted.height(),
                    Files.size(made),
                    Sha256.of(made),
                    null));
            target.publishOfJob(OF_JOB, Map.of(name, made));
            cells.clear();
        }

        List<Output> end() throws IOException {
            if (!cells.isEmpty()) {
                paint();
            }
            return sheets;
        }
    }
}
