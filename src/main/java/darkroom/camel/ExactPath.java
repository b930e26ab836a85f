package darkroom.camel;

import org.apache.camel.spi.PropertiesFunction;

/**
 * For routes: <code>{{path:FOLDER}}</code>, a folder whose name Camel may not read anything into.
 *
 * <p>What stands in the address of an endpoint is decoded, twice, and cut at a question mark; no way of encoding it keeps
 * every name. So what is not plain is written with an escape that addresses do not know, {@code !} and four digits, which
 * {@link ExactFileComponent} takes back.
 */
public final class ExactPath implements PropertiesFunction {
    /** What a folder begins with that has escapes in it. */
    private static final String MARK = "!exact!";

    private static final char ESCAPE = '!';
    private static final int DIGITS = 4;

    @Override
    public String getName() {
        return "path";
    }

    /** Writes a folder so that it passes through the address of an endpoint. */
    @Override
    public String apply(String folder) {
        StringBuilder escaped = new StringBuilder();
        folder.codePoints().forEach(c -> {
            if (Character.isLetterOrDigit(c) || "/._-".indexOf(c) >= 0) {
                escaped.appendCodePoint(c);
            } else {
                Character.toString(c).chars().forEach(half -> escaped.append(String.format("%c%04x", ESCAPE, half)));
            }
        });
        return escaped.indexOf(String.valueOf(ESCAPE)) < 0 ? folder : MARK + escaped;
    }

    /** The folder that was meant. */
    static String read(String written) {
        if (!written.startsWith(MARK)) {
            return written;
        }
        StringBuilder folder = new StringBuilder();
        for (int at = MARK.length(); at < written.length(); at++) {
            char c = written.charAt(at);
            if (c == ESCAPE) {
                folder.append((char) Integer.parseInt(written, at + 1, at + 1 + DIGITS, 16));
                at += DIGITS;
            } else {
                folder.append(c);
            }
        }
        return folder.toString();
    }
}
