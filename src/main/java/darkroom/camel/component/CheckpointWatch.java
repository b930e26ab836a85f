package darkroom.camel.component;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees that WebUIs get back what they had loaded: those that are sent nothing any more, and all of them at the end. */
final class CheckpointWatch extends Watch {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointWatch.class);
    private static final long LOOK_EVERY = 500;

    private static final Duration NEXT_TRY = Duration.ofSeconds(10);

    private final CamelContext context;
    private final Supplier<Collection<CheckpointKeeper>> keepers;
    private final Predicate<String> used;
    private final Function<WebuiConfiguration, Backend> maker;
    private final ConcurrentHashMap<CheckpointKeeper, Long> failed = new ConcurrentHashMap<>();

    /**
     * A watch, not started.
     *
     * @param used whether the WebUI of an address is given tasks, as far as that is up to people
     * @param maker talks to a WebUI
     */
    CheckpointWatch(
            CamelContext context,
            Supplier<Collection<CheckpointKeeper>> keepers,
            Predicate<String> used,
            Function<WebuiConfiguration, Backend> maker) {
        super(context, "webui-checkpoints", LOOK_EVERY);
        this.context = context;
        this.keepers = keepers;
        this.used = used;
        this.maker = maker;
    }

    @Override
    void look() {
        for (CheckpointKeeper keeper : keepers.get()) {
            try {
                if (isDue(keeper)) {
                    giveBack(keeper);
                }
            } catch (RuntimeException e) {
                LOG.debug("the checkpoint of {} can't be watched", keeper, e);
            }
        }
    }

    private boolean isDue(CheckpointKeeper keeper) {
        WebuiConfiguration access = keeper.access();
        if (access == null || access.getGiveBack() == GiveBack.NEVER || !keeper.owes()) {
            return false;
        }
        Long last = failed.get(keeper);
        if (last != null && System.nanoTime() - last < NEXT_TRY.toNanos()) {
            return false;
        }
        long after = access.getGiveBackAfter();
        boolean spare = after > 0 && keeper.isIdleFor(Duration.ofMillis(after));
        return keeper.isIdleFor(Duration.ZERO) && (spare || !used.test(access.getUrl()));
    }

    /** For a stop: gives back to all of them at the same time, and waits for that. */
    void giveBackAll() {
        List<CheckpointKeeper> due = keepers.get().stream()
                .filter(keeper -> {
                    WebuiConfiguration access = keeper.access();
                    return access != null && access.getGiveBack() == GiveBack.STOP && keeper.owes();
                })
                .toList();
        if (due.isEmpty()) {
            return;
        }
        ExecutorService threads =
                context.getExecutorServiceManager().newFixedThreadPool(this, "webui-checkpoints", due.size());
        try {
            threads.invokeAll(due.stream()
                    .map(keeper -> (Callable<Boolean>) () -> giveBack(keeper))
                    .toList());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            context.getExecutorServiceManager().shutdownNow(threads);
        }
    }

    private boolean giveBack(CheckpointKeeper keeper) {
        WebuiConfiguration access = keeper.access();
        if (access == null) {
            return true;
        }
        Backend backend = maker.apply(access);
        ServiceHelper.startService(backend);
        boolean done = false;
        String why = "it is busy, or its options can't be changed";
        try {
            done = keeper.giveBack(backend);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            why = "there was no time";
        } catch (Exception e) {
            why = e.getMessage() == null ? e.toString() : e.getMessage();
        } finally {
            ServiceHelper.stopService(backend);
        }
        if (done) {
            failed.remove(keeper);
            LOG.info("{}: it has its own checkpoint and VAE loaded again", access.getUrl());
        } else {
            failed.put(keeper, System.nanoTime());
            LOG.warn(
                    "{}: its own checkpoint is not loaded again yet ({}); what it was is written down",
                    access.getUrl(),
                    why);
        }
        return done;
    }
}
