package darkroom.outbox;

import com.fasterxml.jackson.databind.JsonMappingException;
import darkroom.files.Disk;
import darkroom.json.Json;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one receiver: a destination, or a subscription. The time of an entry's file is when it is to be tried next,
 * so that a pause survives the process, and whoever does not want to wait for it touches the file.
 *
 * @param <E> what waits there
 */
public abstract class WaitingFolder<E extends Waiting> {
    private static final String DEAD = "dead";
    private static final String ERROR = ".error.json";

    private final String name;
    private final Path path;
    private final Disk disk;
    private final Class<E> type;

    WaitingFolder(String name, Path path, Class<E> type, Disk disk) {
        this.name = name;
        this.path = path;
        this.type = type;
        this.disk = disk;
    }

    private record Due(Path file, FileTime since) {}

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Where entries are that were given up. */
    public Path dead() {
        return path.resolve(DEAD);
    }

    final String name() {
        return name;
    }

    final Disk disk() {
        return disk;
    }

    /** Makes the folder. */
    public void create() throws IOException {
        disk.createFolders(path);
    }

    /**
     * The entries that are to be tried now, the longest due first. Memory does not depend on how many there are.
     *
     * @param most how many at most
     */
    public List<Path> due(int most, Instant now) throws IOException {
        Comparator<Due> order = Comparator.comparing(Due::since).thenComparing(Due::file);
        PriorityQueue<Due> latestFirst = new PriorityQueue<>(order.reversed());
        FileTime until = FileTime.from(now);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path, WaitingFolder::isEntry)) {
            for (Path file : files) {
                FileTime since = timeOf(file);
                if (since != null && since.compareTo(until) <= 0) {
                    latestFirst.add(new Due(file, since));
                    if (latestFirst.size() > most) {
                        latestFirst.remove();
                    }
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        List<Due> due = new ArrayList<>(latestFirst);
        due.sort(order);
        return due.stream().map(Due::file).toList();
    }

    /**
     * Reads an entry.
     *
     * @throws com.fasterxml.jackson.core.JacksonException if it is none
     */
    public E read(Path file) throws IOException {
        E entry = Json.mapper().readValue(file.toFile(), type);
        if (entry == null || !entry.isWhole()) {
            throw new JsonMappingException(null, "it is something else");
        }
        return entry;
    }

    /** Whether an entry is marked as delivered: then a process died before it deleted the entry. */
    public abstract boolean isDelivered(Path file, E entry);

    /** An entry was delivered, and is not to be delivered again. */
    public abstract void setDelivered(Path file, E entry) throws IOException;

    /** Deletes an entry and what is beside it. */
    void remove(Path file) throws IOException {
        Outbox.deleteIfThere(file);
        Outbox.deleteIfThere(errorFile(nameOf(file))); // from the time before it was moved back
        Outbox.deleteIfThere(path.resolve(errorName(nameOf(file)))); // it was moved along
        Disk.pruneEmpty(dead(), path);
    }

    /** A try has failed; the next one is due at {@code next}. */
    public void setFailed(Path file, E entry, String why, Instant next) throws IOException {
        disk.write(file, pretty(entry.failed(why)));
        Files.setLastModifiedTime(file, FileTime.from(next));
    }

    /**
     * Gives an entry up.
     *
     * @param entry what it says; null if it can't be read
     * @return where it is now
     */
    public Path bury(Path file, @Nullable E entry, String why) throws IOException {
        Path target = disk.createFolders(dead()).resolve(nameOf(file));
        DeadLetter letter = new DeadLetter(
                name,
                why,
                "mend that, and move " + nameOf(file) + " back into " + path + "; everything there: mv " + dead()
                        + "/* " + path + "/",
                entry == null ? 0 : entry.attempts() + 1,
                Instant.now(),
                entry == null ? null : entry.key());
        disk.write(errorFile(nameOf(file)), pretty(letter));
        if (entry != null) {
            disk.write(file, pretty(entry.untried())); // whoever moves it back starts anew
        }
        disk.move(file, target);
        return target;
    }

    /** How many wait. */
    public int waiting() throws IOException {
        return count(path);
    }

    /** How many were given up. */
    public int buried() throws IOException {
        return count(dead());
    }

    /** Whether any was given up. */
    public boolean hasDead() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dead(), WaitingFolder::isEntry)) {
            return files.iterator().hasNext();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    void write(E entry) throws IOException {
        create();
        Path file = path.resolve(entry.fileName());
        disk.write(file, pretty(entry));
        try {
            Files.setLastModifiedTime(file, FileTime.from(entry.written())); // a share may have a clock of its own
        } catch (NoSuchFileException e) {
            // it has been delivered meanwhile
        }
    }

    void takeBack(String fileName) throws IOException {
        disk.move(dead().resolve(fileName), path.resolve(fileName));
        Outbox.deleteIfThere(errorFile(fileName));
    }

    Path errorFile(String fileName) {
        return dead().resolve(errorName(fileName));
    }

    static String errorName(String fileName) {
        return fileName.substring(0, fileName.length() - Waiting.ENDING.length()) + ERROR;
    }

    private static Disk.Content pretty(Object document) {
        return out -> Json.mapper().writerWithDefaultPrettyPrinter().writeValue(out, document);
    }

    private static int count(Path folder) throws IOException {
        int n = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, WaitingFolder::isEntry)) {
            for (var entries = files.iterator(); entries.hasNext(); entries.next()) {
                n++;
            }
        } catch (NoSuchFileException e) {
            return 0;
        }
        return n;
    }

    static boolean isEntry(Path file) {
        String fileName = nameOf(file);
        return fileName.endsWith(Waiting.ENDING) && !fileName.endsWith(ERROR) && !fileName.startsWith(".");
    }

    private static String nameOf(Path file) {
        return file.getFileName().toString();
    }

    /** Null if it is gone, or no file. */
    private static @Nullable FileTime timeOf(Path file) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? attributes.lastModifiedTime() : null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
