package darkroom.intake;

import darkroom.files.Disk;
import darkroom.files.Instances;
import darkroom.files.SafeName;
import darkroom.files.Sha256;
import darkroom.files.SharedLocks;
import darkroom.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts documents into the drop folder, each once. Whoever sends one may believe that there is a job of it when
 * {@link #accept} has returned, and may send it again under the same key when he does not know whether it has.
 *
 * <p>Three steps, each forced to the disk before the next: the document is written where nobody looks
 * ({@code drop/.intake/ID.json}), then its ticket, then it is renamed into its lane. A ticket whose document still lies
 * there was cut off before the last one, which is made up for; a document without a ticket was never promised to anybody.
 */
public final class Intake {
    static final String JSON = ".json";

    /** Beside a prompt file, or where one was: it is not wanted any more. */
    private static final String CANCEL = ".cancel";

    /** In the drop folder, so that the last step is a rename; hidden, so that nobody takes it for a lane. */
    private static final String INTAKE = ".intake";

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");
    private static final int MAX_KEY = 40;
    private static final int HASH_BYTES = 8;
    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"; // none that are mistaken for another
    private static final int RANDOM_LETTERS = 13;

    private final SecureRandom random = new SecureRandom();
    private final Path drop;
    private final Path hidden;
    private final Path tickets;
    private final Disk disk;
    private final SharedLocks locks;

    /**
     * An intake; creates nothing.
     *
     * @param drop the drop folder
     * @param tickets where the tickets are, those of all processes that share the drop folder
     * @param instance which of these processes it is
     * @param locks what they all lock
     */
    public Intake(Path drop, Path tickets, int instance, SharedLocks locks, Disk disk) {
        this.drop = drop;
        this.hidden = drop.resolve(instance == Instances.FIRST ? INTAKE : INTAKE + "-" + instance);
        this.tickets = tickets;
        this.locks = locks;
        this.disk = disk;
    }

    /**
     * What came of taking something in.
     *
     * @param isNew false if it had been taken in before
     */
    public record Accepted(Ticket ticket, boolean isNew) {}

    /** A new id, for what has no key: nobody guesses it. */
    public String newId() {
        StringBuilder id = new StringBuilder();
        random.ints(RANDOM_LETTERS, 0, LETTERS.length()).forEach(i -> id.append(LETTERS.charAt(i)));
        return id.toString();
    }

    /**
     * The id of what comes under a key: always the same one, and another for another key or another source.
     *
     * @param source by which way it comes
     * @param key of any length, with anything in it
     */
    public static String idOf(String source, String key) {
        MessageDigest digest = Sha256.digest();
        digest.update(source.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        String hash = HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)), 0, HASH_BYTES);
        String readable = SafeName.of(SafeName.cut(key, 4 * MAX_KEY).replaceAll("[^A-Za-z0-9.-]+", "-"), MAX_KEY);
        return readable + "-" + hash;
    }

    /** An empty folder of one's own on the file system of the drop folder, for what is being received. */
    public Path stage() throws IOException {
        disk.createFolders(hidden);
        return Files.createDirectories(hidden.resolve(UUID.randomUUID().toString()));
    }

    /** The ticket of an id. */
    public Optional<Ticket> find(String id) throws IOException {
        if (!ID.matcher(id).matches()) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(ticket(id))) {
            Ticket ticket = Json.mapper().readValue(in, Ticket.class);
            if (ticket == null || !isOurs(ticket, id)) { // somebody has edited it
                throw new IOException(ticket(id) + " is not the ticket of " + id + "; delete it if nobody asks for it");
            }
            return Optional.of(ticket);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @SuppressWarnings("ConstantValue") // it is read from a file
    private boolean isOurs(Ticket ticket, String id) {
        try {
            return id.equals(ticket.id())
                    && ticket.source() != null
                    && ticket.sha256() != null
                    && ticket.accepted() != null
                    && ticket.lane() != null
                    && drop.resolve(ticket.lane()).normalize().startsWith(drop.normalize());
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** The same, if it is for a document of this hash. */
    public Optional<Ticket> find(String id, String sha256) throws IOException, KeyTakenException {
        Optional<Ticket> ticket = find(id);
        if (ticket.isPresent() && !ticket.get().sha256().equals(sha256)) {
            throw new KeyTakenException(id);
        }
        return ticket;
    }

    /**
     * Takes a document in, unless it was before.
     *
     * @param id {@link #newId} or {@link #idOf}
     * @param source by which way it came
     * @param lane the lane that it goes into; one that this drop folder takes
     * @param trace the W3C {@code traceparent} that came with it; null for none
     * @param document in a folder of {@link #stage}; it is taken along
     * @throws KeyTakenException if the id is that of another document
     */
    public Accepted accept(String id, String source, String lane, @Nullable String trace, Path document)
            throws IOException, KeyTakenException {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(id);
        }
        String sha256 = Sha256.of(document);
        return locks.hold(lockOf(id), () -> {
            Optional<Ticket> before = find(id, sha256);
            if (before.isPresent()) {
                finish(before.get());
                return new Accepted(before.get(), false);
            }
            Ticket ticket = new Ticket(id, source, lane, sha256, Instant.now(), trace, null);
            disk.force(document);
            disk.rename(document, hidden(id));
            disk.forceFolder(hidden(id));
            write(ticket);
            finish(ticket);
            return new Accepted(ticket, true);
        });
    }

    /** Asks for a job to be cancelled: whoever looks for that in the drop folder does the rest. */
    public void cancel(Ticket ticket) throws IOException {
        Path lane = disk.createFolders(drop.resolve(ticket.lane()));
        disk.write(lane.resolve(ticket.promptFile() + CANCEL), out -> {});
    }

    /**
     * Notes which job a prompt file becomes. It is asked of every prompt file; most have no ticket.
     *
     * @return the ticket, if there is one
     */
    public Optional<Ticket> became(String lane, String promptFile, String jobId) throws IOException {
        String id = promptFile.endsWith(JSON) ? promptFile.substring(0, promptFile.length() - JSON.length()) : "";
        if (find(id).isEmpty()) {
            return Optional.empty();
        }
        return locks.hold(lockOf(id), () -> {
            Optional<Ticket> ticket = find(id).filter(found -> found.lane().equals(lane));
            if (ticket.isPresent()) {
                write(ticket.get().became(jobId));
            }
            return ticket;
        });
    }

    /**
     * Makes up for what a process that died has left half done. Only for a start, when nothing is being received.
     *
     * @return how many documents were put into their lanes
     */
    public int resume() throws IOException {
        int finished = 0;
        for (Path part : Disk.parts(tickets)) { // of ours, or of somebody who is just writing it
            String name = part.getFileName().toString();
            String id = name.substring(1, Math.max(1, name.length() - JSON.length() - Disk.PART.length()));
            locks.run(lockOf(id), () -> Files.deleteIfExists(part));
        }
        for (Path left : Disk.list(hidden)) {
            String name = left.getFileName().toString();
            Optional<Ticket> ticket =
                    name.endsWith(JSON) ? find(name.substring(0, name.length() - JSON.length())) : Optional.empty();
            if (ticket.isPresent()) {
                finish(ticket.get());
                finished++;
            } else {
                Disk.deleteTree(left); // nobody was told that it was taken in
            }
        }
        return finished;
    }

    /**
     * Deletes old tickets. What comes again after that is taken for new.
     *
     * @param isOver tells those whose jobs are over; the others are kept
     */
    public void forget(Duration age, Predicate<Ticket> isOver) throws IOException {
        Instant before = Instant.now().minus(age);
        for (Path file : Disk.list(tickets)) {
            String name = file.getFileName().toString();
            if (name.endsWith(JSON)) {
                String id = name.substring(0, name.length() - JSON.length());
                locks.run(lockOf(id), () -> forget(id, before, isOver));
            }
        }
    }

    private void forget(String id, Instant before, Predicate<Ticket> isOver) {
        try {
            Optional<Ticket> ticket = find(id);
            if (ticket.isPresent() && ticket.get().accepted().isBefore(before) && isOver.test(ticket.get())) {
                Files.deleteIfExists(ticket(id));
            }
        } catch (IOException e) {
            LOG.warn("{} can't be read ({}); it is left alone", ticket(id), e.toString());
        }
    }

    /** The last step, if it has not been taken. */
    private void finish(Ticket ticket) throws IOException {
        Path document = hidden(ticket.id());
        if (Files.exists(document)) {
            Path lane = disk.createFolders(drop.resolve(ticket.lane()));
            disk.move(document, lane.resolve(ticket.promptFile()));
        }
    }

    private void write(Ticket ticket) throws IOException {
        disk.write(
                ticket(ticket.id()),
                out -> Json.mapper().writerWithDefaultPrettyPrinter().writeValue(out, ticket));
    }

    private Path ticket(String id) {
        return tickets.resolve(id + JSON);
    }

    /** Where the document of a ticket is until it is in its lane. */
    Path hidden(String id) {
        return hidden.resolve(id + JSON);
    }

    private static String lockOf(String id) {
        return "ticket " + id;
    }
}
