package darkroom.job;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong, in words a person can act on.
 *
 * @param code what kind of thing it is
 * @param message what happened, to which field, and what was expected; no class names, no full stop
 * @param hint what to do next
 * @param place where in the prompt file, or null if it is not about a place in it
 */
public record Problem(
        ProblemCode code,
        String message,
        String hint,
        @Nullable Place place) {
    private static final int LONGEST = 2000;

    /** Whatever is quoted in it, a problem neither steers a terminal nor reads as two lines, and is not too long to be read. */
    public Problem {
        message = shown(message);
        hint = shown(hint);
    }

    /**
     * A place in a prompt file.
     *
     * @param line from 1, or 0 if unknown
     * @param column in bytes, from 1, or 0 if unknown
     * @param pointer the field as a JSON pointer (RFC 6901); empty for the document itself
     */
    public record Place(int line, int column, String pointer) {
        /** The field, as it may be shown. */
        public String shownPointer() {
            return shown(pointer);
        }
    }

    /** Characters that are not seen, and change what is, are written as JSON writes them. */
    private static String shown(String text) {
        if (text.length() <= LONGEST && text.codePoints().noneMatch(Problem::isUnseen)) {
            return text;
        }
        StringBuilder shown = new StringBuilder();
        text.codePoints().takeWhile(c -> shown.length() < LONGEST).forEach(c -> {
            if (isUnseen(c)) {
                shown.append(String.format("\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.length() < LONGEST ? shown.toString() : shown.append('…').toString();
    }

    private static boolean isUnseen(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            case Character.FORMAT ->
                c != 0x200c && c != 0x200d && c < 0xe0000; // joiners and tags: emoji are made of them
            default -> false;
        };
    }

    /** A problem that is not about a place in the prompt file. */
    public static Problem of(ProblemCode code, String message, String hint) {
        return new Problem(code, message, hint, null);
    }

    /** The same, of somebody who is named. */
    public Problem prefixed(String who) {
        return new Problem(code, who + ": " + message, hint, place);
    }

    /** The whole sentence: place, what happened, what to do. For logs and terminals. */
    public String sentence() {
        return where() + message + "; " + hint;
    }

    /** The place, for example {@code line 3, column 8, /steps:} with a space behind it; empty if there is none. */
    public String where() {
        if (place == null) {
            return "";
        }
        String at = place.line > 0 ? "line " + place.line + ", column " + place.column : "";
        if (place.pointer.isEmpty()) {
            return at.isEmpty() ? "" : at + ": ";
        }
        return (at.isEmpty() ? "" : at + ", ") + place.shownPointer() + ": ";
    }
}
