package darkroom.files;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.util.Optional;

/** Names that a folder can hold and nothing here can work with. Such a file is left alone, and somebody is told. */
public final class UnusableName {
    private static final int REPLACEMENT = 0xFFFD;
    private static final String ENCODING = System.getProperty("sun.jnu.encoding", "UTF-8");

    private UnusableName() {}

    /**
     * What is wrong with the name of a file, and what to do.
     *
     * @param file as it was listed, or as somebody has named it
     * @return the rest of a sentence that begins with the name; empty if nothing is wrong
     */
    public static Optional<String> of(File file) {
        if (file.getName().indexOf('\\') >= 0) {
            return Optional.of("its name has a backslash in it, which Camel takes for a folder; rename it");
        }
        return isReadable(file)
                ? Optional.empty()
                : Optional.of("its name can't be read as " + ENCODING
                        + (ENCODING.equals("UTF-8") ? "; rename it" : "; start with LC_ALL=C.UTF-8, or rename it"));
    }

    /** What Java can't decode is replaced by a character that leads to no file. */
    private static boolean isReadable(File file) {
        try {
            file.toPath();
            return file.getPath().indexOf(REPLACEMENT) < 0 || file.exists();
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** A name as every terminal and log can show it: what is not ASCII, or not visible, as an escape. */
    public static String shown(String name) {
        StringBuilder shown = new StringBuilder();
        name.chars().forEach(c -> {
            if (c >= ' ' && c <= '~') {
                shown.append((char) c);
            } else {
                shown.append(String.format("\\u%04x", c));
            }
        });
        return shown.toString();
    }
}
