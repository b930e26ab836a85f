package darkroom.camel;

import com.fasterxml.jackson.annotation.JsonInclude;
import darkroom.event.EventData;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.secret.Secrets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code NAME.error.json} says.
 *
 * @param kind whose turn it is: {@code input}, {@code webui}, {@code refused}, {@code service},
 *     {@code held}: that of whoever may approve it, or {@code cancelled}: nobody's
 * @param code what kind of problem; docs/operating.md has a table
 * @param message what happened
 * @param hint what to do next
 * @param line in the prompt file, from 1; missing if it is not about a place in it
 * @param column likewise, in bytes
 * @param pointer the field, as a JSON pointer
 * @param attempts how often it was tried
 * @param backend the WebUI that was asked; missing if none was
 * @param job the job's id; missing if the file did not become a job
 * @param promptFile its name
 * @param promptFileSha256 its hash; missing if the file can't be read
 * @param failed when
 * @param others what else is wrong with it
 * @param pictures where refused pictures can be looked at
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record ErrorFile(
        String kind,
        String code,
        String message,
        String hint,
        @Nullable Integer line,
        @Nullable Integer column,
        @Nullable String pointer,
        int attempts,
        @Nullable String backend,
        @Nullable String job,
        String promptFile,
        @Nullable String promptFileSha256,
        Instant failed,
        List<Other> others,
        List<String> pictures) {

    /** What a library said may hold a secret. */
    ErrorFile {
        message = Secrets.mask(message);
        hint = Secrets.mask(hint);
    }

    /** One more thing that is wrong. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Other(
            String code,
            String message,
            String hint,
            @Nullable Integer line,
            @Nullable Integer column,
            @Nullable String pointer) {

        /** As above. */
        Other {
            message = Secrets.mask(message);
            hint = Secrets.mask(hint);
        }

        /** What ended one task of several. */
        static Other of(ErrorFile error) {
            return new Other(error.code, error.message, error.hint, error.line, error.column, error.pointer);
        }

        static Other of(Problem problem) {
            return new Other(
                    problem.code().word(),
                    problem.message(),
                    problem.hint(),
                    lineOf(problem),
                    columnOf(problem),
                    pointerOf(problem));
        }
    }

    /** What is known about where a failure belongs. */
    record About(
            String promptFile,
            @Nullable String promptFileSha256,
            @Nullable String job,
            @Nullable String backend,
            int attempts,
            List<String> pictures) {}

    static ErrorFile of(List<Problem> problems, About about) {
        Problem first = problems.get(0);
        return new ErrorFile(
                first.code().kind().word(),
                first.code().word(),
                first.message(),
                first.hint(),
                lineOf(first),
                columnOf(first),
                pointerOf(first),
                about.attempts,
                about.backend,
                about.job,
                about.promptFile,
                about.promptFileSha256,
                Instant.now(),
                problems.stream().skip(1).map(Other::of).toList(),
                about.pictures);
    }

    /** All of it as events tell it. */
    List<EventData.Problem> asProblems() {
        List<EventData.Problem> problems = new ArrayList<>();
        problems.add(new EventData.Problem(kind, code, message, hint));
        for (Other other : others == null ? List.<Other>of() : others) { // left out of the file if there are none
            String whose =
                    ProblemCode.of(other.code).map(known -> known.kind().word()).orElse(kind);
            problems.add(new EventData.Problem(whose, other.code, other.message, other.hint));
        }
        return problems;
    }

    /** The same, with what ended single tasks. */
    ErrorFile with(List<Other> tasks) {
        return new ErrorFile(
                kind,
                code,
                message,
                hint,
                line,
                column,
                pointer,
                attempts,
                backend,
                job,
                promptFile,
                promptFileSha256,
                failed,
                tasks,
                pictures);
    }

    private static @Nullable Integer lineOf(Problem problem) {
        return problem.place() == null || problem.place().line() == 0
                ? null
                : problem.place().line();
    }

    private static @Nullable Integer columnOf(Problem problem) {
        return problem.place() == null || problem.place().line() == 0
                ? null
                : problem.place().column();
    }

    private static @Nullable String pointerOf(Problem problem) {
        return problem.place() == null ? null : problem.place().shownPointer();
    }
}
