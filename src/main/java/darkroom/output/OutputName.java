package darkroom.output;

import darkroom.files.SafeName;
import darkroom.files.Sha256;
import darkroom.job.Suggestion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How output files are named: a pattern with tokens in brackets, those of the WebUI's own patterns and a few more. Names
 * are safe on every file system, and no two pictures of a task get the same. One that would be too long is shortened where
 * it is about words, and not where it tells pictures apart.
 */
public final class OutputName {
    /** The tokens, and what stands for each. */
    public static final Map<String, String> TOKENS = Collections.unmodifiableMap(new TreeMap<>(Map.ofEntries(
            Map.entry("job", "the job's id: its name and the time it was accepted"),
            Map.entry("name", "the job's name alone"),
            Map.entry("lane", "the lane, empty for the drop folder itself"),
            Map.entry("index", "which picture of the job, from 001; grid and extra1 … for others"),
            Map.entry("seed", "the seed it was made from"),
            Map.entry("source", "what the picture is called that it began with; the job's name if it began with none"),
            Map.entry("prompt_words", "the first words of the prompt, eight at most"),
            Map.entry("model_name", "the checkpoint it was made with"),
            Map.entry("sampler", "the sampler"),
            Map.entry("scheduler", "the scheduler"),
            Map.entry("steps", "the number of steps"),
            Map.entry("cfg", "the CFG scale"),
            Map.entry("denoising", "the denoising strength"),
            Map.entry("width", "its width in pixels"),
            Map.entry("height", "its height in pixels"),
            Map.entry("date", "the day the job was accepted, in UTC"),
            Map.entry("datetime", "the second the job was accepted, in UTC"))));

    /** Those that are about words; no two pictures are told apart by them alone. */
    private static final Set<String> WORDS = Set.of("job", "name", "lane", "source", "prompt_words", "model_name");

    private static final Pattern TOKEN = Pattern.compile("\\[([^\\[\\]]*)]");

    /** A token, and what parts it from the one before, which goes with it if nothing stands for it. */
    private static final Pattern PARTED = Pattern.compile("([-_ ]*)" + TOKEN);

    private static final String SOURCE = "source";
    private static final int LEAST_WORD = 4;
    private static final int LEAST_MARKED = 16;

    private final String pattern;
    private final int longest;
    private final Set<String> given = new HashSet<>();

    /**
     * Names by a pattern; use one for each task.
     *
     * @param longest most bytes in UTF-8, without the ending
     */
    public OutputName(String pattern, int longest) {
        this.pattern = pattern;
        this.longest = longest;
    }

    /** What is wrong with a pattern, as sentences; empty if nothing is. */
    public static List<String> problems(String pattern) {
        List<String> problems = new ArrayList<>();
        Matcher tokens = TOKEN.matcher(pattern);
        while (tokens.find()) {
            if (!TOKENS.containsKey(tokens.group(1))) {
                problems.add(
                        "there is no [" + tokens.group(1) + "]; " + Suggestion.of(tokens.group(1), TOKENS.keySet()));
            }
        }
        if (Stream.of("[index]", "[seed]", "[source]").noneMatch(pattern::contains)) {
            problems.add("pictures of one job would get the same name; use [index], [seed] or [source]");
        }
        if (pattern.contains("/") || pattern.contains("\\")) {
            problems.add("a name has no folders in it");
        }
        return problems;
    }

    /**
     * A name that this object has not given before.
     *
     * @param values what stands for each token
     * @param extension without the dot
     */
    public String next(Map<String, String> values, String extension) {
        String stem = SafeName.of(shortened(values), longest);
        String name = stem + "." + extension;
        for (int n = 2; !given.add(name); n++) {
            name = stem + "-" + n + "." + extension;
        }
        return name;
    }

    /** Takes from the longest word, until it fits or there is nothing to take. */
    private String shortened(Map<String, String> values) {
        Map<String, String> fitting = new HashMap<>(values);
        for (int over = bytes(filled(fitting)) - longest; over > 0; over = bytes(filled(fitting)) - longest) {
            String word = WORDS.stream()
                    .filter(token -> pattern.contains("[" + token + "]"))
                    .max(Comparator.comparingInt(token -> bytes(fitting.getOrDefault(token, ""))))
                    .orElse("");
            String whole = fitting.getOrDefault(word, "");
            int room = Math.max(bytes(whole) / 2, bytes(whole) - over);
            String less = word.equals(SOURCE)
                    ? marked(values.getOrDefault(word, ""), Math.max(LEAST_MARKED, room))
                    : SafeName.cut(whole, Math.max(LEAST_WORD, room));
            if (bytes(less) >= bytes(whole)) {
                break;
            }
            fitting.put(word, less);
        }
        return filled(fitting);
    }

    /** Pictures may be told apart by this alone, and by what is at its end. */
    private static String marked(String source, int room) {
        String mark =
                "-" + HexFormat.of().formatHex(Sha256.digest().digest(source.getBytes(StandardCharsets.UTF_8)), 0, 4);
        return SafeName.cut(source, room - bytes(mark)) + mark;
    }

    private String filled(Map<String, String> values) {
        String filled = PARTED.matcher(pattern).replaceAll(token -> {
            String value = values.getOrDefault(token.group(2), "");
            return value.isEmpty() ? "" : Matcher.quoteReplacement(token.group(1) + value);
        });
        return filled.replaceAll("^[-_ ]+", "");
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
