package darkroom.output;

import darkroom.files.Disk;
import darkroom.files.SafeName;
import darkroom.job.Job;
import darkroom.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntPredicate;

/** The folder that the outputs of one job are published in: {@code outputs/<lane>/<job id>/}. */
public final class OutputFolder {
    /** The name of the manifest. */
    public static final String MANIFEST = "manifest.json";

    /** What the folders in it for pictures that are still arriving begin with; then comes the number of the task. */
    private static final String INCOMING = ".incoming-";

    /** In the folder of what arrives for a task: what its outputs are called. */
    private static final String NAMES = "names";

    private static final int MAX_LANE_BYTES = 120;

    private final Path root;
    private final Path folder;
    private final Disk disk;

    /**
     * The folder of a job; creates nothing.
     *
     * @param root where all outputs go
     */
    public OutputFolder(Path root, Job job, Disk disk) {
        this(root, job.lane(), job.id(), disk);
    }

    /**
     * The folder of a job that is known by its id alone; creates nothing.
     *
     * @param root where all outputs go
     * @param lane the job's lane
     * @param id the job's id
     */
    public OutputFolder(Path root, String lane, String id, Disk disk) {
        Path at = root;
        for (String level : lane.split("/", -1)) {
            at = level.isEmpty() ? at : at.resolve(SafeName.of(level, MAX_LANE_BYTES));
        }
        this.root = root;
        this.folder = at.resolve(id);
        this.disk = disk;
    }

    /** Whether a job of this id has outputs already. */
    public static boolean exists(Path root, String lane, String id) {
        return Files.exists(new OutputFolder(root, lane, id, new Disk(false)).folder);
    }

    /** Where it is. */
    public Path path() {
        return folder;
    }

    /**
     * An empty folder on the same file system for pictures that are still arriving. What an earlier try of the same task
     * left there is deleted, and what it had published.
     *
     * @param task one that has no receipt
     */
    public Path incoming(int task) throws IOException {
        Path incoming = incomingOf(task);
        if (Files.exists(incoming)) {
            withdraw(incoming);
            Disk.deleteTree(incoming);
        }
        return Disk.createPassingFolders(incoming);
    }

    /**
     * Gives files of the job as a whole their final names, for good; done again, it replaces them.
     *
     * @param arrived files of a workspace that no task has, by their names
     */
    public void publishOfJob(int workspace, Map<String, Path> arrived) throws IOException {
        publish(workspace, arrived);
        discard(workspace); // else they could be withdrawn
    }

    /** Where files for a task are made before they are published: on the same file system, with what arrived for it. */
    public Path workspace(int task) throws IOException {
        return Disk.createPassingFolders(incomingOf(task));
    }

    /** Deletes what was made or arrived for a task and is no output; it has its receipt, so nothing can be withdrawn. */
    public void discard(int task) throws IOException {
        Disk.deleteTree(incomingOf(task));
    }

    /**
     * Gives the pictures of a task their final names. After this they are there for good; before its receipt is, they may
     * be withdrawn: should the process die in between, it is known which they are.
     *
     * @param arrived the pictures by their names; some of them may have their names already
     */
    public void publish(int task, Map<String, Path> arrived) throws IOException {
        if (!arrived.isEmpty()) {
            rename(task, arrived);
        }
        disk.forceFolders(folder.resolve(MANIFEST), root); // once for all of them
    }

    private void rename(int task, Map<String, Path> arrived) throws IOException {
        for (Path picture : arrived.values()) {
            if (Files.exists(picture)) { // else an earlier try got as far as this
                disk.force(picture);
            }
        }
        Path incoming = Disk.createPassingFolders(incomingOf(task));
        Files.write(incoming.resolve(NAMES), arrived.keySet());
        for (Map.Entry<String, Path> picture : arrived.entrySet()) {
            if (Files.exists(picture.getValue())) {
                disk.rename(picture.getValue(), folder.resolve(picture.getKey()));
            }
        }
    }

    /** Makes sure of a picture that stays where the WebUI has saved it, in a folder that it makes for each task. */
    public void keep(Path picture) throws IOException {
        disk.forceForeign(picture);
        disk.forceFolder(picture);
        disk.forceFolder(picture.resolveSibling(""));
    }

    /** Deletes what was published for a task that has no receipt, and gets none, or not this one. */
    private void withdraw(Path incoming) throws IOException {
        Path names = incoming.resolve(NAMES);
        if (Files.exists(names)) {
            for (String name : Files.readAllLines(names)) {
                Files.deleteIfExists(folder.resolve(name));
            }
        }
    }

    /** Writes the manifest: the job is over, and well. */
    public void writeManifest(Manifest manifest) throws IOException {
        disk.createFolders(folder);
        disk.write(
                folder.resolve(MANIFEST),
                out -> Json.mapper().writerWithDefaultPrettyPrinter().writeValue(out, manifest));
    }

    /** Reads the manifest. */
    public Manifest readManifest() throws IOException {
        return Json.mapper().readValue(folder.resolve(MANIFEST).toFile(), Manifest.class);
    }

    /** Whether the manifest is written. */
    public boolean hasManifest() {
        return Files.exists(folder.resolve(MANIFEST));
    }

    /**
     * Removes what is not an output; the folder as well if there are none.
     *
     * @param finished tells the numbers of tasks that have a receipt; of others nothing stays
     */
    public void tidy(IntPredicate finished) throws IOException {
        for (Path incoming : Disk.list(folder, OutputFolder::isIncoming)) {
            if (!finished.test(taskOf(incoming))) {
                withdraw(incoming);
            }
            Disk.deleteTree(incoming);
        }
        if (!hasManifest()) { // else it is not empty
            Disk.pruneEmpty(folder, root);
        }
    }

    /** Whether it is a folder for what is still arriving for one of a job's tasks. */
    public static boolean isIncoming(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith(INCOMING) && name.substring(INCOMING.length()).matches("\\d{1,9}");
    }

    private Path incomingOf(int task) {
        return folder.resolve(INCOMING + task);
    }

    private static int taskOf(Path incoming) {
        return Integer.parseInt(incoming.getFileName().toString().substring(INCOMING.length()));
    }
}
