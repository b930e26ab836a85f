package darkroom.promptfile;

import java.nio.file.Path;
import java.util.List;

/**
 * What prompt files may ask for.
 *
 * @param maxDocument most bytes of a prompt file, not counting pictures in it
 * @param maxPicture most bytes of one picture
 * @param pictureFolders folders, besides the prompt file's own, in which pictures may be named; absolute
 */
public record PromptFileLimits(long maxDocument, long maxPicture, List<Path> pictureFolders) {
    public PromptFileLimits {
        pictureFolders = List.copyOf(pictureFolders);
    }
}
