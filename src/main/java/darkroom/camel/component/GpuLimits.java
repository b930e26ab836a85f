package darkroom.camel.component;

import darkroom.webui.GpuLimit;
import darkroom.webui.GpuLoad;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How many pictures of which kind the GPU of one WebUI has been seen to make at a time. What was too much is forgotten after
 * a while, and when the WebUI may have been restarted: the memory may be free again by then.
 */
final class GpuLimits {
    static final Duration REMEMBERED = Duration.ofHours(1);
    static final int MOST_KINDS = 100;

    private final LongSupplier clock;
    private final Map<String, Seen> kinds = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
            return size() > MOST_KINDS;
        }
    };

    /** @param at when something was last too much, on the clock */
    private record Seen(GpuLimit limit, long at) {}

    /** @param clock nanoseconds, as of {@link System#nanoTime} */
    GpuLimits(LongSupplier clock) {
        this.clock = clock;
    }

    /** What is known about the kind of a task. */
    synchronized GpuLimit of(GpuLoad load) {
        Optional<String> kind = load.kind();
        Seen seen = kind.isEmpty() ? null : kinds.get(kind.get());
        if (seen == null) {
            return GpuLimit.UNKNOWN;
        }
        boolean old = clock.getAsLong() - seen.at > REMEMBERED.toNanos();
        return old ? new GpuLimit(seen.limit.most(), 0) : seen.limit;
    }

    /** So many at a time went well. */
    synchronized void wentWell(GpuLoad load) {
        GpuLimit before = of(load);
        int batch = load.batch();
        if (batch > before.most() || batch >= before.least()) {
            int least = batch >= before.least() ? 0 : before.least(); // that was too much is no longer so
            put(load, new GpuLimit(Math.max(batch, before.most()), least), false);
        }
    }

    /** So many at a time were too much. */
    synchronized void tooMuch(GpuLoad load) {
        GpuLimit before = of(load);
        int least = before.least() == 0 ? load.batch() : Math.min(load.batch(), before.least());
        put(load, new GpuLimit(before.most(), least), true);
    }

    /** It may have been restarted. */
    synchronized void forgetTooMuch() {
        kinds.replaceAll((kind, seen) -> new Seen(new GpuLimit(seen.limit.most(), 0), seen.at));
    }

    private void put(GpuLoad load, GpuLimit limit, boolean now) {
        if (load.batch() == 0) {
            return;
        }
        load.kind().ifPresent(kind -> {
            Seen before = kinds.get(kind);
            kinds.put(kind, new Seen(limit, now || before == null ? clock.getAsLong() : before.at));
        });
    }
}
