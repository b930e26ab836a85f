package darkroom.camel.outbox;

import darkroom.secret.Secrets;
import java.util.regex.Pattern;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.RuntimeCamelException;
import org.jspecify.annotations.Nullable;

/** Why a delivery failed, in a line that holds no secret: it goes to logs and files. */
public final class Reason {
    private static final int LONGEST = 500;
    /** User and password, and what comes after a question mark: keys, signatures, tokens. */
    private static final Pattern USER = Pattern.compile("(?<=://)[^/@\\s]*@");

    private static final Pattern QUERY = Pattern.compile("(?<=://)([^\\s?]*)[?][^\\s)\\]]*");

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
        String message = thrown.getMessage();
        return message == null || message.isBlank() ? thrown.getClass().getSimpleName() : message;
    }

    /** In one line, without what may be secret. */
    public static String plain(String text) {
        String line = Secrets.mask(text).replaceAll("\\p{Cntrl}+", " ").strip();
        line = QUERY.matcher(USER.matcher(line).replaceAll("…@")).replaceAll("$1?…");
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
    }
}
