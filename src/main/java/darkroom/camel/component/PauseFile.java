package darkroom.camel.component;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a WebUI is paused: a file says so by being there. */
final class PauseFile implements BooleanSupplier {
    private static final Logger LOG = LoggerFactory.getLogger(PauseFile.class);

    private final String url;
    private final @Nullable Path file;
    private boolean paused;

    PauseFile(String url, @Nullable String file) {
        this.url = url;
        this.file = file == null || file.isEmpty() ? null : Path.of(file);
    }

    @Override
    public synchronized boolean getAsBoolean() {
        boolean now = file != null && Files.exists(file);
        if (now != paused) {
            LOG.info(now ? "{} is paused; nothing is sent to it before {} is deleted" : "{} goes on", url, file);
        }
        paused = now;
        return now;
    }
}
