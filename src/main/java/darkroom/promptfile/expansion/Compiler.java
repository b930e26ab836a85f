package darkroom.promptfile.expansion;

import darkroom.job.ProblemCode;
import darkroom.job.Suggestion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Fills wildcards and variables in, once: what comes out can count, and write any of its texts by number, without another look at a
 * file or a name. All that can be missing is found here, also what a draw would seldom come to.
 */
final class Compiler {
    private static final int MOST_PROBLEMS = 20;

    /** Of what so many are picked at most, however many there are. */
    private static final int MOST_PICKS = 1000;

    private static final int MOST_VARIABLES = 200;
    private static final long MOST_STEPS = 1_000_000;

    private final String text;
    private final Wildcards wildcards;
    private final ExpansionLimits limits;
    private final List<ExpansionProblem> problems = new ArrayList<>();
    private final Map<Key, Part> done = new HashMap<>();
    private final IdentityHashMap<WordList, Map<Integer, Node>> parsed = new IdentityHashMap<>();
    private final Set<Object> active = new HashSet<>();

    /** Names of the wildcards that the reader is in, the innermost last. */
    private final List<String> within = new ArrayList<>();

    private int offset;
    private int depth;
    private int parts;
    private int variables;
    private int enumerating;

    /**
     * Prepares to compile one template.
     *
     * @param text as it was written, for the places of problems
     */
    Compiler(String text, Wildcards wildcards, ExpansionLimits limits) {
        this.text = text;
        this.wildcards = wildcards;
        this.limits = limits;
    }

    /** A node in its surroundings, which are compared by what they are, not by what is in them. */
    private record Key(Identity node, Identity variables, Mode mode) {}

    private record Identity(Object of) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Identity another && another.of == of;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(of);
        }
    }

    /** What a variable stands for. */
    private sealed interface Value {}

    private record Known(String text) implements Value {}

    /** Evaluated each time, where it is used, or where it was given if {@code where} says so. */
    private record Later(Node node, @Nullable Variables where) implements Value {}

    private record Slot(int number, long longest) implements Value {}

    private static final class Variables {
        static final Variables NONE = new Variables(Map.of());

        private final Map<String, Value> values;

        private Variables(Map<String, Value> values) {
            this.values = values;
        }

        @Nullable
        Value get(String name) {
            return values.get(name);
        }

        Variables with(String name, Value value) {
            Map<String, Value> more = new HashMap<>(values);
            more.put(name, value);
            return new Variables(more);
        }
    }

    /** The value of a variable has to be known to go on: it is part of the name of a wildcard. */
    private static final class ValueNeeded extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int slot;

        ValueNeeded(int slot) {
            super(null, null, false, false);
            this.slot = slot;
        }
    }

    /**
     * Compiles it.
     *
     * @throws ExpansionException if anything is missing or too large; the pointers of its problems are empty
     */
    Part compile(Node node, Mode mode) {
        Part part = compile(node, Variables.NONE, mode);
        if (!problems.isEmpty()) {
            throw new ExpansionException(problems);
        }
        if (part.longest() > limits.longestText()) {
            throw tooLarge(
                    "it can make a text of " + (part.longest() == Long.MAX_VALUE ? "any number of" : part.longest())
                            + " characters",
                    "make it shorter, or pick fewer; " + limits.longestText() + " is the most");
        }
        return part;
    }

    /** How many variables a draft has. */
    int variables() {
        return variables;
    }

    /** How many parts were made, roughly. */
    int parts() {
        return parts;
    }

    private Part compile(Node node, Variables variables, Mode mode) {
        if (node instanceof Node.Text fixed) {
            return counted(new Part.Fixed(mode, fixed.text()));
        }
        Key key = new Key(new Identity(node), new Identity(variables), mode);
        Part known = enumerating > 0 ? null : done.get(key);
        if (known != null) {
            return known;
        }
        if (++depth > limits.deepest()) {
            throw tooLarge(
                    "it goes more than " + limits.deepest() + " levels deep",
                    "look for wildcards or variables that lead back to themselves");
        }
        int outer = offset;
        Part part = counted(make(node, variables, mode));
        offset = outer;
        depth--;
        if (enumerating == 0) {
            done.put(key, part);
        }
        return part;
    }

    private Part counted(Part part) {
        if (++parts > limits.mostParts()) {
            throw tooLarge(
                    "it has more than " + limits.mostParts() + " parts, wildcards included",
                    "name fewer or smaller wildcards whose values are templates themselves");
        }
        return part;
    }

    private Part make(Node node, Variables variables, Mode mode) {
        if (node instanceof Node.Sequence sequence) {
            return sequence(sequence.nodes(), variables, mode);
        } else if (node instanceof Node.Set set) {
            return sequence(List.of(set), variables, mode);
        } else if (node instanceof Node.Variants variants) {
            at(variants.offset());
            return variants(variants, variables, mode.inner(variants.mode()));
        } else if (node instanceof Node.Wildcard wildcard) {
            at(wildcard.offset());
            return wildcard(wildcard, Node.Picks.ONE, variables, mode.inner(wildcard.mode()));
        } else if (node instanceof Node.Get get) {
            at(get.offset());
            return get(get, variables, mode);
        }
        Node.Wrap wrap = (Node.Wrap) node;
        return new Part.Wrapped(mode, compile(wrap.wrapper(), variables, mode), compile(wrap.inner(), variables, mode));
    }

    /** Problems are told where they are in the text that the job has. */
    private void at(int of) {
        offset = within.isEmpty() ? of : offset;
    }

    /** What is set anywhere in a sequence holds in all of it. */
    private Part sequence(List<Node> nodes, Variables variables, Mode mode) {
        List<Node.Set> sets = new ArrayList<>();
        List<Node> rest = new ArrayList<>();
        for (Node node : nodes) {
            if (node instanceof Node.Set set) {
                sets.add(set);
            } else {
                rest.add(node);
            }
        }
        if (sets.size() > MOST_VARIABLES) {
            throw tooLarge("it sets " + sets.size() + " variables", "set " + MOST_VARIABLES + " at most");
        }
        return let(sets, rest, variables, mode);
    }

    private Part let(List<Node.Set> sets, List<Node> rest, Variables variables, Mode mode) {
        if (sets.isEmpty()) {
            List<Part> compiled = new ArrayList<>();
            for (Node node : rest) {
                compiled.add(compile(node, variables, mode));
            }
            return compiled.size() == 1 ? compiled.get(0) : new Part.Sequence(mode, compiled);
        }
        Node.Set set = sets.get(0);
        List<Node.Set> others = sets.subList(1, sets.size());
        if (set.keep() && variables.get(set.name()) != null) {
            return let(others, rest, variables, mode);
        }
        if (set.value() instanceof Node.Text fixed) {
            return let(others, rest, variables.with(set.name(), new Known(fixed.text())), mode);
        }
        if (!set.immediate()) {
            return let(others, rest, variables.with(set.name(), new Later(set.value(), null)), mode);
        }
        if (++depth > limits.deepest()) {
            throw tooLarge("more than " + limits.deepest() + " variables are set in each other", "set fewer");
        }
        at(set.offset());
        Part value = compile(set.value(), variables, mode);
        int slot = this.variables++;
        int level = depth;
        int site = offset;
        int names = within.size();
        Part part;
        try {
            Variables inner = variables.with(set.name(), new Slot(slot, value.longest()));
            part = new Part.Let(mode, slot, value, let(others, rest, inner, mode));
        } catch (ValueNeeded e) {
            if (e.slot != slot) {
                throw e;
            }
            depth = level;
            offset = site;
            within.subList(names, within.size()).clear();
            Map<String, Part> bodies = new LinkedHashMap<>();
            for (String one : every(set.value(), variables)) {
                bodies.put(one, let(others, rest, variables.with(set.name(), new Known(one)), mode));
            }
            part = branch(value, bodies, mode);
        }
        depth--;
        return part;
    }

    private Part branch(Part decides, Map<String, Part> bodies, Mode mode) {
        if (mode.counts() && !decides.isCounted()) {
            problem(
                    ProblemCode.TEMPLATE_BROKEN,
                    "the name of a wildcard is drawn, by '~' or '@', where every prompt is wanted",
                    "leave the sign out, or use \"expand\": \"random\"");
            return new Part.Fixed(mode, "");
        }
        return new Part.Branch(mode, decides, mode.counts() ? texts(decides) : List.of(), bodies);
    }

    /** Every text that a node can make, however it is chosen. */
    private Set<String> every(Node node, Variables variables) {
        enumerating++;
        try {
            return new LinkedHashSet<>(texts(compile(node, variables, Mode.EVERY)));
        } finally {
            enumerating--;
        }
    }

    private List<String> texts(Part part) {
        if (part.count() > limits.mostValues()) {
            throw tooLarge(
                    "the name of a wildcard can be more than " + limits.mostValues() + " different ones",
                    "let fewer values decide it");
        }
        List<String> texts = new ArrayList<>();
        RandomGenerator random = TaskRandom.of(0);
        for (long i = 0; i < part.count(); i++) {
            Draft draft = new Draft(random, 0, variables);
            part.write(draft, i);
            texts.add(draft.toString());
        }
        return texts;
    }

    private Part get(Node.Get get, Variables variables, Mode mode) {
        Value value = variables.get(get.name());
        if (value instanceof Known known) {
            return new Part.Fixed(mode, known.text());
        }
        if (value instanceof Slot slot) {
            if (enumerating > 0) {
                throw new ValueNeeded(slot.number());
            }
            return new Part.Variable(mode, slot.number(), slot.longest());
        }
        if (value instanceof Later later) {
            Identity itself = new Identity(later);
            if (!active.add(itself)) {
                throw tooLarge(
                        "the variable '" + get.name() + "' stands for itself",
                        "give it a value without ${" + get.name() + "}");
            }
            try {
                return compile(later.node(), later.where() == null ? variables : later.where(), mode);
            } finally {
                active.remove(itself);
            }
        }
        if (get.otherwise() != null) {
            return compile(get.otherwise(), variables, mode);
        }
        problem(
                ProblemCode.UNKNOWN_VARIABLE,
                "the variable '" + get.name() + "' is not set",
                known(get.name(), variables));
        return new Part.Fixed(mode, "");
    }

    private static String known(String name, Variables variables) {
        String write = "write ${" + name + "=value} in front, or ${" + name + ":default}";
        return Suggestion.closest(name, new TreeSet<>(variables.values.keySet()))
                .map(near -> "did you mean '" + near + "'?")
                .orElse(write);
    }

    private Part variants(Node.Variants variants, Variables variables, Mode mode) {
        if (variants.options().size() == 1 && variants.options().get(0).node() instanceof Node.Wildcard wildcard) {
            return wildcard(wildcard, variants.picks(), variables, mode.inner(wildcard.mode()));
        }
        Map<Object, Integer> numbers = new HashMap<>();
        List<Part> options = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (Node.Option option : variants.options()) {
            if (option.weight() <= 0) {
                continue;
            }
            Integer same = numbers.putIfAbsent(
                    option.node() instanceof Node.Text fixed ? fixed.text() : option, options.size());
            if (same == null) {
                options.add(compile(option.node(), variables, mode));
                weights.add(option.weight());
            } else {
                weights.set(same, weights.get(same) + option.weight());
            }
        }
        return pick(
                new Choices.OfParts(
                        options.toArray(new Part[0]),
                        weights.stream().mapToDouble(Double::doubleValue).toArray()),
                variants.picks(),
                mode);
    }

    private Part pick(Choices choices, Node.Picks picks, Mode mode) {
        int most = Math.min(picks.most(), choices.size());
        if (most > MOST_PICKS) {
            throw tooLarge("it picks up to " + most + " of one choice", "pick " + MOST_PICKS + " at most");
        }
        if (most > 1 && mode.counts() && !choices.isPlain() && (long) choices.size() * most > MOST_STEPS) {
            throw tooLarge(
                    "it picks up to " + most + " of " + choices.size() + " values that are templates themselves",
                    "pick fewer, or from a shorter list");
        }
        if (choices.size() == 1 && picks.least() == 1 && picks.most() == 1 && choices instanceof Choices.OfParts only) {
            return only.first();
        }
        return new Pick(mode, choices, picks);
    }

    private Part wildcard(Node.Wildcard wildcard, Node.Picks picks, Variables variables, Mode mode) {
        Variables given = variables;
        for (Map.Entry<String, Node> parameter : wildcard.parameters().entrySet()) {
            given = given.with(
                    parameter.getKey(),
                    parameter.getValue() instanceof Node.Text fixed
                            ? new Known(fixed.text())
                            : new Later(parameter.getValue(), variables));
        }
        if (wildcard.path() instanceof Node.Text name) {
            return words(name.text(), picks, given, mode);
        }
        Node path = named(wildcard.path(), variables);
        Map<String, Part> bodies = new LinkedHashMap<>();
        for (String name : every(path, variables)) {
            bodies.put(name, words(name, picks, given, mode));
        }
        return branch(compile(path, variables, mode), bodies, mode);
    }

    /** A variable that is not set is its own name, in the name of a wildcard. */
    private static Node named(Node path, Variables variables) {
        if (path instanceof Node.Sequence sequence) {
            return new Node.Sequence(sequence.nodes().stream()
                    .map(node -> named(node, variables))
                    .toList());
        }
        if (path instanceof Node.Get get && variables.get(get.name()) == null) {
            return get.otherwise() instanceof Node.Text fixed
                    ? new Node.Text(fixed.text().strip())
                    : get.otherwise() == null ? new Node.Text(get.name()) : get.otherwise();
        }
        return path;
    }

    private Part words(String name, Node.Picks picks, Variables variables, Mode mode) {
        WordList words;
        try {
            words = wildcards.find(name);
        } catch (Wildcards.BrokenException e) {
            problem(ProblemCode.WILDCARD_BROKEN, "the wildcard '" + name + "': " + e.getMessage(), "mend the file");
            return new Part.Fixed(mode, "");
        }
        if (words == null) {
            problem(ProblemCode.UNKNOWN_WILDCARD, "there is no wildcard '" + name + "'", wildcards.hint(name));
            return new Part.Fixed(mode, "");
        }
        Map<Integer, Part> templates = new HashMap<>();
        if (!words.isPlain()) {
            Key itself = new Key(new Identity(words), new Identity(variables), Mode.EVERY);
            if (within.size() >= limits.deepest() || !active.add(itself)) {
                throw tooLarge(
                        "the wildcard '" + name + "' leads back to itself: " + String.join(" -> ", within) + " -> "
                                + name,
                        "take it out of one of the files");
            }
            within.add(name);
            try {
                templates(words, name, variables, mode, templates);
            } finally {
                active.remove(itself);
            }
            within.remove(within.size() - 1);
        }
        Choices choices = new Choices.OfWords(words, templates);
        if (choices.size() == 0) {
            problem(
                    ProblemCode.WILDCARD_BROKEN,
                    "every value of the wildcard '" + name + "' has the weight 0",
                    "give one of them a weight above 0");
            return new Part.Fixed(mode, "");
        }
        return pick(choices, picks, mode);
    }

    private void templates(WordList words, String name, Variables variables, Mode mode, Map<Integer, Part> templates) {
        Map<Integer, Node> nodes = parsed.computeIfAbsent(words, any -> new HashMap<>());
        for (int i = 0; i < words.size(); i++) {
            String value = words.text(i);
            if (TemplateParser.isPlain(value) || words.weight(i) <= 0) {
                continue;
            }
            Node node = nodes.get(i);
            if (node == null) {
                node = parse(value, name);
                nodes.put(i, node);
            }
            templates.put(i, compile(node, variables, mode));
        }
    }

    private Node parse(String value, String name) {
        try {
            return TemplateParser.parse(value, limits);
        } catch (ExpansionException e) {
            ExpansionProblem problem = e.problems().get(0);
            problem(
                    problem.code() == ProblemCode.TEMPLATE_BROKEN ? ProblemCode.WILDCARD_BROKEN : problem.code(),
                    "the wildcard '" + name + "' has the value '" + shortened(value) + "': " + problem.message(),
                    problem.hint());
            return Node.NOTHING;
        }
    }

    private static String shortened(String value) {
        return value.length() <= 60 ? value : value.substring(0, value.offsetByCodePoints(0, 50)) + "…";
    }

    private void problem(ProblemCode code, String message, String hint) {
        String where = within.isEmpty() || code == ProblemCode.WILDCARD_BROKEN
                ? ""
                : " (in the wildcard '" + within.get(within.size() - 1) + "')";
        ExpansionProblem problem = ExpansionProblem.inText(code, text, offset, message + where, hint);
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
        if (problems.size() == MOST_PROBLEMS) {
            throw new ExpansionException(problems);
        }
    }

    private ExpansionException tooLarge(String message, String hint) {
        problems.add(ExpansionProblem.inText(ProblemCode.TEMPLATE_TOO_LARGE, text, offset, message, hint));
        return new ExpansionException(problems);
    }
}
