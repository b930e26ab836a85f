package darkroom.camel;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileOperationFailedException;
import org.apache.camel.spi.ExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Of drop folders: what could not be claimed stays where it is, and is looked at again. What is not there any more was taken by
 * another process that was faster, which is as it should be; else somebody has to know why nothing moves, and not four times a
 * second.
 */
final class Unclaimed implements ExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Unclaimed.class);
    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final int FEW = 3;

    private int recent;
    private long since = System.nanoTime();

    @Override
    public void handleException(Throwable exception) {
        say(exception);
    }

    @Override
    public void handleException(String message, Throwable exception) {
        say(exception);
    }

    @Override
    public void handleException(String message, Exchange exchange, Throwable exception) {
        if (exception instanceof GenericFileOperationFailedException && isGone(exchange)) {
            LOG.debug("another one was faster", exception);
        } else {
            say(exception);
        }
    }

    /** Whether the file that was to be renamed is not there. Camel says no more of why it was not than that it was not. */
    private static boolean isGone(Exchange exchange) {
        GenericFile<?> file = exchange.getProperty(ExchangePropertyKey.FILE_EXCHANGE_FILE, GenericFile.class);
        return file != null
                && file.getFile() instanceof File listed
                && Files.notExists(listed.toPath(), LinkOption.NOFOLLOW_LINKS);
    }

    private synchronized void say(Throwable exception) {
        LOG.debug("not claimed", exception);
        if (System.nanoTime() - since >= QUIET.toNanos()) {
            since = System.nanoTime();
            recent = 0;
        }
        if (++recent == FEW) {
            LOG.warn(
                    "prompt files can't be claimed ({}); they stay where they are, and are looked at again; may the user"
                            + " that runs Darkroom write in the drop folder?",
                    ExplainFailure.words(exception));
        }
    }
}
