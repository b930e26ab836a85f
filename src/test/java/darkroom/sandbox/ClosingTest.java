package darkroom.sandbox;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody is left waiting by a sandbox that is being closed, at whatever moment he comes. */
@Timeout(60)
final class ClosingTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final byte[] PING =
            "GET /internal/ping HTTP/1.1\r\nHost: sandbox\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @Test
    void aConnectionThatIsOpenedMeanwhileEnds() throws Exception {
        for (int round = 0; round < 100; round++) { // about every seventh meets the moment that matters
            var webUi = SandboxWebUi.start(SandboxSettings.defaults());
            var connections = new ConcurrentLinkedQueue<Socket>();
            var begun = new CountDownLatch(1);
            var newcomer = CompletableFuture.runAsync(() -> open(webUi.port(), connections, begun));
            begun.await();

            webUi.close();

            newcomer.get(10, SECONDS);
            for (Socket connection : connections) {
                try (connection) {
                    assertThat(isAnswered(connection)).isFalse();
                }
            }
        }
    }

    @Test
    void whoAsksAllTheTimeHasAnAnswerOrTheEndOfHisConnection() throws Exception {
        for (int round = 0; round < 30; round++) {
            var webUi = SandboxWebUi.start(SandboxSettings.defaults());
            List<CompletableFuture<Void>> callers = Stream.generate(
                            () -> CompletableFuture.runAsync(() -> ask(webUi.port())))
                    .limit(4)
                    .toList();
            webUi.awaitRequest("/internal/ping", 20, SOON);

            webUi.close();

            for (var caller : callers) {
                caller.get(10, SECONDS);
            }
        }
    }

    /** Opens connections until nobody listens any more; fewer than may wait to be accepted. */
    private static void open(int port, Queue<Socket> connections, CountDownLatch begun) {
        try {
            for (int i = 0; i < 40; i++) {
                connections.add(connect(port));
                begun.countDown();
            }
        } catch (IOException e) {
            // nobody listens any more
        }
    }

    /** Asks over one connection as long as that lasts, then over another, until nobody listens any more. */
    private static void ask(int port) {
        try {
            while (true) {
                try (Socket connection = connect(port)) {
                    while (isAnswered(connection)) {
                        Thread.onSpinWait();
                    }
                }
            }
        } catch (IOException e) {
            // nobody listens any more
        }
    }

    private static Socket connect(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) SOON.toMillis());
        return socket;
    }

    /** Whether a request has an answer, and not the end of its connection. */
    private static boolean isAnswered(Socket connection) {
        try {
            connection.getOutputStream().write(PING);
            return connection.getInputStream().read(new byte[4096]) > 0;
        } catch (SocketTimeoutException e) {
            return fail("neither an answer nor the end of the connection", e);
        } catch (IOException e) {
            return false;
        }
    }
}
