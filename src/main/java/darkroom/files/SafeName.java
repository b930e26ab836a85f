package darkroom.files;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;

/** Makes names that Linux, macOS and Windows accept, and that a shell or a web server does not trip over. */
public final class SafeName {
    /** What a file name may have in bytes on every system that is in use. */
    public static final int MAX_BYTES = 255;

    private static final Set<String> RESERVED = Set.of(
            "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1",
            "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9");

    private SafeName() {}

    /**
     * The nearest safe name. Letters and digits of every script stay; what a file system forbids, white space, control
     * and formatting characters become {@code _}.
     *
     * @param wish what somebody would like to call it
     * @param maxBytes most bytes in UTF-8, at least 8
     * @return never empty, never hidden, without an ending dot
     */
    public static String of(String wish, int maxBytes) {
        StringBuilder safe = new StringBuilder();
        Normalizer.normalize(wish, Normalizer.Form.NFC).codePoints().forEach(c -> safe.appendCodePoint(safe(c)));
        String name = cut(trim(safe.toString()), maxBytes);
        if (name.isEmpty()) {
            return "unnamed";
        }
        int dot = name.indexOf('.');
        String stem = (dot < 0 ? name : name.substring(0, dot)).toLowerCase(Locale.ROOT);
        return RESERVED.contains(stem) ? cut("_" + name, maxBytes) : name;
    }

    /** Shortens a name to a number of bytes in UTF-8 without cutting a character in two. */
    public static String cut(String name, int maxBytes) {
        StringBuilder cut = new StringBuilder();
        int bytes = 0;
        for (int c : name.codePoints().toArray()) {
            bytes += Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > maxBytes) {
                break;
            }
            cut.appendCodePoint(c);
        }
        return trimEnd(cut.toString());
    }

    private static int safe(int c) {
        if (c < ' ' || "<>:\"/\\|?*%&$#'`;!{}[]".indexOf(c) >= 0) {
            return '_';
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> '_';
            default -> c;
        };
    }

    private static String trim(String name) {
        int from = 0;
        while (from < name.length() && ".-~".indexOf(name.charAt(from)) >= 0) {
            from++;
        }
        return trimEnd(name.substring(from));
    }

    private static String trimEnd(String name) {
        int end = name.length();
        while (end > 0 && name.charAt(end - 1) == '.') {
            end--;
        }
        return name.substring(0, end);
    }
}
