package darkroom.camel.intake;

import darkroom.files.Disk;
import darkroom.intake.Intake;
import darkroom.intake.KeyTakenException;
import darkroom.job.StoppingException;
import darkroom.job.TraceContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Handler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step: a message from anywhere becomes a prompt file in a lane of the drop folder. When it has returned the job is safe,
 * and the message may be acknowledged. What is wrong with the document is found out when it is claimed, as with every
 * prompt file.
 *
 * <p>Variables go with the message: {@code lane}; {@code key}, which is the same whenever the same message comes again and
 * never that of another one; and {@code length} in bytes, for sources whose streams just end when a connection breaks.
 */
public final class AcceptJob {
    /** Variable: the lane; without it the lane is called like the route that the message came by. */
    static final String LANE = "lane";

    /** Variable: what the message is known by. */
    static final String KEY = "key";

    /** Variable: how many bytes the message has, if that is known; one that is cut off is not accepted. */
    static final String LENGTH = "length";

    private static final Logger LOG = LoggerFactory.getLogger(AcceptJob.class);
    private static final long LOOK_AGAIN = 200;

    private final Intake intake;
    private final Backlog backlog;
    private final Path drop;
    private final Predicate<Path> isWatched;

    /** Accepts into this drop folder. */
    public AcceptJob(Intake intake, Backlog backlog, Path drop, Predicate<Path> isWatched) {
        this.intake = intake;
        this.backlog = backlog;
        this.drop = drop;
        this.isWatched = isWatched;
    }

    /**
     * Takes the message in; its body becomes the job's id.
     *
     * @throws IOException if not all of it arrives, or the disk can't be written
     * @throws KeyTakenException if another document came under the same key
     * @throws StoppingException if there was no room for it before the service stopped
     */
    @Handler
    public void accept(Exchange exchange) throws Exception {
        String source = exchange.getFromRouteId();
        String lane = exchange.getVariable(LANE, source, String.class);
        String key = exchange.getVariable(KEY, String.class);
        if (key == null || key.isBlank()) {
            throw new IllegalArgumentException("the message has no key: before direct:accept, set the variable '" + KEY
                    + "' to what is the same whenever the same message comes again, such as its message id");
        }
        if (!Lane.isOne(lane, drop, isWatched)) {
            throw new IllegalArgumentException("'" + lane + "' can't be a lane: it is not the name of a folder in "
                    + drop + " that is looked into");
        }
        String id = Intake.idOf(source, key);
        awaitRoom(exchange);
        boolean isNew = false;
        try {
            isNew = accept(exchange, id, source, lane);
        } finally {
            if (!isNew) {
                backlog.giveBack();
            }
        }
        LOG.info("{}: {} from {}", id, isNew ? "taken in" : "had been taken in before", source);
        exchange.getMessage().setBody(id);
    }

    private boolean accept(Exchange exchange, String id, String source, String lane)
            throws IOException, KeyTakenException {
        Path staging = intake.stage();
        try {
            Path document = staging.resolve("document");
            write(exchange, document);
            String trace = TraceContext.of(exchange.getMessage().getHeader(TraceContext.HEADER, String.class));
            return intake.accept(id, source, lane, trace, document).isNew();
        } finally {
            Disk.deleteTree(staging);
        }
    }

    private static void write(Exchange exchange, Path document) throws IOException {
        copy(exchange, document);
        Long length = exchange.getVariable(LENGTH, Long.class);
        if (length != null && length != Files.size(document)) {
            throw new IOException(Files.size(document) + " bytes came of " + length
                    + ": the connection broke, or it is still being written; it is not taken in");
        }
    }

    private static void copy(Exchange exchange, Path document) throws IOException {
        try (InputStream in = exchange.getMessage().getBody(InputStream.class)) {
            if (in == null) {
                Files.createFile(document); // it fails as an empty file does
            } else {
                Files.copy(in, document);
            }
        }
    }

    /** While too many wait, a source waits as well: its messages are safe where they are. */
    private void awaitRoom(Exchange exchange) throws IOException, InterruptedException {
        while (!backlog.take()) {
            if (exchange.getContext().isStopping() || exchange.getContext().isStopped()) {
                throw new StoppingException();
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }
}
