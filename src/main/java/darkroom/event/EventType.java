package darkroom.event;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What can be told about a job. */
public enum EventType {
    /** A prompt file became a job. */
    ACCEPTED,
    /** A WebUI has taken up the first of its tasks. */
    STARTED,
    /** How far a task is. */
    PROGRESS,
    /** An output is in the output folder. */
    OUTPUT,
    /** It has ended well. */
    DONE,
    /** It has ended badly, or its prompt file could not be read. */
    FAILED,
    /** It was cancelled. */
    CANCELLED;

    private static final String PREFIX = "darkroom.";

    /** The word for it in routes, for example {@code done}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What events call it, for example {@code darkroom.done}. */
    public String type() {
        return PREFIX + word();
    }

    /** All words, in the order of a job's life. */
    public static List<String> words() {
        return Arrays.stream(values()).map(EventType::word).toList();
    }

    /** The one of this word; empty if there is none. */
    public static Optional<EventType> of(String word) {
        return Arrays.stream(values()).filter(type -> type.word().equals(word)).findFirst();
    }
}
