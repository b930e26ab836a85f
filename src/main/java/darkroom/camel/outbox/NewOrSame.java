package darkroom.camel.outbox;

import darkroom.files.Sha256;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.Handler;

/**
 * Step before a file is written that the variable {@code target} names: a file that is there and holds the same was
 * delivered by a try that nobody could note, and the route ends well; one that holds something else is not replaced.
 */
public final class NewOrSame {
    /** The variable that holds the path of the file to be written. */
    public static final String TARGET = "target";

    /**
     * Looks at what is there.
     *
     * @throws IOException if it is another file
     */
    @Handler
    public void check(Exchange exchange) throws IOException {
        Path target = Path.of(exchange.getVariable(TARGET, String.class));
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        File body = exchange.getMessage().getBody(File.class);
        if (!isSame(body.toPath(), target)) {
            throw new IOException("there is another file of this name, and it is not replaced: " + target);
        }
        exchange.setRouteStop(true);
    }

    private static boolean isSame(Path file, Path target) throws IOException {
        try {
            return Files.isRegularFile(target)
                    && Files.size(target) == Files.size(file)
                    && Sha256.of(target).equals(Sha256.of(file));
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
