package darkroom.camel;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;

/** Steps that a test puts round others, to learn how much memory the thread takes in between. */
public final class Allocated {
    private static final ThreadLocal<Long> BEGAN = new ThreadLocal<>();
    private static final AtomicLong BYTES = new AtomicLong(-1);

    private Allocated() {}

    /** As YAML, one step. */
    static String step(String indent, String method) {
        return indent + "- bean: {beanType: " + Allocated.class.getName() + ", method: " + method + "}\n";
    }

    /** Step. */
    public static void begin() {
        BYTES.set(-1);
        BEGAN.set(now());
    }

    /** Step. */
    public static void end() {
        BYTES.set(now() - BEGAN.get());
    }

    /** What was allocated between the steps; -1 if they have not run. */
    static long bytes() {
        return BYTES.get();
    }

    /** What this thread has allocated so far. */
    static long now() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
