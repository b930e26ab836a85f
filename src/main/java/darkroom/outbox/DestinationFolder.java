package darkroom.outbox;

import darkroom.files.Disk;
import darkroom.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/** What waits for one destination. What was delivered is marked at the job's outputs: nothing is delivered twice. */
public final class DestinationFolder extends WaitingFolder<Entry> {
    private final Outbox outbox;

    DestinationFolder(Outbox outbox, String name, Path path, Disk disk) {
        super(name, path, Entry.class, disk);
        this.outbox = outbox;
    }

    /** What was delivered where: the content of a mark. */
    private record Mark(String destination, String key, int attempts, Instant delivered) {}

    @Override
    public boolean isDelivered(Path file, Entry entry) {
        return Outbox.exists(mark(file, entry));
    }

    /** An entry was delivered: marks that, then deletes it. */
    @Override
    public void setDelivered(Path file, Entry entry) throws IOException {
        Path mark = mark(file, entry);
        if (!Outbox.exists(mark)) {
            disk().createFolders(mark.resolveSibling(""));
            Mark content = new Mark(name(), entry.key(), entry.attempts() + 1, Instant.now());
            disk().write(mark, out -> Json.mapper().writeValue(out, content));
        }
        remove(file);
    }

    private Path mark(Path file, Entry entry) {
        return outbox.mark(name(), entry, file.getFileName().toString());
    }
}
