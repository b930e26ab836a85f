package darkroom.sandbox;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Hands each request to a thread, and stops the server so that no connection stays open.
 *
 * <p>{@link HttpServer#stop} closes the connections on the server's list. One that the server's own thread accepts at that
 * moment comes on the list too late: it stays open, and nobody answers or hangs up. So it is that thread that stops the
 * server, between two connections. It comes by here with each request, and so with a knock.
 */
final class Doorkeeper implements Executor {
    private static final int KNOCKS = 25;
    private static final int MILLIS_PER_KNOCK = 200;

    private final HttpServer server;
    private final Executor threads;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean closing;

    Doorkeeper(HttpServer server, Executor threads) {
        this.server = server;
        this.threads = threads;
    }

    /** By the server's own thread. */
    @Override
    public void execute(Runnable exchange) {
        if (closing) {
            server.stop(0);
            stopped.countDown();
        } else {
            threads.execute(exchange);
        }
    }

    /** When this returns the port is free, and each connection closed that had been accepted. */
    void stop() {
        closing = true;
        try {
            int knocks = 0;
            do {
                knock();
            } while (!stopped.await(MILLIS_PER_KNOCK, TimeUnit.MILLISECONDS) && ++knocks < KNOCKS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop(0); // waits for the server's thread to end; if that never came by, stops it from here
    }

    /** Has the server's thread come by, which it does when there is something to read. */
    private void knock() {
        try (var socket = new Socket()) {
            socket.connect(door(), MILLIS_PER_KNOCK); // while a port is being closed it may give no reply for a second
            socket.getOutputStream().write('?');
        } catch (IOException e) {
            // a request came before the knock, and the port is closed
        }
    }

    /** An address that can be called, also if it listens at all of them. */
    private InetSocketAddress door() {
        InetSocketAddress address = server.getAddress();
        return address.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort())
                : address;
    }
}
