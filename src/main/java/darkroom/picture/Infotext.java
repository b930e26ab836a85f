package darkroom.picture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the WebUI's own text about a picture: prompt, negative prompt, and a last line of {@code key: value} pairs. */
public final class Infotext {
    /** A last line with fewer pairs belongs to the prompt. */
    private static final int FEWEST_PAIRS = 3;

    private static final String NEGATIVE = "Negative prompt:";

    private Infotext() {}

    /** The value of a key, for example {@code Schedule type}. */
    public static Optional<String> value(String infotext, String key) {
        String found = null;
        int pairs = 0;
        for (Pairs pair = new Pairs(infotext); pair.next(); pairs++) {
            if (found == null && pair.key().equals(key)) {
                found = pair.value();
            }
        }
        return pairs < FEWEST_PAIRS ? Optional.empty() : Optional.ofNullable(found);
    }

    /**
     * What comes before the parameters.
     *
     * @param prompt the prompt, with the line breaks in it; may be empty
     * @param negative the negative prompt, likewise
     */
    public record Prompts(String prompt, String negative) {}

    /** The prompts, told apart as the WebUI does (webui-api, section 2.6). */
    public static Prompts prompts(String infotext) {
        String text = infotext.strip();
        int end = parameters(text).isEmpty() ? text.length() : Math.max(0, text.lastIndexOf('\n'));
        List<String> prompt = new ArrayList<>();
        List<String> negative = new ArrayList<>();
        boolean isNegative = false;
        for (String line : text.substring(0, end).lines().map(String::strip).toList()) {
            isNegative |= line.startsWith(NEGATIVE);
            (isNegative ? negative : prompt)
                    .add(
                            line.startsWith(NEGATIVE)
                                    ? line.substring(NEGATIVE.length()).strip()
                                    : line);
        }
        return new Prompts(String.join("\n", prompt), String.join("\n", negative));
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
        for (Pairs pair = new Pairs(infotext); pair.next(); ) {
            parameters.putIfAbsent(pair.key(), pair.value());
        }
        return parameters.size() < FEWEST_PAIRS ? Map.of() : parameters;
    }

    /**
     * The pairs of the last line, one after the other: letters, digits and {@code _ ./-}, a colon, a value up to the next comma. A
     * value that contains a comma or a colon is quoted (webui-api, section 2.6). What is no pair is passed over. Each character is
     * looked at twice at most, whoever wrote the text.
     */
    private static final class Pairs {
        private final String line;
        private int at;
        private String key = "";
        private String value = "";

        Pairs(String infotext) {
            String text = infotext.strip();
            line = text.substring(text.lastIndexOf('\n') + 1);
        }

        String key() {
            return key;
        }

        String value() {
            return value;
        }

        /** Whether there is another one. */
        boolean next() {
            while (at < line.length()) {
                int from = at;
                while (at < line.length() && isOfKey(line.charAt(at))) {
                    at++;
                }
                key = line.substring(from, at).strip();
                boolean pair = at < line.length() && line.charAt(at) == ':' && !key.isEmpty();
                at++;
                if (pair) {
                    readValue();
                    return true;
                }
            }
            return false;
        }

        private void readValue() {
            while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
                at++;
            }
            int end = at < line.length() && line.charAt(at) == '"' ? endOfQuoted() : -1;
            if (end < 0) {
                int comma = line.indexOf(',', at);
                end = comma < 0 ? line.length() : comma;
            }
            value = unquoted(line.substring(at, end).strip());
            at = end + 1;
        }

        /** Where the comma behind it is, or the end of the line; negative if it is not closed there. */
        private int endOfQuoted() {
            int i = at + 1;
            while (i < line.length() && line.charAt(i) != '"') {
                i += line.charAt(i) == '\\' ? 2 : 1;
            }
            int end = i + 1;
            return i < line.length() && (end == line.length() || line.charAt(end) == ',') ? end : -1;
        }

        private static boolean isOfKey(char c) {
            return c < 0x80 && (Character.isLetterOrDigit(c) || "_ ./-".indexOf(c) >= 0);
        }
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
