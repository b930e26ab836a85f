package darkroom.camel;

import darkroom.event.EventType;
import darkroom.job.Destination;
import darkroom.job.Job;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.Task;
import darkroom.outbox.DeadLetter;
import darkroom.outbox.Entry;
import darkroom.outbox.Outbox;
import darkroom.output.Manifest;
import darkroom.output.Output;
import darkroom.output.Receipt;
import darkroom.work.JobFolder;
import darkroom.work.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Handler;

/** Step: a task in and out. Hands its outputs over to the destinations of its job, and tells of them; later says how far they are. */
final class Deliveries {
    /** Which deliveries a job waits for. */
    enum Ends {
        /** All of them. */
        ALL,
        /** Those to any one destination. */
        ANY,
        /** None: the output folder is enough. */
        LOCAL
    }

    private final WorkFolder work;
    private final OutputFolders folders;
    private final Outbox outbox;
    private final Ends ends;
    private final JobEvents events;

    Deliveries(WorkFolder work, OutputFolders folders, Outbox outbox, Ends ends, JobEvents events) {
        this.events = events;
        this.work = work;
        this.folders = folders;
        this.outbox = outbox;
        this.ends = ends;
    }

    /** Writes an entry for each output and each destination. Done again, it writes what is missing. */
    @Handler
    public String handOver(@Body String document) throws IOException {
        Task task = JobFolder.task(document);
        JobFolder folder = work.get(task.jobId());
        Job job = folder.job();
        List<Destination> each = to(job, Destination.Each.OUTPUT);
        boolean told = events.wants(EventType.OUTPUT);
        if (!each.isEmpty() || told) {
            Path outputs = relative(job);
            Receipt receipt = folder.readReceipt(task.number(), Receipt.class);
            for (Output output : receipt.outputs()) {
                Entry entry = Entry.of(job, task, receipt, output, outputs);
                for (Destination destination : each) {
                    outbox.putAgain(destination.name(), entry);
                }
                if (told) {
                    events.output(entry);
                }
            }
        }
        return document;
    }

    /** How far the deliveries of a job are whose tasks are all over. */
    Progress progress(JobFolder folder) throws IOException {
        Job job = folder.job();
        boolean again = folder.delivering().isEmpty();
        Progress progress = new Progress(ends);
        if (job.deliver().isEmpty()) {
            return progress;
        }
        boolean lost = !folder.lacksDeliveriesAlone(); // after that, whoever deletes one knows what it means
        List<Entry> entries = entries(folder);
        List<Entry> sheets = sheets(folder);
        Entry manifest = Entry.of(job, kept(folder), relative(job));
        for (Destination destination : job.deliver()) {
            boolean whole = destination.each() == Destination.Each.JOB;
            for (Entry entry : whole ? List.<Entry>of() : entries) { // handed over before, task by task
                progress.add(destination.name(), state(destination, entry, false, lost), entry);
            }
            for (Entry entry : whole ? List.of(manifest) : sheets) {
                progress.add(destination.name(), state(destination, entry, again, lost), entry);
            }
            progress.countsOf(destination.name()); // also if there is nothing to deliver
        }
        if (again) {
            folder.setDelivering(progress.expected());
        }
        return progress;
    }

    private Outbox.State state(Destination destination, Entry entry, boolean again, boolean lost) throws IOException {
        return again
                ? outbox.putAgain(destination.name(), entry)
                : lost ? outbox.put(destination.name(), entry) : outbox.state(destination.name(), entry);
    }

    /** Whether it is worth asking for {@link #progress} now: it looks at every output. */
    boolean mayBeOver(JobFolder folder) throws IOException {
        boolean all = true;
        boolean any = false;
        String outputs = relative(folder.job()).toString();
        for (Map.Entry<String, Integer> expected : folder.delivering().entrySet()) {
            String destination = expected.getKey();
            boolean over = outbox.delivered(destination, outputs) >= expected.getValue()
                    || outbox.of(destination).hasDead();
            all &= over;
            any |= over;
        }
        return any && (all || ends == Ends.ANY);
    }

    /** What is to be said about a job whose deliveries were given up. */
    Problem problem(Progress progress) {
        StringBuilder message = new StringBuilder("the pictures are in the output folder, but ");
        List<String> moves = new ArrayList<>();
        progress.dead().forEach((destination, first) -> {
            int failed = progress.count(destination, Outbox.State.DEAD);
            Optional<DeadLetter> why = outbox.deadLetter(destination, first);
            message.append(moves.isEmpty() ? "" : "; ")
                    .append(failed)
                    .append(" of ")
                    .append(progress.expected().get(destination))
                    .append(" could not be delivered to '")
                    .append(destination)
                    .append('\'')
                    .append(why.map(letter -> ": " + letter.message()).orElse(""));
            moves.add(outbox.of(destination).dead() + " back into "
                    + outbox.of(destination).path());
        });
        return Problem.of(
                ProblemCode.DELIVERY_FAILED,
                message.toString(),
                "mend that, and move this file back into its drop folder, or what is in " + String.join(", ", moves)
                        + "; nothing is generated again");
    }

    /** How often what was given up had been tried. */
    int attempts(Progress progress) {
        return progress.dead().entrySet().stream()
                .flatMap(dead -> outbox.deadLetter(dead.getKey(), dead.getValue()).stream())
                .mapToInt(DeadLetter::attempts)
                .max()
                .orElse(1);
    }

    /** How many files were kept; counted only if it will be told. */
    private static int kept(JobFolder folder) throws IOException {
        int outputs = 0;
        int tasks = to(folder.job(), Destination.Each.JOB).isEmpty()
                ? 0
                : folder.job().tasks();
        for (int task = 1; task <= tasks; task++) {
            outputs += folder.readReceipt(task, Receipt.class).outputs().size();
        }
        return tasks == 0 ? 0 : outputs + folder.readSheets(Output.class).size();
    }

    private static List<Destination> to(Job job, Destination.Each each) {
        return job.deliver().stream()
                .filter(destination -> destination.each() == each)
                .toList();
    }

    /** Contact sheets are there when all tasks are over, and are handed over with the first look at how far deliveries are. */
    private List<Entry> sheets(JobFolder folder) throws IOException {
        return sheets(folder.job(), folder.readSheets(Output.class));
    }

    private List<Entry> sheets(Job job, List<Output> sheets) {
        Path outputs = relative(job);
        return sheets.stream().map(sheet -> Entry.ofSheet(job, sheet, outputs)).toList();
    }

    /** Tells of the contact sheets of a job. */
    void tellSheets(Job job, List<Output> sheets) throws IOException {
        if (events.wants(EventType.OUTPUT)) {
            for (Entry sheet : sheets(job, sheets)) {
                events.output(sheet);
            }
        }
    }

    private List<Entry> entries(JobFolder folder) throws IOException {
        Job job = folder.job();
        List<Entry> entries = new ArrayList<>();
        if (to(job, Destination.Each.OUTPUT).isEmpty()) {
            return entries;
        }
        Path outputs = relative(job);
        try (JobFolder.Plan plan = folder.plan()) {
            while (plan.hasNext()) {
                Task task = JobFolder.task(plan.next());
                Receipt receipt = folder.readReceipt(task.number(), Receipt.class);
                for (Output output : receipt.outputs()) {
                    entries.add(Entry.of(job, task, receipt, output, outputs));
                }
            }
        }
        return entries;
    }

    private Path relative(Job job) {
        return folders.root().relativize(folders.of(job).path());
    }

    /** How far the deliveries of one job are. */
    static final class Progress {
        private final Ends ends;
        private final Map<String, Map<Outbox.State, Integer>> counts = new LinkedHashMap<>();
        private final Map<String, Entry> firstDead = new LinkedHashMap<>();

        private Progress(Ends ends) {
            this.ends = ends;
        }

        private Map<Outbox.State, Integer> countsOf(String destination) {
            return counts.computeIfAbsent(destination, name -> new EnumMap<>(Outbox.State.class));
        }

        private void add(String destination, Outbox.State state, Entry entry) {
            // one that somebody has deleted is as good as given up
            Outbox.State counted = state == Outbox.State.NONE ? Outbox.State.DEAD : state;
            countsOf(destination).merge(counted, 1, Integer::sum);
            if (counted == Outbox.State.DEAD) {
                firstDead.putIfAbsent(destination, entry);
            }
        }

        int count(String destination, Outbox.State state) {
            return counts.getOrDefault(destination, Map.of()).getOrDefault(state, 0);
        }

        private int all(String destination) {
            return counts.getOrDefault(destination, Map.of()).values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
        }

        Map<String, Integer> expected() {
            Map<String, Integer> expected = new LinkedHashMap<>();
            counts.keySet().forEach(destination -> expected.put(destination, all(destination)));
            return expected;
        }

        /** Where something was given up, and the first that was. */
        Map<String, Entry> dead() {
            return firstDead;
        }

        private boolean isDone(String destination) {
            return count(destination, Outbox.State.DELIVERED) == all(destination);
        }

        /** The job need not wait any longer, and all is well. */
        boolean isMet() {
            return switch (ends) {
                case ALL -> counts.keySet().stream().allMatch(this::isDone);
                case ANY -> counts.isEmpty() || counts.keySet().stream().anyMatch(this::isDone);
                case LOCAL -> true;
            };
        }

        /** Some of it is still to be done, or to be tried again. */
        boolean isWaiting() {
            return counts.keySet().stream().anyMatch(name -> count(name, Outbox.State.WAITING) > 0);
        }

        List<Manifest.Delivery> summary() {
            return counts.keySet().stream()
                    .map(name -> new Manifest.Delivery(
                            name,
                            count(name, Outbox.State.DELIVERED),
                            count(name, Outbox.State.WAITING),
                            count(name, Outbox.State.DEAD)))
                    .toList();
        }
    }
}
