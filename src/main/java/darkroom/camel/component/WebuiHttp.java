package darkroom.camel.component;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.component.http.HttpComponent;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.http.config.Registry;
import org.apache.hc.core5.http.impl.io.MonitoringResponseOutOfOrderStrategy;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;

/**
 * camel-http for talking to a WebUI: an instance of our own, so that what operators set for theirs does not count here.
 *
 * <p>A proxy that finds a request too large answers before it has read it, and closes. While a body is written the answer
 * is therefore looked out for; else all that would be known is "Broken pipe".
 */
final class WebuiHttp extends HttpComponent {
    private static final int CONNECTIONS = 64; // the limit is ours, and is lower

    private volatile boolean cut;
    private final Set<HttpClientConnectionManager> managers = ConcurrentHashMap.newKeySet();

    WebuiHttp() {
        setAutomaticRetriesDisabled(true); // it would send a POST again behind our back
        setRedirectHandlingDisabled(true);
        setContentCompressionDisabled(true);
        setCookieManagementDisabled(true);
        setUseGlobalSslContextParameters(true); // camel.ssl.* says whom to trust
    }

    @Override
    @SuppressWarnings("deprecation") // the type is camel-http's choice
    protected HttpClientConnectionManager createConnectionManager(
            Registry<org.apache.hc.client5.http.socket.ConnectionSocketFactory> registry,
            int maxTotalConnections,
            int connectionsPerRoute,
            SocketConfig defaultSocketConfig) {
        PoolingHttpClientConnectionManager manager = new PoolingHttpClientConnectionManager(
                registry,
                PoolConcurrencyPolicy.STRICT,
                PoolReusePolicy.LIFO,
                TimeValue.NEG_ONE_MILLISECOND,
                ManagedHttpClientConnectionFactory.builder()
                        .responseOutOfOrderStrategy(MonitoringResponseOutOfOrderStrategy.INSTANCE)
                        .build());
        manager.setDefaultSocketConfig(defaultSocketConfig);
        manager.setMaxTotal(CONNECTIONS);
        manager.setDefaultMaxPerRoute(CONNECTIONS);
        managers.add(manager);
        return manager;
    }

    /** Whether it was us who cut them. */
    boolean isCut() {
        return cut;
    }

    /** Cuts all connections, whatever is under way on them. */
    void cut() {
        cut = true;
        managers.forEach(manager -> manager.close(CloseMode.IMMEDIATE));
    }
}
