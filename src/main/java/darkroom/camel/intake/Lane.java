package darkroom.camel.intake;

import darkroom.files.SafeName;
import java.nio.file.Path;
import java.util.function.Predicate;

/** Names of lanes that came from outside. */
final class Lane {
    private static final int MAX_BYTES = 120;
    private static final int MAX_LEVELS = 8;

    private Lane() {}

    /**
     * Whether a name leads to a folder within the drop folder that is looked into.
     *
     * @param isWatched tells folders that are looked into from those that are passed over
     */
    static boolean isOne(String lane, Path drop, Predicate<Path> isWatched) {
        if (lane.isEmpty()) {
            return true;
        }
        String[] levels = lane.split("/", -1);
        Path folder = drop;
        for (String level : levels) {
            if (level.isEmpty() || !SafeName.of(level, MAX_BYTES).equals(level)) {
                return false;
            }
            folder = folder.resolve(level);
            if (!isWatched.test(folder)) {
                return false;
            }
        }
        return levels.length <= MAX_LEVELS;
    }
}
