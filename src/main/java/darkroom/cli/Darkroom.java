package darkroom.cli;

import darkroom.secret.MaskedStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code darkroom}. */
@Command(
        name = "darkroom",
        description = "Prompt files in a folder become pictures in a folder.",
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

    /** In the order in which they are shown. */
    private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("run", RunCommand::new);
        COMMANDS.put("demo", DemoCommand::new);
        COMMANDS.put("sandbox", SandboxCommand::new);
        COMMANDS.put("check", CheckCommand::new);
        COMMANDS.put("validate", ValidateCommand::new);
        COMMANDS.put("explain", ExplainCommand::new);
        COMMANDS.put("plan", PlanCommand::new);
        COMMANDS.put("schema", SchemaCommand::new);
        COMMANDS.put("routes", RoutesCommand::new);
        COMMANDS.put("simulate", SimulateCommand::new);
    }

    /** Starts the program. */
    public static void main(String[] arguments) {
        // before anything is logged: what is said from here on holds no secret, whoever says it
        Charset charset = Charset.forName(
                System.getProperty("stdout.encoding", Charset.defaultCharset().name()));
        System.setOut(MaskedStream.over(System.out, charset));
        System.setErr(MaskedStream.over(System.err, charset));
        System.exit(execute(new PrintWriter(System.err, true, charset), arguments));
    }

    /** Picocli takes a fifth of a start to be loaded: a service that is started as services are does without. */
    private static int execute(PrintWriter err, String... arguments) {
        Optional<RunCommand> run = RunCommand.plain(arguments);
        if (run.isEmpty()) {
            return commandLine(arguments).execute(arguments);
        }
        try {
            return run.get().call();
        } catch (Exception e) {
            return Complaint.about(e, err);
        }
    }

    /** Knows the command that is asked for alone, since each that it knows makes a start longer; or all of them. */
    static CommandLine commandLine(String... arguments) {
        CommandLine line = new CommandLine(new Darkroom());
        Supplier<Object> asked = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
        if (asked != null) {
            line.addSubcommand(arguments[0], asked.get());
        } else {
            COMMANDS.forEach((name, command) -> line.addSubcommand(name, command.get()));
        }
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler((e, command, result) -> Complaint.about(e, command.getErr()));
    }
}
