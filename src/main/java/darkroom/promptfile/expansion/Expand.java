package darkroom.promptfile.expansion;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is made of the templates in prompts: {@code job.expand}. */
public enum Expand {
    /** Prompts are no templates; what looks like one goes to the WebUI as it stands. */
    NONE,
    /** Each task draws a prompt of its own. */
    RANDOM,
    /** There is a task for each prompt that can be made. */
    COMBINATORIAL;

    /** The one of this word; empty if there is none. */
    public static Optional<Expand> of(String word) {
        return Arrays.stream(values()).filter(one -> one.word().equals(word)).findFirst();
    }

    /** The words that a prompt file may use. */
    public static List<String> words() {
        return Arrays.stream(values()).map(Expand::word).toList();
    }

    /** For example {@code random}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
