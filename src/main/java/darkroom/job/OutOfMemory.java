package darkroom.job;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is done about a task for which the WebUI's GPU has not enough memory. */
public enum OutOfMemory {
    /** It fails, and says what was too much. */
    FAIL,
    /** The same pictures are made, fewer at a time. */
    SMALLER_BATCH;

    /** The word used in prompt files and properties, for example {@code smaller-batch}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What this word means. */
    public static Optional<OutOfMemory> of(String word) {
        return Arrays.stream(values())
                .filter(policy -> policy.word().equals(word))
                .findFirst();
    }

    /** All words. */
    public static List<String> words() {
        return Arrays.stream(values()).map(OutOfMemory::word).toList();
    }
}
