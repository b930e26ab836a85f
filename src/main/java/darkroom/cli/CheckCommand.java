package darkroom.cli;

import darkroom.camel.Doctor;
import darkroom.check.Finding;
import darkroom.json.Json;
import darkroom.settings.Settings;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code darkroom check}. */
@Command(
        description = "Examines this installation: each folder by doing there what the service does, the routes, what"
                + " destinations and sources reach, and the WebUI, which is asked for one tiny picture. Says what is"
                + " wrong and what to do about it; exits with 0 if nothing is an error, with 1 if something is. May be"
                + " run while the service runs.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  darkroom check --data /srv/darkroom --webui http://127.0.0.1:7860",
            "  darkroom check --deliver archive"
        })
final class CheckCommand implements Callable<Integer> {
    /** No name of a destination. */
    private static final String EACH = "*";

    @Mixin
    private SettingsOptions options = new SettingsOptions();

    @Option(names = "--json", description = "Write the findings as a JSON array.")
    private boolean json;

    @Option(names = "--no-picture", description = "Make no picture: leave the GPU alone.")
    private boolean noPicture;

    @Option(
            names = "--deliver",
            arity = "0..1",
            paramLabel = "NAME",
            fallbackValue = EACH,
            description =
                    "Do nothing but deliver a tiny test picture to the destination NAME, or to each of them without a"
                            + " name, as an output would be. It stays there.")
    private @Nullable String deliver;

    @Override
    public Integer call() throws Exception {
        if (System.getProperty("log.level") == null) { // what matters is among the findings
            System.setProperty("log.level", "off");
            System.setProperty("log.others", "off");
        }
        Settings settings = options.load();
        List<Finding> findings;
        if (deliver == null) {
            findings = Doctor.examine(settings, !noPicture, json ? finding -> {} : CheckCommand::print);
        } else {
            findings = Doctor.deliver(settings, deliver.equals(EACH) ? null : deliver);
            if (!json) {
                findings.forEach(CheckCommand::print);
            }
        }
        if (json) {
            System.out.println(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(findings));
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
