package darkroom.cli;

import darkroom.camel.Explanation;
import darkroom.files.UnusableName;
import darkroom.json.Json;
import darkroom.promptfile.PromptFile;
import darkroom.settings.Settings;
import java.io.File;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code darkroom explain}. */
@Command(
        name = "explain",
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

    @Parameters(paramLabel = "FILE", description = "A prompt file.")
    private String file = ""; // not Path: a name may be none

    @Override
    public Integer call() throws Exception {
        Settings settings = options.load();
        Optional<String> unusable = UnusableName.of(new File(file));
        if (unusable.isPresent()) {
            System.out.println(UnusableName.shown(file) + ": the service would leave it alone; " + unusable.get());
            return Darkroom.NOT_OK;
        }
        Path path = Path.of(file);
        Optional<PromptFile> prompt =
                ValidateCommand.read(Explanation.reader(settings), path, lane.dropped(settings, path));
        if (prompt.isEmpty()) {
            return Darkroom.NOT_OK;
        }
        Explanation explanation =
                Explanation.of(settings, prompt.get(), String.valueOf(path.getFileName()), lane.of(settings, path));
        System.out.println(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(explanation));
        return Darkroom.OK;
    }
}
