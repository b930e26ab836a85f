package darkroom.picture;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the WebUI's own text about a picture: prompt, negative prompt, and a last line of {@code key: value} pairs. */
public final class Infotext {
    /** One pair; a value that contains a comma or a colon is quoted (webui-api, section 2.6). */
    private static final Pattern PAIR = Pattern.compile("\\s*([\\w ./-]+):\\s*(\"(?:\\\\.|[^\\\\\"])*\"|[^,]*)(?:,|$)");

    /** A last line with fewer pairs belongs to the prompt. */
    private static final int FEWEST_PAIRS = 3;

    private Infotext() {}

    /** The value of a key, for example {@code Schedule type}. */
    public static Optional<String> value(String infotext, String key) {
        String last = infotext.strip();
        last = last.substring(last.lastIndexOf('\n') + 1);
        Matcher pair = PAIR.matcher(last);
        String found = null;
        int pairs = 0;
        while (pair.find()) {
            pairs++;
            if (found == null && pair.group(1).strip().equals(key)) {
                found = unquoted(pair.group(2).strip());
            }
        }
        return pairs < FEWEST_PAIRS ? Optional.empty() : Optional.ofNullable(found);
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
