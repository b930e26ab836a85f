package darkroom.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The program as a process of its own, as its users start it. */
final class Launched implements AutoCloseable {
    private static final long PATIENCE = 120;
    private static final int UNSAFE_IS_WARNED_OF = 24;

    private final Process process;
    private final Path output;

    /** Starts it, with this checkout as the installed folder. */
    Launched(Path working, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1", // it lives for seconds
                "-XX:+UseSerialGC", // as bin/darkroom has it
                "-cp",
                System.getProperty("java.class.path"),
                "darkroom.cli.Darkroom"));
        if (Runtime.version().feature() >= UNSAFE_IS_WARNED_OF) {
            command.add(
                    1, "--sun-misc-unsafe-memory-access=allow"); // a library of the tests' broker, which lib/ has not
        }
        command.addAll(List.of(arguments));
        output = Files.createTempFile(working, "output", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(working.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("DARKROOM_") || name.startsWith("JAVA_"));
        builder.environment().put("DARKROOM_HOME", Path.of("").toAbsolutePath().toString());
        builder.environment().putAll(environment);
        process = builder.start();
    }

    /** What it has said until now. */
    String said() throws IOException {
        return Files.readString(output);
    }

    boolean runs() {
        return process.isAlive();
    }

    /** Tells it to stop, as an init system does. */
    void terminate() {
        process.destroy();
    }

    /** Waits for its end; its exit code. */
    int exitCode() throws IOException, InterruptedException, TimeoutException {
        if (!process.waitFor(PATIENCE, TimeUnit.SECONDS)) {
            throw new TimeoutException(said());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
