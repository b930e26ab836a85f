package darkroom.camel.component;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/** Looks at something every so often while it is started, in a thread of its own. */
abstract class Watch extends ServiceSupport {
    private final CamelContext context;
    private final String thread;
    private final long first;
    private final long pause;
    private @Nullable ScheduledExecutorService executor;
    private @Nullable Future<?> looks;

    /**
     * A watch, not started.
     *
     * @param thread the name of its thread
     * @param pause milliseconds between two looks; 0 for never
     */
    Watch(CamelContext context, String thread, long pause) {
        this(context, thread, pause, pause);
    }

    /** Likewise, with another pause before the first look. */
    Watch(CamelContext context, String thread, long first, long pause) {
        this.context = context;
        this.thread = thread;
        this.first = first;
        this.pause = pause;
    }

    /** Looks. It has to throw nothing: that look would be the last one. */
    abstract void look();

    @Override
    protected void doStart() {
        if (pause == 0) {
            return;
        }
        ScheduledExecutorService started =
                context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, thread);
        looks = started.scheduleWithFixedDelay(this::look, first, pause, TimeUnit.MILLISECONDS);
        executor = started;
    }

    @Override
    protected void doStop() {
        if (looks != null) {
            looks.cancel(true);
        }
        if (executor != null) {
            context.getExecutorServiceManager().shutdownNow(executor);
        }
    }
}
