package darkroom.camel.check;

import darkroom.check.Finding;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Producer;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.http.common.HttpMethods;
import org.apache.camel.support.service.ServiceHelper;

/** {@code http:} and {@code https:}: a server answers {@code OPTIONS}, whatever it thinks of it, and lets us in. */
final class HttpCheck implements EndpointCheck {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int PROXY = 407;

    @Override
    public Finding examine(Endpoint endpoint, Side side) throws Exception {
        HttpEndpoint http = (HttpEndpoint) endpoint;
        http.setHttpMethod(HttpMethods.OPTIONS);
        http.setThrowExceptionOnFailure(false);
        Producer producer = http.createProducer();
        ServiceHelper.startService(http, producer);
        try {
            Exchange exchange = http.createExchange();
            producer.process(exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
            return answered(http, side, exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class));
        } catch (HttpOperationFailedException e) {
            return answered(http, side, e.getStatusCode());
        } finally {
            ServiceHelper.stopService(producer);
        }
    }

    private static Finding answered(HttpEndpoint http, Side side, int status) throws UnusableException {
        if (status == PROXY) {
            throw new UnusableException("a proxy wants a login (407)", "give the route the proxy's user and password");
        }
        if (status != UNAUTHORIZED && status != FORBIDDEN) {
            return side.ok("answers (" + status + " to OPTIONS)");
        }
        if (http.getAuthUsername() == null && http.getAuthBearerToken() == null) {
            return side.warning(
                    "answers, and wants a login (" + status + " to OPTIONS); the route may bring one in a header",
                    "have a test picture delivered: darkroom check --deliver");
        }
        throw new UnusableException(
                "answers, and does not let us in (" + status + " to OPTIONS)", "correct user and password, or token");
    }

    @Override
    public String remedy() {
        return "is the server there? see its address in the route, and its certificate if it is https";
    }
}
