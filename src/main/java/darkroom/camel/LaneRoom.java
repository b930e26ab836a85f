package darkroom.camel;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;

/**
 * How many tasks of each lane wait in the queue. A quarter of it is kept for lanes that have next to nothing there, so that a
 * lane with a backlog does not stand in the way of others.
 */
final class LaneRoom {
    private static final Pattern CONSUMERS = Pattern.compile("[?&]concurrentConsumers=(\\d{1,6})");
    private static final int FEW = 2;
    private static final int SMALL = 8;

    private final int limit;
    private final Map<String, Integer> held = new HashMap<>();
    private int total;

    /** @param queue the endpoint of the queue; one without a number of consumers, or with few, has room for all */
    LaneRoom(String queue) {
        Matcher consumers = CONSUMERS.matcher(queue);
        int number = consumers.find() ? Integer.parseInt(consumers.group(1)) : 0;
        this.limit = number < SMALL ? Integer.MAX_VALUE : number - number / 4;
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
    synchronized boolean permits(String lane) {
        return total < limit || held.getOrDefault(lane, 0) < FEW;
    }
}
