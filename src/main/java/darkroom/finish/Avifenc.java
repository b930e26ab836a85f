package darkroom.finish;

import darkroom.job.Convert;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteException;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;

/** The programs of libavif, which write AVIF and read it, each in a process of its own. */
final class Avifenc {
    private static final String DECODER = "avifdec";
    private static final int MOST_OUTPUT = 8 * 1024;
    private static final int WORST = 63;

    /** It may know no secret of the service's. */
    private static final List<String> ENVIRONMENT = List.of("PATH", "LD_LIBRARY_PATH", "LC_ALL", "LANG");

    private final String encoder;
    private final Duration timeout;

    Avifenc(String encoder, Duration timeout) {
        this.encoder = encoder;
        this.timeout = timeout;
    }

    /** Where a program is: on the PATH, unless its name is a path itself. */
    static Optional<Path> find(String program) {
        if (program.indexOf('/') >= 0 || program.indexOf(File.separatorChar) >= 0) {
            return Optional.of(Path.of(program)).map(Path::toAbsolutePath).filter(Avifenc::isProgram);
        }
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        for (String folder : path.split(Pattern.quote(File.pathSeparator), -1)) {
            if (!folder.isEmpty()) {
                for (String ending : List.of("", ".exe")) {
                    Path file = Path.of(folder).resolve(program + ending).toAbsolutePath();
                    if (isProgram(file)) {
                        return Optional.of(file);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    /**
     * Writes an AVIF.
     *
     * @param folder where all of the files are
     * @param source the name of a PNG or JPEG, which its ending tells
     * @param wish quality, or lossless
     * @param metadata put into it in place of that of the source, if it is not null
     * @param target the name of the AVIF
     */
    void encode(Path folder, String source, Convert wish, Metadata metadata, String target)
            throws IOException, ConversionException {
        List<String> arguments = new ArrayList<>(List.of("--speed", "6", "--jobs", "all"));
        if (wish.lossless()) {
            arguments.add("--lossless");
        } else {
            int quantizer = Math.round((100 - wish.effectiveQuality()) * WORST / 100f);
            arguments.addAll(List.of("--depth", "8", "--min", "0", "--max", Integer.toString(WORST)));
            arguments.addAll(List.of("-a", "end-usage=q", "-a", "cq-level=" + quantizer));
        }
        List<Path> written = new ArrayList<>();
        try {
            if (metadata.exif() == null) {
                arguments.add("--ignore-exif");
            } else {
                written.add(Files.write(folder.resolve(target + ".exif"), metadata.exif()));
                arguments.addAll(List.of("--exif", target + ".exif"));
            }
            if (metadata.xmp() == null) {
                arguments.add("--ignore-xmp");
            } else {
                written.add(Files.write(folder.resolve(target + ".xmp"), metadata.xmp()));
                arguments.addAll(List.of("--xmp", target + ".xmp"));
            }
            arguments.addAll(List.of(source, target));
            Path program = find(encoder)
                    .orElseThrow(
                            () -> new ConversionException("can't be written as AVIF: there is no program " + encoder));
            run(folder, program, arguments);
        } finally {
            for (Path file : written) {
                Files.deleteIfExists(file);
            }
        }
    }

    /**
     * Unpacks an AVIF into a PNG.
     *
     * @param source the AVIF
     * @param target the PNG
     * @param maxPixels what is refused above
     */
    void decode(Path source, Path target, long maxPixels) throws IOException, ConversionException {
        Path program = find(encoder)
                .map(path -> path.resolveSibling(path.getFileName().toString().replace("avifenc", DECODER)))
                .filter(Avifenc::isProgram)
                .or(() -> find(DECODER))
                .orElseThrow(() -> new ConversionException("can't be unpacked: there is no program " + DECODER));
        List<String> arguments = List.of(
                "--size-limit",
                Long.toString(Math.min(maxPixels, 1 << 28)),
                "--depth",
                "8",
                "--png-compress",
                "1",
                source.toAbsolutePath().toString(),
                target.toAbsolutePath().toString());
        run(target.toAbsolutePath().resolveSibling(""), program, arguments);
    }

    private void run(Path folder, Path program, List<String> arguments) throws IOException, ConversionException {
        CommandLine line = new CommandLine(program.toFile());
        arguments.forEach(argument -> line.addArgument(argument, false));
        Tail said = new Tail();
        Tail wrong = new Tail(); // two streams have no order between them
        DefaultExecutor executor =
                DefaultExecutor.builder().setWorkingDirectory(folder.toFile()).get();
        ExecuteWatchdog watchdog = ExecuteWatchdog.builder().setTimeout(timeout).get();
        executor.setWatchdog(watchdog);
        executor.setStreamHandler(new PumpStreamHandler(said, wrong));
        Map<String, String> environment = new HashMap<>();
        for (String name : ENVIRONMENT) {
            Optional.ofNullable(System.getenv(name)).ifPresent(value -> environment.put(name, value));
        }
        try {
            executor.execute(line, environment);
        } catch (ExecuteException e) {
            throw new ConversionException(
                    watchdog.killedProcess()
                            ? "took " + program.getFileName() + " longer than " + timeout.toSeconds()
                                    + " s (darkroom.convert.timeout)"
                            : "can't be converted: " + program.getFileName() + " says: "
                                    + (wrong.last().isEmpty() ? said.last() : wrong.last()),
                    e);
        }
    }

    /** The last of what a program says, whatever it says. */
    private static final class Tail extends OutputStream {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int b) {
            if (kept.size() >= MOST_OUTPUT) {
                kept.reset();
            }
            kept.write(b);
        }

        synchronized String last() {
            String[] lines = kept.toString(StandardCharsets.UTF_8).strip().split("\n", -1);
            return lines[lines.length - 1].strip();
        }
    }
}
