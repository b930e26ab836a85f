import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.sandbox.ReceivedRequest;
import darkroom.sandbox.RequestObserver;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Moves very many files at once into the drop folder of a Darkroom that runs and has nothing to do, and of others beside it,
 * and counts: how often each file was asked for, how many requests were at the WebUI at a time, what came of each file.
 * Pictures are tiny and take no time. With {@code --kill} the contender is killed when half of them have been asked for, and
 * started again.
 *
 * <p>The sandbox WebUI runs in this process and tells of each request when it comes and goes. Exits with 1 if Darkroom has
 * lost a file, or done one twice, or ever had more than two requests at the WebUI.
 */
final class Burst {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JOB = "{\"prompt\": \"%s\", \"steps\": 1, \"width\": 64, \"height\": 64, \"seed\": 1}";
    private static final Pattern NUMBER = Pattern.compile("job(\\d+)");
    private static final int IN_FLIGHT = 2; // darkroom.webui.in-flight

    /** After so long without a request there will be no more. */
    private static final Duration QUIET = Duration.ofSeconds(20);

    private static final class Options {
        int[] files = {20_000};
        boolean kill;
        List<String> only = List.of("darkroom", "camel", "watchdog");
        Path home = Path.of("target/darkroom");
    }

    /** What the WebUI sees of one burst. */
    private static final class Seen implements RequestObserver {
        final AtomicIntegerArray asked;
        final AtomicInteger different = new AtomicInteger();
        final AtomicInteger warm = new AtomicInteger();
        final AtomicInteger here = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final ConcurrentLinkedQueue<Long> arrivals = new ConcurrentLinkedQueue<>();
        volatile long last = System.nanoTime();

        Seen(int files) {
            asked = new AtomicIntegerArray(files);
        }

        @Override
        public void came(ReceivedRequest request) {
            if (!request.path().equals("/sdapi/v1/txt2img")) {
                return;
            }
            most.accumulateAndGet(here.incrementAndGet(), Math::max);
            int number = number(request.body().path("prompt").asText());
            if (number < 0) {
                warm.incrementAndGet();
            } else {
                arrivals.add(System.nanoTime());
                if (asked.incrementAndGet(number) == 1) {
                    different.incrementAndGet();
                }
            }
            last = System.nanoTime();
        }

        @Override
        public void goes(ReceivedRequest request) {
            if (request.path().equals("/sdapi/v1/txt2img")) {
                here.decrementAndGet();
                last = System.nanoTime();
            }
        }

        boolean isQuiet(Duration duration) {
            return here.get() == 0 && System.nanoTime() - last > duration.toNanos();
        }

        /** Requests a second, of one of four parts of all of them. */
        double rate(int quarter) {
            List<Long> all = List.copyOf(arrivals);
            List<Long> some = all.subList(all.size() * quarter / 4, all.size() * (quarter + 1) / 4);
            return some.size() < 2 ? 0 : (some.size() - 1) * 1e9 / (some.get(some.size() - 1) - some.get(0));
        }
    }

    public static void main(String[] arguments) throws Exception {
        Options options = options(arguments);
        System.out.printf(
                "files of a few bytes moved into an idle drop folder, as fast as it goes%s; Java %s, %d cores%n%n",
                options.kill ? ", and SIGKILL in the middle" : "",
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors());
        System.out.printf(
                "%7s %-9s %6s %6s %12s %13s %9s %8s %18s %22s%n",
                "files",
                "",
                "lost",
                "twice",
                "asked again",
                "most at once",
                "moved, s",
                "done, s",
                "first, last /s",
                "RSS before, after, peak");
        boolean well = true;
        for (int files : options.files) {
            for (String contender : Contender.possible(options.only)) {
                boolean kept = run(contender, files, options);
                well &= kept || !contender.equals("darkroom");
            }
        }
        System.exit(well ? 0 : 1);
    }

    private static Options options(String[] arguments) {
        Options options = new Options();
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            switch (pair[0]) {
                case "--files" ->
                    options.files = Stream.of(pair[1].split(","))
                            .mapToInt(Integer::parseInt)
                            .toArray();
                case "--kill" -> options.kill = true;
                case "--only" -> options.only = List.of(pair[1].split(","));
                case "--home" -> options.home = Path.of(pair[1]);
                default -> {
                    System.err.println("usage: bench/burst [--files=20000] [--kill] [--only=darkroom,camel,watchdog]"
                            + " [--home=target/darkroom]");
                    System.exit(2);
                }
            }
        }
        return options;
    }

    private static boolean run(String contender, int files, Options options) throws Exception {
        Path folder = Files.createTempDirectory("darkroom-burst");
        Path drop = Files.createDirectories(folder.resolve("data/drop"));
        Path made = Files.createDirectories(folder.resolve("made"));
        for (int i = 0; i < files; i++) {
            Files.writeString(made.resolve(name(i)), String.format(JOB, "job" + i));
        }
        Seen seen = new Seen(files);
        Contender process = null;
        try (SandboxWebUi sandbox = SandboxWebUi.start(
                SandboxSettings.defaults().withPlainPictures(true).withPictureBytes(1000))) {
            sandbox.observe(seen);
            String url = sandbox.url().toString();
            process = Contender.start(contender, Map.of(), options.home, url, folder);
            warmUp(process, folder, drop, seen);
            double before = process.memoryMb("VmRSS");

            long begun = System.nanoTime();
            for (int i = 0; i < files; i++) {
                Files.move(made.resolve(name(i)), drop.resolve(name(i)), StandardCopyOption.ATOMIC_MOVE);
            }
            double moved = (System.nanoTime() - begun) / 1e9;
            if (options.kill) {
                await(process, () -> seen.different.get() >= files / 2 || seen.isQuiet(QUIET));
                process.kill();
                process = Contender.start(contender, Map.of(), options.home, url, folder);
                seen.last = System.nanoTime();
            }
            await(process, () -> seen.different.get() >= files && seen.here.get() == 0 || seen.isQuiet(QUIET));
            double done = (seen.last - begun) / 1e9;
            double after = process.memoryMb("VmRSS");
            int[] results = results(process, folder, files);
            int lost = (int) IntStream.of(results).filter(count -> count == 0).count();
            int twice = (int) IntStream.of(results).filter(count -> count > 1).count();
            System.out.printf(
                    "%7d %-9s %6d %6d %12d %13d %9.1f %8.1f %9.0f %8.0f %8.0f %6.0f %6.0f%n",
                    files,
                    contender,
                    lost,
                    twice,
                    seen.arrivals.size() - seen.different.get(),
                    seen.most.get(),
                    moved,
                    done,
                    seen.rate(0),
                    seen.rate(3),
                    before,
                    after,
                    process.memoryMb("VmHWM"));
            boolean asExpected = options.kill || seen.arrivals.size() == seen.different.get();
            return lost == 0 && twice == 0 && asExpected && seen.most.get() <= IN_FLIGHT;
        } finally {
            if (process != null) {
                process.close();
            }
            Contender.delete(folder);
        }
    }

    /** Until it works, and is idle again. One that does not look at files that are there already gets another one. */
    private static void warmUp(Contender process, Path folder, Path drop, Seen seen) throws Exception {
        for (int i = 0; seen.warm.get() == 0; i++) {
            Path hidden = Files.writeString(folder.resolve("warm"), String.format(JOB, "warm"));
            Files.move(hidden, drop.resolve("warm" + i + ".json"), StandardCopyOption.ATOMIC_MOVE);
            Thread.sleep(1000);
            process.checkAlive();
        }
        await(process, () -> seen.isQuiet(Duration.ofSeconds(2)));
    }

    /** What came of each file, once no more comes of any: pictures, or, if there were more of them, manifests. */
    private static int[] results(Contender process, Path folder, int files) throws Exception {
        int[] before = count(folder, files);
        for (int still = 0; still < 5 && IntStream.of(before).anyMatch(count -> count == 0); ) {
            process.checkAlive();
            Thread.sleep(1000);
            int[] now = count(folder, files);
            still = IntStream.of(now).sum() == IntStream.of(before).sum() ? still + 1 : 0;
            before = now;
        }
        return before;
    }

    private static int[] count(Path folder, int files) throws IOException {
        int[] pictures = new int[files];
        int[] receipts = new int[files];
        Path outputs = folder.resolve("data/outputs");
        try (Stream<Path> tree = Files.walk(outputs)) {
            for (Path file : (Iterable<Path>) tree::iterator) {
                String name = file.getFileName().toString();
                if (name.endsWith(".png")) {
                    int number = number(outputs.relativize(file).toString());
                    if (number >= 0) {
                        pictures[number]++;
                    }
                } else if (name.equals("manifest.json")) {
                    JsonNode manifest = JSON.readTree(file.toFile());
                    int number = number(manifest.path("promptFile").asText());
                    if (number >= 0) {
                        receipts[number] += manifest.path("receipts").size();
                    }
                }
            }
        } catch (UncheckedIOException e) {
            return new int[files]; // a folder went away while it was being looked into
        }
        return IntStream.range(0, files)
                .map(i -> pictures[i] == 0 ? 0 : Math.max(pictures[i], receipts[i]))
                .toArray();
    }

    private static String name(int number) {
        return String.format("job%06d.json", number);
    }

    private static int number(String name) {
        Matcher matcher = NUMBER.matcher(name);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Contender process, Condition condition) throws Exception {
        while (!condition.holds()) {
            process.checkAlive();
            Thread.sleep(20);
        }
    }
}
