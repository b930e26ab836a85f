package darkroom.camel;

import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/** What is to follow when an exchange is over, well or not, also if it travels through a queue of this process meanwhile. */
final class WhenDone {
    private WhenDone() {}

    static void run(Exchange exchange, Runnable what) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                what.run();
            }
        });
    }
}
