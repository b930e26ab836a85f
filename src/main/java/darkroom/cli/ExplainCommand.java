package darkroom.cli;

import darkroom.camel.Explanation;
import darkroom.json.Json;
import darkroom.promptfile.PromptFile;
import darkroom.promptfile.PromptFileReader;
import darkroom.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code darkroom explain}. */
@Command(
        description =
                "Shows what would be sent to the WebUI for a prompt file, as JSON, and where each value comes from:"
                        + " the file, its preset, its lane, a setting; seeds that are drawn are others each time. Asks no WebUI"
                        + " and changes nothing; exits with 1 if the file is not right.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  darkroom explain --lane birds examples/poster.json"})
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions options = new SettingsOptions();

    @Mixin
    private LaneOption lane = new LaneOption();

    @Option(
            names = "--tasks",
            paramLabel = "N",
            defaultValue = "20",
            description = "Most tasks that are shown of a file with several, as a list; 20 if not given.")
    private int tasks = 20;

    @Parameters(paramLabel = "FILE", description = "A prompt file.")
    private String file = ""; // not Path: a name may be none

    @Override
    public Integer call() throws Exception {
        Settings settings = options.load();
        Path path = Path.of(file);
        List<PromptFile> shown = new ArrayList<>();
        long[] all = {0};
        Optional<PromptFileReader.Summary> read =
                ValidateCommand.read(settings, Explanation.reader(settings), file, lane, entry -> {
                    all[0] += entry.tasks();
                    for (long i = 0; i < entry.tasks() && shown.size() < tasks; i++) {
                        shown.add(entry.task(i));
                    }
                });
        if (read.isEmpty()) {
            return Darkroom.NOT_OK;
        }
        List<Explanation> explanations = new ArrayList<>();
        for (PromptFile entry : shown) {
            explanations.add(Explanation.of(
                    settings, entry, read.get().sha256(), String.valueOf(path.getFileName()), lane.of(settings, path)));
        }
        Object document = all[0] == 1 ? explanations.get(0) : explanations;
        System.out.println(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(document));
        if (shown.size() < all[0]) {
            System.err.println("These are the first " + shown.size() + " of " + all[0] + " tasks; --tasks shows more.");
        }
        return Darkroom.OK;
    }
}
