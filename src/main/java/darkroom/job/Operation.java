package darkroom.job;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a task asks the WebUI to do. A new one makes every {@code switch} over operations fail to compile. */
public enum Operation {
    /** Makes pictures from a prompt. */
    TXT2IMG,
    /** Makes pictures from a prompt and pictures. */
    IMG2IMG,
    /** Makes one picture larger, or mends the faces in it. */
    EXTRAS,
    /** Describes a picture. */
    INTERROGATE,
    /** Reads the infotext of a picture. */
    PNG_INFO,
    /** Changes the WebUI's options for good. */
    OPTIONS;

    /** The word used in prompt files and receipts, for example {@code txt2img}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The operation of this word. */
    public static Optional<Operation> of(String word) {
        return Arrays.stream(values())
                .filter(operation -> operation.word().equals(word))
                .findFirst();
    }

    /** All words. */
    public static List<String> words() {
        return Arrays.stream(values()).map(Operation::word).toList();
    }

    /** Whether pictures are made from a prompt, so that there is a seed, and settings that an answer is held against. */
    public boolean generates() {
        return this == TXT2IMG || this == IMG2IMG;
    }

    /** Whether it works on the one picture that {@code image} names. */
    public boolean takesImage() {
        return this == EXTRAS || this == INTERROGATE || this == PNG_INFO;
    }
}
