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

    /**
     * A place in a prompt file.
     *
     * @param line from 1, or 0 if unknown
     * @param column in bytes, from 1, or 0 if unknown
     * @param pointer the field as a JSON pointer (RFC 6901); empty for the document itself
     */
    public record Place(int line, int column, String pointer) {}

    /** A problem that is not about a place in the prompt file. */
    public static Problem of(ProblemCode code, String message, String hint) {
        return new Problem(code, message, hint, null);
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
        return (at.isEmpty() ? "" : at + ", ") + place.pointer + ": ";
    }
}
