package darkroom.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import darkroom.files.Sha256;
import darkroom.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * One event, as CloudEvents 1.0 has it (https://github.com/cloudevents/spec). The names are those of its JSON format.
 *
 * @param specversion {@code 1.0}
 * @param id the same whenever the same event is written or sent again, and no other event's; 32 hexadecimal digits
 * @param source which Darkroom it is from: a URI reference
 * @param type for example {@code darkroom.done}
 * @param subject what it is about: a job's id, an output's key, or the name of a prompt file that became no job
 * @param time when it happened
 * @param datacontenttype {@code application/json}
 * @param traceparent the trace that it belongs to (CloudEvents' distributed tracing extension); null if nobody traces it
 * @param data the rest
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Event(
        String specversion,
        String id,
        String source,
        String type,
        String subject,
        Instant time,
        String datacontenttype,
        @Nullable String traceparent,
        EventData data) {

    /** The media type of one event with all that belongs to it. */
    public static final String MEDIA_TYPE = "application/cloudevents+json";

    private static final String VERSION = "1.0";
    private static final String JSON = "application/json";
    private static final int ID_BYTES = 16;

    /**
     * An event.
     *
     * @param identity what tells it from all others of its type
     */
    public static Event of(
            String source, EventType type, String subject, Instant time, EventData data, String... identity) {
        return new Event(VERSION, id(type, identity), source, type.type(), subject, time, JSON, null, data);
    }

    /** The same as a part of this trace. */
    public Event in(@Nullable String trace) {
        return new Event(specversion, id, source, type, subject, time, datacontenttype, trace, data);
    }

    private static String id(EventType type, String... identity) {
        MessageDigest digest = Sha256.digest();
        digest.update(type.type().getBytes(StandardCharsets.UTF_8));
        for (String part : identity) {
            digest.update((byte) 0); // no part can hold it
            digest.update(part.getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest(), 0, ID_BYTES);
    }

    /** The document: its JSON, in one line. */
    public String json() {
        try {
            return Json.mapper().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // it is made of strings and numbers
        }
    }
}
