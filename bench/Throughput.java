import darkroom.sandbox.Generation;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Measures Darkroom beside a hand-written client, a plain Camel route and a Python script, on the same work, in the same run,
 * taking turns.
 *
 * <p>The sandbox WebUI runs in this process and says when each generation began and ended; the contenders are processes of
 * their own, whose CPU time and peak memory are read from {@code /proc}. So it runs on Linux. Absolute figures are this
 * machine's; compare the ratios.
 */
final class Throughput {
    private static final double TICKS_PER_SECOND = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** What one contender did in one round. */
    record Run(
            double jobsPerSecond, double cpuMillisPerJob, double peakMb, double gapP50, double gapP99, double busy) {}

    private static final class Options {
        int jobs = 400;
        int warm = 100;
        int rounds = 3;
        int pictureBytes = 400_000;
        int[] latencies = {0, 50};
        List<String> only = List.of("darkroom", "client", "camel", "python");
        Path home = Path.of("target/darkroom");
    }

    public static void main(String[] arguments) throws Exception {
        Options options = options(arguments);
        Path work = Files.createTempDirectory("darkroom-bench");
        try {
            Path classes = compile(work);
            System.out.printf(
                    "%d jobs of one %d kB picture after %d to warm up, %d rounds in changing order, medians; Java %s, %d cores%n",
                    options.jobs,
                    options.pictureBytes / 1000,
                    options.warm,
                    options.rounds,
                    System.getProperty("java.version"),
                    Runtime.getRuntime().availableProcessors());
            if (options.only.contains("python")) {
                if (!pythonHas("requests")) {
                    System.out.println("python: left out, there is no python3 with requests");
                    options.only = options.only.stream()
                            .filter(name -> !name.equals("python"))
                            .toList();
                } else if (!pythonHas("PIL")) {
                    System.out.println(
                            "python: without PIL it writes the bytes as they come; the guide's saves pictures anew");
                }
            }
            for (int latency : options.latencies) {
                table(latency, measure(options, latency, work, classes));
            }
        } finally {
            delete(work);
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
                case "--home" -> options.home = Path.of(pair[1]);
                default -> {
                    System.err.println("usage: bench/throughput [--jobs=400] [--warm=100] [--rounds=3]"
                            + " [--picture-bytes=400000] [--latency=0,50] [--only=darkroom,client,camel,python]"
                            + " [--home=target/darkroom]");
                    System.exit(2);
                }
            }
        }
        return options;
    }

    private static Path compile(Path work) throws IOException {
        Path classes = Files.createDirectory(work.resolve("classes"));
        int failed = ToolProvider.findFirst("javac")
                .orElseThrow(() -> new IllegalStateException("a JDK is needed, not only a Java runtime"))
                .run(
                        System.out,
                        System.err,
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        classes.toString(),
                        "bench/PlainClient.java",
                        "bench/PlainCamel.java");
        if (failed != 0) {
            throw new IllegalStateException("the contenders don't compile");
        }
        return classes;
    }

    private static Map<String, List<Run>> measure(Options options, int latency, Path work, Path classes)
            throws Exception {
        Map<String, List<Run>> runs = new LinkedHashMap<>();
        List<String> contenders = new ArrayList<>(options.only);
        contenders.forEach(name -> runs.put(name, new ArrayList<>()));
        Random random = new Random(1);
        for (int round = 0; round < options.rounds; round++) {
            Collections.shuffle(contenders, random);
            for (String contender : contenders) {
                runs.get(contender).add(run(contender, options, latency, work, classes));
            }
        }
        return runs;
    }

    private static Run run(String contender, Options options, int latency, Path work, Path classes) throws Exception {
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
                .withPictureBytes(options.pictureBytes)
                .withPlainPictures(true);
        try (SandboxWebUi sandbox = SandboxWebUi.start(settings)) {
            Process process = start(contender, options, sandbox, folder, classes);
            try {
                await(process, folder, () -> sandbox.generations().size() >= options.warm);
                double cpu = cpuSeconds(process);
                Instant from = Instant.now();
                int begun = sandbox.generations().size();
                await(process, folder, () -> sandbox.generations().size() >= all && outputs(folder) >= all);
                double seconds = Duration.between(from, Instant.now()).toNanos() / 1e9;
                int jobs = all - begun;
                double cpuPerJob = (cpuSeconds(process) - cpu) * 1000 / jobs;
                double peak = peakMb(process);
                List<Generation> generations = sandbox.generations().subList(begun, all);
                return new Run(
                        jobs / seconds,
                        cpuPerJob,
                        peak,
                        gap(generations, 0.5),
                        gap(generations, 0.99),
                        busy(generations));
            } finally {
                process.destroy();
                process.waitFor();
                delete(folder);
            }
        }
    }

    private static Process start(String contender, Options options, SandboxWebUi sandbox, Path folder, Path classes)
            throws IOException {
        String url = sandbox.url().toString();
        List<String> command = switch (contender) {
            case "darkroom" ->
                List.of(
                        options.home.toAbsolutePath() + "/bin/darkroom",
                        "run",
                        "--data",
                        folder + "/data",
                        "--webui",
                        url);
            case "client" -> java("PlainClient", options, classes, url, folder);
            case "camel" -> java("PlainCamel", options, classes, url, folder);
            case "python" -> List.of("python3", "bench/plain.py", url, folder + "/data/drop", folder + "/data/outputs");
            default -> throw new IllegalArgumentException("no such contender: " + contender);
        };
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().put("DARKROOM_HEALTH_PORT", "0");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    private static List<String> java(String main, Options options, Path classes, String url, Path folder) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                classes + ":" + options.home.toAbsolutePath() + "/lib/*",
                main,
                url,
                folder + "/data/drop",
                folder + "/data/outputs");
    }

    private static boolean pythonHas(String module) throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "-c", "import " + module)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no Python
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Process process, Path folder, Condition condition) throws Exception {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!condition.holds()) {
            if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                throw new IllegalStateException(
                        "a contender did not get to the end; its log:\n" + Files.readString(folder.resolve("log")));
            }
            Thread.sleep(20);
        }
    }

    private static long outputs(Path folder) throws IOException {
        Path outputs = folder.resolve("data/outputs");
        if (!Files.exists(outputs)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(outputs)) {
            return files.filter(file -> file.toString().endsWith(".png")).count();
        } catch (UncheckedIOException e) {
            return 0; // a folder went away while it was being looked into
        }
    }

    /** Time that the lock was free between two generations, in milliseconds. */
    private static double gap(List<Generation> generations, double percentile) {
        List<Double> gaps = new ArrayList<>();
        for (int i = 1; i < generations.size(); i++) {
            gaps.add(generations.get(i - 1).idleUntil(generations.get(i)).toNanos() / 1e6);
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

    private static double cpuSeconds(Process process) throws IOException {
        double ticks = 0;
        for (ProcessHandle one : tree(process)) {
            String stat = Files.readString(Path.of("/proc/" + one.pid() + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    private static double peakMb(Process process) throws IOException {
        double kb = 0;
        for (ProcessHandle one : tree(process)) {
            for (String line : Files.readAllLines(Path.of("/proc/" + one.pid() + "/status"))) {
                if (line.startsWith("VmHWM:")) {
                    kb += Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        }
        return kb / 1024;
    }

    private static List<ProcessHandle> tree(Process process) {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    private static void table(int latency, Map<String, List<Run>> runs) {
        System.out.printf("%n%d ms a picture%n", latency);
        System.out.printf(
                "%-20s %16s %20s %14s %16s %8s%n",
                "", "jobs/s", "CPU ms per job", "peak MB", "idle ms p50/p99", "busy");
        List<Run> own = runs.values().iterator().next();
        double ownJobs = median(own, Run::jobsPerSecond);
        double ownCpu = median(own, Run::cpuMillisPerJob);
        runs.forEach((name, rounds) -> {
            double jobs = median(rounds, Run::jobsPerSecond);
            double cpu = median(rounds, Run::cpuMillisPerJob);
            System.out.printf(
                    "%-20s %8.1f (x%.2f) %12.2f (x%.2f) %14.0f %8.1f /%6.1f %8.2f%n",
                    name,
                    jobs,
                    jobs / ownJobs,
                    cpu,
                    cpu / ownCpu,
                    median(rounds, Run::peakMb),
                    median(rounds, Run::gapP50),
                    median(rounds, Run::gapP99),
                    median(rounds, Run::busy));
        });
    }

    private static double median(List<Run> runs, ToDoubleFunction<Run> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
