package darkroom.promptfile;

import com.fasterxml.jackson.core.JsonProcessingException;
import darkroom.json.Json;
import org.jspecify.annotations.Nullable;

/** A value of a prompt file as it may be shown: escaped like JSON, and not too long. */
final class Shown {
    private static final int MOST = 80;

    private Shown() {}

    static String of(@Nullable Object value) {
        try {
            if (value instanceof String text && text.length() > MOST) {
                return Json.mapper().writeValueAsString(text.substring(0, MOST)) + "… (" + text.length()
                        + " characters)";
            }
            String json = Json.mapper().writeValueAsString(value);
            return json.length() > 2 * MOST ? json.substring(0, MOST) + "…" : json;
        } catch (JsonProcessingException e) {
            return "(a value that can't be shown)";
        }
    }
}
