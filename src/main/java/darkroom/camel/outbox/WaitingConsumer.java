package darkroom.camel.outbox;

import com.fasterxml.jackson.core.JacksonException;
import darkroom.outbox.Waiting;
import darkroom.outbox.WaitingFolder;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.ScheduledBatchPollingConsumer;
import org.apache.camel.util.CastUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Delivers what waits in one folder, one after the other, in a thread of its own.
 *
 * <p>A try that fails ends; the next one is another exchange. So a pause takes up no thread, outlives the process, holds up
 * neither what is next nor an exchange of the route, and a stop leaves everything as it is.
 *
 * @param <E> what waits there
 */
abstract class WaitingConsumer<E extends Waiting> extends ScheduledBatchPollingConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingConsumer.class);
    private static final int BATCH = 100;
    private static final Duration QUIET = Duration.ofMinutes(1);
    /** Looking through a large backlog may take no more than this part of the time. */
    private static final int RARELY = 10;

    private final WaitingEndpoint endpoint;
    private final OutboxComponent outbox;
    private final WaitingFolder<E> folder;
    private volatile long notBefore = System.nanoTime();
    private volatile boolean taken;
    private volatile boolean failing;
    private volatile long quietUntil = System.nanoTime();

    WaitingConsumer(WaitingEndpoint endpoint, Processor processor, OutboxComponent outbox, WaitingFolder<E> folder) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.outbox = outbox;
        this.folder = folder;
    }

    /** Why it can't be delivered now; null if nothing is known to be in the way. */
    abstract @Nullable String obstacle(E entry);

    /** Gives an exchange what a route gets to see. */
    abstract void fill(Exchange exchange, E entry);

    /** It was delivered, or given up. */
    abstract void over(E entry) throws IOException;

    /** What the log calls it. */
    abstract String called(E entry);

    @Override
    protected void doStart() throws Exception {
        outbox.take(endpoint.getName(), endpoint.scheme());
        taken = true;
        folder.create();
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        if (taken) { // else the name is somebody else's
            taken = false;
            outbox.leave(endpoint.getName());
        }
    }

    @Override
    protected int poll() throws Exception {
        long began = System.nanoTime();
        if (began - notBefore < 0) {
            return 0;
        }
        Queue<Path> due = new ArrayDeque<>(folder.due(BATCH, Instant.now()));
        long took = System.nanoTime() - began;
        if (due.isEmpty()) {
            notBefore = System.nanoTime() + RARELY * took;
        }
        return processBatch(CastUtils.cast(due));
    }

    @Override
    public int processBatch(Queue<Object> files) throws Exception {
        int done = 0;
        while (!files.isEmpty() && isBatchAllowed() && !isSuspendingOrSuspended()) {
            deliver((Path) files.remove());
            done++;
        }
        return done;
    }

    private void deliver(Path file) throws Exception {
        E entry;
        try {
            entry = folder.read(file);
        } catch (NoSuchFileException e) {
            return; // somebody has moved it
        } catch (JacksonException e) {
            LOG.error(
                    "{}: is nothing that can be delivered here; it is set aside",
                    folder.bury(file, null, Reason.of(e)));
            return;
        }
        MDC.put("job", entry.job());
        MDC.put("task", entry.task());
        try {
            deliver(file, entry);
        } finally {
            MDC.remove("job");
            MDC.remove("task");
        }
    }

    private void deliver(Path file, E entry) throws Exception {
        if (folder.isDelivered(file, entry)) { // and a process died just after that
            delivered(file, entry);
            return;
        }
        String obstacle = obstacle(entry);
        if (obstacle != null) {
            failed(file, entry, obstacle, null);
            return;
        }
        Exchange exchange = createExchange(false);
        try {
            fill(exchange, entry);
            getProcessor().process(exchange);
            if (!exchange.isFailed()) {
                delivered(file, entry);
            } else if (isBatchAllowed() && !isSuspendingOrSuspended()) {
                failed(file, entry, Reason.of(exchange.getException()), exchange.getException());
            } else {
                LOG.info("{}: {} is left for the next start", endpoint.getName(), called(entry));
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }

    private void delivered(Path file, E entry) throws IOException {
        folder.setDelivered(file, entry);
        outbox.delivered(endpoint.getName());
        if (failing) {
            failing = false;
            quietUntil = System.nanoTime();
            LOG.info("{}: delivers again", endpoint.getName());
        }
        LOG.info("{}: {} delivered", endpoint.getName(), called(entry));
        over(entry);
    }

    private void failed(Path file, E entry, String why, @Nullable Throwable thrown) throws IOException {
        LOG.debug("{}: {}", endpoint.getName(), called(entry), thrown);
        outbox.failed(endpoint.getName(), why);
        int tries = entry.attempts() + 1;
        if (tries >= endpoint.getAttempts() && entry.isFleeting()) {
            folder.setDelivered(file, entry); // there will be newer ones
            return;
        }
        if (tries >= endpoint.getAttempts()) {
            Path dead = folder.bury(file, entry, why);
            LOG.error(
                    "{}: {}; given up after {} tries; {}.error.json says how to have it tried again",
                    endpoint.getName(),
                    why,
                    tries,
                    withoutEnding(dead));
            over(entry);
            return;
        }
        Duration pause = pause(tries);
        folder.setFailed(file, entry, why, Instant.now().plus(pause));
        sayWhy(entry, why, tries, pause);
    }

    /** A destination that is away fails for everything that waits for it: that is said once, and then now and then. */
    private void sayWhy(E entry, String why, int tries, Duration pause) {
        boolean quiet = failing && System.nanoTime() - quietUntil < 0;
        failing = true;
        if (!quiet) {
            quietUntil = System.nanoTime() + QUIET.toNanos();
            LOG.warn(
                    "{}: {} not delivered: {}; try {} of {} in {} s",
                    endpoint.getName(),
                    called(entry),
                    why,
                    tries + 1,
                    endpoint.getAttempts(),
                    String.format("%.1f", pause.toMillis() / 1000.0));
        }
    }

    private static String withoutEnding(Path file) {
        return file.toString().replaceFirst("[.]json$", "");
    }

    /** Doubles, up to a limit; scattered by a quarter less, lest everything comes back at the same moment. */
    private Duration pause(int tries) {
        double growing = endpoint.getPause() * Math.pow(2, Math.min(tries - 1, 40));
        double capped = Math.min(growing, (double) endpoint.getLongestPause());
        return Duration.ofMillis((long) (capped * ThreadLocalRandom.current().nextDouble(0.75, 1)));
    }
}
