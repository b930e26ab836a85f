package darkroom.output;

import darkroom.files.Disk;
import darkroom.files.SafeName;
import darkroom.job.Job;
import darkroom.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that the outputs of one job are published in: {@code outputs/<lane>/<job id>/}. */
public final class OutputFolder {
    /** The name of the manifest. */
    public static final String MANIFEST = "manifest.json";

    /** The folder in it for pictures that are still arriving. */
    public static final String INCOMING = ".incoming";

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
     * left there is deleted.
     */
    public Path incoming(int task) throws IOException {
        Path incoming = folder.resolve(INCOMING).resolve(Integer.toString(task));
        Disk.deleteTree(incoming);
        return Files.createDirectories(incoming);
    }

    /** Gives a complete picture its final name. */
    public void publish(Path arrived, String name) throws IOException {
        disk.force(arrived);
        disk.move(arrived, folder.resolve(name));
    }

    /** Writes the manifest: the job is over, and well. */
    public void writeManifest(Manifest manifest) throws IOException {
        Files.createDirectories(folder);
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

    /** Removes what is not an output; the folder as well if there are none. */
    public void tidy() throws IOException {
        Disk.deleteTree(folder.resolve(INCOMING));
        Disk.pruneEmpty(folder, root);
    }
}
