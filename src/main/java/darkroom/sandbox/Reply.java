package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer, and how much of it really gets sent. */
final class Reply {
    private final int status;
    private final Map<String, String> headers;
    private final Content content;
    private final boolean timed;
    private final long sent;

    private Reply(int status, Map<String, String> headers, Content content, boolean timed, long sent) {
        this.status = status;
        this.headers = headers;
        this.content = content;
        this.timed = timed;
        this.sent = sent;
    }

    static Reply of(int status, String contentType, Content content) {
        return new Reply(status, Map.of("Content-Type", contentType), content, true, Long.MAX_VALUE);
    }

    static Reply text(int status, String contentType, String text) {
        return of(status, contentType, Content.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    static Reply json(int status, JsonNode json) {
        return of(status, "application/json", Content.of(Json.bytes(json)));
    }

    static Reply json(JsonNode json) {
        return json(200, json);
    }

    /** A handler that returns nothing answers {@code null}. */
    static Reply none() {
        return json(Json.MAPPER.nullNode());
    }

    static Reply empty(int status) {
        return new Reply(status, Map.of(), Content.EMPTY, true, Long.MAX_VALUE);
    }

    /** The connection is closed without a word. */
    static Reply hangUp() {
        return empty(0);
    }

    Reply withHeader(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Reply(status, more, content, timed, sent);
    }

    /** The same answer with another body. */
    Reply withContent(Content other) {
        return new Reply(status, headers, other, timed, sent);
    }

    /** Without the {@code X-Process-Time} header. */
    Reply untimed() {
        return new Reply(status, headers, content, false, sent);
    }

    /** Announced whole, but the connection is closed after so many bytes of the body. */
    Reply cutAfter(long bytes) {
        return new Reply(status, headers, content, timed, bytes);
    }

    /** The body read back. */
    JsonNode json() throws IOException {
        return Json.MAPPER.readTree(content.bytes());
    }

    int status() {
        return status;
    }

    boolean isHangUp() {
        return status == 0;
    }

    Map<String, String> headers() {
        return headers;
    }

    Content content() {
        return content;
    }

    boolean timed() {
        return timed;
    }

    /** After how many bytes of the body the connection breaks. */
    long sent() {
        return sent;
    }
}
