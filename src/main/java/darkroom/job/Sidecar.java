package darkroom.job;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is written beside each picture. */
public enum Sidecar {
    /** Nothing. */
    NONE,
    /** Its infotext, in a text file of the same name. */
    TXT;

    /** The word used in prompt files and properties, for example {@code txt}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What this word means. */
    public static Optional<Sidecar> of(String word) {
        return Arrays.stream(values())
                .filter(sidecar -> sidecar.word().equals(word))
                .findFirst();
    }

    /** All words. */
    public static List<String> words() {
        return Arrays.stream(values()).map(Sidecar::word).toList();
    }
}
