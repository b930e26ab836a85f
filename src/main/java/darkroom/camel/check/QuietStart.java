package darkroom.camel.check;

import org.apache.camel.Endpoint;
import org.apache.camel.spi.EndpointStrategy;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Keeps endpoints from asking their far side when they are started, which they are as soon as their routes are loaded: to
 * look at routes is not to use them, and a storage that is away is no mistake in them.
 *
 * @param evenToCreate also those that would create a bucket then
 */
public record QuietStart(boolean evenToCreate) implements EndpointStrategy {
    @Override
    public Endpoint registerEndpoint(String uri, Endpoint endpoint) {
        boolean ours = endpoint.getClass().getName().startsWith("darkroom.");
        if (endpoint instanceof DefaultEndpoint lazy && !ours) {
            lazy.setLazyStartProducer(true); // when it is sent to, if it ever is
        }
        if (endpoint.getClass().getName().equals(FarSides.S3)) {
            S3Check.quieten(endpoint, evenToCreate);
        }
        return endpoint;
    }
}
