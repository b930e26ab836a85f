package darkroom.work;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import darkroom.files.Disk;
import darkroom.job.Attachment;
import darkroom.job.Job;
import darkroom.job.Task;
import darkroom.json.Json;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One job at work, as files that a person can read:
 *
 * <pre>
 * work/cat-20261122-014712/
 *   job.json          what job it is
 *   plan.jsonl        one pinned task per line, with those that follow it
 *   prompt            the prompt file as it was dropped; job.json says what it is called
 *   attachments/1     pictures and long texts of the tasks
 *   receipts/1.sent   that this task was sent: what to look for before it is sent again
 *   receipts/1.json   the receipt of each finished task: its commit record
 *   receipts/1.handed-over  its outputs are in the outbox of each of their destinations, or need not be
 *   sheets.json       the contact sheets of the job, which are in its output folder
 *   delivering.json   every task is over, and how many deliveries the job waits for
 *   failures/1.json   why that task can't be done, or what became of it when the job was cancelled
 *   failures/deliveries.json  why its outputs could not be delivered
 *   cancelled         the job was cancelled; holds what asked for it
 *   announce          somebody is still to be told that the job was accepted
 *   started           somebody was told that a WebUI has taken up the first of its tasks; holds when
 *   round             how often its prompt file has come back, if it has
 * </pre>
 */
public final class JobFolder {
    static final String JOB = "job.json";
    static final String PLAN = "plan.jsonl";
    private static final String PROMPT = "prompt";
    private static final String RECEIPTS = "receipts";
    private static final String SHEETS = "sheets.json";
    private static final String DOCUMENT = ".json";
    private static final String SENT = ".sent";
    private static final String HANDED_OVER = ".handed-over";
    private static final String DELIVERING = "delivering.json";
    private static final String FAILURES = "failures";
    private static final String CANCELLED = "cancelled";
    private static final String DELIVERIES = "deliveries.json";
    private static final String ANNOUNCE = "announce";
    private static final String STARTED = "started";
    private static final String ROUND = "round";

    private static final Disk UNFORCED = new Disk(false);

    private final Path path;
    private final Job job;
    private final Disk disk;

    JobFolder(Path path, Job job, Disk disk) {
        this.path = path;
        this.job = job;
        this.disk = disk;
    }

    /** Reads the folder of a job that was accepted. */
    static JobFolder open(Path path, Disk disk) throws IOException {
        Job job = Json.mapper().readValue(path.resolve(JOB).toFile(), Job.class);
        if (!isWhole(job)) {
            throw new IOException(path.resolve(JOB) + " is not what was written there");
        }
        return new JobFolder(path, job, disk);
    }

    /** A person may have edited it. */
    @SuppressWarnings("ConstantValue") // it is read from a file
    private static boolean isWhole(@Nullable Job job) {
        try {
            return job != null
                    && job.id() != null
                    && job.name() != null
                    && job.lane() != null
                    && job.claim() != null
                    && job.sha256() != null
                    && job.acceptedAt() != null
                    && isName(job.fileName())
                    && isName(job.id())
                    && !Path.of(job.lane()).isAbsolute()
                    && Path.of(job.lane()).normalize().equals(Path.of(job.lane()));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static boolean isName(@Nullable String name) {
        return name != null
                && !name.equals("..")
                && !name.equals(".")
                && Path.of(name).getNameCount() == 1
                && name.equals(String.valueOf(Path.of(name).getFileName()));
    }

    /** Writes tasks, one after the other. */
    public interface Planning {
        /** Hands over each task to {@code plan}. */
        void writeTo(TaskWriter plan) throws IOException;
    }

    /** Takes the tasks of a plan in their order. */
    public interface TaskWriter {
        /** Writes one. */
        void write(Task task) throws IOException;
    }

    /** Writes what a job will do, into a folder that nobody looks at yet; {@link WorkFolder#accept} forces it to the disk. */
    public static void writePlan(Path staging, Planning planning) throws IOException {
        UNFORCED.writeStaged(staging.resolve(PLAN), out -> {
            Writer plan = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
            planning.writeTo(task -> {
                plan.write(document(task));
                plan.write('\n');
            });
            plan.flush();
        });
    }

    /**
     * Writes what the job is, into a folder that nobody looks at yet. The folder of the receipts is made with it, so that its
     * name is forced together with its own ({@link WorkFolder#accept}).
     */
    public static void write(Path staging, Job job) throws IOException {
        UNFORCED.writeStaged(
                staging.resolve(JOB),
                out -> Json.mapper().writerWithDefaultPrettyPrinter().writeValue(out, job));
        Files.createDirectory(staging.resolve(RECEIPTS));
    }

    /** Makes sure of all that was written into a folder that nobody looks at yet. */
    static void force(Path staging, Disk disk) throws IOException {
        disk.force(staging.resolve(PLAN));
        disk.force(staging.resolve(JOB));
        Path attachments = staging.resolve(Attachment.FOLDER);
        if (Files.isDirectory(attachments)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(attachments)) {
                for (Path attachment : files) {
                    disk.force(attachment);
                }
            }
            disk.forceFolder(attachments.resolve(JOB)); // what is in it; its own name below
        }
        disk.forceFolder(staging.resolve(JOB));
    }

    /** A task as a message: what the plan has in a line, and what travels between the stages. */
    public static String document(Task task) throws JsonProcessingException {
        return Json.mapper().writeValueAsString(task);
    }

    /** The task that a message is about. */
    public static Task task(String document) throws JsonProcessingException {
        return Json.mapper().readValue(document, Task.class);
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Which job it is. */
    public Job job() {
        return job;
    }

    /** The prompt file. It is missing if the process died while the job was being accepted, or after it was ended. */
    public Path promptFile() {
        return path.resolve(PROMPT);
    }

    /** The tasks as documents, in the order of the plan. Read line by line: a plan may be long. */
    public Plan plan() throws IOException {
        return new Plan(Files.newBufferedReader(path.resolve(PLAN)));
    }

    /** Whether the task is finished and its outputs are published. */
    public boolean hasReceipt(int task) {
        return Files.exists(receipt(task));
    }

    /** Whether there is nothing left to do for the task: handed over to its destinations, or failed. */
    public boolean isOver(int task) {
        return Files.exists(handedOver(task)) || Files.exists(failure(task));
    }

    /** How many tasks there is nothing left to do for. */
    public int over() throws IOException {
        return records(RECEIPTS, HANDED_OVER).size() + failures().size();
    }

    /** Writes down that a task is going to be sent. It is not forced to the disk: without it the task is made again. */
    public void writeSent(int task, Object sent) throws IOException {
        Disk.createPassingFolders(path.resolve(RECEIPTS));
        UNFORCED.write(sent(task), out -> Json.mapper().writeValue(out, sent));
    }

    /** What was written down when a task was sent; empty if nothing was, or if it can't be understood. */
    public <T> Optional<T> readSent(int task, Class<T> type) throws IOException {
        if (!Files.exists(sent(task))) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.mapper().readValue(sent(task).toFile(), type));
        } catch (JsonProcessingException | FileNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Writes the receipt of a task. */
    public void writeReceipt(int task, Object receipt) throws IOException {
        disk.createFolders(path.resolve(RECEIPTS));
        disk.write(
                receipt(task),
                out -> Json.mapper().writerWithDefaultPrettyPrinter().writeValue(out, receipt));
    }

    /** Reads the receipt of a task. */
    public <T> T readReceipt(int task, Class<T> type) throws IOException {
        return Json.mapper().readValue(receipt(task).toFile(), type);
    }

    /** Notes the contact sheets of the job: they are published. */
    public void writeSheets(Object sheets) throws IOException {
        disk.write(
                path.resolve(SHEETS),
                out -> Json.mapper().writerWithDefaultPrettyPrinter().writeValue(out, sheets));
    }

    /** Whether the contact sheets of the job are published. */
    public boolean hasSheets() {
        return Files.exists(path.resolve(SHEETS));
    }

    /** What was noted about the contact sheets of the job; empty if nothing was. */
    public <T> List<T> readSheets(Class<T> type) throws IOException {
        return hasSheets()
                ? Json.mapper()
                        .readerForListOf(type)
                        .readValue(path.resolve(SHEETS).toFile())
                : List.of();
    }

    /** Whether any task has a receipt. */
    public boolean hasReceipts() throws IOException {
        return !records(RECEIPTS, DOCUMENT).isEmpty();
    }

    /**
     * Notes that the outputs of a task were handed over to their destinations. It is not forced to the disk: without the
     * note they are handed over again, which writes what is missing.
     */
    public void setHandedOver(int task) throws IOException {
        Files.write(handedOver(task), new byte[0]);
    }

    /**
     * Notes that the job waits for nothing but deliveries.
     *
     * @param expected how many there are for each destination
     */
    public void setDelivering(Map<String, Integer> expected) throws IOException {
        disk.write(
                path.resolve(DELIVERING),
                out -> Json.mapper().writerWithDefaultPrettyPrinter().writeValue(out, expected));
    }

    /** How many deliveries the job waits for, by destination; empty if it waits for something else as well. */
    public Map<String, Integer> delivering() throws IOException {
        return isDelivering(path)
                ? Json.mapper().readValue(path.resolve(DELIVERING).toFile(), new TypeReference<>() {})
                : Map.of();
    }

    static boolean isDelivering(Path path) {
        return Files.exists(path.resolve(DELIVERING));
    }

    /** Notes why the outputs could not be delivered. */
    public void writeDeliveryFailure(Object failure) throws IOException {
        disk.createFolders(path.resolve(FAILURES));
        disk.write(
                path.resolve(FAILURES).resolve(DELIVERIES), out -> Json.mapper().writeValue(out, failure));
    }

    /** Whether all is done but for what could not be delivered. */
    public boolean lacksDeliveriesAlone() throws IOException {
        List<Path> failures = failures();
        return failures.size() == 1 && failures.get(0).getFileName().toString().equals(DELIVERIES);
    }

    /** Notes why a task can't be done. */
    public void writeFailure(int task, Object failure) throws IOException {
        disk.createFolders(path.resolve(FAILURES));
        disk.write(failure(task), out -> Json.mapper().writeValue(out, failure));
    }

    /** What was noted about tasks that can't be done, in no particular order. */
    public List<Path> failures() throws IOException {
        return records(FAILURES, DOCUMENT);
    }

    /** Whether a task has a receipt, and its outputs are still to be handed over. */
    public boolean hasToHandOver() throws IOException {
        for (Path receipt : records(RECEIPTS, DOCUMENT)) {
            String name = receipt.getFileName().toString();
            if (!isOver(Integer.parseInt(name.substring(0, name.indexOf('.'))))) {
                return true;
            }
        }
        return false;
    }

    /** How many tasks have a receipt. */
    public int finished() throws IOException {
        return records(RECEIPTS, DOCUMENT).size();
    }

    /**
     * Notes that the job was cancelled. After this none of its tasks is begun, whatever happens to the process.
     *
     * @param by what asked for it, for whoever reads the record
     */
    public void cancel(String by) throws IOException {
        disk.write(path.resolve(CANCELLED), out -> out.write(by.getBytes(StandardCharsets.UTF_8)));
    }

    /** Whether the job was cancelled. */
    public boolean isCancelled() {
        return Files.exists(path.resolve(CANCELLED));
    }

    /** What asked for the job to be cancelled. */
    public String cancelledBy() throws IOException {
        return Files.readString(path.resolve(CANCELLED));
    }

    /** Whether it has ended before its end, and is kept for what is finished of it, should its prompt file come back. */
    public boolean isSetAside() throws IOException {
        return (isCancelled() || !failures().isEmpty()) && hasReceipts() && !Files.exists(promptFile());
    }

    /** When the job was cancelled, by the file system's clock. */
    public Instant cancelledAt() throws IOException {
        return Files.getLastModifiedTime(path.resolve(CANCELLED)).toInstant();
    }

    /** Notes in the folder of a job, which may still be prepared, that somebody is to be told that it was accepted. */
    public static void setToAnnounce(Path folder, Disk disk) throws IOException {
        disk.write(folder.resolve(ANNOUNCE), out -> {});
    }

    /** Whether somebody is still to be told that the job was accepted. */
    public boolean isToAnnounce() {
        return Files.exists(path.resolve(ANNOUNCE));
    }

    /** Whoever wants to know was told that the job was accepted. */
    public void setAnnounced() throws IOException {
        Files.deleteIfExists(path.resolve(ANNOUNCE));
    }

    /** Whether somebody was told in this round that a WebUI has taken up the first task. */
    public boolean isStarted() {
        return Files.exists(path.resolve(STARTED));
    }

    /** Notes that whoever wants to know was told that a WebUI has taken up the first task. */
    public void setStarted(Instant when) throws IOException {
        disk.write(path.resolve(STARTED), out -> out.write(when.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** How often its prompt file has come back from where it was put when the job ended; 0 at first. */
    public int round() throws IOException {
        Path file = path.resolve(ROUND);
        return Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
    }

    /**
     * Takes the prompt file back in, and forgets why it had ended: the rest is to be tried again.
     *
     * @param announce whether somebody is to be told that it was accepted again
     */
    public void resume(Path promptFile, boolean announce) throws IOException {
        String next = Integer.toString(round() + 1);
        disk.write(path.resolve(ROUND), out -> out.write(next.getBytes(StandardCharsets.UTF_8)));
        Files.deleteIfExists(path.resolve(STARTED));
        if (announce) {
            setToAnnounce(path, disk);
        }
        disk.moveAnywhere(promptFile, promptFile()); // first: a job without failures goes on at once
        Files.deleteIfExists(path.resolve(CANCELLED));
        Files.deleteIfExists(path.resolve(DELIVERING));
        for (String ending : List.of(HANDED_OVER, SENT)) { // the tries begin anew
            for (Path record : records(RECEIPTS, ending)) {
                Files.deleteIfExists(record);
            }
        }
        Disk.deleteTree(path.resolve(FAILURES));
        disk.forceFolder(path.resolve(FAILURES)); // else the reasons why it had ended might come back
    }

    /** What was written to its end; a process that died may have left a part of something. */
    private List<Path> records(String folder, String ending) throws IOException {
        return Disk.list(path.resolve(folder), file -> {
            String name = file.getFileName().toString();
            return name.endsWith(ending) && !name.startsWith(".");
        });
    }

    private Path sent(int task) {
        return path.resolve(RECEIPTS).resolve(task + SENT);
    }

    private Path handedOver(int task) {
        return path.resolve(RECEIPTS).resolve(task + HANDED_OVER);
    }

    private Path receipt(int task) {
        return path.resolve(RECEIPTS).resolve(task + DOCUMENT);
    }

    private Path failure(int task) {
        return path.resolve(FAILURES).resolve(task + DOCUMENT);
    }

    /** The tasks of a plan; each that follows another one comes behind it. */
    public static final class Plan implements Iterator<String>, AutoCloseable {
        /** Only in such a line are there any; in a text its quotes would be escaped. */
        private static final String FOLLOWED = "\"then\":[{";

        private final BufferedReader reader;
        private final Queue<String> following = new ArrayDeque<>();
        private @Nullable String next;

        Plan(BufferedReader reader) throws IOException {
            this.reader = reader;
            this.next = reader.readLine();
        }

        @Override
        public boolean hasNext() {
            return next != null || !following.isEmpty();
        }

        @Override
        public String next() {
            String follower = following.poll();
            if (follower != null) {
                return follower;
            }
            String line = next;
            if (line == null) {
                throw new NoSuchElementException();
            }
            try {
                if (line.contains(FOLLOWED)) {
                    for (Task task : task(line).following().toList()) {
                        following.add(document(task));
                    }
                }
                next = reader.readLine();
            } catch (IOException e) {
                throw Disk.unchecked(e);
            }
            return line;
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }
}
