package darkroom.cli;

import darkroom.camel.Doctor;
import darkroom.check.Finding;
import darkroom.json.Json;
import darkroom.settings.Settings;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code darkroom check}. */
@Command(
        name = "check",
        description =
                "Examines this installation: each folder by doing there what the service does, the routes, and the"
                        + " WebUI, which is asked for one tiny picture. Says what is wrong and what to do about it; exits with 0"
                        + " if nothing is an error, with 1 if something is. May be run while the service runs.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  darkroom check --data /srv/darkroom --webui http://127.0.0.1:7860"})
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions options = new SettingsOptions();

    @Option(names = "--json", description = "Write the findings as a JSON array.")
    private boolean json;

    @Option(names = "--no-picture", description = "Make no picture: leave the GPU alone.")
    private boolean noPicture;

    @Override
    public Integer call() throws Exception {
        System.setProperty("log.level", "error"); // what matters is among the findings
        Settings settings = options.load();
        List<Finding> findings = Doctor.examine(settings, !noPicture);
        if (json) {
            System.out.println(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(findings));
        } else {
            findings.forEach(CheckCommand::print);
        }
        boolean well = findings.stream().noneMatch(finding -> finding.severity() == Finding.Severity.ERROR);
        return well ? Darkroom.OK : Darkroom.NOT_OK;
    }

    private static void print(Finding finding) {
        System.out.printf(
                "%-8s %s: %s%n",
                finding.severity().name().toLowerCase(Locale.ROOT), finding.subject(), finding.message());
        if (!finding.remedy().isEmpty()) {
            System.out.println("         -> " + finding.remedy());
        }
    }
}
