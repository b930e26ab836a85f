package darkroom.promptfile.expansion;

import darkroom.job.ProblemCode;
import darkroom.json.Pointers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads {@code job.matrix} and {@code job.zip}. */
final class Axes {
    private static final Pattern RANGE =
            Pattern.compile("\\s*(\\d{1,18})\\s*-\\s*(\\d{1,18})\\s*(?:/\\s*(\\d{1,18})\\s*)?");
    private static final int MOST_AXES = 100;

    private final Map<String, @Nullable Object> settings;
    private final Predicate<String> wholeNumbers;
    private final List<ExpansionProblem> problems;

    Axes(Map<String, @Nullable Object> settings, Predicate<String> wholeNumbers, List<ExpansionProblem> problems) {
        this.settings = settings;
        this.wholeNumbers = wholeNumbers;
        this.problems = problems;
    }

    /**
     * Reads one of the two; what is wrong with an axis is a problem, and the axis is left out.
     *
     * @param member {@code matrix} or {@code zip}
     */
    List<Axis> read(@Nullable Object asked, String member) {
        String pointer = "/job/" + member;
        if (asked == null) {
            return List.of();
        }
        if (!(asked instanceof Map<?, ?> object) || object.isEmpty() || object.size() > MOST_AXES) {
            problem(
                    asked instanceof Map ? ProblemCode.AXIS_BROKEN : ProblemCode.WRONG_TYPE,
                    pointer,
                    "'job." + member + "' "
                            + (asked instanceof Map<?, ?> map ? "has " + map.size() + " fields" : "is no object"),
                    "name fields and their values, such as {\"steps\": [20, 30]}");
            return List.of();
        }
        List<Axis> axes = new ArrayList<>();
        object.forEach((key, values) -> {
            Axis axis = axis(String.valueOf(key), values, Pointers.member(pointer, String.valueOf(key)));
            if (axis != null) {
                axes.add(axis);
            }
        });
        return axes;
    }

    /** Two axes can't decide the same thing. */
    void checkApart(Collection<Axis> axes) {
        List<Axis> seen = new ArrayList<>();
        for (Axis axis : axes) {
            seen.stream()
                    .filter(other -> other.field().overlaps(axis.field()))
                    .findFirst()
                    .ifPresent(other -> problem(
                            ProblemCode.AXIS_BROKEN,
                            axis.pointer(),
                            "'" + axis.name() + "' and '" + other.name()
                                    + "' set the same field, or one sets a part of it",
                            "leave one of them out"));
            seen.add(axis);
        }
    }

    /** Rows have a value of each. */
    void checkEven(List<Axis> zip) {
        if (zip.stream().mapToInt(Axis::size).distinct().count() > 1) {
            problem(
                    ProblemCode.AXIS_BROKEN,
                    "/job/zip",
                    "the lists of 'job.zip' are not of the same length: "
                            + zip.stream()
                                    .map(axis -> "'" + axis.name() + "' has " + axis.size())
                                    .collect(Collectors.joining(", ")),
                    "give each the same number of values; for every combination use 'job.matrix'");
        }
    }

    private @Nullable Axis axis(String name, @Nullable Object values, String pointer) {
        FieldPath field = FieldPath.of(name);
        String wrong = wrongName(name, field);
        if (wrong != null) {
            problem(
                    ProblemCode.AXIS_BROKEN,
                    pointer,
                    "'" + name + "' " + wrong,
                    "name a field of the payload, such as steps or /override_settings/CLIP_stop_at_last_layers");
            return null;
        }
        String obstacle = field.obstacle(settings);
        if (obstacle != null) {
            problem(ProblemCode.AXIS_BROKEN, pointer, "'" + name + "' names nothing: " + obstacle, "correct the path");
            return null;
        }
        boolean whole = wholeNumbers.test(field.pointer());
        boolean listed = values instanceof List;
        boolean range =
                whole && values instanceof String text && RANGE.matcher(text).matches();
        if ((!listed && !range) || (values instanceof List<?> list && list.isEmpty())) {
            problem(
                    listed ? ProblemCode.AXIS_BROKEN : ProblemCode.WRONG_TYPE,
                    pointer,
                    "'" + name + "' has " + (listed ? "no values" : "no list of values"),
                    whole
                            ? "write a list, such as [1, 2, 3], or a range, such as \"1-100\""
                            : "write a list, even of one");
            return null;
        }
        List<Axis.Run> runs = new ArrayList<>();
        List<?> written = values instanceof List<?> list ? list : List.of(String.valueOf(values));
        for (int i = 0; i < written.size(); i++) {
            Object value = written.get(i);
            Matcher matcher = RANGE.matcher(whole && value instanceof String text ? text : "");
            runs.add(matcher.matches() ? range(matcher, listed ? pointer + "/" + i : pointer) : Axis.Run.of(value));
        }
        return new Axis(name, pointer, field, runs, listed);
    }

    private static @Nullable String wrongName(String name, FieldPath field) {
        if (field.field().equals("job")) {
            return "is about the job itself, not about the picture";
        }
        if (name.isEmpty() || field.field().isEmpty()) {
            return "names no field";
        }
        if (!name.startsWith("/") && name.indexOf('/') >= 0) {
            return "is neither a field nor a path; a path begins with a slash: '/" + name + "'";
        }
        return null;
    }

    private Axis.Run range(Matcher range, String pointer) {
        long first = Long.parseLong(range.group(1));
        long last = Long.parseLong(range.group(2));
        long step = range.group(3) == null ? 1 : Long.parseLong(range.group(3));
        if (last < first || step == 0) {
            problem(
                    ProblemCode.OUT_OF_RANGE,
                    pointer,
                    "the range " + range.group().strip() + (step == 0 ? " has the step 0" : " runs backwards"),
                    "write the smaller number first, and a step from 1 up: \"1-100\", \"1-100/5\"");
            return Axis.Run.of(first);
        }
        return new Axis.Run(null, first, last, step);
    }

    private void problem(ProblemCode code, String pointer, String message, String hint) {
        problems.add(ExpansionProblem.of(code, pointer, message, hint));
    }
}
