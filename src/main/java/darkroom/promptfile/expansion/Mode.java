package darkroom.promptfile.expansion;

import org.jspecify.annotations.Nullable;

/** How a choice is made. */
enum Mode {
    /** Every value in turn, whatever the template says about itself. */
    EVERY,
    /** Every value in turn. */
    COMBINATORIAL,
    /** By weight. */
    RANDOM,
    /** The next value for the next prompt, then the first one again. */
    CYCLICAL;

    /** Of a choice that has {@code asked} written in it and stands in one of this mode. Without end, there is no "every". */
    Mode inner(@Nullable Mode asked) {
        if (asked == null || this == EVERY || (asked == COMBINATORIAL && this != COMBINATORIAL)) {
            return this;
        }
        return asked;
    }

    boolean counts() {
        return this == EVERY || this == COMBINATORIAL;
    }

    /** What a template writes; null if it is no such character. */
    static @Nullable Mode of(char symbol) {
        return switch (symbol) {
            case '!' -> COMBINATORIAL;
            case '~' -> RANDOM;
            case '@' -> CYCLICAL;
            default -> null;
        };
    }
}
