package darkroom.cli;

import darkroom.settings.SettingsException;
import java.io.PrintWriter;
import picocli.CommandLine;

/** What is said when a command can't do what it should: one line for each thing that is wrong. */
final class Complaint {
    private Complaint() {}

    static int about(Exception e, CommandLine command) {
        PrintWriter err = command.getErr();
        if (e instanceof SettingsException settings) {
            settings.problems().forEach(problem -> err.println("darkroom: " + problem));
        } else {
            err.println("darkroom: " + e);
            e.printStackTrace(err);
        }
        err.flush();
        return Darkroom.NOT_OK;
    }
}
