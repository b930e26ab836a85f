package darkroom.picture;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
        Matcher pair = pairs(infotext);
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

    /**
     * Where two texts differ.
     *
     * @param key the first parameter that differs, in the order of the first text; {@code prompt} if something before the
     *     parameters does
     * @param first what the first text says; empty if nothing
     * @param second what the second one says
     */
    public record Difference(String key, String first, String second) {}

    /** The first difference between two texts, which are not equal. */
    public static Difference difference(String first, String second) {
        Map<String, String> some = parameters(first);
        Map<String, String> others = parameters(second);
        Set<String> keys = new LinkedHashSet<>(some.keySet());
        keys.addAll(others.keySet());
        for (String key : keys) {
            String one = some.getOrDefault(key, "");
            String other = others.getOrDefault(key, "");
            if (!one.equals(other)) {
                return new Difference(key, one, other);
            }
        }
        return new Difference("prompt", first, second);
    }

    private static Map<String, String> parameters(String infotext) {
        Map<String, String> parameters = new LinkedHashMap<>();
        pairs(infotext)
                .results()
                .forEach(pair -> parameters.putIfAbsent(
                        pair.group(1).strip(), unquoted(pair.group(2).strip())));
        return parameters.size() < FEWEST_PAIRS ? Map.of() : parameters;
    }

    private static Matcher pairs(String infotext) {
        String text = infotext.strip();
        return PAIR.matcher(text.substring(text.lastIndexOf('\n') + 1));
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
