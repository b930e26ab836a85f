package darkroom.promptfile;

import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.json.Pointers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code job.labels}: what an author says about a job to whoever gets its outputs. Routes put labels into file names, headers and
 * expressions, so they hold nothing that means something there.
 */
final class Labels {
    /** The field, as a pointer. */
    static final String POINTER = "/job/labels";

    static final int MOST = 20;
    static final int LONGEST = 100;
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,40}");
    /** What Camel would read something into. */
    private static final Pattern EXPRESSION = Pattern.compile("\\$(simple)?\\{|\\{\\{|}}");

    private static final String NAMES = "a name has letters, digits, _ and - alone, 40 at most";
    private static final String VALUES = "use a printable text of 1 to " + LONGEST
            + " characters, without / and \\, ${ and {{, and not begun with a dot or ended with a space";

    private Labels() {}

    /** Reads them; what is wrong with them is added to the problems. */
    static Map<String, String> of(PromptDocument document, @Nullable Object job, List<Problem> problems) {
        Object asked = job instanceof Map<?, ?> fields ? fields.get("labels") : null;
        if (asked == null) {
            return Map.of();
        }
        if (!(asked instanceof Map<?, ?> members) || members.size() > MOST) {
            problems.add(new Problem(
                    ProblemCode.WRONG_TYPE,
                    asked instanceof Map<?, ?> many
                            ? "'job.labels' has " + many.size() + " labels"
                            : "'job.labels' is " + Shown.of(asked),
                    asked instanceof Map<?, ?>
                            ? "use " + MOST + " at most"
                            : "use an object of short texts, such as {\"rating\": \"safe\"}",
                    document.place(POINTER)));
            return Map.of();
        }
        Map<String, String> labels = new LinkedHashMap<>();
        members.forEach((key, value) -> {
            String name = String.valueOf(key);
            if (!NAME.matcher(name).matches()) {
                problems.add(new Problem(
                        ProblemCode.WRONG_TYPE,
                        "'job.labels' has a label " + Shown.of(name),
                        NAMES,
                        document.place(POINTER)));
            } else if (value instanceof String text && isValue(text)) {
                labels.put(name, text);
            } else if (value != null) { // a null takes a default away, also where there is none
                problems.add(new Problem(
                        ProblemCode.WRONG_TYPE,
                        "'job.labels." + name + "' is " + Shown.of(value),
                        VALUES,
                        document.place(Pointers.member(POINTER, name))));
            }
        });
        return labels;
    }

    private static boolean isValue(String text) {
        return !text.isEmpty()
                && text.length() <= LONGEST
                && text.equals(text.strip())
                && !text.startsWith(".")
                && text.indexOf('/') < 0
                && text.indexOf('\\') < 0
                && !EXPRESSION.matcher(text).find()
                && text.codePoints().allMatch(Labels::isPrintable);
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
