package darkroom.job;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text by which programs tell each other which trace something belongs to: {@code traceparent} of W3C Trace Context. */
public final class TraceContext {
    /** What it is called in headers, also in those of messages, and as an attribute of events. */
    public static final String HEADER = "traceparent";

    private static final Pattern VALID =
            Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"); // section 3.2

    private TraceContext() {}

    /** The same text if it is one; null for anything else, whoever sent it. */
    public static @Nullable String of(@Nullable Object said) {
        return said instanceof CharSequence && VALID.matcher(said.toString()).matches() ? said.toString() : null;
    }
}
