package darkroom.cli;

import darkroom.camel.Explanation;
import darkroom.files.Disk;
import darkroom.files.UnusableName;
import darkroom.job.Attachment;
import darkroom.job.Operation;
import darkroom.job.Problem;
import darkroom.job.ProblemException;
import darkroom.promptfile.Dropped;
import darkroom.promptfile.PromptFile;
import darkroom.promptfile.PromptFileReader;
import darkroom.promptfile.PromptFolder;
import darkroom.settings.Settings;
import darkroom.settings.SettingsException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code darkroom validate}. */
@Command(
        description = "Says whether prompt files are right, as the service would find them, without asking a WebUI. All"
                + " that is wrong with a file is said at once; exits with 0 if all are right, with 1 if not.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  darkroom validate examples/*.*"})
final class ValidateCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions options = new SettingsOptions();

    @Mixin
    private LaneOption lane = new LaneOption();

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "A prompt file.")
    private List<String> files = List.of(); // not Path: a name may be none

    @Override
    public Integer call() throws Exception {
        Settings settings = options.load();
        PromptFileReader reader = Explanation.reader(settings);
        boolean right = true;
        for (String file : files) {
            Found found = new Found();
            boolean read = read(settings, reader, file, lane, found::add).isPresent();
            if (read) {
                System.out.println(Path.of(file) + ": right (" + found.words());
            }
            right &= read;
        }
        return right ? Darkroom.OK : Darkroom.NOT_OK;
    }

    /** What is in a file. */
    private static final class Found {
        private final Set<Operation> operations = EnumSet.noneOf(Operation.class);
        private long pictures;
        private long tasks;

        void add(PromptFile entry) {
            operations.add(entry.operation());
            entry.then().forEach(next -> operations.add(next.operation()));
            tasks += entry.tasks();
            pictures += entry.attachments().stream()
                    .filter(attachment -> attachment.form() == Attachment.Form.PICTURE)
                    .count();
        }

        String words() {
            return operations.stream().map(Operation::word).collect(Collectors.joining(", "))
                    + (tasks == 1 ? "" : ", " + tasks + " tasks")
                    + (pictures == 0 ? ")" : ", " + pictures + (pictures == 1 ? " picture)" : " pictures)"));
        }
    }

    /** Reads a prompt file as the service would; what is wrong with it, or its name, is said, and nothing is given back. */
    static Optional<PromptFileReader.Summary> read(
            Settings settings, PromptFileReader reader, String name, LaneOption lane, PromptFileReader.Taker taker)
            throws IOException, SettingsException {
        Optional<String> unusable = UnusableName.of(new File(name));
        if (unusable.isPresent()) {
            System.out.println(UnusableName.shown(name) + ": the service would leave it alone; " + unusable.get());
            return Optional.empty();
        }
        Path file = Path.of(name);
        Dropped dropped = lane.dropped(settings, file);
        Path absolute = file.toAbsolutePath().normalize();
        if (PromptFolder.is(absolute) && PromptFolder.document(absolute).isPresent()) {
            absolute = PromptFolder.document(absolute).get();
            dropped = new Dropped(
                    absolute.resolveSibling(""), dropped.root(), dropped.lane(), dropped.prefix(), dropped.preset());
        }
        if (Files.isDirectory(absolute)) {
            System.out.println(file + ": is a folder; name the files in it, such as " + file.resolve("*.json"));
            return Optional.empty();
        }
        if (Files.exists(absolute) && !Files.isRegularFile(absolute)) {
            System.out.println(file + ": is not a file that can be dropped, but a pipe or a device");
            return Optional.empty();
        }
        Path staging = Files.createTempDirectory("darkroom-validate");
        try {
            return Optional.of(reader.read(absolute, dropped, staging, taker));
        } catch (ProblemException e) {
            for (Problem problem : e.problems()) {
                System.out.println(
                        file + ": " + problem.sentence() + " (" + problem.code().word() + ")");
            }
        } catch (IOException e) {
            System.out.println(file + ": " + Complaint.reason(e));
        } finally {
            Disk.deleteTree(staging);
        }
        return Optional.empty();
    }
}
