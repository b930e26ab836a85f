package darkroom.camel;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.json.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What answers where a WebUI should, byte by byte as a test wants it. A request that nothing was said about gets 404. It never
 * ends an answer by itself: whoever writes one does, or whoever reads it hangs up.
 */
final class Rogue implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    /** Writes an answer, headers and all, to a request with this body. */
    @FunctionalInterface
    interface Answer {
        void write(JsonNode request, OutputStream out) throws Exception;
    }

    Rogue() throws IOException {
        Thread accepting = new Thread(this::accept, "rogue");
        accepting.setDaemon(true);
        accepting.start();
    }

    Rogue on(String path, Answer answer) {
        answers.put(path, answer);
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** The paths that were asked for, with all headers of each request. */
    List<String> asked() {
        return asked;
    }

    /** Connections that are still open. */
    int open() {
        return connections.size();
    }

    /** An answer with a length. */
    static void plain(OutputStream out, String status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        head(out, status, "Content-Type: application/json", "Content-Length: " + bytes.length);
        out.write(bytes);
    }

    /** The headers of an answer. */
    static void head(OutputStream out, String status, String... headers) throws IOException {
        out.write(("HTTP/1.1 " + status + "\r\n" + String.join("\r\n", headers) + (headers.length == 0 ? "" : "\r\n")
                        + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.add(socket);
                Thread serving = new Thread(() -> serve(socket), "rogue");
                serving.setDaemon(true);
                serving.start();
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (true) {
                String head = head(in);
                String path = head.split("[ ?]", 3)[1];
                asked.add(head);
                byte[] body = in.readNBytes(length(head));
                Answer answer = answers.get(path);
                if (answer == null) {
                    plain(out, "404 Not Found", "{\"detail\": \"Not Found\"}");
                } else {
                    answer.write(Json.mapper().readTree(body), out);
                }
                out.flush();
            }
        } catch (Exception e) {
            // whoever asked has hung up
        } finally {
            connections.remove(socket);
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("closed");
            }
            head.append((char) b);
        }
        return head.toString();
    }

    private static int length(String head) {
        return head.toLowerCase(java.util.Locale.ROOT)
                .lines()
                .filter(line -> line.startsWith("content-length:"))
                .map(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : connections) {
            socket.close();
        }
    }
}
