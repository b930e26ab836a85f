package darkroom.promptfile.expansion;

import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with what a prompt file wants to be expanded, and where. Whoever knows the file turns the pointer into a
 * line and a column of it.
 *
 * @param code what kind of thing it is
 * @param message what happened, and what was expected; it says where in a text, if it is about a place in one
 * @param hint what to do next
 * @param pointer the field as a JSON pointer; empty for a text that is no part of a document yet
 * @param at where in the text of that field, or null if it is not about a place in a text
 */
public record ExpansionProblem(
        ProblemCode code,
        String message,
        String hint,
        String pointer,
        @Nullable At at) {

    /**
     * A place in a text.
     *
     * @param offset in chars, from 0
     * @param line from 1
     * @param column in characters, from 1
     */
    public record At(int offset, int line, int column) {
        static At of(String text, int offset) {
            int line = 1;
            int begin = 0;
            for (int i = 0; i < offset; i++) {
                if (text.charAt(i) == '\n') {
                    line++;
                    begin = i + 1;
                }
            }
            return new At(offset, line, text.codePointCount(begin, offset) + 1);
        }

        private String words() {
            return (line == 1 ? "at character " : "in line " + line + ", at character ") + column + ": ";
        }
    }

    static ExpansionProblem of(ProblemCode code, String pointer, String message, String hint) {
        return new ExpansionProblem(code, message, hint, pointer, null);
    }

    static ExpansionProblem inText(ProblemCode code, String text, int offset, String message, String hint) {
        At at = At.of(text, offset);
        return new ExpansionProblem(code, at.words() + message, hint, "", at);
    }

    /** The same, of a field. */
    ExpansionProblem in(String field) {
        return new ExpansionProblem(code, message, hint, field, at);
    }

    /**
     * As a problem of a prompt file.
     *
     * @param places where in the file a pointer is; may know no place
     */
    public Problem toProblem(Function<String, Problem.@Nullable Place> places) {
        return new Problem(code, message, hint, places.apply(pointer));
    }
}
