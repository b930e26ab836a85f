package darkroom.camel;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps to itself where things are on this machine: a path below the folder of the data is told from there on, of any other
 * the last name alone.
 */
final class HostPaths {
    /** What begins at the root, and not within a word, an address or another path. */
    private static final Pattern ABSOLUTE =
            Pattern.compile("(?<![\\w/.:~-])(?:/|[A-Za-z]:\\\\)[^\\s'\",;()<>]*[^\\s'\",;()<>:.]");

    private final String data;
    private final @Nullable Path root;

    HostPaths(Path data) {
        this.root = data.getRoot();
        this.data = data + data.getFileSystem().getSeparator();
    }

    /** The same text without them. */
    String hide(String text) {
        return ABSOLUTE.matcher(text.replace(data, ""))
                .replaceAll(found -> Matcher.quoteReplacement(hidden(found.group())));
    }

    /** A path of an API, or a pointer into a document, begins with what is no folder here. */
    private String hidden(String path) {
        String[] names = path.split("[/\\\\]+", -1);
        boolean here = path.charAt(0) != '/'
                || root == null
                || Files.exists(root.resolve(names[1]), LinkOption.NOFOLLOW_LINKS);
        return here ? "…/" + names[names.length - 1] : path;
    }
}
