package darkroom.cli;

import darkroom.promptfile.JobSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code darkroom schema}. */
@Command(
        description =
                "Prints the JSON Schema (draft 2020-12) of prompt files, presets and lanes' defaults, for editors and for"
                        + " programs that write them. docs/job.schema.json is the same.",
        mixinStandardHelpOptions = true)
final class SchemaCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        System.out.print(JobSchema.text());
        return Darkroom.OK;
    }
}
