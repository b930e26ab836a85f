package darkroom.camel;

import darkroom.secret.Secrets;
import java.nio.file.Path;

/**
 * Why the routes folder can't be loaded as it is.
 *
 * @param file the file at fault, or the folder if it can't be told
 * @param line from 1, or 0 if it can't be told
 * @param column from 1, or 0 if it can't be told
 * @param message what is wrong, in one line
 */
public record RouteProblem(Path file, int line, int column, String message) {
    /** Camel's messages name whole addresses. */
    public RouteProblem {
        message = Secrets.mask(message);
    }

    /** For logs, health and terminals, for example {@code generate.camel.yaml, line 16, column 11: …}. */
    public String sentence() {
        String at = line == 0 ? "" : ", line " + line + ", column " + column;
        return file.getFileName() + at + ": " + message;
    }
}
