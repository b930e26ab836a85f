package darkroom.outbox;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.json.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that waits to be delivered:
 *
 * <pre>
 * outbox/NAME/cat-20261122-014712-1-0a1b2c3d.json             an {@link Entry} for the destination NAME
 * outbox/NAME/cat-20261122-014712-done-0a1b2c3d.json          a {@link Notice} for the subscription NAME
 * outbox/NAME/dead/cat-….json                                 one that was given up: moved back, it is tried again
 * outbox/NAME/dead/cat-….error.json                           why
 * outputs/LANE/JOB/.deliveries/NAME/cat-….json                one that was delivered
 * </pre>
 */
public final class Outbox {
    private static final String MARKS = ".deliveries";

    private final Path root;
    private final Path outputs;
    private final Disk disk;

    /** How far a delivery is. */
    public enum State {
        /** It is, or was, in none of these folders. */
        NONE,
        WAITING,
        DELIVERED,
        /** It was given up. */
        DEAD
    }

    /**
     * The outbox; creates nothing.
     *
     * @param root where it is
     * @param outputs the folder that all outputs are in
     */
    public Outbox(Path root, Path outputs, Disk disk) {
        this.root = root;
        this.outputs = outputs;
        this.disk = disk;
    }

    /** The part of it that is for one destination; creates nothing. */
    public DestinationFolder of(String destination) {
        return new DestinationFolder(this, destination, root.resolve(destination), disk);
    }

    /** The part of it that is for one subscription; creates nothing. */
    public SubscriptionFolder subscription(String name) {
        return new SubscriptionFolder(name, root.resolve(name), disk);
    }

    /** The destinations and subscriptions that something was ever written for. */
    public List<String> destinations() throws IOException {
        List<String> names = new ArrayList<>();
        for (Path folder : Disk.list(root)) {
            String name = folder.getFileName().toString();
            if (Files.isDirectory(folder) && !name.startsWith(".")) { // else it is what other processes have
                names.add(name);
            }
        }
        return names;
    }

    /**
     * Takes over what waits in the outbox of a process that died.
     *
     * @return how many entries are to be delivered
     */
    public int adopt(Outbox dead) throws IOException {
        int adopted = 0;
        for (String name : dead.destinations()) {
            adopt(dead.of(name).dead(), of(name).dead());
            adopted += adopt(dead.of(name).path(), of(name).path());
            Disk.pruneEmpty(dead.of(name).path(), dead.root);
        }
        return adopted;
    }

    private int adopt(Path from, Path to) throws IOException {
        int adopted = 0;
        for (Path file : Disk.list(from)) {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                if (file.getFileName().toString().startsWith(".")) {
                    Files.deleteIfExists(file); // it was being written
                } else {
                    disk.createFolders(to);
                    disk.move(file, to.resolve(file.getFileName()));
                    adopted++;
                }
            }
        }
        Disk.pruneEmpty(from, from.resolveSibling(""));
        return adopted;
    }

    /** What was given up, for whomever it was. */
    public List<Path> dead() throws IOException {
        List<Path> dead = new ArrayList<>();
        for (String name : destinations()) {
            dead.addAll(entries(of(name).dead()));
        }
        return dead;
    }

    private static List<Path> entries(Path folder) throws IOException {
        return Disk.list(folder).stream().filter(WaitingFolder::isEntry).toList();
    }

    /** Where it says why something was given up. */
    public static Path errorFile(Path dead) {
        return dead.resolveSibling(WaitingFolder.errorName(dead.getFileName().toString()));
    }

    /** The output folders, relative to that of all, of which something waits to be delivered or was given up. */
    public Set<String> jobFolders() throws IOException {
        Set<String> folders = new HashSet<>();
        for (String name : destinations()) {
            List<Path> files = new ArrayList<>(entries(of(name).path()));
            files.addAll(entries(of(name).dead()));
            for (Path file : files) {
                try {
                    JsonNode folder = Json.mapper().readTree(file.toFile()).path("folder");
                    if (folder.isTextual()) { // else it is a notice, which needs no file
                        folders.add(folder.asText());
                    }
                } catch (NoSuchFileException | FileNotFoundException e) {
                    // it has been delivered meanwhile
                }
            }
        }
        return folders;
    }

    /** Removes what a process that died was writing. Only for a start, when nobody writes. */
    public void removeParts() throws IOException {
        for (String name : destinations()) {
            Disk.deleteParts(of(name).path());
            Disk.deleteParts(of(name).dead());
        }
    }

    /** The file that an entry is about. */
    public Path file(Entry entry) {
        return outputs.resolve(entry.file());
    }

    /** How far a delivery is. */
    public State state(String destination, Entry entry) {
        DestinationFolder folder = of(destination);
        String name = entry.fileName();
        // in this order: a mark is written before its entry is deleted
        if (exists(folder.path().resolve(name))) {
            return State.WAITING;
        }
        if (exists(mark(destination, entry, name))) {
            return State.DELIVERED;
        }
        return exists(folder.dead().resolve(name)) ? State.DEAD : State.NONE;
    }

    /** Writes an entry, unless it waits already, was delivered, or was given up. */
    public State put(String destination, Entry entry) throws IOException {
        State state = state(destination, entry);
        if (state != State.NONE) {
            return state;
        }
        of(destination).write(entry);
        return State.WAITING;
    }

    /** Writes an entry as {@link #put} does, and takes back one that was given up. */
    public State putAgain(String destination, Entry entry) throws IOException {
        State state = put(destination, entry);
        if (state == State.DEAD) {
            of(destination).takeBack(entry.fileName());
            return State.WAITING;
        }
        return state;
    }

    /** How many outputs of a job were delivered to a destination. */
    public int delivered(String destination, String jobFolder) throws IOException {
        return (int) Disk.list(marks(destination, jobFolder)).stream()
                .filter(file -> !file.getFileName().toString().startsWith("."))
                .count();
    }

    /** Why a delivery was given up; empty if that can't be read. */
    public Optional<DeadLetter> deadLetter(String destination, Entry entry) {
        Path file = of(destination).errorFile(entry.fileName());
        try {
            return Optional.of(Json.mapper().readValue(file.toFile(), DeadLetter.class));
        } catch (IOException e) {
            return Optional.empty(); // it helps, and is not needed
        }
    }

    Path mark(String destination, Entry entry, String fileName) {
        return marks(destination, entry.folder()).resolve(fileName);
    }

    private Path marks(String destination, String jobFolder) {
        return outputs.resolve(jobFolder).resolve(MARKS).resolve(destination);
    }

    static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    static void deleteIfThere(Path file) throws IOException {
        try {
            Files.delete(file);
        } catch (NoSuchFileException e) {
            // that is what was wanted
        }
    }
}
