package darkroom;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.job.Problem;
import darkroom.job.ProblemException;

/** What must be true of whatever Darkroom says about something that came from outside. */
public final class Said {
    private static final int LONGEST = 4000;

    private Said() {}

    /** Each problem has a code, says what happened and what to do next, and nothing in it steers a terminal or a log. */
    public static void well(ProblemException e) {
        assertThat(e.problems()).isNotEmpty().allSatisfy(Said::well);
    }

    /** Likewise, of one. */
    public static void well(Problem problem) {
        assertThat(problem.code()).isNotNull();
        assertThat(problem.message()).isNotBlank().hasSizeLessThan(LONGEST);
        assertThat(problem.hint()).isNotBlank().hasSizeLessThan(LONGEST);
        assertThat(isPlain(problem.sentence())).as(problem.sentence()).isTrue();
    }

    /** Whether a text can be shown as it is: no control characters, none that turn the direction of writing, no line breaks. */
    public static boolean isPlain(String text) {
        return text.codePoints().noneMatch(c -> switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            case Character.FORMAT ->
                c != 0x200c && c != 0x200d && c < 0xe0000; // joiners and tags, of which emoji are made
            default -> false;
        });
    }
}
