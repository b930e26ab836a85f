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
 * @param maxTasks most tasks of a job
 * @param wildcards where lists of words for templates are; may be missing
 */
public record PromptFileLimits(
        long maxDocument,
        long maxPicture,
        List<Path> pictureFolders,
        Set<String> options,
        int maxTasks,
        Path wildcards) {
    public PromptFileLimits {
        options = Set.copyOf(options);
        pictureFolders = List.copyOf(pictureFolders);
    }
}
