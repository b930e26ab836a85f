package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** The fields of a valid request, read as the code of the WebUI would use them: what it can't compute with, fails. */
final class Asked {
    private final ObjectNode fields;

    Asked(ObjectNode fields) {
        this.fields = fields;
    }

    JsonNode get(String name) {
        return fields.path(name);
    }

    /** The text; {@code ""} if it is null or not a field of this request. */
    String text(String name) {
        return fields.path(name).asText("");
    }

    /** The text; null if it is null or empty. */
    @Nullable
    String textOrNull(String name) {
        String text = text(name);
        return fields.path(name).isNull() || text.isEmpty() ? null : text;
    }

    boolean flag(String name) {
        return fields.path(name).asBoolean();
    }

    boolean isNull(String name) {
        return fields.path(name).isNull() || fields.path(name).isMissingNode();
    }

    /** A number that is needed; null is a TypeError, as of any arithmetic with Python's None. */
    double number(String name) {
        if (isNull(name)) {
            throw ApiError.python("TypeError", "unsupported operand type(s) for *: 'NoneType' and 'float'");
        }
        return fields.path(name).doubleValue();
    }

    int whole(String name) {
        if (isNull(name)) {
            throw ApiError.python("TypeError", "unsupported operand type(s) for //: 'NoneType' and 'int'");
        }
        if (!fields.path(name).canConvertToInt()) {
            throw ApiError.python("RuntimeError", "value cannot be converted to type int without overflow");
        }
        return fields.path(name).intValue();
    }

    /** Everything, for the echo. */
    ObjectNode fields() {
        return fields;
    }
}
