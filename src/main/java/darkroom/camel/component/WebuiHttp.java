package darkroom.camel.component;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.component.http.HttpComponent;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.Registry;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.MonitoringResponseOutOfOrderStrategy;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.HttpMessageParserFactory;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.apache.hc.core5.util.TimeValue;

/**
 * camel-http for talking to a WebUI: an instance of our own, so that what operators set for theirs does not count here.
 *
 * <p>A proxy that finds a request too large answers before it has read it, and closes. While a body is written the answer
 * is therefore looked out for; else all that would be known is "Broken pipe".
 */
final class WebuiHttp extends HttpComponent {
    private static final int CONNECTIONS = 64; // the limit is ours, and is lower
    private static final int MOST_INTERIM = 100;

    /** The client itself has no limits. */
    private static final Http1Config LIMITS = Http1Config.custom()
            .setMaxHeaderCount(200)
            .setMaxLineLength(32 * 1024)
            .setMaxEmptyLineCount(10)
            .build();

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
                        .http1Config(LIMITS)
                        .responseParserFactory(new FewAnswers())
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

    /** Reads no more than so many interim answers (1xx) before one; and what is not HTTP is not passed over. */
    private static final class FewAnswers implements HttpMessageParserFactory<ClassicHttpResponse> {
        @Override
        @SuppressWarnings("deprecation") // it has to be there
        public HttpMessageParser<ClassicHttpResponse> create(Http1Config config) {
            return create();
        }

        @Override
        public HttpMessageParser<ClassicHttpResponse> create() {
            return new DefaultHttpResponseParser(LIMITS) {
                private int interim;

                @Override
                protected ClassicHttpResponse createMessage(CharArrayBuffer line) throws IOException, HttpException {
                    ClassicHttpResponse response = super.createMessage(line);
                    interim = response.getCode() < HttpStatus.SC_SUCCESS ? interim + 1 : 0;
                    if (interim > MOST_INTERIM) {
                        throw new MessageConstraintException("more than " + MOST_INTERIM + " interim answers");
                    }
                    return response;
                }
            };
        }
    }

    /** Cuts all connections, whatever is under way on them. */
    void cut() {
        cut = true;
        managers.forEach(manager -> manager.close(CloseMode.IMMEDIATE));
    }
}
