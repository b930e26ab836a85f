import darkroom.sandbox.ReceivedRequest;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Measures Darkroom, as it is shipped: from a file that is moved in while it is idle to the request at the WebUI, and from its
 * start to its first request, beside other programs; alone, the memory that one very large answer takes; and what it is to have very many files waiting.
 *
 * <p>The sandbox WebUI runs in this process and writes down when each request came. Memory is read from {@code /proc}. So it
 * runs on Linux.
 */
final class Latency {
    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final String TXT2IMG = "/sdapi/v1/txt2img";
    private static final String DARKROOM = "darkroom";
    private static final String SMALL =
            "{\"prompt\": \"%d\", \"steps\": 1, \"width\": 64, \"height\": 64, \"seed\": %d}";

    private static final class Options {
        Set<String> only = Set.of("drop", "start", "large", "waiting");
        int drops = 50;
        int starts = 5;
        int[] waiting = {10_000, 100_000};
        int until = 2000;
        List<String> beside = List.of(DARKROOM, "client", "camel", "python", "watchdog");
        Path home = Path.of("target/darkroom");
    }

    /** Darkroom, or one of those measured beside it, at work on folders of its own. */
    private static final class Life implements AutoCloseable {
        final SandboxWebUi sandbox;
        final Path folder;
        final Instant begun;
        final Contender contender;

        Life(String name, Options options, SandboxSettings settings, int waiting) throws IOException {
            folder = Files.createTempDirectory("darkroom-bench");
            Path drop = Files.createDirectories(folder.resolve("data/drop"));
            Files.createDirectories(folder.resolve("data/outputs"));
            for (int i = 0; i < waiting; i++) {
                Files.writeString(drop.resolve("waiting" + i + ".json"), String.format(SMALL, i, i));
            }
            sandbox = SandboxWebUi.start(settings.withPlainPictures(true));
            begun = Instant.now();
            contender =
                    Contender.start(name, Map.of(), options.home, sandbox.url().toString(), folder);
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

        /** Until so many are done: their files have left the drop folder, and what they ask for is there. */
        void awaitDone(int jobs) throws Exception {
            await(() -> Contender.pictures(folder) >= jobs && count(folder.resolve("data/drop"), ".json") == 0);
            if (Files.exists(folder.resolve("data/done"))) { // Darkroom's: the last of what it does
                await(() -> count(folder.resolve("data/done"), "") >= jobs);
            }
        }

        private static long count(Path folder, String ending) throws IOException {
            try (Stream<Path> files = Files.list(folder)) {
                return files.filter(file -> file.toString().endsWith(ending)).count();
            }
        }

        private void await(Condition condition) throws Exception {
            Instant deadline = Instant.now().plus(PATIENCE);
            while (!condition.holds()) {
                contender.checkAlive();
                if (Instant.now().isAfter(deadline)) {
                    throw new IllegalStateException("it did not get to the end:\n" + contender.log());
                }
                Thread.sleep(20);
            }
        }

        @Override
        public void close() throws Exception {
            contender.kill();
            sandbox.close();
            Contender.delete(folder);
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
        options.beside = Contender.possible(options.beside);
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
                case "--beside" -> options.beside = List.of(pair[1].split(","));
                case "--home" -> options.home = Path.of(pair[1]);
                default -> {
                    System.err.println(
                            "usage: bench/latency [--only=start,drop,large,waiting] [--starts=5] [--drops=50]"
                                    + " [--waiting=10000,100000] [--until=2000]"
                                    + " [--beside=darkroom,client,camel,python,watchdog] [--home=target/darkroom]");
                    System.exit(2);
                }
            }
        }
        return options;
    }

    /** From the start of the process to the request of a file that waits: time, and CPU time, which others disturb less. */
    private static void start(Options options) throws Exception {
        for (String name : options.beside) {
            List<Double> millis = new ArrayList<>();
            List<Double> cpu = new ArrayList<>();
            for (int i = 0; i < options.starts; i++) {
                try (Life life = new Life(name, options, SandboxSettings.defaults(), 1)) {
                    millis.add(millis(life.begun, life.request(1)));
                    cpu.add(1000 * life.contender.cpuSeconds());
                }
            }
            say(
                    "start to first request, " + name,
                    "%d times: median %.0f ms, least %.0f; CPU median %.0f ms",
                    millis.size(),
                    at(millis, 0.5),
                    at(millis, 0),
                    at(cpu, 0.5));
        }
    }

    /** From the rename into an idle drop folder to the request. */
    private static void drop(Options options) throws Exception {
        for (String name : options.beside) {
            Random random = new Random(1);
            List<Double> millis = new ArrayList<>();
            try (Life life = new Life(name, options, SandboxSettings.defaults(), 1)) {
                life.awaitDone(1);
                for (int i = 2; i <= options.drops + 1; i++) {
                    Thread.sleep(100 + random.nextInt(500)); // at any moment between two looks
                    Instant dropped = life.drop(i + ".json", String.format(SMALL, i, i));
                    millis.add(millis(dropped, life.request(i)));
                    life.awaitDone(i);
                }
            }
            say(
                    "drop to request, idle, " + name,
                    "ms, %d files one by one: median %.1f, p95 %.1f, most %.1f",
                    millis.size(),
                    at(millis, 0.5),
                    at(millis, 0.95),
                    at(millis, 1));
        }
    }

    /** One answer of 8 pictures of 37.5 MB: 400 MB of JSON. */
    private static void large(Options options) throws Exception {
        try (Life life = new Life(DARKROOM, options, SandboxSettings.defaults().withPictureBytes(37_500_000), 0)) {
            life.drop("small.json", String.format(SMALL, 1, 1)); // one of such pictures
            life.awaitDone(1);
            Thread.sleep(2000);
            double idle = life.contender.memoryMb("VmRSS");
            double peak = life.contender.memoryMb("VmHWM");
            life.drop("large.json", "{\"prompt\": \"large\", \"steps\": 1, \"batch_size\": 8}");
            life.awaitDone(2);
            say(
                    "an answer of 400 MB",
                    "RSS: %.0f MB before it (peak %.0f), peak %.0f after it",
                    idle,
                    peak,
                    life.contender.memoryMb("VmHWM"));
        }
    }

    private static void waiting(Options options, int files) throws Exception {
        try (Life life = new Life(DARKROOM, options, SandboxSettings.defaults().withPictureBytes(1000), files)) {
            double first = millis(life.begun, life.request(1)) / 1000;
            int jobs = Math.min(files, options.until);
            int tenth = Math.max(1, jobs / 10);
            Instant early = life.request(tenth);
            Instant earlyEnd = life.request(2 * tenth);
            double atFirst = life.contender.memoryMb("VmRSS");
            Instant late = life.request(jobs - tenth);
            Instant last = life.request(jobs);
            double atLast = life.contender.memoryMb("VmRSS");
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
                    life.contender.memoryMb("VmHWM"));
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
        System.out.printf("%-34s %s%n", what, String.format(Locale.ROOT, figures, values));
    }
}
