package darkroom.camel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import darkroom.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import javax.imageio.ImageIO;

/**
 * A WebUI of which nothing is recorded: no more than the contract says of it (webui-api, section 8). Any path that it was
 * not told about is 404.
 */
final class Cousin implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, Function<JsonNode, Answer>> paths = new ConcurrentHashMap<>();
    private final List<JsonNode> asked = new CopyOnWriteArrayList<>();

    /** An answer; the body may be empty. */
    record Answer(int status, String body) {}

    Cousin() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Answers a GET. */
    Cousin list(String path, String json) {
        return on(path, body -> new Answer(200, json));
    }

    /** Answers a POST. */
    Cousin on(String path, Function<JsonNode, Answer> answer) {
        paths.put(path, answer);
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The payloads that were sent. */
    List<JsonNode> asked() {
        return asked;
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        JsonNode payload = Json.mapper().readTree(body);
        Function<JsonNode, Answer> known = paths.get(exchange.getRequestURI().getPath());
        if (known != null && body.length > 0) {
            asked.add(payload);
        }
        Answer answer = known == null ? new Answer(404, "{\"detail\": \"Not Found\"}") : known.apply(payload);
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /**
     * Pictures of 64 x 64.
     *
     * @param info the text of {@code info}
     */
    static Answer pictures(int count, String info) {
        ObjectNode answer = Json.mapper().createObjectNode();
        ArrayNode images = answer.putArray("images");
        for (int i = 0; i < count; i++) {
            images.add(picture());
        }
        answer.putObject("parameters");
        answer.put("info", info);
        return new Answer(200, answer.toString());
    }

    private static String picture() {
        try (ByteArrayOutputStream png = new ByteArrayOutputStream()) {
            ImageIO.write(
                    new java.awt.image.BufferedImage(64, 64, java.awt.image.BufferedImage.TYPE_INT_RGB), "png", png);
            return Base64.getEncoder().encodeToString(png.toByteArray());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
