import darkroom.sandbox.Generation;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Measures Darkroom beside a hand-written client, a plain Camel route and a Python script, on the same work, in the same run,
 * taking turns.
 *
 * <p>The sandbox WebUI runs in this process and says when each generation began and ended. All files are there from the
 * start, so whenever its lock is free, work is waiting. The contenders are processes of their own, whose CPU time and peak
 * memory are read from {@code /proc}: it runs on Linux. Absolute figures are this machine's; compare the ratios.
 */
final class Throughput {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /**
     * What one contender did in one round.
     *
     * @param ofLimit jobs per second as a share of what the WebUI could do without a pause; NaN if it takes no time
     * @param gzip whether it asked for compressed answers
     */
    record Run(
            double jobsPerSecond,
            double ofLimit,
            double cpuMillisPerJob,
            double peakMb,
            double gapP50,
            double gapP99,
            double unaskedP99,
            double busy,
            boolean gzip) {}

    private static final class Options {
        int jobs = 400;
        int warm = 100;
        int rounds = 3;
        int pictureBytes = 400_000;
        int[] latencies = {0, 50};
        int encode = 0;
        List<String> only = List.of("darkroom", "client", "camel", "python");
        Map<String, Map<String, String>> changed = new LinkedHashMap<>(); // Darkroom with other settings, by name
        Path home = Path.of("target/darkroom");
    }

    public static void main(String[] arguments) throws Exception {
        Options options = options(arguments);
        Path work = Files.createTempDirectory("darkroom-bench");
        try {
            System.out.printf(
                    "%d jobs of one %d kB picture after %d to warm up, %d rounds in changing order, medians; Java %s, %d cores%n",
                    options.jobs,
                    options.pictureBytes / 1000,
                    options.warm,
                    options.rounds,
                    System.getProperty("java.version"),
                    Runtime.getRuntime().availableProcessors());
            options.only = Contender.possible(options.only);
            for (int latency : options.latencies) {
                table(options, latency, measure(options, latency, work));
            }
        } finally {
            Contender.delete(work);
        }
    }

    private static Options options(String[] arguments) {
        Options options = new Options();
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            switch (pair[0]) {
                case "--jobs" -> options.jobs = Integer.parseInt(pair[1]);
                case "--warm" -> options.warm = Integer.parseInt(pair[1]);
                case "--only" -> options.only = List.of(pair[1].split(","));
                case "--rounds" -> options.rounds = Integer.parseInt(pair[1]);
                case "--picture-bytes" -> options.pictureBytes = Integer.parseInt(pair[1]);
                case "--latency" ->
                    options.latencies = Stream.of(pair[1].split(","))
                            .mapToInt(Integer::parseInt)
                            .toArray();
                case "--encode" -> options.encode = Integer.parseInt(pair[1]);
                case "--set" -> {
                    String[] setting = pair[1].split("=", 2);
                    options.changed.put("darkroom-" + setting[1], Map.of(setting[0], setting[1]));
                }
                case "--home" -> options.home = Path.of(pair[1]);
                default -> {
                    System.err.println("usage: bench/throughput [--jobs=400] [--warm=100] [--rounds=3]"
                            + " [--picture-bytes=400000] [--latency=0,50] [--encode=0]"
                            + " [--only=darkroom,client,camel,python] [--set=SETTING=VALUE …]"
                            + " [--home=target/darkroom]");
                    System.exit(2);
                }
            }
        }
        if (options.warm + options.jobs > SandboxWebUi.REMEMBERED) {
            System.err.println("--warm=" + options.warm + " and --jobs=" + options.jobs + " are more than "
                    + SandboxWebUi.REMEMBERED + " together, which is how many generations the sandbox WebUI remembers:"
                    + " ask for fewer");
            System.exit(2);
        }
        return options;
    }

    private static Map<String, List<Run>> measure(Options options, int latency, Path work) throws Exception {
        Map<String, List<Run>> runs = new LinkedHashMap<>();
        List<String> contenders = new ArrayList<>(options.only);
        contenders.addAll(options.changed.keySet());
        contenders.forEach(name -> runs.put(name, new ArrayList<>()));
        Random random = new Random(1);
        for (int round = 0; round < options.rounds; round++) {
            Collections.shuffle(contenders, random);
            for (String contender : contenders) {
                runs.get(contender).add(run(contender, options, latency, work));
            }
        }
        return runs;
    }

    private static Run run(String contender, Options options, int latency, Path work) throws Exception {
        Path folder = Files.createTempDirectory(work, "run");
        Path drop = Files.createDirectories(folder.resolve("data/drop"));
        int all = options.warm + options.jobs;
        for (int i = 0; i < all; i++) {
            Path hidden = Files.writeString(
                    folder.resolve("job.json"),
                    "{\"prompt\": \"job " + i + "\", \"steps\": 1, \"width\": 512, \"height\": 512, \"seed\": " + i
                            + "}");
            Files.move(hidden, drop.resolve(String.format("job%05d.json", i)), StandardCopyOption.ATOMIC_MOVE);
        }
        SandboxSettings settings = SandboxSettings.defaults()
                .withTimePerPicture(Duration.ofMillis(latency))
                .withTimeToEncode(Duration.ofMillis(options.encode))
                .withPictureBytes(options.pictureBytes)
                .withPlainPictures(true);
        Map<String, String> changed = options.changed.getOrDefault(contender, Map.of());
        String program = changed.isEmpty() ? contender : "darkroom";
        try (SandboxWebUi sandbox = SandboxWebUi.start(settings);
                Contender process = Contender.start(
                        program, changed, options.home, sandbox.url().toString(), folder)) {
            await(process, () -> sandbox.generations().size() >= options.warm);
            double cpu = process.cpuSeconds();
            Instant from = Instant.now();
            int begun = sandbox.generations().size();
            await(process, () -> sandbox.generations().size() >= all && Contender.pictures(folder) >= all);
            double jobsPerSecond =
                    (all - begun) / (Duration.between(from, Instant.now()).toNanos() / 1e9);
            double cpuSeconds = process.cpuSeconds() - cpu;
            List<Generation> generations = sandbox.generations().subList(begun, all);
            return new Run(
                    jobsPerSecond,
                    latency == 0 ? Double.NaN : jobsPerSecond * latency / 1000,
                    cpuSeconds * 1000 / (all - begun),
                    process.memoryMb("VmHWM"),
                    gap(generations, Generation::idleUntil, 0.5),
                    gap(generations, Generation::idleUntil, 0.99),
                    gap(generations, Generation::unaskedUntil, 0.99),
                    busy(generations),
                    asksForGzip(sandbox));
        } finally {
            Contender.delete(folder);
        }
    }

    private static boolean asksForGzip(SandboxWebUi sandbox) {
        return sandbox.requests().stream()
                .filter(request -> request.path().equals("/sdapi/v1/txt2img"))
                .anyMatch(request ->
                        request.headers().getOrDefault("accept-encoding", "").contains("gzip"));
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Contender contender, Condition condition) throws Exception {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!condition.holds()) {
            contender.checkAlive();
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("a contender did not get to the end; its log:\n" + contender.log());
            }
            Thread.sleep(20);
        }
    }

    /** Time between two generations, in milliseconds. */
    private static double gap(
            List<Generation> generations, BiFunction<Generation, Generation, Duration> between, double percentile) {
        List<Double> gaps = new ArrayList<>();
        for (int i = 1; i < generations.size(); i++) {
            gaps.add(between.apply(generations.get(i - 1), generations.get(i)).toNanos() / 1e6);
        }
        Collections.sort(gaps);
        return gaps.isEmpty() ? 0 : gaps.get((int) Math.min(gaps.size() - 1, Math.floor(gaps.size() * percentile)));
    }

    /** The share of the time in which something was being generated. */
    private static double busy(List<Generation> generations) {
        double sum = generations.stream()
                .mapToDouble(one -> Duration.between(one.entered(), one.left()).toNanos())
                .sum();
        Generation last = generations.get(generations.size() - 1);
        return sum / Duration.between(generations.get(0).entered(), last.left()).toNanos();
    }

    private static void table(Options options, int latency, Map<String, List<Run>> runs) {
        System.out.printf("%n%d ms a picture", latency);
        System.out.println(options.encode == 0 ? "" : ", and " + options.encode + " ms to encode it, after the lock");
        System.out.printf(
                "%-14s %16s %9s %20s %8s %17s %12s %7s %5s%n",
                "",
                "jobs/s",
                "of limit",
                "CPU ms per job",
                "peak MB",
                "idle ms p50/p99",
                "unasked p99",
                "busy",
                "gzip");
        List<Run> own = runs.values().iterator().next();
        double ownJobs = median(own, Run::jobsPerSecond);
        double ownCpu = median(own, Run::cpuMillisPerJob);
        runs.forEach((name, rounds) -> {
            double jobs = median(rounds, Run::jobsPerSecond);
            double cpu = median(rounds, Run::cpuMillisPerJob);
            double ofLimit = median(rounds, Run::ofLimit);
            System.out.printf(
                    "%-14s %8.1f (x%.2f) %9s %12.2f (x%.2f) %8.0f %8.1f /%7.1f %12.1f %7.3f %5s%n",
                    name,
                    jobs,
                    jobs / ownJobs,
                    Double.isNaN(ofLimit) ? "" : String.format("%.3f", ofLimit),
                    cpu,
                    cpu / ownCpu,
                    median(rounds, Run::peakMb),
                    median(rounds, Run::gapP50),
                    median(rounds, Run::gapP99),
                    median(rounds, Run::unaskedP99),
                    median(rounds, Run::busy),
                    rounds.get(0).gzip() ? "yes" : "no");
        });
    }

    private static double median(List<Run> runs, ToDoubleFunction<Run> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
