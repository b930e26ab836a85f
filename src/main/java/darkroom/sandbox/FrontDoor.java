package darkroom.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedByInterruptException;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Where requests come in and answers go out: records, faults, errors, headers, compression. */
final class FrontDoor implements HttpHandler {
    private static final System.Logger LOG = System.getLogger(FrontDoor.class.getName());
    private static final int GZIP_FROM = 1000;
    private static final int BUFFER = 64 * 1024;

    private final SandboxSettings settings;
    private final Routes routes;
    private final Visitors visitors;

    FrontDoor(SandboxSettings settings, Routes routes, Visitors visitors) {
        this.settings = settings;
        this.routes = routes;
        this.visitors = visitors;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        long started = System.nanoTime();
        try {
            Request request = Request.read(exchange, settings.subpath());
            try (Visitors.Visit visit = visitors.enter(request)) {
                Reply reply = answer(request);
                if (!reply.isHangUp()) {
                    send(exchange, request, reply, visit, started);
                }
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the client went away", e);
        } finally {
            exchange.close();
        }
    }

    /** Whatever happens, an answer: what the sandbox itself does wrong is a 500 like any other. */
    private Reply answer(Request request) {
        try {
            Fault fault = visitors.fault(request);
            return fault == null ? routes.answer(request) : fault.answer(request, this::reply);
        } catch (ApiError e) {
            return e.reply();
        } catch (InterruptedException | ClosedByInterruptException e) {
            Thread.currentThread().interrupt(); // the sandbox is being closed
            return Reply.hangUp();
        } catch (Throwable e) { // also when memory runs out
            LOG.log(Level.WARNING, "the sandbox failed at " + request.method() + " " + request.path(), e);
            return ApiError.python(e.getClass().getSimpleName(), String.valueOf(e.getMessage()))
                    .reply();
        }
    }

    /** An error is an answer too, which a fault may still change. */
    private Reply reply(Request request) throws Exception {
        try {
            return routes.answer(request);
        } catch (ApiError e) {
            return e.reply();
        }
    }

    private void send(HttpExchange exchange, Request request, Reply reply, Visitors.Visit visit, long started)
            throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Server", "darkroom-sandbox");
        reply.headers().forEach(headers::set);
        if (reply.timed()) {
            double seconds = (System.nanoTime() - started) / 1e9;
            headers.set("X-Process-Time", String.format(Locale.ROOT, "%.4f", seconds));
        }
        long length = reply.content().length();
        if (request.method().equals("HEAD")) {
            headers.set("Content-Length", String.valueOf(length));
            visit.end();
            exchange.sendResponseHeaders(reply.status(), -1);
        } else if (length == 0) {
            visit.end();
            exchange.sendResponseHeaders(reply.status(), -1);
        } else if (isToBeCompressed(request, reply)) {
            headers.set("Content-Encoding", "gzip");
            headers.set("Vary", "Accept-Encoding");
            exchange.sendResponseHeaders(reply.status(), 0);
            write(reply, new Gzip(exchange.getResponseBody()), visit);
        } else {
            exchange.sendResponseHeaders(reply.status(), length);
            write(reply, new Held(new Cut(exchange.getResponseBody(), reply.sent())), visit);
        }
    }

    /** Closes the stream only after success: the JDK's server takes a stream that was not closed for a broken connection. */
    private static void write(Reply reply, OutputStream out, Visitors.Visit visit) throws IOException {
        reply.content().writeTo(out);
        visit.end(); // the last bytes are still held
        out.flush();
        out.close();
    }

    private boolean isToBeCompressed(Request request, Reply reply) {
        String accepted = request.headers().getOrDefault("accept-encoding", "");
        boolean whole = reply.sent() >= reply.content().length();
        return settings.gzip() && whole && reply.content().length() >= GZIP_FROM && accepted.contains("gzip");
    }

    /** As the WebUI's middleware compresses: at the highest level, so it takes as long as it does there. */
    private static final class Gzip extends GZIPOutputStream {
        Gzip(OutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(Deflater.BEST_COMPRESSION);
        }
    }

    /** A buffer that is never passed by: whatever was written, its end stays here until the stream is flushed. */
    private static final class Held extends BufferedOutputStream {
        Held(OutputStream out) {
            super(out, BUFFER);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; ) {
                int part = Math.min(BUFFER / 2, length - done);
                super.write(bytes, offset + done, part);
                done += part;
            }
        }
    }

    /** Breaks off after so many bytes. */
    private static final class Cut extends OutputStream {
        private final OutputStream out;
        private long left;

        Cut(OutputStream out, long left) {
            this.out = out;
            this.left = left;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > left) {
                out.write(bytes, offset, (int) left);
                out.flush();
                left = 0;
                throw new IOException("cut off on purpose");
            }
            out.write(bytes, offset, length);
            left -= length;
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
