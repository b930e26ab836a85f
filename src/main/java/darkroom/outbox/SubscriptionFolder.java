package darkroom.outbox;

import com.fasterxml.jackson.core.JacksonException;
import darkroom.event.EventType;
import darkroom.files.Disk;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The events that one subscription waits for. What was delivered is deleted and not marked: a process that dies in between
 * delivers that one again, and so does one that dies between an event and what it tells of; its id is the same.
 */
public final class SubscriptionFolder extends WaitingFolder<Notice> {
    SubscriptionFolder(String name, Path path, Disk disk) {
        super(name, path, Notice.class, disk);
    }

    /** Writes an event, unless it waits already, or was given up; a newer progress takes the place of an older. */
    public void put(Notice notice) throws IOException {
        String fileName = notice.fileName();
        boolean known = Outbox.exists(path().resolve(fileName)) || Outbox.exists(dead().resolve(fileName));
        if (notice.isFleeting() || !known) {
            write(notice);
        }
    }

    /** Nobody need be told any more how far a task is. */
    public void forgetProgress(String task, String lane) throws IOException {
        Outbox.deleteIfThere(path().resolve(Notice.progressFile(task, lane)));
    }

    /** Forgets how far tasks were when the process ended. */
    public void forgetProgress() throws IOException {
        for (Path file : Disk.list(path())) {
            if (file.getFileName().toString().endsWith("-" + EventType.PROGRESS.word() + Waiting.ENDING)) {
                Outbox.deleteIfThere(file);
            }
        }
    }

    @Override
    public boolean isDelivered(Path file, Notice notice) {
        return false;
    }

    @Override
    public void setDelivered(Path file, Notice notice) throws IOException {
        if (!notice.isFleeting() || isStill(file, notice)) {
            remove(file);
        }
    }

    /** A newer progress may have taken its place meanwhile. */
    private boolean isStill(Path file, Notice notice) throws IOException {
        try {
            return read(file).key().equals(notice.key());
        } catch (NoSuchFileException | JacksonException e) {
            return false;
        }
    }
}
