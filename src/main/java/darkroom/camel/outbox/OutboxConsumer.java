package darkroom.camel.outbox;

import com.fasterxml.jackson.core.JacksonException;
import darkroom.outbox.DestinationFolder;
import darkroom.outbox.Entry;
import darkroom.output.Output;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
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
 * Delivers what waits for one destination, one after the other, in a thread of its own.
 *
 * <p>A try that fails ends; the next one is another exchange. So a pause takes up no thread, outlives the process, holds up
 * neither the next output nor an exchange of the route, and a stop leaves everything as it is.
 */
final class OutboxConsumer extends ScheduledBatchPollingConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxConsumer.class);
    private static final int BATCH = 100;
    private static final Duration QUIET = Duration.ofMinutes(1);
    /** Looking through a large backlog may take no more than this part of the time. */
    private static final int RARELY = 10;

    private final OutboxEndpoint endpoint;
    private final OutboxComponent component;
    private final DestinationFolder folder;
    private volatile long notBefore = System.nanoTime();
    private volatile boolean failing;
    private volatile long quietUntil = System.nanoTime();

    OutboxConsumer(OutboxEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.component = (OutboxComponent) endpoint.getComponent();
        this.folder = component.outbox().of(endpoint.getName());
    }

    @Override
    protected void doStart() throws Exception {
        component.take(endpoint.getName());
        folder.create();
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        component.leave(endpoint.getName());
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
        Entry entry;
        try {
            entry = folder.read(file);
        } catch (NoSuchFileException e) {
            return; // somebody has moved it
        } catch (JacksonException e) {
            LOG.error("{}: is no entry of an outbox; it is set aside", folder.bury(file, null, Reason.of(e)));
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

    private void deliver(Path file, Entry entry) throws Exception {
        if (folder.isDelivered(file, entry)) { // and a process died just after that
            delivered(file, entry);
            return;
        }
        Path picture = component.outbox().file(entry);
        if (!Files.isRegularFile(picture)) {
            failed(file, entry, picture + " is not there any more, or its disk is away", null);
            return;
        }
        Exchange exchange = createExchange(false);
        try {
            fill(exchange, entry, picture);
            getProcessor().process(exchange);
            if (!exchange.isFailed()) {
                delivered(file, entry);
            } else if (isBatchAllowed() && !isSuspendingOrSuspended()) {
                failed(file, entry, Reason.of(exchange.getException()), exchange.getException());
            } else {
                LOG.info("{}: {} is left for the next start", endpoint.getName(), entry.key());
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }

    private static void fill(Exchange exchange, Entry entry, Path picture) {
        exchange.getMessage().setBody(picture.toFile()); // components stream it
        exchange.getMessage().setHeader(Exchange.FILE_NAME, entry.name());
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, entry.mediaType());
        exchange.setVariable(OutboxConstants.KEY, entry.key());
        exchange.setVariable(OutboxConstants.NAME, entry.name());
        exchange.setVariable(OutboxConstants.FOLDER, entry.folder());
        exchange.setVariable(OutboxConstants.JOB, entry.job());
        exchange.setVariable(OutboxConstants.JOB_NAME, entry.jobName());
        exchange.setVariable(OutboxConstants.LANE, entry.lane());
        exchange.setVariable(
                OutboxConstants.DATE,
                entry.accepted().atOffset(ZoneOffset.UTC).toLocalDate().toString());
        exchange.setVariable(OutboxConstants.PROMPT_FILE, entry.promptFile());
        exchange.setVariable(OutboxConstants.MEDIA_TYPE, entry.mediaType());
        exchange.setVariable(OutboxConstants.ATTEMPT, entry.attempts() + 1);
        exchange.setVariable(OutboxConstants.METADATA, metadata(entry));
        set(exchange, OutboxConstants.TASK, entry.task());
        Output output = entry.output();
        if (output != null) {
            exchange.setVariable(OutboxConstants.SHA256, output.sha256());
            set(exchange, OutboxConstants.SEED, output.seed());
            set(exchange, OutboxConstants.INFOTEXT, output.infotext());
        }
    }

    private static Map<String, String> metadata(Entry entry) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("job", ascii(entry.job()));
        if (entry.task() != null) {
            metadata.put("task", ascii(entry.task()));
        }
        if (entry.output() != null) {
            metadata.put("sha256", entry.output().sha256());
        }
        return metadata;
    }

    private static String ascii(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static void set(Exchange exchange, String name, @Nullable Object value) {
        if (value != null) {
            exchange.setVariable(name, value);
        }
    }

    private void delivered(Path file, Entry entry) throws IOException {
        folder.setDelivered(file, entry);
        component.delivered(endpoint.getName());
        if (failing) {
            failing = false;
            quietUntil = System.nanoTime();
            LOG.info("{}: delivers again", endpoint.getName());
        }
        LOG.info("{}: {} delivered", endpoint.getName(), entry.key());
        component.listener().deliveryOver(entry.job());
    }

    private void failed(Path file, Entry entry, String why, @Nullable Throwable thrown) throws IOException {
        LOG.debug("{}: {}", endpoint.getName(), entry.key(), thrown);
        component.failed(endpoint.getName(), why);
        int tries = entry.attempts() + 1;
        if (tries >= endpoint.getAttempts()) {
            Path dead = folder.bury(file, entry, why);
            LOG.error(
                    "{}: {}; given up after {} tries; {}.error.json says how to have it tried again",
                    endpoint.getName(),
                    why,
                    tries,
                    withoutEnding(dead));
            component.listener().deliveryOver(entry.job());
            return;
        }
        Duration pause = pause(tries);
        folder.setFailed(file, entry, why, Instant.now().plus(pause));
        sayWhy(entry, why, tries, pause);
    }

    /** A destination that is away fails for everything that waits for it: that is said once, and then now and then. */
    private void sayWhy(Entry entry, String why, int tries, Duration pause) {
        boolean quiet = failing && System.nanoTime() - quietUntil < 0;
        failing = true;
        if (!quiet) {
            quietUntil = System.nanoTime() + QUIET.toNanos();
            LOG.warn(
                    "{}: {} not delivered: {}; try {} of {} in {} s",
                    endpoint.getName(),
                    entry.key(),
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
