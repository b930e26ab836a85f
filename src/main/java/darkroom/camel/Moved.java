package darkroom.camel;

import darkroom.files.SafeName;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Names for prompt files that come to rest: their own, unless another file has it. */
final class Moved {
    private Moved() {}

    /** A path in {@code folder} that is free: {@code cat.json}, or {@code cat-<unique>.json}. */
    static Path free(Path folder, String fileName, String unique) {
        Path wish = folder.resolve(fileName);
        if (!Files.exists(wish, LinkOption.NOFOLLOW_LINKS)) {
            return wish;
        }
        return other(folder, fileName, unique);
    }

    /** The path that {@link #free} takes if the first is not: {@code cat-<unique>.json}. */
    static Path other(Path folder, String fileName, String unique) {
        int dot = fileName.lastIndexOf('.');
        String stem = dot > 0 ? fileName.substring(0, dot) : fileName;
        String ending = dot > 0 ? fileName.substring(dot) : "";
        String tail = "-" + unique + ending;
        return folder.resolve(
                SafeName.cut(stem, SafeName.MAX_BYTES - tail.length() - FailedFiles.ERROR.length()) + tail);
    }
}
