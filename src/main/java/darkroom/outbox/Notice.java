package darkroom.outbox;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import darkroom.event.Event;
import darkroom.event.EventData;
import darkroom.event.EventType;
import darkroom.files.SafeName;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One event that a subscription waits for.
 *
 * @param event the event
 * @param written when it was written
 * @param attempts how often it has been tried
 * @param error why the last try failed; null if none did
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Notice(
        Event event,
        Instant written,
        int attempts,
        @Nullable String error) implements Waiting {
    private static final int MAX_NAME_BYTES = 120;
    private static final int HASH_DIGITS = 8;

    /** An event that has just happened. */
    public static Notice of(Event event) {
        return new Notice(event, Instant.now(), 0, null);
    }

    @Override
    @JsonIgnore
    public String key() {
        return event.id();
    }

    @Override
    @JsonIgnore
    public @Nullable String job() {
        return event.data().job();
    }

    @Override
    @JsonIgnore
    public @Nullable String task() {
        EventData data = event.data();
        return data.progress() != null
                ? data.progress().task()
                : data.output() == null ? null : data.output().task();
    }

    /** What its file is called: whose it is, for people, and of the id. The progress of a task has one file. */
    @Override
    @JsonIgnore
    public String fileName() {
        return isFleeting()
                ? progressFile(Objects.requireNonNull(task()), event.data().lane())
                : name();
    }

    /** A name for a file of this event and no other; safe on every file system. */
    @JsonIgnore
    public String name() {
        String whose =
                task() != null ? task() : job() != null ? job() : event.data().promptFile();
        return SafeName.of(Objects.requireNonNull(whose), MAX_NAME_BYTES)
                + "-" + event.type().substring(event.type().lastIndexOf('.') + 1)
                + "-" + event.id().substring(0, HASH_DIGITS) + ENDING;
    }

    static String progressFile(String task, String lane) {
        return SafeName.of(task + "-" + lane, MAX_NAME_BYTES) + "-" + EventType.PROGRESS.word() + ENDING;
    }

    @Override
    @JsonIgnore
    public boolean isFleeting() {
        return event.type().equals(EventType.PROGRESS.type());
    }

    @Override
    @JsonIgnore
    public boolean isWhole() {
        return event != null && event.id() != null && event.type() != null && event.data() != null && written != null;
    }

    @Override
    public Notice failed(String why) {
        return new Notice(event, written, attempts + 1, why);
    }

    @Override
    public Notice untried() {
        return new Notice(event, written, 0, null);
    }
}
