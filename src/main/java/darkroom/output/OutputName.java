package darkroom.output;

import darkroom.files.SafeName;
import darkroom.files.Sha256;
import darkroom.job.Suggestion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
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
 * How output files are named: a pattern with tokens in brackets, as the WebUI's own patterns have them. Names are safe on
 * every file system, and no two pictures of a task get the same.
 */
public final class OutputName {
    /** The tokens, and what stands for each. */
    public static final Map<String, String> TOKENS = Collections.unmodifiableMap(new TreeMap<>(Map.of(
            "job", "the job's id: its name and the time it was accepted",
            "name", "the job's name alone",
            "lane", "the lane, empty for the drop folder itself",
            "index", "which picture of the job, from 001; grid and extra1 … for others",
            "seed", "the seed it was made from",
            "source", "what the picture is called that it began with; the job's name if it began with none")));

    private static final Pattern TOKEN = Pattern.compile("\\[([^\\[\\]]*)]");
    private static final int MAX_BYTES = 200; // leaves room for endings that others add

    private final String pattern;
    private final Set<String> given = new HashSet<>();

    /** Names by a pattern; use one for each task. */
    public OutputName(String pattern) {
        this.pattern = pattern;
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
        String plain = TOKEN.matcher(pattern)
                .replaceAll(token -> Matcher.quoteReplacement(values.getOrDefault(token.group(1), "")));
        String stem = fitting(plain.replaceAll("[-_ ]+$", "")); // the last token may stand for nothing
        String name = stem + "." + extension;
        for (int n = 2; !given.add(name); n++) {
            name = stem + "-" + n + "." + extension;
        }
        return name;
    }

    /** What tells two names apart may be at their ends. */
    private static String fitting(String plain) {
        String stem = SafeName.of(plain, MAX_BYTES);
        if (stem.equals(SafeName.of(plain, Integer.MAX_VALUE))) {
            return stem;
        }
        byte[] hash = Sha256.digest().digest(plain.getBytes(StandardCharsets.UTF_8));
        String tail = "-" + HexFormat.of().formatHex(hash, 0, 4);
        return SafeName.cut(stem, MAX_BYTES - tail.length()) + tail;
    }
}
