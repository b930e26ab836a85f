package darkroom.camel;

import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Of drop folders: what could not be claimed stays where it is, and is looked at again. Where several processes share a folder
 * another one was faster, which is as it should be; else somebody has to know why nothing moves, and not four times a second.
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
        say(exception);
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
