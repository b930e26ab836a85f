package darkroom.camel.component;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * Gives up a connection whose answer was not read to its end. The HTTP client would read on, to be able to use it again;
 * an answer that never ends would never be got rid of. One that takes too long is given up as well: the client's own
 * timeouts are about silence, and a byte now and then is none.
 */
final class HangUp implements ExecChainHandler {
    private static final ThreadLocal<UnderWay.Request> TIED = new ThreadLocal<>();

    private final Duration head;
    private final Duration body;

    /**
     * Waits for answers.
     *
     * @param head how long the wait for the end of the headers may be
     * @param body how long the rest may take from then on
     */
    HangUp(Duration head, Duration body) {
        this.head = head;
        this.body = body;
    }

    /** An answer goes on and on. The message finishes the sentence "the answer …". */
    static final class EndlessException extends IOException {
        private static final long serialVersionUID = 1;

        EndlessException(String message) {
            super(message);
        }
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        UnderWay.Request tied = TIED.get();
        if (tied != null) {
            tied.setConnection(scope.execRuntime::discardEndpoint);
        }
        Alarm wait = new Alarm(head, scope.execRuntime);
        ClassicHttpResponse response;
        try {
            response = chain.proceed(request, scope);
        } catch (IOException e) {
            if (wait.hasRung()) {
                throw new SocketTimeoutException("it has not begun to answer after " + head.toSeconds() + " s");
            }
            throw e;
        } finally {
            wait.stop();
        }
        HttpEntity entity = response.getEntity();
        if (entity != null) {
            response.setEntity(new HttpEntityWrapper(entity) {
                @Override
                public InputStream getContent() throws IOException {
                    return new Body(super.getContent(), scope.execRuntime, body);
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

    /** Cuts a connection after a while. */
    private static final class Alarm {
        private final CompletableFuture<Void> bell = new CompletableFuture<>();
        private final CompletableFuture<Void> cut;
        private volatile boolean rung;

        Alarm(Duration after, ExecRuntime connection) {
            cut = bell.orTimeout(after.toMillis(), TimeUnit.MILLISECONDS).whenComplete((nothing, late) -> {
                if (late != null && connection instanceof Cancellable cancellable) {
                    rung = true;
                    cancellable.cancel();
                }
            });
        }

        boolean hasRung() {
            return rung;
        }

        void stop() {
            cut.complete(null); // first: what begins to ring now does not cut any more
            bell.complete(null);
        }
    }

    private static final class Body extends FilterInputStream {
        private final ExecRuntime connection;
        private final Duration most;
        private final Alarm alarm;
        private boolean ended;

        Body(InputStream in, ExecRuntime connection, Duration most) {
            super(in);
            this.connection = connection;
            this.most = most;
            this.alarm = new Alarm(most, connection);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                int n = super.read(target, offset, length);
                ended |= n < 0;
                return n;
            } catch (IOException e) {
                if (alarm.hasRung()) {
                    throw new EndlessException("was not complete " + most.toSeconds() + " s after it began");
                }
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            alarm.stop();
            if (!ended) {
                ended = true;
                connection.discardEndpoint();
            }
            super.close();
        }
    }
}
