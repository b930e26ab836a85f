package darkroom.cli;

import darkroom.camel.Explanation;
import darkroom.camel.PlanEstimate;
import darkroom.json.Json;
import darkroom.promptfile.PromptFileReader;
import darkroom.settings.Settings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code darkroom plan}. */
@Command(
        description =
                "Shows what a prompt file would cost, without making anything: tasks, pictures, checkpoints, and by"
                        + " the latest receipts in the folder of outputs the time of the WebUIs and room on the disk. Exits with 1 if the"
                        + " file is not right, or asks for more than is allowed.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  darkroom plan examples/light-and-weather.json"})
final class PlanCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions options = new SettingsOptions();

    @Mixin
    private LaneOption lane = new LaneOption();

    @Option(names = "--json", description = "Write it as a JSON object.")
    private boolean json;

    @Parameters(paramLabel = "FILE", description = "A prompt file.")
    private String file = ""; // not Path: a name may be none

    @Override
    public Integer call() throws Exception {
        Settings settings = options.load();
        PlanEstimate estimate = new PlanEstimate(settings);
        Optional<PromptFileReader.Summary> read =
                ValidateCommand.read(settings, Explanation.reader(settings), file, lane, estimate::add);
        if (read.isEmpty()) {
            return Darkroom.NOT_OK;
        }
        if (json) {
            System.out.println(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(estimate.document()));
        } else {
            System.out.println(Path.of(file));
            System.out.print(estimate.words());
        }
        return Darkroom.OK;
    }
}
