package darkroom.secret;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What this process was told and nobody is shown: in logs, in files that it writes, in what it answers. One for the whole
 * process, as its output is.
 *
 * <p>A value of fewer than {@value #SHORTEST} characters is not masked: it would be found inside of words, and whoever
 * reads them could tell it from the gaps.
 */
public final class Secrets {
    /** What stands in the place of a secret. */
    public static final String MASK = "…";

    private static final int SHORTEST = 6;

    private static final Pattern NAME =
            Pattern.compile("(?i)password|passwd|passphrase|secret|token|credential|(api|access|private)[._-]?key"
                    + "|(?<![a-z])(key|auth|pass|pw|pwd)(?![a-z])");

    /** Longest first: one may be a part of another. */
    private static volatile List<String> known = List.of();

    private Secrets() {}

    /** From now on it is masked: as it is, and as it stands in addresses and in JSON; of several lines, each. */
    public static synchronized void add(String value) {
        TreeSet<String> all =
                new TreeSet<>(Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        all.addAll(known);
        value.lines()
                .map(String::strip)
                .filter(line -> !line.startsWith("-----")) // of a key in PEM
                .flatMap(Secrets::spellings)
                .filter(spelling -> spelling.length() >= SHORTEST)
                .forEach(all::add);
        known = List.copyOf(all);
    }

    /** The same text without a secret in it. */
    public static String mask(String text) {
        String masked = text;
        for (String secret : known) {
            masked = masked.replace(secret, MASK);
        }
        return masked;
    }

    /**
     * Whether something of this name and value is a secret: its name says so, and it is no file.
     *
     * @param name of a property or of a variable of the environment
     */
    public static boolean isSecret(String name, String value) {
        return NAME.matcher(name).find() && !isFile(value);
    }

    private static boolean isFile(String value) {
        try {
            return Path.of(value).isAbsolute() && Files.exists(Path.of(value));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static Stream<String> spellings(String secret) {
        String form = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        String json = secret.replace("\\", "\\\\").replace("\"", "\\\"");
        return Stream.of(secret, form, form.replace("+", "%20"), json);
    }
}
