package darkroom.camel.component;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * Gives up a connection whose answer was not read to its end. The HTTP client would read on, to be able to use it again;
 * an answer that never ends would never be got rid of.
 */
final class HangUp implements ExecChainHandler {
    private static final ThreadLocal<UnderWay.Request> TIED = new ThreadLocal<>();

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        UnderWay.Request tied = TIED.get();
        if (tied != null) {
            tied.setConnection(scope.execRuntime::discardEndpoint);
        }
        ClassicHttpResponse response = chain.proceed(request, scope);
        HttpEntity entity = response.getEntity();
        if (entity != null) {
            response.setEntity(new HttpEntityWrapper(entity) {
                @Override
                public InputStream getContent() throws IOException {
                    return new Body(super.getContent(), scope.execRuntime);
                }
            });
        }
        return response;
    }

    /** What this thread sends next is this request, which may be given up from another one. */
    static void tie(UnderWay.Request request) {
        TIED.set(request);
    }

    /** What this thread sends next is something else. */
    static void untie() {
        TIED.remove();
    }

    private static final class Body extends FilterInputStream {
        private final ExecRuntime connection;
        private boolean ended;

        Body(InputStream in, ExecRuntime connection) {
            super(in);
            this.connection = connection;
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            ended |= b < 0;
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = super.read(target, offset, length);
            ended |= n < 0;
            return n;
        }

        @Override
        public void close() throws IOException {
            if (!ended) {
                ended = true;
                connection.discardEndpoint();
            }
            super.close();
        }
    }
}
