package darkroom.camel.intake;

import darkroom.job.TraceContext;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/**
 * Camel's own engine behind {@code platform-http:}, with the door before every route, also one of an operator's. What the
 * door has received is the message's body, as a file.
 */
public final class DoorEngine extends VertxPlatformHttpEngine {
    private final Door door;

    /** Camel's engine behind this door. */
    public DoorEngine(Door door) {
        this.door = door;
        setHandlers(List.of(door));
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return new Consumer(
                endpoint, processor, getHandlers(), VertxPlatformHttpRouter.getRouterNameFromPort(getServerPort()));
    }

    private final class Consumer extends VertxPlatformHttpConsumer {
        Consumer(
                PlatformHttpEndpoint endpoint,
                Processor processor,
                List<Handler<RoutingContext>> handlers,
                String routerName) {
            super(endpoint, processor, handlers, routerName);
        }

        /** A request that has been read can't be given to Camel once more. */
        @Override
        protected Future<Void> populateCamelMessage(RoutingContext context, Exchange exchange, Message message) {
            Optional<Door.Received> received = door.receivedBy(context.request());
            if (received.isEmpty()) {
                return super.populateCamelMessage(context, exchange, message);
            }
            message.setHeader(Exchange.HTTP_METHOD, context.request().method().name()); // names the span
            message.setBody(received.get().file().toFile());
            String trace = TraceContext.of(context.request().getHeader(TraceContext.HEADER));
            if (trace != null) {
                message.setHeader(TraceContext.HEADER, trace);
            }
            return Future.succeededFuture();
        }
    }
}
