package darkroom.job;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which way the pictures of a task take from the WebUI to the output folder. */
public enum Save {
    /** The WebUI sends them. */
    FETCH,
    /** The WebUI saves them in its own outputs folder, which is mounted here, and sends none. */
    MOUNTED,
    /** The WebUI saves them in its own outputs folder and sends none; they are fetched from there over HTTP. */
    DOWNLOAD,
    /** The WebUI sends them, and saves them as well. */
    BOTH;

    /** The word used in prompt files and properties, for example {@code mounted}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The way of this word. */
    public static Optional<Save> of(String word) {
        return Arrays.stream(values()).filter(save -> save.word().equals(word)).findFirst();
    }

    /** All words. */
    public static List<String> words() {
        return Arrays.stream(values()).map(Save::word).toList();
    }
}
