package darkroom.sandbox;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as it arrived, whole.
 *
 * @param path decoded, below the subpath
 * @param query by name, decoded; of a repeated name the last
 * @param headers by lower-case name; of a repeated name the first
 */
record Request(String method, String path, Map<String, String> query, Map<String, String> headers, Body body) {

    /** The bytes of a request body. A class, because records compare arrays by identity. */
    static final class Body {
        private final byte[] bytes;

        Body(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }
    }

    static Request read(HttpExchange exchange, String subpath) throws IOException {
        var headers = new LinkedHashMap<String, String>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        String path = exchange.getRequestURI().getPath();
        // What is not below the subpath never reaches the WebUI: a path that it does not have stands for it.
        String below = path == null ? "" : path.startsWith(subpath) ? path.substring(subpath.length()) : "";
        return new Request(
                exchange.getRequestMethod(),
                below,
                query(exchange.getRequestURI().getRawQuery()),
                headers,
                new Body(exchange.getRequestBody().readAllBytes()));
    }

    @Nullable
    String header(String lowerCaseName) {
        return headers.get(lowerCaseName);
    }

    Request withBody(byte[] bytes) {
        return new Request(method, path, query, headers, new Body(bytes));
    }

    private static Map<String, String> query(@Nullable String raw) {
        var query = new LinkedHashMap<String, String>();
        for (String pair : raw == null ? new String[0] : raw.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return query;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
