package darkroom.promptfile.expansion;

import darkroom.job.ProblemCode;
import darkroom.job.Suggestion;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that one prompt file stands for. It counts them, checks the count, and makes any of them by its number, always the same;
 * what it holds does not grow with their number.
 *
 * <p>Their order: the rows of {@code job.zip}; in each the combinations of {@code job.matrix}, of which the last axis changes fastest;
 * in each the prompts of templates, if every one is made ({@code prompt}, {@code negative_prompt}, {@code hr_prompt},
 * {@code hr_negative_prompt}, of which the last one changes fastest); and each {@code job.count} times.
 *
 * <p>Prompts are templates if {@code job.expand} is {@code random} or {@code combinatorial}, or is not there and the operator has made
 * one of these the default; nothing else makes them templates. So a payload that has braces or underscores in its prompt for another
 * reason goes to the WebUI as it is. If they are drawn, each field of each task has random numbers of its own, which depend on the seed
 * of the job, the number of the task and the name of the field alone (SplitMix64).
 *
 * <p>What is made more than once must not be the same picture: with {@code job.count}, a seed that is given goes up as it does in a
 * batch of the WebUI, by one for each picture (the sub-seed, if there is a {@code subseed_strength}).
 *
 * <p>Not for several threads.
 */
public final class Expansion {
    /** The fields that may be templates. */
    public static final List<String> TEMPLATE_FIELDS =
            List.of("prompt", "negative_prompt", "hr_prompt", "hr_negative_prompt");

    private static final int MOST_PROBLEMS = 100;

    private final Map<String, @Nullable Object> settings;
    private final Expand expand;
    private final Wildcards wildcards;
    private final ExpansionLimits limits;
    private final long seed;
    private final long repeats;
    private final List<Axis> zip;
    private final List<Axis> matrix;
    private final long count;

    /** How many prompts are made of the templates that no axis replaces. */
    private long fixedPrompts = 1;

    /** How many tasks there are up to a row of the zip, and with it. */
    private final long[] rowEnds;

    /** Templates are read again when they are needed; these are still at hand. */
    private final Map<String, Prompts> ready = new LinkedHashMap<>(16, 0.75f, true);

    private int readyParts;

    private Expansion(
            Map<String, @Nullable Object> settings,
            ExpansionRequest request,
            Expand otherwise,
            Wildcards wildcards,
            ExpansionLimits limits,
            long seed,
            Predicate<String> wholeNumbers) {
        List<ExpansionProblem> problems = new ArrayList<>();
        Axes axes = new Axes(settings, wholeNumbers, problems);
        this.settings = settings;
        this.wildcards = wildcards;
        this.limits = limits;
        this.seed = seed;
        this.expand = expand(request.expand(), otherwise, problems);
        this.repeats = number(request.count(), "count", 1, problems);
        this.zip = axes.read(request.zip(), "zip");
        this.matrix = axes.read(request.matrix(), "matrix");
        long most = number(request.limit(), "limit", limits.tasks(), problems);
        List<Axis> all = all();
        axes.checkApart(all);
        axes.checkEven(zip);
        checkSeeds(all, problems);
        giveUpIfAny(problems);
        int rows = zip.isEmpty() ? 1 : zip.get(0).size();
        long least = matrix.stream().mapToLong(Axis::size).reduce(repeats, Saturating::times);
        checkCount(Saturating.times(rows, least), most, problems); // before anything is as large as that
        giveUpIfAny(problems);
        this.rowEnds = new long[rows];
        weigh(problems);
        giveUpIfAny(problems);
        this.count = countRows();
        checkCount(count, most, problems);
        giveUpIfAny(problems);
    }

    /**
     * Checks and counts what a prompt file wants.
     *
     * @param settings of its one task, as they are without expansion; not changed, now or later
     * @param otherwise what is made of templates if {@code job.expand} does not say
     * @param seed decides what is drawn
     * @param wholeNumbers whether a field, by its JSON pointer, takes whole numbers, and so ranges such as {@code "1-100"}
     * @throws ExpansionException if anything is wrong with it, or there are too many; nothing was made then
     */
    public static Expansion of(
            Map<String, @Nullable Object> settings,
            ExpansionRequest request,
            Expand otherwise,
            Wildcards wildcards,
            ExpansionLimits limits,
            long seed,
            Predicate<String> wholeNumbers) {
        return new Expansion(settings, request, otherwise, wildcards, limits, seed, wholeNumbers);
    }

    /** How many tasks there are; at least 1. */
    public long count() {
        return count;
    }

    /** What is made of templates. */
    public Expand expand() {
        return expand;
    }

    /**
     * A value that an axis puts into the settings, for whoever knows what the field takes.
     *
     * @param pointer where the value is written
     * @param field where it goes, as a JSON pointer
     * @param value the value; of a range the first, and in another one the last
     */
    public record AxisValue(
            String pointer, String field, @Nullable Object value) {}

    /** All values of all axes, without those between the ends of a range. Made as they are asked for. */
    public Iterable<AxisValue> axisValues() {
        return () -> all().stream()
                .flatMap(axis -> IntStream.range(0, axis.runs().size()).boxed().flatMap(i -> {
                    Axis.Run run = axis.runs().get(i);
                    return LongStream.of(0, run.size() - 1)
                            .distinct()
                            .mapToObj(end ->
                                    new AxisValue(axis.pointer(i), axis.field().pointer(), run.value(end)));
                }))
                .iterator();
    }

    /**
     * The settings of a task.
     *
     * @param index from 0, below {@link #count()}
     * @return a map of one's own; what is in it is shared
     */
    public Map<String, @Nullable Object> at(long index) {
        Place place = place(index);
        Map<String, @Nullable Object> made = new LinkedHashMap<>(settings);
        place.values.forEach((axis, value) -> axis.field().put(made, value));
        long rest = place.rest / repeats;
        if (expand != Expand.NONE) {
            for (int i = TEMPLATE_FIELDS.size() - 1; i >= 0; i--) {
                String field = TEMPLATE_FIELDS.get(i);
                if (made.get(field) instanceof String template) {
                    Prompts prompts = prompts(template);
                    long number = expand == Expand.RANDOM ? index : rest % prompts.count();
                    made.put(field, prompts.text(number, TaskRandom.of(seed, index, field)));
                    rest /= prompts.count();
                }
            }
        }
        advanceSeed(made, place.rest % repeats);
        return made;
    }

    /**
     * What makes a task another one than its neighbours: the values of its axes, by their names as they are written, and which of
     * {@code job.count} it is, from 1, as {@code count}. Empty if there are none.
     *
     * @param index from 0, below {@link #count()}
     */
    public Map<String, @Nullable Object> chosen(long index) {
        Place place = place(index);
        Map<String, @Nullable Object> chosen = new LinkedHashMap<>();
        place.values.forEach((axis, value) -> chosen.put(axis.name(), value));
        if (repeats > 1) {
            chosen.put("count", place.rest % repeats + 1);
        }
        return chosen;
    }

    private static Expand expand(@Nullable Object asked, Expand otherwise, List<ExpansionProblem> problems) {
        if (asked == null) {
            return otherwise;
        }
        Optional<Expand> meant = Expand.of(String.valueOf(asked));
        if (meant.isEmpty()) {
            problems.add(ExpansionProblem.of(
                    ProblemCode.WRONG_TYPE,
                    "/job/expand",
                    "'job.expand' is none of " + String.join(", ", Expand.words()),
                    Suggestion.of(String.valueOf(asked), Expand.words())));
        }
        return meant.orElse(Expand.NONE);
    }

    private static long number(@Nullable Object asked, String field, long otherwise, List<ExpansionProblem> problems) {
        if (asked == null) {
            return otherwise;
        }
        Long number = whole(asked);
        if (number == null || number < 1) {
            problems.add(ExpansionProblem.of(
                    asked instanceof Number ? ProblemCode.OUT_OF_RANGE : ProblemCode.WRONG_TYPE,
                    "/job/" + field,
                    "'job." + field + "' is no whole number from 1 up",
                    "write one, such as 4"));
            return 1;
        }
        return number;
    }

    private static @Nullable Long whole(@Nullable Object value) {
        if (value instanceof Number number) {
            try {
                BigDecimal exact = new BigDecimal(number.toString());
                return Math.abs(exact.scale()) > 20 ? null : exact.longValueExact();
            } catch (ArithmeticException | NumberFormatException e) {
                return null;
            }
        }
        return null;
    }

    private static void giveUpIfAny(List<ExpansionProblem> problems) {
        if (!problems.isEmpty()) {
            throw new ExpansionException(problems);
        }
    }

    private List<Axis> all() {
        List<Axis> all = new ArrayList<>(zip);
        all.addAll(matrix);
        return all;
    }

    private void checkSeeds(List<Axis> axes, List<ExpansionProblem> problems) {
        axes.stream()
                .filter(axis -> repeats > 1 && axis.field().pointer().equals("/seed"))
                .forEach(axis -> problems.add(ExpansionProblem.of(
                        ProblemCode.AXIS_BROKEN,
                        axis.pointer(),
                        "'job.count' repeats each task with the next seed, and here are the seeds already",
                        "leave one of them out")));
    }

    private void checkCount(long count, long most, List<ExpansionProblem> problems) {
        long cap = limits.tasks();
        if (count <= Math.min(most, cap)) {
            return;
        }
        String hint = count <= cap
                ? "raise job.limit, or ask for less"
                : "ask for less, or ask the operator for more: darkroom.job.limit is " + grouped(cap);
        problems.add(ExpansionProblem.of(
                ProblemCode.TOO_MANY_TASKS,
                most < cap ? "/job/limit" : "/job",
                "this would make "
                        + (count == Prompts.TOO_MANY ? "more tasks than can be counted" : grouped(count) + " tasks")
                        + "; the limit is " + grouped(Math.min(most, cap)),
                hint));
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Counts the tasks, row by row. */
    private long countRows() {
        long combinations = matrix.stream().mapToLong(Axis::weight).reduce(1, Saturating::times);
        combinations = Saturating.times(combinations, Saturating.times(fixedPrompts, repeats));
        long end = 0;
        for (int row = 0; row < rowEnds.length; row++) {
            long weight = combinations;
            for (Axis axis : zip) {
                weight = Saturating.times(weight, axis.weight(row));
            }
            end = Saturating.plus(end, weight);
            rowEnds[row] = end;
        }
        return end;
    }

    /** Reads every template, and counts its prompts. */
    private void weigh(List<ExpansionProblem> problems) {
        if (expand == Expand.NONE) {
            return;
        }
        for (String field : TEMPLATE_FIELDS) {
            Optional<Axis> axis = all().stream()
                    .filter(one -> one.field().pointer().equals("/" + field))
                    .findFirst();
            if (axis.isPresent()) {
                List<Axis.Run> runs = axis.get().runs();
                axis.get()
                        .weigh(i -> weight(runs.get((int) i).value(), axis.get().pointer((int) i), problems));
            } else {
                fixedPrompts = Saturating.times(fixedPrompts, weight(settings.get(field), "/" + field, problems));
            }
        }
    }

    private long weight(@Nullable Object value, String pointer, List<ExpansionProblem> problems) {
        if (!(value instanceof String template) || problems.size() > MOST_PROBLEMS) {
            return 1;
        }
        try {
            return prompts(template).count();
        } catch (ExpansionException e) {
            e.problems().forEach(problem -> problems.add(problem.in(pointer)));
            return 1;
        }
    }

    private Prompts prompts(String template) {
        Prompts prompts = ready.get(template);
        if (prompts == null) {
            prompts = PromptTemplate.parse(template, limits).prompts(wildcards, expand);
            ready.put(template, prompts);
            readyParts += prompts.parts();
            for (Iterator<Prompts> oldest = ready.values().iterator();
                    readyParts > limits.mostParts() && ready.size() > TEMPLATE_FIELDS.size(); ) {
                readyParts -= oldest.next().parts();
                oldest.remove();
            }
        }
        return prompts;
    }

    /** Which values a task has; what is left of its number tells its prompts, and which of {@code job.count} it is. */
    private static final class Place {
        final Map<Axis, @Nullable Object> values = new LinkedHashMap<>();
        long rest;
    }

    private Place place(long index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("task " + index + " of " + count);
        }
        Place place = new Place();
        int row = Arrays.binarySearch(rowEnds, index + 1);
        row = row < 0 ? -row - 1 : row;
        long rest = row == 0 ? index : index - rowEnds[row - 1];
        long before = repeats * fixedPrompts;
        for (Axis axis : zip) {
            place.values.put(axis, axis.value(row));
            before *= axis.weight(row);
        }
        long tail = matrix.stream().mapToLong(Axis::weight).reduce(1, (a, b) -> a * b);
        for (Axis axis : matrix) {
            tail /= axis.weight();
            int i = axis.at(rest / (before * tail));
            place.values.put(axis, axis.value(i));
            rest -= axis.weightBefore(i) * before * tail;
            before *= axis.weight(i);
        }
        place.rest = rest;
        return place;
    }

    private static void advanceSeed(Map<String, @Nullable Object> made, long by) {
        Object strength = made.get("subseed_strength");
        String field = strength instanceof Number number && number.doubleValue() > 0 ? "subseed" : "seed";
        Long seed = whole(made.get(field));
        if (by == 0 || seed == null || seed < 0) {
            return;
        }
        long pictures = by * atLeastOne(made.get("batch_size")) * atLeastOne(made.get("n_iter"));
        long next = seed + pictures;
        made.put(field, next == (int) next ? (Object) (int) next : (Object) next);
    }

    private static long atLeastOne(@Nullable Object value) {
        Long number = whole(value);
        return number == null ? 1 : Math.max(1, number);
    }
}
