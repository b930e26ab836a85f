package darkroom.promptfile;

import darkroom.job.DefaultsFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a prompt file was dropped, which decides where its pictures are looked for and what its defaults are.
 *
 * @param folder its own folder: relative paths in it count from there; absolute
 * @param root the drop folder; absolute, or null if it was not dropped into one, and so has no lane
 * @param lane the lane's folder, the drop folder or one below it; absolute
 * @param prefix what the names of the drop folder's lanes begin with; may be empty
 * @param preset the preset that the drop folder asks for; null if none
 */
public record Dropped(
        Path folder,
        @Nullable Path root,
        Path lane,
        String prefix,
        @Nullable String preset) {

    /** What the files with a lane's defaults are called, whatever else is in the lane. */
    private static final List<String> LANE_FILES = List.of("_lane.json", "_lane.yaml", "_lane.yml");

    /** A file that was dropped nowhere. */
    public static Dropped nowhere(Path folder) {
        return new Dropped(folder, null, folder, "", null);
    }

    /** True for the name of a file with the defaults of its folder; it is no prompt file. */
    public static boolean isLaneFile(String name) {
        return LANE_FILES.contains(name);
    }

    /** A file with defaults; {@code described} is without a hash. */
    record Found(DefaultsFile described, Path file) {}

    /** The files with the defaults of the lane and of those above it, the lane's own first. */
    List<Found> laneFiles() {
        List<Found> found = new ArrayList<>();
        if (root == null) {
            return found;
        }
        for (Path at = lane; at != null && at.startsWith(root); at = at.getParent()) {
            for (String name : LANE_FILES) {
                Path file = at.resolve(name);
                if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    String relative = words(root.relativize(file));
                    found.add(new Found(new DefaultsFile(DefaultsFile.Kind.LANE, name(root, at), relative, ""), file));
                }
            }
        }
        return found;
    }

    private String name(Path root, Path at) {
        String below = words(root.relativize(at));
        return prefix + (prefix.isEmpty() || below.isEmpty() ? "" : "/") + below;
    }

    private static String words(Path relative) {
        List<String> names = new ArrayList<>();
        relative.forEach(name -> names.add(name.toString()));
        return String.join("/", names);
    }
}
