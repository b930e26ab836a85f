import darkroom.sandbox.ReceivedRequest;
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
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Measures Darkroom, as it is shipped, alone: from a file that is moved in while it is idle to the request at the WebUI; from
 * its start to its first request; the memory that one very large answer takes; and what it is to have very many files waiting.
 *
 * <p>The sandbox WebUI runs in this process and writes down when each request came. Memory is read from {@code /proc}. So it
 * runs on Linux.
 */
final class Latency {
    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final String TXT2IMG = "/sdapi/v1/txt2img";
    private static final String SMALL =
            "{\"prompt\": \"%d\", \"steps\": 1, \"width\": 64, \"height\": 64, \"seed\": %d}";

    private static final class Options {
        Set<String> only = Set.of("drop", "start", "large", "waiting");
        int drops = 50;
        int starts = 5;
        int[] waiting = {10_000, 100_000};
        int until = 2000;
        Path home = Path.of("target/darkroom");
    }

    /** Darkroom at work on folders of its own. */
    private static final class Life implements AutoCloseable {
        final SandboxWebUi sandbox;
        final Path folder;
        final Instant begun;
        final Process process;

        Life(Options options, SandboxSettings settings, int waiting) throws IOException {
            folder = Files.createTempDirectory("darkroom-bench");
            Path drop = Files.createDirectories(folder.resolve("data/drop"));
            for (int i = 0; i < waiting; i++) {
                Files.writeString(drop.resolve("waiting" + i + ".json"), String.format(SMALL, i, i));
            }
            sandbox = SandboxWebUi.start(settings.withPlainPictures(true));
            ProcessBuilder builder = new ProcessBuilder(
                            options.home.toAbsolutePath() + "/bin/darkroom",
                            "run",
                            "--data",
                            folder + "/data",
                            "--webui",
                            sandbox.url().toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile());
            builder.environment().put("DARKROOM_HEALTH_PORT", "0");
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            begun = Instant.now();
            process = builder.start();
        }

        Instant drop(String name, String content) throws IOException {
            Path made = Files.writeString(folder.resolve("made"), content);
            Instant now = Instant.now();
            Files.move(made, folder.resolve("data/drop").resolve(name), StandardCopyOption.ATOMIC_MOVE);
            return now;
        }

        /** When request number so many came, from 1. */
        Instant request(int number) throws Exception {
            ReceivedRequest came = sandbox.awaitRequest(TXT2IMG, number, PATIENCE);
            return came.at();
        }

        void awaitDone(int jobs) throws Exception {
            await(() -> {
                Path done = folder.resolve("data/done");
                if (!Files.exists(done)) {
                    return false;
                }
                try (Stream<Path> files = Files.list(done)) {
                    return files.count() >= jobs;
                }
            });
        }

        private void await(Condition condition) throws Exception {
            Instant deadline = Instant.now().plus(PATIENCE);
            while (!condition.holds()) {
                if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                    throw new IllegalStateException(
                            "it did not get to the end:\n" + Files.readString(folder.resolve("log")));
                }
                Thread.sleep(20);
            }
        }

        /** VmRSS or VmHWM, in MB. */
        double memory(String which) throws IOException {
            for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
                if (line.startsWith(which + ":")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
                }
            }
            throw new IllegalStateException("no " + which);
        }

        double cpuMillis() throws IOException {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return 10.0 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12])); // ticks
        }

        @Override
        public void close() throws Exception {
            process.destroyForcibly();
            process.waitFor();
            sandbox.close();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (UncheckedIOException e) {
                System.err.println(folder + " is left behind");
            }
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    public static void main(String[] arguments) throws Exception {
        Options options = options(arguments);
        System.out.printf(
                "Java %s, %d cores%n",
                System.getProperty("java.version"), Runtime.getRuntime().availableProcessors());
        if (options.only.contains("start")) {
            start(options);
        }
        if (options.only.contains("drop")) {
            drop(options);
        }
        if (options.only.contains("large")) {
            large(options);
        }
        if (options.only.contains("waiting")) {
            for (int files : options.waiting) {
                waiting(options, files);
            }
        }
    }

    private static Options options(String[] arguments) {
        Options options = new Options();
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            switch (pair[0]) {
                case "--only" -> options.only = Set.of(pair[1].split(","));
                case "--drops" -> options.drops = Integer.parseInt(pair[1]);
                case "--starts" -> options.starts = Integer.parseInt(pair[1]);
                case "--waiting" ->
                    options.waiting = Stream.of(pair[1].split(","))
                            .mapToInt(Integer::parseInt)
                            .toArray();
                case "--until" -> options.until = Integer.parseInt(pair[1]);
                case "--home" -> options.home = Path.of(pair[1]);
                default -> {
                    System.err.println(
                            "usage: bench/latency [--only=start,drop,large,waiting] [--starts=5] [--drops=50]"
                                    + " [--waiting=10000,100000] [--until=2000] [--home=target/darkroom]");
                    System.exit(2);
                }
            }
        }
        return options;
    }

    /** From the start of the process to the request of a file that waits: time, and CPU time, which others disturb less. */
    private static void start(Options options) throws Exception {
        List<Double> millis = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        for (int i = 0; i < options.starts; i++) {
            try (Life life = new Life(options, SandboxSettings.defaults(), 1)) {
                millis.add(millis(life.begun, life.request(1)));
                cpu.add(life.cpuMillis());
            }
        }
        say(
                "start to first request",
                "%d times: median %.0f ms, least %.0f; CPU median %.0f ms",
                millis.size(),
                at(millis, 0.5),
                at(millis, 0),
                at(cpu, 0.5));
    }

    /** From the rename into an idle drop folder to the request. */
    private static void drop(Options options) throws Exception {
        Random random = new Random(1);
        List<Double> millis = new ArrayList<>();
        try (Life life = new Life(options, SandboxSettings.defaults(), 1)) {
            life.awaitDone(1);
            for (int i = 2; i <= options.drops + 1; i++) {
                Thread.sleep(100 + random.nextInt(500)); // at any moment between two looks
                Instant dropped = life.drop(i + ".json", String.format(SMALL, i, i));
                millis.add(millis(dropped, life.request(i)));
                life.awaitDone(i);
            }
        }
        say(
                "drop to request, idle",
                "ms, %d files one by one: median %.1f, p95 %.1f, most %.1f",
                millis.size(),
                at(millis, 0.5),
                at(millis, 0.95),
                at(millis, 1));
    }

    /** One answer of 8 pictures of 37.5 MB: 400 MB of JSON. */
    private static void large(Options options) throws Exception {
        try (Life life = new Life(options, SandboxSettings.defaults().withPictureBytes(37_500_000), 0)) {
            life.drop("small.json", String.format(SMALL, 1, 1)); // one of such pictures
            life.awaitDone(1);
            Thread.sleep(2000);
            double idle = life.memory("VmRSS");
            double peak = life.memory("VmHWM");
            life.drop("large.json", "{\"prompt\": \"large\", \"steps\": 1, \"batch_size\": 8}");
            life.awaitDone(2);
            say(
                    "an answer of 400 MB",
                    "RSS: %.0f MB before it (peak %.0f), peak %.0f after it",
                    idle,
                    peak,
                    life.memory("VmHWM"));
        }
    }

    private static void waiting(Options options, int files) throws Exception {
        try (Life life = new Life(options, SandboxSettings.defaults().withPictureBytes(1000), files)) {
            double first = millis(life.begun, life.request(1)) / 1000;
            int jobs = Math.min(files, options.until);
            int tenth = Math.max(1, jobs / 10);
            Instant early = life.request(tenth);
            Instant earlyEnd = life.request(2 * tenth);
            double atFirst = life.memory("VmRSS");
            Instant late = life.request(jobs - tenth);
            Instant last = life.request(jobs);
            double atLast = life.memory("VmRSS");
            say(
                    String.format("%,d files waiting", files),
                    "first request after %.1f s; at first %.0f jobs/s and %.0f MB, after %,d jobs %.0f jobs/s and %.0f MB, peak"
                            + " %.0f",
                    first,
                    tenth * 1000 / millis(early, earlyEnd),
                    atFirst,
                    jobs,
                    tenth * 1000 / millis(late, last),
                    atLast,
                    life.memory("VmHWM"));
        }
    }

    private static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }

    private static double at(List<Double> values, double percentile) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(sorted.size() * percentile)));
    }

    private static void say(String what, String figures, Object... values) {
        System.out.printf("%-28s %s%n", what, String.format(Locale.ROOT, figures, values));
    }
}
