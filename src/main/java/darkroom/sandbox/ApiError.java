package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A failure that the WebUI answers with, in one of its three shapes (captures 022, 304, 314, 343). */
final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient ObjectNode body;
    private final boolean timed;

    private ApiError(int status, ObjectNode body, boolean timed) {
        super(body.toString(), null, false, false);
        this.status = status;
        this.body = body;
        this.timed = timed;
    }

    /** What the WebUI refuses knowingly, e.g. 404 {@code Init image not found}. */
    static ApiError http(int status, String detail) {
        return new ApiError(status, shape("HTTPException", detail, ""), true);
    }

    /** An exception that nobody foresaw: 500, e.g. {@code KeyError}, {@code 'no_such_option'}. */
    static ApiError python(String error, String text) {
        return new ApiError(500, shape(error, "", text), false);
    }

    /** A request that does not fit its model: 422. */
    static ApiError invalid(ArrayNode problems) {
        ObjectNode body = Json.object();
        body.set("detail", problems);
        return new ApiError(422, body, true);
    }

    /** What the web framework says itself: 404 and 405. */
    static ApiError framework(int status, String detail) {
        return new ApiError(status, Json.object().put("detail", detail), true);
    }

    /** The answer; without the {@code X-Process-Time} header when the exception has passed the middleware that adds it. */
    Reply reply() {
        Reply reply = Reply.json(status, body);
        return timed ? reply : reply.untimed();
    }

    private static ObjectNode shape(String error, String detail, String errors) {
        return Json.object()
                .put("error", error)
                .put("detail", detail)
                .put("body", "")
                .put("errors", errors);
    }
}
