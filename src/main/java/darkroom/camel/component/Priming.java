package darkroom.camel.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.job.AwayException;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.webui.ProgressReport;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what one request overrides from leaking into the next. After a request the WebUI puts back only those options
 * that its memory held before it, and after a start that is what its {@code config.json} holds; so each option is written
 * once with the value that it has anyway (webui-api, section 3.5). That is done once after each start of the WebUI, while
 * it is idle, because it writes all options to {@code config.json}, those of a running request included (section 5.2).
 *
 * <p>A WebUI can't be restarted unnoticed: either a request fails, or there was none for longer than a start takes.
 */
final class Priming {
    private static final Logger LOG = LoggerFactory.getLogger(Priming.class);
    private static final Duration SHORTER_THAN_A_START = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LOOK_EVERY = 200;

    /** Loading a checkpoint writes it down by itself; writing it here might load another one. */
    private static final String CHECKPOINT = "sd_model_checkpoint";

    private final Backend backend;
    private final ReadWriteLock traffic = new ReentrantReadWriteLock(true);
    private final AtomicInteger underWay = new AtomicInteger();
    private final Set<String> primed = new HashSet<>();
    private volatile Overrides overrides = Overrides.ALLOWED;
    private volatile long lastAnswer = System.nanoTime() - SHORTER_THAN_A_START.toNanos();

    /** Whether a WebUI lets a request override options. */
    enum Overrides {
        ALLOWED(""),
        FROZEN("it was started with --freeze-settings"),
        HIDDEN("it was started with --hide-ui-dir-config"),
        UNKNOWN("it has no such options");

        final String reason;

        Overrides(String reason) {
            this.reason = reason;
        }
    }

    Priming(Backend backend) {
        this.backend = backend;
    }

    /**
     * What decides how an answer is encoded. That happens when the next request is at work already, and by its overrides
     * (webui-api, section 2.7): so nothing else of ours is under way then.
     */
    private static final Set<String> OF_ENCODING = Set.of("samples_format", "jpeg_quality", "webp_lossless");

    /** A request. */
    @FunctionalInterface
    interface Call<T> {
        T make(Overrides overrides) throws IOException, InterruptedException;
    }

    /** Makes a request that overrides some options, when none of them can leak. */
    <T> T guard(Set<String> options, Call<T> call) throws IOException, InterruptedException {
        Lock lock = Collections.disjoint(options, OF_ENCODING) ? traffic.readLock() : traffic.writeLock();
        while (true) {
            lock.lock();
            try {
                if (options.isEmpty() || isReady(options)) {
                    return make(call);
                }
            } finally {
                lock.unlock();
            }
            prime(options);
        }
    }

    /** Makes a call while nothing else is under way, ours or of others. */
    <T> T alone(Callable<T> call) throws Exception {
        traffic.writeLock().lock();
        try {
            if (!awaitIdle()) {
                throw new AwayException(Problem.of(
                        ProblemCode.WEBUI_AWAY,
                        "the WebUI at " + backend.url()
                                + " is busy with work of others, and its options are not changed" + " meanwhile",
                        "the job waits and goes on by itself"));
            }
            return call.call();
        } finally {
            traffic.writeLock().unlock();
        }
    }

    private <T> T make(Call<T> call) throws IOException, InterruptedException {
        underWay.incrementAndGet();
        try {
            T answer = call.make(overrides);
            lastAnswer = System.nanoTime();
            return answer;
        } catch (AwayException e) {
            forget();
            throw e;
        } finally {
            underWay.decrementAndGet();
        }
    }

    private boolean isReady(Set<String> options) {
        synchronized (primed) {
            return primed.containsAll(options) && (underWay.get() > 0 || isFresh());
        }
    }

    private boolean isFresh() {
        return System.nanoTime() - lastAnswer < SHORTER_THAN_A_START.toNanos();
    }

    private void forget() {
        synchronized (primed) {
            primed.clear();
        }
    }

    private void prime(Set<String> options) throws IOException, InterruptedException {
        traffic.writeLock().lock();
        try {
            if (isReady(options)) {
                return; // somebody else was faster
            }
            if (!isFresh()) {
                forget();
            }
            Set<String> all = new HashSet<>(options);
            synchronized (primed) {
                all.addAll(primed);
            }
            overrides = writeDown(all);
            synchronized (primed) {
                primed.addAll(all);
            }
            lastAnswer = System.nanoTime();
        } finally {
            traffic.writeLock().unlock();
        }
    }

    private Overrides writeDown(Set<String> options) throws IOException, InterruptedException {
        try {
            JsonNode flags = backend.json("/sdapi/v1/cmd-flags");
            if (flags.path("freeze_settings").asBoolean()) {
                return Overrides.FROZEN;
            }
            awaitIdle(); // while a request runs, the options are those that it overrides
            JsonNode values = backend.json("/sdapi/v1/options");
            ObjectNode same = same(values, options);
            backend.post("/sdapi/v1/options", same);
            LOG.debug("{}: written down {}", backend.url(), same);
            return flags.path("hide_ui_dir_config").asBoolean()
                    ? Overrides.HIDDEN
                    : values.has("directories_filename_pattern") ? Overrides.ALLOWED : Overrides.UNKNOWN;
        } catch (AwayException e) {
            throw e;
        } catch (ProblemException | IOException e) {
            // a cousin without these calls, or without permission to make them; the request itself will tell
            LOG.debug("{} can't be primed", backend.url(), e);
            return Overrides.UNKNOWN;
        }
    }

    private static ObjectNode same(JsonNode values, Set<String> options) {
        ObjectNode same = JsonNodeFactory.instance.objectNode();
        for (String option : options) {
            JsonNode value = values.path(option);
            if (option.equals(CHECKPOINT) || value.isMissingNode() || value.isNull()) {
                continue;
            }
            // 1 is shown as 1.0, and would break what counts with it (section 3.5)
            boolean whole = value.isFloatingPointNumber() && value.asDouble() == Math.rint(value.asDouble());
            same.set(option, whole ? JsonNodeFactory.instance.numberNode(value.asLong()) : value);
        }
        return same;
    }

    /** Waits for work of others to end, though not for ever: most of it overrides nothing. */
    private boolean awaitIdle() throws IOException, InterruptedException {
        return awaitIdle(PATIENCE);
    }

    /** Waits so long for work of others to end; whether it has. */
    boolean awaitIdle(Duration patience) throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (isBusy()) {
            if (System.nanoTime() >= end) {
                return false;
            }
            Thread.sleep(LOOK_EVERY);
        }
        return true;
    }

    /** Whether it works on something. Extras don't count: they override nothing, and one that failed looks busy until the next job (section 1.6). */
    boolean isBusy() throws IOException {
        JsonNode state = backend.json(ProgressReport.PATH).path("state");
        return state.path("job_count").asInt() > 0
                && !state.path("job").asText().equals("extras");
    }
}
