package darkroom.camel.outbox;

import darkroom.secret.Secrets;
import java.util.regex.Pattern;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.core5.http.impl.EnglishReasonPhraseCatalog;
import org.jspecify.annotations.Nullable;

/** Why a delivery failed, in a line that holds no secret: it goes to logs and files. */
public final class Reason {
    private static final int LONGEST = 500;
    /** User and password, and what comes after a question mark: keys, signatures, tokens. */
    private static final Pattern USER = Pattern.compile("(?<=://)[^/@\\s]*@");

    private static final Pattern QUERY = Pattern.compile("(?<=://)([^\\s?]*)[?][^\\s)\\]]*");
    /** A server may repeat what it was sent. */
    private static final Pattern TOKEN =
            Pattern.compile("(?i)\\b(bearer|basic)\\s+(?!auth)[^\\s\"',;)\\]]+|\\bwhsec_[\\w+/=]+");

    private static final Pattern TAG = Pattern.compile("(?is)<(script|style)\\b.*?</\\1>|<[^<>]*>");
    private static final int FIRST_WORDS = 200;

    private Reason() {}

    /** The reason that lies behind a failure. */
    public static String of(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "the route gave no reason";
        }
        Throwable top = thrown;
        while (isWrapper(top) && top.getCause() != null) {
            top = top.getCause();
        }
        Throwable root = top;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String first = words(top);
        String last = words(root);
        return plain(first.contains(last) ? first : first + " (" + last + ")");
    }

    private static boolean isWrapper(Throwable thrown) {
        return thrown instanceof CamelExecutionException || thrown.getClass() == RuntimeCamelException.class;
    }

    private static String words(Throwable thrown) {
        if (thrown instanceof HttpOperationFailedException answer) {
            return words(answer);
        }
        String message = thrown.getMessage();
        return message == null || message.isBlank() ? thrown.getClass().getSimpleName() : message;
    }

    /** An answer as people know it: the status line, and how the page begins that explains it. */
    private static String words(HttpOperationFailedException answer) {
        StringBuilder words = new StringBuilder(answer.getUri() + " answered " + answer.getStatusCode());
        String status = answer.getStatusText();
        if (status == null || status.isBlank()) { // HTTP/2 has none
            status = EnglishReasonPhraseCatalog.INSTANCE.getReason(answer.getStatusCode(), null);
        }
        if (status != null) {
            words.append(' ').append(status);
        }
        if (answer.getRedirectLocation() != null) {
            return words.append(", a redirect to ")
                    .append(answer.getRedirectLocation())
                    .append(" that is not followed")
                    .toString();
        }
        String body = answer.getResponseBody();
        String text = body == null ? "" : body.substring(0, Math.min(body.length(), 20 * FIRST_WORDS));
        text = TAG.matcher(text)
                .replaceAll(" ")
                .replaceAll("[\\s\\p{Cntrl}]+", " ")
                .strip();
        if (!text.isEmpty()) {
            words.append(": ").append(text, 0, Math.min(text.length(), FIRST_WORDS));
        }
        return words.toString();
    }

    /** In one line, without what may be secret. */
    public static String plain(String text) {
        String line = Secrets.mask(text).replaceAll("\\p{Cntrl}+", " ").strip();
        line = QUERY.matcher(USER.matcher(line).replaceAll("…@")).replaceAll("$1?…");
        line = TOKEN.matcher(line).replaceAll(token -> token.group(1) == null ? "whsec_…" : token.group(1) + " …");
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
    }
}
