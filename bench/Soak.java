import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lets Darkroom, as it is shipped, work for an hour without a break while its WebUI fails now and then and goes away every few
 * minutes, and watches what the process takes up: the heap after a collection, memory, open files, threads. They must not
 * grow: what counts is the second half of the time beside the first one after the warm-up.
 *
 * <p>Linux only: it reads {@code /proc}.
 */
final class Soak {
    private static final Pattern HEAP = Pattern.compile("generation .* used (\\d+)K"); // each of the two
    private static final Pattern RSS = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Duration AWAY = Duration.ofMinutes(3);
    private static final int BACKLOG = 20;

    private static final class Options {
        int minutes = 60;
        int picture = 400_000;
        int latency = 20;
        double faults = 0.05;
        long seed = System.nanoTime() % 1_000_000;
        Path home = Path.of("target/darkroom");
    }

    /** What the process takes up at one moment. */
    private record Sample(double seconds, int done, double heapMb, double rssMb, int files, int threads) {}

    private final Options options;
    private final Random random;
    private final Path home;
    private final int port;
    private final List<Sample> samples = new ArrayList<>();
    private Process darkroom;
    private Process webUi;
    private int dropped;

    private Soak(Options options) throws IOException {
        this.options = options;
        this.random = new Random(options.seed);
        this.home = Files.createTempDirectory("darkroom-soak");
        try (ServerSocket socket = new ServerSocket(0)) {
            this.port = socket.getLocalPort();
        }
    }

    public static void main(String[] arguments) throws Exception {
        Options options = new Options();
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            switch (pair[0]) {
                case "--minutes" -> options.minutes = Integer.parseInt(pair[1]);
                case "--picture-bytes" -> options.picture = Integer.parseInt(pair[1]);
                case "--latency" -> options.latency = Integer.parseInt(pair[1]);
                case "--faults" -> options.faults = Double.parseDouble(pair[1]);
                case "--seed" -> options.seed = Long.parseLong(pair[1]);
                case "--home" -> options.home = Path.of(pair[1]);
                default -> {
                    System.err.println("usage: bench/soak [--minutes=60] [--picture-bytes=400000] [--latency=20]"
                            + " [--faults=0.05] [--seed=N] [--home=target/darkroom]");
                    System.exit(2);
                }
            }
        }
        Soak soak = new Soak(options);
        Runtime.getRuntime().addShutdownHook(new Thread(soak::killAll));
        boolean flat = soak.run();
        soak.killAll();
        delete(soak.home);
        System.exit(flat ? 0 : 1);
    }

    private boolean run() throws Exception {
        System.out.printf(
                "%d min, pictures of %d kB, %.0f %% of the generations fail, the WebUI goes away every %d min; --seed=%d%n",
                options.minutes, options.picture / 1000, options.faults * 100, AWAY.toMinutes(), options.seed);
        System.out.println("   min   jobs  heap MB   RSS MB  files  threads");
        Files.createDirectories(home.resolve("webui/outputs")); // the mount
        startWebUi();
        startDarkroom();
        Instant begun = Instant.now();
        Instant end = begun.plus(Duration.ofMinutes(options.minutes));
        Instant nextSample = begun.plusSeconds(15);
        Instant nextAway = begun.plus(AWAY);
        while (Instant.now().isBefore(end)) {
            if (!darkroom.isAlive()) {
                System.out.println("it ended by itself, with exit code " + darkroom.exitValue());
                System.out.println(Files.readString(home.resolve("darkroom.log")));
                return false;
            }
            drop();
            if (Instant.now().isAfter(nextAway)) {
                webUi.destroyForcibly().waitFor();
                TimeUnit.SECONDS.sleep(5);
                startWebUi();
                nextAway = Instant.now().plus(AWAY);
            }
            if (Instant.now().isAfter(nextSample)) {
                sample(Duration.between(begun, Instant.now()));
                nextSample = nextSample.plusSeconds(Math.max(5, options.minutes));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return verdict();
    }

    /** Keeps some files waiting. */
    private void drop() throws IOException {
        Path folder = Files.createDirectories(home.resolve("data/drop/lane" + random.nextInt(3)));
        int waiting = 0;
        for (int lane = 0; lane < 3; lane++) {
            waiting += count(home.resolve("data/drop/lane" + lane));
        }
        while (waiting++ < BACKLOG) {
            String prompt = switch (random.nextInt(6)) {
                case 0 -> "{\"steps\": \"many\"}";
                case 1 -> "{\"n_iter\": 3, \"width\": 64, \"height\": 64, \"steps\": 2}";
                case 2 -> "{\"width\": 64, \"height\": 64, \"steps\": 2, \"job\": {\"save\": \"mounted\"}}";
                default -> "{\"prompt\": \"cat " + dropped + "\", \"width\": 64, \"height\": 64, \"steps\": 2}";
            };
            Path part = Files.writeString(folder.resolve("a.part"), prompt);
            Files.move(part, folder.resolve("job" + dropped++ + ".json"), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private void sample(Duration since) throws Exception {
        long pid = darkroom.pid();
        jcmd(pid, "GC.run");
        long heap = HEAP.matcher(jcmd(pid, "GC.heap_info"))
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
        Matcher rss = RSS.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
        if (heap == 0 || !rss.find()) {
            throw new IOException("the process does not say what it takes up");
        }
        String log = Files.readString(home.resolve("darkroom.log"));
        int done =
                (int) log.lines().filter(line -> line.contains(": done after ")).count();
        Sample sample = new Sample(
                since.toSeconds(),
                done,
                heap / 1024.0,
                Double.parseDouble(rss.group(1)) / 1024,
                count(Path.of("/proc/" + pid + "/fd")),
                count(Path.of("/proc/" + pid + "/task")));
        samples.add(sample);
        System.out.printf(
                "%6.1f %6d %8.1f %8.1f %6d %8d%n",
                sample.seconds / 60, sample.done, sample.heapMb, sample.rssMb, sample.files, sample.threads);
    }

    /** The median of the last half beside that of the half before it, once it has warmed up. */
    private boolean verdict() {
        List<Sample> warm = samples.subList(samples.size() / 5, samples.size());
        List<Sample> before = warm.subList(0, warm.size() / 2);
        List<Sample> after = warm.subList(warm.size() / 2, warm.size());
        boolean flat = true;
        flat &= isFlat("heap MB", before, after, Sample::heapMb, 3);
        flat &= isFlat("RSS MB", before, after, Sample::rssMb, 15);
        flat &= isFlat("files", before, after, Sample::files, 10);
        flat &= isFlat("threads", before, after, Sample::threads, 5);
        Sample last = samples.get(samples.size() - 1);
        System.out.printf("%d jobs done, %.1f a second%n", last.done, last.done / last.seconds);
        return flat && last.done > last.seconds; // else it was waiting
    }

    private static boolean isFlat(
            String what, List<Sample> before, List<Sample> after, ToDoubleFunction<Sample> value, double slack) {
        double first = median(before, value);
        double second = median(after, value);
        boolean flat = second <= first * 1.1 + slack;
        System.out.printf("%-8s %8.1f, then %8.1f: %s%n", what, first, second, flat ? "flat" : "IT GROWS");
        return flat;
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> value) {
        double[] sorted = samples.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static String jcmd(long pid, String command) throws Exception {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    private void startDarkroom() throws IOException {
        darkroom = start(
                "darkroom",
                "-Xmx192m -Xlog:disable",
                Map.of(
                        "DARKROOM_HEALTH_PORT", "0",
                        "DARKROOM_RETRY_PAUSE", "200ms",
                        "DARKROOM_RETRY_LONGEST_PAUSE", "1s",
                        "DARKROOM_KEEP_DONE", "100",
                        "DARKROOM_KEEP_FAILED", "100",
                        "DARKROOM_KEEP_OUTPUTS", "100",
                        "DARKROOM_KEEP_LOOK", "30s",
                        "DARKROOM_WEBUI_OUTPUTS_TAKE", "move",
                        "DARKROOM_WEBUI_OUTPUTS", home.resolve("webui/outputs").toString()),
                "run",
                "--data",
                home.resolve("data").toString(),
                "--webui",
                "http://127.0.0.1:" + port);
    }

    private void startWebUi() throws IOException {
        webUi = start(
                "webui",
                "-Xmx128m",
                Map.of(),
                "sandbox",
                "--port",
                Integer.toString(port),
                "--data",
                Files.createDirectories(home.resolve("webui")).toString(),
                "--ui",
                "--plain",
                "--picture-bytes",
                Integer.toString(options.picture),
                "--per-picture",
                Integer.toString(options.latency),
                "--faults",
                Double.toString(options.faults),
                "--seed",
                Integer.toString(random.nextInt(1_000_000)));
    }

    private Process start(String name, String javaOptions, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(options.home.toAbsolutePath().resolve("bin/darkroom").toString());
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        home.resolve(name + ".log").toFile()));
        builder.environment().putAll(environment);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JAVA_OPTS", javaOptions);
        return builder.start();
    }

    private void killAll() {
        for (Process process : new Process[] {darkroom, webUi}) {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    private static int count(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return (int) files.count();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            tree.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
