package darkroom.webui;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the WebUI's own text about a picture: prompt, negative prompt, and a last line of {@code key: value} pairs. */
public final class Infotext {
    /** One pair; a value that contains a comma or a colon is quoted (webui-api, section 2.6). */
    private static final Pattern PAIR = Pattern.compile("\\s*([\\w ./-]+):\\s*(\"(?:\\\\.|[^\\\\\"])*\"|[^,]*)(?:,|$)");

    private Infotext() {}

    /** The value of a key, for example {@code Schedule type}. */
    public static Optional<String> value(String infotext, String key) {
        String last = infotext.strip();
        last = last.substring(last.lastIndexOf('\n') + 1);
        Matcher pairs = PAIR.matcher(last);
        while (pairs.find()) {
            if (pairs.group(1).strip().equals(key)) {
                String value = pairs.group(2).strip();
                boolean quoted = value.length() > 1 && value.startsWith("\"");
                return Optional.of(quoted ? value.substring(1, value.length() - 1) : value);
            }
        }
        return Optional.empty();
    }
}
