package darkroom.schedule.simulation;

import darkroom.schedule.Policy;
import darkroom.yaml.MistakeException;
import darkroom.yaml.YamlValue;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;

/** Reads a scenario file, and says all that is wrong in it. */
final class ScenarioReader {
    private static final long MOST_TASKS = 1_000_000_000;
    private static final int MOST_BACKENDS = 1_000_000;

    private static final Rule ABOVE_0 = new Rule("a number above 0", n -> n > 0);
    private static final Rule FROM_0 = new Rule("a number from 0 on", n -> n >= 0);
    private static final Rule SHARE = new Rule("a number between 0 and 1", n -> n > 0 && n < 1);

    private final Path file;
    private final List<String> problems = new ArrayList<>();

    private ScenarioReader(Path file) {
        this.file = file;
    }

    /** What a number must be. */
    private record Rule(String words, DoublePredicate fits) {
        static Rule whole(long least, long most) {
            return new Rule(
                    "a whole number from " + least + " to " + most, n -> n == Math.rint(n) && n >= least && n <= most);
        }
    }

    /**
     * Reads.
     *
     * @throws MistakeException with all that is wrong in it
     * @throws IOException if it can't be read
     */
    static Scenario read(Path file) throws IOException {
        YamlValue root = YamlValue.read(file)
                .orElseThrow(() -> new MistakeException(
                        file, 0, "the file is empty; examples/scheduling/office.yaml shows what belongs into one"));
        return new ScenarioReader(file).scenario(root);
    }

    private Scenario scenario(YamlValue root) throws MistakeException {
        Fields fields = new Fields(
                root,
                root.fields(
                        "a scenario",
                        List.of(
                                "seed",
                                "in-flight",
                                "overhead",
                                "longest-wait",
                                "backends",
                                "lanes",
                                "checkpoints",
                                "seconds",
                                "arrivals")));
        List<Scenario.Backends> backends = backends(fields);
        YamlValue arrivals = fields.values.get("arrivals");
        if (arrivals == null) {
            problems.add(file + ": there are no arrivals; say when tasks come, such as arrivals: {backlog: 100}");
        }
        Scenario scenario = new Scenario(
                fields.seed(),
                fields.whole("in-flight", 2, 1, MOST_BACKENDS),
                fields.number("overhead", Policy.USUAL_OVERHEAD, SHARE),
                fields.number("longest-wait", Scenario.LONGEST_WAIT, ABOVE_0),
                backends,
                lanes(fields.values.get("lanes")),
                checkpoints(fields.values.get("checkpoints")),
                amount(fields, "seconds", new Scenario.Amount(10)),
                arrivals == null ? new Scenario.Arrivals(0, 0, 0, null, null) : arrivals(arrivals));
        if (!problems.isEmpty()) {
            throw new MistakeException(problems);
        }
        return scenario;
    }

    private List<Scenario.Backends> backends(Fields fields) {
        List<Scenario.Backends> backends = new ArrayList<>();
        List<YamlValue> kinds = fields.list("backends");
        for (YamlValue kind : kinds) {
            Fields own = fields(
                    kind,
                    "name",
                    "count",
                    "speed",
                    "weight",
                    "switch-seconds",
                    "lanes",
                    "checkpoints",
                    "failures",
                    "outages");
            backends.add(new Scenario.Backends(
                    own.text("name", "backend"),
                    own.whole("count", 1, 1, MOST_BACKENDS),
                    amount(own, "speed", Scenario.Amount.ONE),
                    own.number("weight", 1, ABOVE_0),
                    own.number("switch-seconds", 0, FROM_0),
                    own.words("lanes"),
                    own.words("checkpoints"),
                    failures(own.values.get("failures")),
                    outages(own)));
        }
        if (kinds.isEmpty() && problems.isEmpty()) {
            problems.add(file + ": there are no backends; say which, such as backends: [{count: 2}]");
        }
        return backends;
    }

    private Scenario.@Nullable Failures failures(@Nullable YamlValue value) {
        if (value == null) {
            return null;
        }
        Fields fields = fields(value, "every", "last");
        return new Scenario.Failures(fields.needed("every", ABOVE_0), fields.needed("last", ABOVE_0));
    }

    private List<Scenario.Outage> outages(Fields kind) {
        List<Scenario.Outage> outages = new ArrayList<>();
        for (YamlValue value : kind.list("outages")) {
            Fields fields = fields(value, "at", "last");
            outages.add(new Scenario.Outage(fields.needed("at", FROM_0), fields.needed("last", ABOVE_0)));
        }
        return outages;
    }

    private Map<String, Scenario.LaneShare> lanes(@Nullable YamlValue value) {
        Map<String, Scenario.LaneShare> lanes = new LinkedHashMap<>();
        entries(value).forEach((name, lane) -> {
            Fields fields = lane.isNull() ? new Fields(lane, Map.of()) : fields(lane, "weight", "priority", "share");
            lanes.put(
                    name,
                    new Scenario.LaneShare(
                            fields.number("weight", 1, ABOVE_0),
                            fields.whole("priority", 0, -MOST_TASKS, MOST_TASKS),
                            fields.number("share", 1, FROM_0)));
        });
        return lanes.isEmpty() ? Map.of("", new Scenario.LaneShare(1, 0, 1)) : lanes;
    }

    private Scenario.Checkpoints checkpoints(@Nullable YamlValue value) {
        Fields fields =
                value == null ? new Fields(null, Map.of()) : fields(value, "count", "skew", "shares", "alternating");
        Map<String, Double> shares = new LinkedHashMap<>();
        entries(fields.values.get("shares")).forEach((name, share) -> shares.put(name, number(share, 1, ABOVE_0)));
        return new Scenario.Checkpoints(
                fields.whole("count", 1, 1, Short.MAX_VALUE),
                fields.number("skew", 0, FROM_0),
                shares,
                fields.yes("alternating"));
    }

    private Scenario.Arrivals arrivals(YamlValue value) {
        Fields fields = fields(value, "backlog", "tasks", "load", "bursts", "file");
        int backlog = fields.whole("backlog", 0, 0, MOST_TASKS);
        int tasks = fields.whole("tasks", 0, 0, MOST_TASKS);
        double load = tasks > 0 ? fields.needed("load", ABOVE_0) : fields.number("load", 0, FROM_0);
        Scenario.Bursts bursts = null;
        YamlValue burst = fields.values.get("bursts");
        if (burst != null) {
            Fields own = fields(burst, "every", "tasks", "times");
            bursts = new Scenario.Bursts(
                    own.needed("every", ABOVE_0), (int) own.needed("tasks", Rule.whole(1, MOST_TASKS)), (int)
                            own.needed("times", Rule.whole(1, MOST_TASKS)));
        }
        if (backlog + (double) tasks + (bursts == null ? 0 : (double) bursts.tasks() * bursts.times()) > MOST_TASKS) {
            problem(value.mistake(value.name() + " has more than " + MOST_TASKS + " tasks; ask for fewer"));
        }
        return new Scenario.Arrivals(
                backlog, tasks, load, bursts, fields.values.containsKey("file") ? fields.text("file", "") : null);
    }

    /** A number, or its mean and how much it differs. */
    private Scenario.Amount amount(Fields of, String field, Scenario.Amount otherwise) {
        YamlValue value = of.values.get(field);
        if (value == null || !value.isObject()) {
            return value == null ? otherwise : new Scenario.Amount(number(value, otherwise.mean(), ABOVE_0));
        }
        Fields fields = fields(value, "mean", "variation");
        return new Scenario.Amount(fields.needed("mean", ABOVE_0), fields.number("variation", 0, FROM_0));
    }

    private double number(YamlValue value, double otherwise, Rule rule) {
        try {
            String text = value.text();
            try {
                double number = new BigDecimal(text).doubleValue();
                if (Double.isFinite(number) && rule.fits().test(number)) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw value.wrong("is '" + text + "'; use " + rule.words());
        } catch (MistakeException e) {
            problem(e);
            return otherwise;
        }
    }

    private Fields fields(YamlValue owner, String... known) {
        try {
            return new Fields(owner, owner.fields(owner.name(), Arrays.asList(known)));
        } catch (MistakeException e) {
            problem(e);
            return new Fields(null, Map.of()); // what is missing there is not said as well
        }
    }

    private Map<String, YamlValue> entries(@Nullable YamlValue value) {
        try {
            return value == null ? Map.of() : value.entries();
        } catch (MistakeException e) {
            problem(e);
            return Map.of();
        }
    }

    private void problem(MistakeException e) {
        problems.addAll(e.problems());
    }

    /** The fields of something; what is not among them has the usual value. */
    private final class Fields {
        private final @Nullable YamlValue owner;
        private final Map<String, YamlValue> values;

        Fields(@Nullable YamlValue owner, Map<String, YamlValue> values) {
            this.owner = owner;
            this.values = values;
        }

        double number(String field, double otherwise, Rule rule) {
            YamlValue value = values.get(field);
            return value == null ? otherwise : ScenarioReader.this.number(value, otherwise, rule);
        }

        int whole(String field, int otherwise, long least, long most) {
            return (int) number(field, otherwise, Rule.whole(least, most));
        }

        double needed(String field, Rule rule) {
            if (owner != null && !values.containsKey(field)) {
                problem(owner.mistake(owner.name() + "." + field + " is missing; use " + rule.words()));
            }
            return number(field, 1, rule);
        }

        /** Any number that fits: a double has fewer digits. */
        long seed() {
            YamlValue value = values.get("seed");
            try {
                return value == null ? 0 : Long.parseLong(value.text());
            } catch (NumberFormatException e) {
                problem(value.wrong("is '" + text("seed", "") + "'; use a whole number"));
            } catch (MistakeException e) {
                problem(e);
            }
            return 0;
        }

        boolean yes(String field) {
            YamlValue value = values.get(field);
            String text = text(field, "false");
            if (value != null && !text.equals("true") && !text.equals("false")) {
                problem(value.wrong("is '" + text + "'; use true or false"));
            }
            return text.equals("true");
        }

        String text(String field, String otherwise) {
            try {
                YamlValue value = values.get(field);
                return value == null ? otherwise : value.text();
            } catch (MistakeException e) {
                problem(e);
                return otherwise;
            }
        }

        List<YamlValue> list(String field) {
            try {
                YamlValue value = values.get(field);
                return value == null ? List.of() : value.list();
            } catch (MistakeException e) {
                problem(e);
                return List.of();
            }
        }

        List<String> words(String field) {
            List<String> words = new ArrayList<>();
            for (YamlValue word : list(field)) {
                try {
                    words.add(word.text());
                } catch (MistakeException e) {
                    problem(e);
                }
            }
            return words;
        }
    }
}
