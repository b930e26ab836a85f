import com.fasterxml.jackson.databind.JsonNode;
import darkroom.json.Json;
import darkroom.sandbox.Checkpoint;
import darkroom.sandbox.Generation;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import darkroom.schedule.simulation.Contender;
import darkroom.schedule.simulation.Scenario;
import darkroom.schedule.simulation.Simulation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Does a scenario twice: for real, with Darkroom as it is shipped and sandbox WebUIs that are as fast as the scenario says,
 * from files that are dropped at the drawn moments; and in the simulator. Prints both beside each other, and ends with 1 if
 * they do not agree.
 *
 * <p>Both have the same tasks at the same moments, the scenario's times multiplied by {@code --time}. In the simulator a task
 * comes when Darkroom had accepted it, and waits count from then: what passes from the drop to that is the machine's, and
 * printed by itself. Neither knows more of the WebUIs than their weights: Darkroom is warmed up by another one, and given those
 * of the scenario when it begins. What is left is what the simulator leaves out: a task that is accepted has to be put into the
 * queue, and around each picture there is some work, however fast the WebUI is. So the simulator does the scenario many times,
 * by chance with each task coming up to {@value #DELAY} s later, each picture taking up to {@value #WORK} s longer in such a
 * run, and each absence ending up to one breaker's pause later. The real figures are expected among those of these runs, with
 * as much to spare on both sides as a hundredth of a share, a load, and {@value #SPARE} of a wait. A percentile with fewer than
 * {@value #FEW} tasks at or above it is one task's luck, and may be as long as the longest wait of any of these runs.
 */
final class Schedule {
    private static final double DELAY = 0.1;

    private static final double WORK = 0.02;
    private static final double SPARE = 0.15;
    private static final double BREAKER_PAUSE = 5;
    private static final int WARM_UP = 40;

    /** A step of a picture of this size is taken for as much work as {@link #STEP} is. */
    private static final int SIDE = 160;

    private static final int FEW = 5;
    private static final double STEP = 0.005;
    private static final Checkpoint IDLE = Checkpoint.named("idle.safetensors");
    private static final Pattern TASK = Pattern.compile("t(\\d{5})");
    private static final String LIST = "webuis.yaml";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** After that each WebUI has been asked what it has loaded. */
    private static final Duration ASKED = Duration.ofSeconds(2);

    private static final class Options {
        List<Path> scenarios = List.of(Path.of("examples/scheduling/one-gpu.yaml"));
        double time = 0.05;
        int runs = 200;
        Path home = Path.of("target/darkroom");
        boolean keep;
    }

    /** A backend of the scenario: what it is called, and what it can. */
    private record Gpu(String name, double speed, double weight, double load, List<Scenario.Outage> outages) {
        static List<Gpu> of(Scenario scenario) {
            List<Gpu> all = new ArrayList<>();
            for (Scenario.Backends kind : scenario.backends()) {
                if (kind.failures() != null
                        || kind.speed().variation() != 0
                        || !kind.lanes().isEmpty()) {
                    throw new IllegalArgumentException(
                            "failures, speeds by chance and lanes of backends are not done here");
                }
                for (int i = 1; i <= kind.count(); i++) {
                    String name = kind.count() == 1 ? kind.name() : kind.name() + "-" + i;
                    all.add(new Gpu(name, kind.speed().mean(), kind.weight(), kind.switchSeconds(), kind.outages()));
                }
            }
            return all;
        }

        /** How long it is there until then. */
        double there(double until) {
            double there = until;
            for (Scenario.Outage outage : outages) {
                there -= Math.max(0, Math.min(until, outage.at() + outage.last()) - outage.at());
            }
            return there;
        }
    }

    /** A task that was done, in seconds from the start of all. */
    private record Did(int task, String gpu, boolean load, double worked, double ended) {}

    /** What came of a run, by what it is called. */
    private static final class Figures {
        final Map<String, Double> values = new LinkedHashMap<>();
        final Map<String, Double> longest = new HashMap<>(); // the longest wait, where a percentile is one of the last

        Figures(List<Gpu> gpus, List<Simulation.Arrival> arrivals, List<Did> all, long loads) {
            double end = all.stream().mapToDouble(Did::ended).max().orElse(0);
            double work =
                    arrivals.stream().mapToDouble(Simulation.Arrival::seconds).sum();
            double possible = gpus.stream()
                    .mapToDouble(gpu -> gpu.speed() * gpu.there(end))
                    .sum();
            values.put("busy", work / possible);
            if (gpus.size() > 1) {
                for (Gpu gpu : gpus) {
                    double did = all.stream()
                            .filter(each -> each.gpu().equals(gpu.name()))
                            .mapToDouble(each -> arrivals.get(each.task()).seconds())
                            .sum();
                    values.put("busy " + gpu.name(), did / gpu.speed() / gpu.there(end));
                }
            }
            values.put("loads", (double) loads);
            Map<String, List<Double>> waits = new TreeMap<>();
            for (Did each : all) {
                Simulation.Arrival arrival = arrivals.get(each.task());
                waits.computeIfAbsent(arrival.lane(), lane -> new ArrayList<>()).add(each.worked() - arrival.at());
            }
            waits.forEach((lane, some) -> {
                some.sort(null);
                for (int percent : List.of(50, 95, 99)) {
                    String name = "wait p" + percent + " " + lane;
                    int place = (int) Math.ceil(percent / 100.0 * some.size()) - 1;
                    values.put(name, some.get(place));
                    if (some.size() - place < FEW) {
                        longest.put(name, some.get(some.size() - 1));
                    }
                }
            });
        }
    }

    public static void main(String[] arguments) throws Exception {
        Options options = options(arguments);
        boolean agree = true;
        for (Path file : options.scenarios) {
            agree &= compare(options, file);
        }
        System.exit(agree ? 0 : 1);
    }

    private static Options options(String[] arguments) {
        Options options = new Options();
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            switch (pair[0]) {
                case "--scenario" ->
                    options.scenarios =
                            Stream.of(pair[1].split(",")).map(Path::of).toList();
                case "--time" -> options.time = Double.parseDouble(pair[1]);
                case "--runs" -> options.runs = Integer.parseInt(pair[1]);
                case "--home" -> options.home = Path.of(pair[1]);
                case "--keep" -> options.keep = true;
                default -> {
                    System.err.println("usage: bench/schedule [--scenario=FILE,FILE] [--time=0.05] [--runs=200]"
                            + " [--home=target/darkroom] [--keep]");
                    System.exit(2);
                }
            }
        }
        return options;
    }

    private static boolean compare(Options options, Path file) throws Exception {
        Scenario drawn = Scenario.read(file, 1);
        List<Simulation.Arrival> tasks = faster(Simulation.of(drawn).arrivals(), options.time);
        Scenario scenario = faster(drawn, options.time);
        List<Gpu> gpus = Gpu.of(scenario);
        System.out.printf(
                Locale.ROOT,
                "%s: %d tasks, %d backends, times multiplied by %s%n",
                file,
                tasks.size(),
                gpus.size(),
                options.time);
        Path folder = Files.createTempDirectory("darkroom-bench");
        try (Real real = new Real(options, folder, scenario, gpus, tasks)) {
            Figures figures = real.figures();
            boolean agree = real.nothingIsWrong();
            agree &= print(figures, simulated(options, scenario, gpus, real.accepted(), folder));
            System.out.println(agree ? "They agree." : "THEY DO NOT AGREE.");
            System.out.println();
            return agree;
        } finally {
            if (options.keep) {
                System.out.println("kept: " + folder);
            } else {
                delete(folder);
            }
        }
    }

    private static boolean print(Figures real, List<Figures> simulated) {
        System.out.printf(
                "%-20s %9s %10s %11s   %s%n", "", "real", "simulated", "difference", "simulated, least to most");
        boolean agree = true;
        for (Map.Entry<String, Double> figure : real.values.entrySet()) {
            double[] sorted = simulated.stream()
                    .mapToDouble(each -> each.values.get(figure.getKey()))
                    .sorted()
                    .toArray();
            double value = figure.getValue();
            double least = sorted[0];
            double most = simulated.stream()
                    .mapToDouble(each -> each.longest.getOrDefault(figure.getKey(), 0.0))
                    .reduce(sorted[sorted.length - 1], Math::max);
            double middle = sorted[sorted.length / 2];
            double spare = figure.getKey().startsWith("busy")
                    ? 0.01
                    : figure.getKey().equals("loads") ? 1 : SPARE * Math.max(0.1, middle);
            boolean within = value >= least - spare && value <= most + spare;
            agree &= within;
            String format = figure.getKey().equals("loads") ? "%.0f" : "%.3f";
            System.out.printf(
                    "%-20s %9s %10s %11s   %s to %s%s%n",
                    figure.getKey(),
                    String.format(Locale.ROOT, format, value),
                    String.format(Locale.ROOT, format, middle),
                    String.format(Locale.ROOT, "%+" + format.substring(1), value - middle),
                    String.format(Locale.ROOT, format, least),
                    String.format(Locale.ROOT, format, most),
                    within ? "" : "   <- not within");
        }
        return agree;
    }

    private static List<Simulation.Arrival> faster(List<Simulation.Arrival> tasks, double time) {
        return tasks.stream()
                .map(each -> new Simulation.Arrival(
                        each.at() * time,
                        each.lane(),
                        each.priority(),
                        each.checkpoint(),
                        Math.max(1, Math.round(each.seconds() * time / STEP)) * STEP))
                .toList();
    }

    private static Scenario faster(Scenario of, double time) {
        List<Scenario.Backends> backends = of.backends().stream()
                .map(each -> new Scenario.Backends(
                        each.name(),
                        each.count(),
                        each.speed(),
                        each.weight(),
                        each.switchSeconds() * time,
                        each.lanes(),
                        each.checkpoints(),
                        each.failures(),
                        each.outages().stream()
                                .map(outage -> new Scenario.Outage(outage.at() * time, outage.last() * time))
                                .toList()))
                .toList();
        return new Scenario(
                of.seed(),
                of.inFlight(),
                of.overhead(),
                of.longestWait() * time,
                backends,
                of.lanes(),
                of.checkpoints(),
                of.seconds(),
                of.arrivals());
    }

    /** What the simulator says, many times. */
    private static List<Figures> simulated(
            Options options, Scenario scenario, List<Gpu> gpus, List<Simulation.Arrival> accepted, Path folder)
            throws IOException {
        List<Figures> all = new ArrayList<>();
        Path csv = folder.resolve("arrivals.csv");
        double mean = accepted.stream()
                .mapToDouble(Simulation.Arrival::seconds)
                .average()
                .orElseThrow();
        for (int run = 0; run < options.runs; run++) {
            Random random = new Random(run);
            record Late(int task, double at) {}
            List<Late> late = new ArrayList<>();
            for (int task = 0; task < accepted.size(); task++) {
                late.add(new Late(task, accepted.get(task).at() + random.nextDouble() * DELAY));
            }
            late.sort(Comparator.comparingDouble(Late::at));
            Files.write(
                    csv,
                    late.stream()
                            .map(each ->
                                    each.at() + "," + accepted.get(each.task()).lane() + ","
                                            + accepted.get(each.task()).checkpoint() + ","
                                            + accepted.get(each.task()).seconds())
                            .toList());
            Scenario varied = new Scenario(
                    scenario.seed(),
                    scenario.inFlight(),
                    scenario.overhead(),
                    scenario.longestWait(),
                    late(
                            scenario.backends(),
                            random.nextDouble() * BREAKER_PAUSE * options.time,
                            mean,
                            random.nextDouble() * WORK),
                    scenario.lanes(),
                    scenario.checkpoints(),
                    scenario.seconds(),
                    new Scenario.Arrivals(0, 0, 0, null, csv.toString()));
            List<Did> did = new ArrayList<>();
            long loads = Simulation.of(varied)
                    .run(
                            Contender.DARKROOM,
                            done -> did.add(new Did(
                                    late.get(done.task()).task(),
                                    done.backend(),
                                    done.worked() > done.began(),
                                    done.worked(),
                                    done.ended())))
                    .switches();
            all.add(new Figures(gpus, accepted, did, loads));
        }
        return all;
    }

    /** They come back later, and take longer for a picture that takes {@code mean} seconds at one of speed 1. */
    private static List<Scenario.Backends> late(
            List<Scenario.Backends> backends, double seconds, double mean, double longer) {
        return backends.stream()
                .map(each -> new Scenario.Backends(
                        each.name(),
                        each.count(),
                        new Scenario.Amount(mean / (mean / each.speed().mean() + longer)),
                        each.weight(),
                        each.switchSeconds(),
                        each.lanes(),
                        each.checkpoints(),
                        each.failures(),
                        each.outages().stream()
                                .map(outage -> new Scenario.Outage(outage.at(), outage.last() + seconds))
                                .toList()))
                .toList();
    }

    /** Darkroom and the WebUIs, at work. */
    private static final class Real implements AutoCloseable {
        private final Path folder;
        private final int inFlight;
        private final List<Gpu> gpus;
        private final List<Simulation.Arrival> tasks;
        private final List<SandboxSettings> settings = new ArrayList<>();
        private final List<SandboxWebUi> webUis = new ArrayList<>();
        private final List<List<List<Generation>>> made = new ArrayList<>(); // by GPU, then from one start to the next
        private final double[] dropped;
        private final List<Simulation.Arrival> accepted = new ArrayList<>();
        private final Process process;
        private final Instant start;
        private int cut;

        Real(Options options, Path folder, Scenario scenario, List<Gpu> gpus, List<Simulation.Arrival> tasks)
                throws Exception {
            this.folder = folder;
            this.inFlight = scenario.inFlight();
            this.gpus = gpus;
            this.tasks = tasks;
            this.dropped = new double[tasks.size()];
            gpus.forEach(gpu -> made.add(new ArrayList<>()));
            Checkpoint[] checkpoints = Stream.concat(
                            Stream.of(IDLE),
                            tasks.stream()
                                    .map(Simulation.Arrival::checkpoint)
                                    .distinct()
                                    .map(name -> Checkpoint.named(name + ".safetensors")))
                    .toArray(Checkpoint[]::new);
            for (Gpu gpu : gpus) {
                settings.add(SandboxSettings.defaults()
                        .withPlainPictures(true)
                        .withCheckpoints(checkpoints)
                        .withTimePerLoad(duration(gpu.load()))
                        .withTimePerStep(duration(STEP / gpu.speed())));
                webUis.add(SandboxWebUi.start(settings.get(settings.size() - 1)));
            }
            SandboxWebUi warmUp = SandboxWebUi.start(
                    SandboxSettings.defaults().withPlainPictures(true).withCheckpoints(checkpoints));
            list("- url: " + warmUp.url());
            process = darkroom(options, scenario);
            try (warmUp) {
                files();
                for (int i = 0; i < WARM_UP; i++) {
                    drop("warm" + i + ".json", "");
                }
                await(() -> count("done") == WARM_UP);
                share();
                start = Instant.now();
                play();
            } catch (Exception e) {
                close();
                throw e;
            }
        }

        private Process darkroom(Options options, Scenario scenario) throws IOException {
            Files.createDirectories(folder.resolve("data/drop"));
            ProcessBuilder builder = new ProcessBuilder(
                            options.home.toAbsolutePath() + "/bin/darkroom", "run", "--data", folder + "/data")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile());
            Map<String, String> environment = builder.environment();
            environment.put("JAVA_HOME", System.getProperty("java.home"));
            environment.put("DARKROOM_HEALTH_PORT", "0");
            environment.put("DARKROOM_WEBUIS", folder.resolve(LIST).toString());
            environment.put("DARKROOM_WEBUI_IN_FLIGHT", String.valueOf(scenario.inFlight()));
            environment.put("DARKROOM_SCHEDULE_LONGEST_WAIT", millis(scenario.longestWait()));
            environment.put("DARKROOM_RETRY_PAUSE", millis(options.time));
            environment.put("DARKROOM_RETRY_BACKEND_PAUSE", millis(BREAKER_PAUSE * options.time));
            environment.put(
                    "DARKROOM_SCHEDULE_SHARES",
                    scenario.lanes().entrySet().stream()
                            .filter(lane -> lane.getValue().weight() != 1) // as all are that are not named
                            .map(lane -> lane.getKey() + "="
                                    + new BigDecimal(String.valueOf(
                                                    lane.getValue().weight()))
                                            .stripTrailingZeros()
                                            .toPlainString())
                            .collect(Collectors.joining(",")));
            return builder.start();
        }

        /** Instead of the one that warmed it up come those of the scenario, of which it knows no more than the simulator. */
        private void share() throws Exception {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < gpus.size(); i++) {
                Gpu gpu = gpus.get(i);
                lines.add("- {name: " + gpu.name() + ", url: '" + webUis.get(i).url() + "', weight: " + gpu.weight()
                        + "}");
            }
            list(String.join("\n", lines));
            await(() -> Files.readString(folder.resolve("log")).contains("these share the work now"));
            Thread.sleep(ASKED.toMillis());
        }

        private void list(String entries) throws IOException {
            Path written = Files.writeString(folder.resolve(LIST + ".part"), entries + "\n");
            Files.move(
                    written, folder.resolve(LIST), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        private static String millis(double seconds) {
            return Math.round(seconds * 1000) + "ms";
        }

        private static Duration duration(double seconds) {
            return Duration.ofNanos(Math.round(seconds * 1e9));
        }

        /** All are written beforehand, so that nothing but a rename is to be done when it is time. */
        private void files() throws IOException {
            Files.createDirectories(folder.resolve("made"));
            for (int i = 0; i < WARM_UP; i++) {
                Files.writeString(
                        folder.resolve("made/warm" + i + ".json"),
                        "{\"prompt\": \"warm\", \"steps\": 20, \"width\": " + SIDE + ", \"height\": " + SIDE
                                + ", \"seed\": " + i + ", \"override_settings\": {\"sd_model_checkpoint\": \""
                                + tasks.get(0).checkpoint() + "\"}}");
            }
            for (int i = 0; i < tasks.size(); i++) {
                Simulation.Arrival task = tasks.get(i);
                Files.createDirectories(folder.resolve("data/drop").resolve(task.lane()));
                Files.writeString(
                        folder.resolve("made").resolve(name(i)),
                        String.format(
                                "{\"prompt\": \"%d\", \"steps\": %d, \"width\": %d, \"height\": %d, \"seed\": %d,"
                                        + " \"override_settings\": {\"sd_model_checkpoint\": \"%s\"},"
                                        + " \"job\": {\"priority\": %d}}",
                                i,
                                Math.round(task.seconds() / STEP),
                                SIDE,
                                SIDE,
                                i,
                                task.checkpoint(),
                                task.priority()));
            }
        }

        private static String name(int task) {
            return String.format("t%05d.json", task);
        }

        private Instant drop(String name, String lane) throws IOException {
            Instant now = Instant.now();
            Files.move(
                    folder.resolve("made").resolve(name),
                    folder.resolve("data/drop").resolve(lane).resolve(name),
                    StandardCopyOption.ATOMIC_MOVE);
            return now;
        }

        /** What happens when: files are dropped, WebUIs go away and return. */
        private void play() throws Exception {
            record Event(double at, Step what) {}
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < tasks.size(); i++) {
                int task = i;
                events.add(new Event(tasks.get(i).at(), () -> {
                    dropped[task] =
                            seconds(start, drop(name(task), tasks.get(task).lane()));
                }));
            }
            for (int i = 0; i < gpus.size(); i++) {
                int gpu = i;
                for (Scenario.Outage outage : gpus.get(i).outages()) {
                    events.add(new Event(outage.at(), () -> goes(gpu)));
                    events.add(new Event(outage.at() + outage.last(), () -> returns(gpu)));
                }
            }
            events.sort(Comparator.comparingDouble(Event::at));
            for (Event event : events) {
                for (double left = event.at() - seconds(start, Instant.now());
                        left > 0;
                        left = event.at() - seconds(start, Instant.now())) {
                    LockSupport.parkNanos(Math.round(left * 1e9));
                }
                event.what().run();
            }
            await(() -> count("done") + count("failed") >= tasks.size() + WARM_UP);
            readAccepted();
        }

        private void readAccepted() throws IOException {
            double[] at = dropped.clone(); // of one that failed
            try (Stream<Path> files = Files.walk(folder.resolve("data/outputs"))) {
                for (Path manifest :
                        files.filter(file -> file.endsWith("manifest.json")).toList()) {
                    JsonNode job = Json.mapper().readTree(manifest.toFile());
                    Matcher name = TASK.matcher(job.path("promptFile").asText());
                    if (name.find()) {
                        at[Integer.parseInt(name.group(1))] = seconds(
                                start, Instant.parse(job.path("accepted").asText()));
                    }
                }
            }
            for (int i = 0; i < at.length; i++) {
                Simulation.Arrival each = tasks.get(i);
                accepted.add(
                        new Simulation.Arrival(at[i], each.lane(), each.priority(), each.checkpoint(), each.seconds()));
            }
        }

        private void goes(int gpu) {
            webUis.get(gpu).close();
            made.get(gpu).add(webUis.get(gpu).generations());
        }

        private void returns(int gpu) {
            int port = webUis.get(gpu).port();
            webUis.set(gpu, SandboxWebUi.start(settings.get(gpu).withPort(port)));
        }

        private long count(String where) throws IOException {
            Path root = folder.resolve("data").resolve(where);
            if (!Files.exists(root)) {
                return 0;
            }
            try (Stream<Path> files = Files.walk(root)) {
                return files.filter(file -> file.toString().endsWith(".json")).count();
            }
        }

        private void await(Condition condition) throws Exception {
            Instant deadline = Instant.now().plus(PATIENCE);
            while (!condition.holds()) {
                if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                    throw new IllegalStateException(
                            "it did not get to the end:\n" + Files.readString(folder.resolve("log")));
                }
                Thread.sleep(10);
            }
        }

        List<Simulation.Arrival> accepted() {
            return accepted;
        }

        /** What was made, by when, and what had to be loaded for it; of what was made again the last time counts. */
        Figures figures() {
            Map<Integer, Did> did = new HashMap<>();
            long loads = 0;
            for (int gpu = 0; gpu < gpus.size(); gpu++) {
                made.get(gpu).add(webUis.get(gpu).generations());
                for (List<Generation> life : made.get(gpu)) {
                    loads += add(gpu, life, did);
                }
            }
            return new Figures(gpus, accepted, new ArrayList<>(did.values()), loads);
        }

        private long add(int gpu, List<Generation> life, Map<Integer, Did> did) {
            long loads = 0;
            String loaded = IDLE.fileName();
            for (Generation each : life) {
                boolean load = !each.checkpoint().equals(loaded);
                loaded = each.checkpoint();
                loads += load ? 1 : 0;
                Matcher name = TASK.matcher(each.taskId());
                if (!name.find()) {
                    continue; // to warm up
                }
                int task = Integer.parseInt(name.group(1));
                double ended = seconds(start, each.left());
                double began = ended - tasks.get(task).seconds() / gpus.get(gpu).speed();
                Did before = did.put(task, new Did(task, gpus.get(gpu).name(), load, began, ended));
                if (before != null) {
                    cut++;
                    if (before.ended() > ended) {
                        did.put(task, before);
                    }
                }
            }
            return loads;
        }

        /** Each task has one picture; none was made twice but what a WebUI had at work when it went away. */
        boolean nothingIsWrong() throws IOException {
            long pictures;
            try (Stream<Path> files = Files.walk(folder.resolve("data/outputs"))) {
                pictures =
                        files.filter(file -> file.toString().endsWith(".png")).count();
            }
            long done = count("done") - WARM_UP;
            long lost = tasks.size() - done;
            long twice = pictures - WARM_UP - done;
            long outages = gpus.stream().mapToLong(gpu -> gpu.outages().size()).sum();
            System.out.printf(
                    "%d lost, %d twice, %d failed, %d begun again after a WebUI went away%n",
                    lost, twice, count("failed"), cut);
            double[] taken = new double[dropped.length];
            Arrays.setAll(taken, i -> accepted.get(i).at() - dropped[i]);
            Arrays.sort(taken);
            System.out.printf(
                    Locale.ROOT,
                    "from drop to acceptance: median %.2f s, p95 %.2f s%n",
                    taken[taken.length / 2],
                    taken[taken.length * 95 / 100]);
            return lost == 0 && twice == 0 && cut <= outages * inFlight;
        }

        @Override
        public void close() throws Exception {
            process.destroy();
            if (!process.waitFor(30, java.util.concurrent.TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            webUis.forEach(SandboxWebUi::close);
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private interface Step {
        void run() throws Exception;
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            System.err.println(folder + " is left behind");
        }
    }
}
