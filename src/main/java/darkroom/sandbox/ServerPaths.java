package darkroom.sandbox;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Paths as the server speaks of them, e.g. {@code /stable-diffusion-webui/outputs/x.png}, and where they really are.
 *
 * <p>Prompts choose file names, so this is where they are held: a real server writes wherever its user may; for this one
 * nothing can be written but what is below its root, and that is the data folder.
 */
final class ServerPaths {
    private final String root;
    private final Path dataFolder;

    ServerPaths(String root, Path dataFolder) {
        this.root = root;
        this.dataFolder = dataFolder.toAbsolutePath().normalize();
    }

    /** As Python's {@code os.path.join}: an absolute second path replaces the first. */
    static String join(String folder, String path) {
        return path.startsWith("/")
                ? path
                : folder.isEmpty() || folder.endsWith("/") ? folder + path : folder + "/" + path;
    }

    /** The name without its folder. */
    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** As Python's {@code os.path.splitext}: where the extension begins, with its dot. */
    static int extension(String path) {
        int nameStart = path.lastIndexOf('/') + 1;
        int dot = path.lastIndexOf('.');
        boolean leading =
                dot >= nameStart && path.substring(nameStart, dot).chars().allMatch(c -> c == '.');
        return dot < nameStart || leading ? path.length() : dot;
    }

    /** Where a path of the server, relative ones from its root on, really is; 500 if it is outside. */
    Path resolve(String serverPath) {
        String absolute = join(root, serverPath);
        try {
            Path normal = Path.of(absolute).normalize();
            if (normal.startsWith(root)) {
                return dataFolder
                        .resolve(Path.of(root).relativize(normal).toString())
                        .normalize();
            }
        } catch (InvalidPathException e) {
            throw ApiError.python("ValueError", "this is no path: " + repr(absolute));
        }
        throw ApiError.python("PermissionError", "[Errno 13] Permission denied: " + repr(absolute));
    }

    /** A text between the quotes that Python would show it in. */
    static String repr(String text) {
        boolean single = text.indexOf('\'') < 0;
        return single
                ? "'" + text + "'"
                : text.indexOf('"') < 0 ? '"' + text + '"' : "'" + text.replace("'", "\\'") + "'";
    }

    String root() {
        return root;
    }
}
