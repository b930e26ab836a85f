package darkroom.camel.outbox;

import darkroom.files.Disk;
import darkroom.files.Sha256;
import java.io.File;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Handler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps around the writing of a file to another folder. Before a file is written that the variable {@code target} names: a file that is there and holds the same was
 * delivered by a try that nobody could note, and the route ends well; one that holds something else is not replaced. After it the file
 * is forced to the disk: what is marked as delivered is delivered, also if the power goes off.
 */
public final class NewOrSame {
    private static final Logger LOG = LoggerFactory.getLogger(NewOrSame.class);

    /** The variable that holds the path of the file to be written. */
    public static final String TARGET = "target";

    private final Disk disk;

    /** Steps that force files to the disk if {@code disk} does. */
    public NewOrSame(Disk disk) {
        this.disk = disk;
    }

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
        makeSure(exchange); // it may be that alone which was not done
        exchange.setRouteStop(true);
    }

    /** Makes sure of the file that was written, and of the names of the folders that were made for it. */
    public void makeSure(Exchange exchange) throws IOException {
        Path target = Path.of(exchange.getVariable(TARGET, String.class)).toAbsolutePath();
        disk.forceForeign(target);
        disk.forceFolder(target);
        try {
            disk.forceFolders(target.resolveSibling(""), Objects.requireNonNull(target.getRoot()));
        } catch (AccessDeniedException e) {
            LOG.debug("{} can't be looked into, so nobody has made a folder there", e.getFile());
        }
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
