package darkroom.cli;

import com.fasterxml.jackson.databind.ObjectWriter;
import darkroom.json.Json;
import darkroom.schedule.simulation.Contender;
import darkroom.schedule.simulation.Outcome;
import darkroom.schedule.simulation.Scenario;
import darkroom.schedule.simulation.Simulation;
import darkroom.schedule.simulation.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code darkroom simulate}. */
@Command(
        description =
                "Shows how busy the backends of a scenario would be and how long tasks would wait: with Darkroom's"
                        + " scheduler, in virtual time, beside simpler ones and what nobody can beat. Asks no WebUI.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  darkroom simulate examples/scheduling/office.yaml"})
final class SimulateCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A scenario, in YAML or JSON.")
    private Path file = Path.of("");

    @Option(
            names = "--policy",
            split = ",",
            paramLabel = "NAME",
            description = "Only these: ${COMPLETION-CANDIDATES}. Default: all, one after the other.")
    private List<Contender> policies = List.of(Contender.values());

    @Option(
            names = "--scale",
            paramLabel = "FACTOR",
            description =
                    "So many times as many backends and tasks, such as 0.01 for a first look at a large scenario.")
    private double scale = 1;

    @Option(names = "--json", description = "Write the outcomes as a JSON array.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
            throw new ParameterException(spec.commandLine(), "--scale: expected more than 0, got " + scale);
        }
        Simulation simulation = Simulation.of(Scenario.read(file, scale));
        List<Outcome> outcomes = new ArrayList<>();
        for (Contender policy : policies) {
            outcomes.add(simulation.run(policy));
        }
        ObjectWriter writer = Json.mapper().writerWithDefaultPrettyPrinter();
        System.out.print(json ? writer.writeValueAsString(outcomes) + System.lineSeparator() : Table.of(outcomes));
        return Darkroom.OK;
    }
}
