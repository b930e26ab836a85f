package darkroom.camel;

import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.PollingConsumerPollStrategy;
import org.apache.camel.spi.ScheduledPollConsumerScheduler;
import org.apache.camel.support.ScheduledPollConsumer;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/**
 * When a drop folder is looked into: at once when the file system tells of something new there, and again at once after
 * something was taken. As often as the endpoint's {@code delay} says while something is there that could not be taken yet,
 * or where the file system does not tell all; else twenty times as seldom, in case something was not told. One for each
 * endpoint.
 */
final class DropScheduler extends ServiceSupport implements ScheduledPollConsumerScheduler {
    /** How much more seldom a folder is looked into whose changes are told. */
    static final int MORE_SELDOM = 20;

    /** Between looks at a file that is being written; twice as long after each one, up to the delay. */
    private static final long FIRST_GAP = 5_000_000;

    private final PromptFileFilter filter;
    private final boolean watching;
    private @Nullable CamelContext context;
    private @Nullable ScheduledPollConsumer consumer;
    private @Nullable Runnable task;
    private @Nullable ExecutorService thread;
    private @Nullable Looks looks;
    private @Nullable Future<?> running;

    /**
     * A scheduler.
     *
     * @param filter what a look comes by
     * @param watching whether the file system is asked to tell of changes
     */
    DropScheduler(PromptFileFilter filter, boolean watching) {
        this.filter = filter;
        this.watching = watching;
    }

    @Override
    public @Nullable CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        context = camelContext;
    }

    @Override
    public void onInit(Consumer polling) {
        if (!(polling instanceof ScheduledPollConsumer scheduled)) {
            throw new IllegalArgumentException(polling + " does not poll");
        }
        consumer = scheduled;
    }

    @Override
    public void scheduleTask(Runnable poll) {
        task = poll;
    }

    @Override
    protected void doStart() {
        if (context != null && consumer != null) {
            thread = context.getExecutorServiceManager()
                    .newSingleThreadExecutor(consumer, consumer.getEndpoint().getEndpointUri());
        }
    }

    @Override
    public void startScheduler() {
        if (looks == null && thread != null && consumer != null && task != null) {
            looks = new Looks(consumer, task);
            running = thread.submit(looks);
        }
    }

    @Override
    public boolean isSchedulerStarted() {
        return looks != null;
    }

    @Override
    public void unscheduleTask() {
        if (looks != null) {
            looks.over = true;
            looks = null;
        }
        if (running != null) {
            running.cancel(true);
            running = null;
        }
    }

    @Override
    protected void doStop() {
        unscheduleTask();
        if (thread != null && context != null) {
            context.getExecutorServiceManager().shutdownNow(thread);
            thread = null;
        }
    }

    /** One look after the other, from the start to the stop of a consumer. */
    private final class Looks implements Runnable, PromptFileFilter.Visitor {
        private final Path folder;
        private final Runnable poll;
        private final long firstDelay;
        private final long delay;
        private final DropWatch watch;
        private volatile boolean over;
        private volatile boolean looked; // all in one thread, which may be another after a restart
        private volatile boolean left;
        private volatile int taken;
        private volatile long gap = FIRST_GAP;

        Looks(ScheduledPollConsumer consumer, Runnable poll) {
            this.folder = Claim.folderOf(consumer.getEndpoint());
            this.poll = poll;
            this.firstDelay = consumer.getTimeUnit().toNanos(consumer.getInitialDelay());
            this.delay = consumer.getTimeUnit().toNanos(consumer.getDelay());
            this.watch = new DropWatch(folder, watching);
            consumer.setPollStrategy(new Counting(consumer.getPollStrategy()));
        }

        @Override
        public void run() {
            filter.accompany(folder, this);
            try (watch) {
                boolean told = watch.await(firstDelay);
                while (!over) {
                    long end = look(told);
                    told = await(end, end + pause());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // it ends
            } finally {
                filter.accompany(folder, null);
            }
        }

        private long look(boolean told) {
            looked = false;
            left = false;
            taken = 0;
            watch.begin();
            poll.run();
            gap = told && taken == 0 ? Math.min(2 * gap, delay) : FIRST_GAP;
            return System.nanoTime();
        }

        private long pause() {
            if (taken > 0) {
                return 0;
            }
            return looked && !left && watch.isComplete() ? MORE_SELDOM * delay : delay;
        }

        /** Until it is time, or something is told: a burst of that is one reason to look. */
        private boolean await(long since, long until) throws InterruptedException {
            boolean told = false;
            long due = until;
            for (long rest = due - System.nanoTime(); rest > 0 && !over; rest = due - System.nanoTime()) {
                if (watch.await(rest)) {
                    told = true;
                    due = Math.min(until, since + gap);
                }
            }
            return told;
        }

        @Override
        public void lane(Path lane, @Nullable Object identity) {
            watch.lane(lane, identity);
        }

        @Override
        public void left() {
            left = true;
        }

        /** Camel says there, and nowhere else, how much a poll took. */
        private final class Counting implements PollingConsumerPollStrategy {
            private final PollingConsumerPollStrategy rest;

            Counting(PollingConsumerPollStrategy rest) {
                this.rest = rest;
            }

            @Override
            public boolean begin(Consumer polling, Endpoint endpoint) {
                return rest.begin(polling, endpoint);
            }

            @Override
            public void commit(Consumer polling, Endpoint endpoint, int polled) {
                looked = true;
                taken = polled;
                rest.commit(polling, endpoint, polled);
            }

            @Override
            public boolean rollback(Consumer polling, Endpoint endpoint, int tries, Exception e) throws Exception {
                return rest.rollback(polling, endpoint, tries, e);
            }
        }
    }
}
