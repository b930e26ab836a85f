package darkroom.cli;

import darkroom.secret.MaskedStream;
import java.nio.charset.Charset;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code darkroom}. */
@Command(
        name = "darkroom",
        description = "Prompt files in a folder become pictures in a folder.",
        subcommands = {
            RunCommand.class,
            DemoCommand.class,
            SandboxCommand.class,
            CheckCommand.class,
            ValidateCommand.class,
            ExplainCommand.class,
            PlanCommand.class,
            SchemaCommand.class,
            RoutesCommand.class,
            SimulateCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "What is set where: config/application.properties in the installed folder; each property can also be set in"
                    + " the environment (darkroom.webui.url is DARKROOM_WEBUI_URL) or with -D on the command line.",
            "JAVA_HOME chooses the Java, JAVA_OPTS reaches it.",
        })
public final class Darkroom {
    /** Exit code: what was asked for was done. */
    static final int OK = 0;

    /** Exit code: something that was looked at is not right. */
    static final int NOT_OK = 1;

    /** Starts the program. */
    public static void main(String[] arguments) {
        // before anything is logged: what is said from here on holds no secret, whoever says it
        Charset charset = Charset.forName(
                System.getProperty("stdout.encoding", Charset.defaultCharset().name()));
        System.setOut(MaskedStream.over(System.out, charset));
        System.setErr(MaskedStream.over(System.err, charset));
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Darkroom())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler((e, command, result) -> Complaint.about(e, command));
    }
}
