package darkroom.promptfile;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What prompt files may ask for.
 *
 * @param maxDocument most bytes of a prompt file, or of an entry where there is one in each line or row, not counting
 *     pictures in it
 * @param maxPicture most bytes of one picture
 * @param pictureFolders folders, besides the prompt file's own, in which pictures may be named; absolute
 * @param options the options of the WebUI that may be changed for good
 */
public record PromptFileLimits(long maxDocument, long maxPicture, List<Path> pictureFolders, Set<String> options) {
    public PromptFileLimits {
        options = Set.copyOf(options);
        pictureFolders = List.copyOf(pictureFolders);
    }
}
