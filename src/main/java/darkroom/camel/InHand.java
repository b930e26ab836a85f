package darkroom.camel;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * Which jobs and tasks this process has exchanges for, by their ids. What is at work and not in hand was left by a process
 * that died, or by an exchange that ended without an outcome, and is to be taken up again.
 */
final class InHand {
    private final ConcurrentMap<String, Integer> exchanges = new ConcurrentHashMap<>();

    /** It is in hand until the exchange is over, also if it travels through a queue of this process meanwhile. */
    void hold(String id, Exchange exchange) {
        exchanges.merge(id, 1, Integer::sum);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                exchanges.computeIfPresent(id, (key, n) -> n == 1 ? null : n - 1);
            }
        });
    }

    boolean contains(String id) {
        return exchanges.containsKey(id);
    }
}
