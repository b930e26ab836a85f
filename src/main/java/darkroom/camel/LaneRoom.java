package darkroom.camel;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import org.apache.camel.Exchange;

/**
 * How many tasks of each lane wait for a WebUI or are at one. A quarter of what may wait is kept for lanes that have next to
 * nothing there, so that a lane with a backlog does not stand in the way of others.
 */
final class LaneRoom {
    /** Of a queue that nobody but this process takes from, and only what it can do soon. */
    private static final String IN_MEMORY = "seda:";

    private static final int FEW = 2;

    private final int limit;
    private volatile IntSupplier inFlight = () -> 0;
    private final Map<String, Integer> held = new HashMap<>();
    private int total;

    /**
     * Room for none yet.
     *
     * @param queue the endpoint of the queue; a broker's has room for all
     * @param window how many may wait for a WebUI
     */
    LaneRoom(String queue, int window) {
        this.limit = queue.startsWith(IN_MEMORY) ? window - window / 4 : Integer.MAX_VALUE;
    }

    /** @param inFlight how many may be at the WebUIs, besides those that wait */
    void besides(IntSupplier inFlight) {
        this.inFlight = inFlight;
    }

    /** A task of a lane is in the queue until the exchange is over, wherever it travels meanwhile. */
    void hold(String lane, Exchange exchange) {
        add(lane, 1);
        WhenDone.run(exchange, () -> add(lane, -1));
    }

    private synchronized void add(String lane, int number) {
        total += number;
        held.merge(lane, number, (a, b) -> a + b == 0 ? null : a + b);
    }

    /** Whether more of a lane may be taken. */
    boolean permits(String lane) {
        return hasRoom(lane, 0) || hasRoom(lane, inFlight.getAsInt()); // which is asked for only where it matters
    }

    private synchronized boolean hasRoom(String lane, int besides) {
        return total - besides < limit || held.getOrDefault(lane, 0) < FEW;
    }
}
