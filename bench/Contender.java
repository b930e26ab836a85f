import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A process that turns what is dropped into {@code data/drop} of a folder into pictures below {@code data/outputs}, by one
 * WebUI: Darkroom, as it is shipped, or one of those that are measured beside it. What it takes up is read from {@code /proc}.
 */
final class Contender implements AutoCloseable {
    private static final double TICKS_PER_SECOND = 100;
    private static final String PYTHON = System.getenv().getOrDefault("PYTHON", "python3");

    private final Path folder;
    private final Process process;

    private Contender(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /**
     * Starts one.
     *
     * @param name {@code darkroom}, {@code client}, {@code camel}, {@code python} or {@code watchdog}
     * @param settings Darkroom's, by name
     * @param home where Darkroom is unpacked
     */
    static Contender start(String name, Map<String, String> settings, Path home, String url, Path folder)
            throws IOException {
        Path drop = Files.createDirectories(folder.resolve("data/drop"));
        List<String> command = new ArrayList<>(
                switch (name) {
                    case "darkroom" ->
                        List.of(
                                home.toAbsolutePath() + "/bin/darkroom",
                                "run",
                                "--data",
                                drop.getParent().toString(),
                                "--webui",
                                url);
                    case "client" -> java("PlainClient", home);
                    case "camel" -> java("PlainCamel", home);
                    case "python" -> List.of(PYTHON, "bench/plain.py");
                    case "watchdog" -> List.of(PYTHON, "bench/watch.py");
                    default -> throw new IllegalArgumentException("no such contender: " + name);
                });
        if (!name.equals("darkroom")) {
            command.addAll(List.of(url, drop.toString(), folder + "/data/outputs"));
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        builder.environment().put("DARKROOM_HEALTH_PORT", freePort());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        settings.forEach((setting, value) ->
                builder.environment().put(setting.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"), value));
        return new Contender(folder, builder.start());
    }

    /** The usual one may be taken; none would be less than what is shipped. */
    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return Integer.toString(socket.getLocalPort());
        }
    }

    private static List<String> java(String main, Path home) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                Path.of("target/bench").toAbsolutePath() + ":" + home.toAbsolutePath() + "/lib/*",
                main);
    }

    /** Leaves those out for which there is no Python with what they import, and says so. */
    static List<String> possible(List<String> names) throws InterruptedException {
        List<String> possible = new ArrayList<>(names);
        for (Map.Entry<String, String> needs :
                Map.of("python", "requests", "watchdog", "requests, watchdog").entrySet()) {
            if (possible.contains(needs.getKey()) && !pythonHas(needs.getValue())) {
                System.out.printf(
                        "%s: left out, %s has no %s (PYTHON=… names another one)%n",
                        needs.getKey(), PYTHON, needs.getValue().replace(", ", " and "));
                possible.remove(needs.getKey());
            }
        }
        if (possible.contains("python") && !pythonHas("PIL")) {
            System.out.println("python: without PIL it writes the bytes as they come; the guide's saves pictures anew");
        }
        return possible;
    }

    private static boolean pythonHas(String modules) throws InterruptedException {
        try {
            return new ProcessBuilder(PYTHON, "-c", "import " + modules)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no Python
        }
    }

    /** Fails, with its log, if it has ended. */
    void checkAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("a contender ended; its log:\n" + log());
        }
    }

    String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    /** Of it and whatever it has started. */
    double cpuSeconds() throws IOException {
        double ticks = 0;
        for (ProcessHandle one : tree()) {
            String stat = Files.readString(Path.of("/proc/" + one.pid() + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** {@code VmRSS}, or its peak, {@code VmHWM}. */
    double memoryMb(String which) throws IOException {
        double kb = 0;
        for (ProcessHandle one : tree()) {
            for (String line : Files.readAllLines(Path.of("/proc/" + one.pid() + "/status"))) {
                if (line.startsWith(which + ":")) {
                    kb += Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        }
        return kb / 1024;
    }

    private List<ProcessHandle> tree() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    /** By SIGKILL. */
    void kill() throws InterruptedException {
        tree().forEach(ProcessHandle::destroyForcibly);
        process.waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    /** How many pictures it has made of what was dropped into {@code folder}. */
    static long pictures(Path folder) throws IOException {
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

    /** A folder and all that is in it. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
