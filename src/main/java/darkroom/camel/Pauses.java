package darkroom.camel;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which lanes are paused: those with a file {@code _paused} in their folder or in one above it, up to the drop folder. What is
 * in the file does not matter.
 */
final class Pauses {
    /** The name of the file. */
    static final String FILE = "_paused";

    private static final Logger LOG = LoggerFactory.getLogger(Pauses.class);
    private static final Duration REMEMBERED = Duration.ofMillis(200);
    private static final int MANY = 10_000;

    private final Map<Path, String> dropFolders = new ConcurrentHashMap<>();
    private final Map<Path, Seen> seen = new ConcurrentHashMap<>();

    private record Seen(boolean paused, long at) {}

    /**
     * Makes a drop folder known.
     *
     * @param prefix what its lanes begin with; may be empty
     */
    void watch(Path folder, String prefix) {
        dropFolders.put(folder, prefix);
    }

    /** Whether a folder in a drop folder is paused. */
    boolean isPaused(Path folder) {
        for (Path at = folder; at != null; at = at.getParent()) {
            if (isMarked(at)) {
                return true;
            }
            if (dropFolders.containsKey(at)) {
                return false;
            }
        }
        return false;
    }

    /** Whether a lane is paused, whose folder may not be there any more. */
    boolean isPaused(String lane) {
        return foldersOf(lane).anyMatch(this::isPaused);
    }

    /** The folders whose prompt files are of a lane; they may not be there any more. */
    Stream<Path> foldersOf(String lane) {
        return dropFolders.entrySet().stream()
                .filter(folder -> folder.getValue().isEmpty() || (lane + "/").startsWith(folder.getValue() + "/"))
                .map(folder -> {
                    String prefix = folder.getValue();
                    String below = lane.substring(Math.min(lane.length(), prefix.isEmpty() ? 0 : prefix.length() + 1));
                    return folder.getKey().resolve(below);
                });
    }

    /** The lane of a folder in a drop folder; empty for a drop folder itself, and for what is in none. */
    String laneOf(Path folder) {
        for (Path at = folder; at != null; at = at.getParent()) {
            String prefix = dropFolders.get(at);
            if (prefix != null) {
                String below = at.relativize(folder).toString().replace(File.separatorChar, '/');
                return prefix.isEmpty() || below.isEmpty() ? prefix + below : prefix + "/" + below;
            }
        }
        return "";
    }

    private boolean isMarked(Path folder) {
        Seen last = seen.get(folder);
        long now = System.nanoTime();
        if (last != null && now - last.at() < REMEMBERED.toNanos()) {
            return last.paused();
        }
        if (seen.size() > MANY) {
            seen.clear();
        }
        boolean paused = Files.exists(folder.resolve(FILE));
        seen.put(folder, new Seen(paused, now));
        if (paused && (last == null || !last.paused())) {
            LOG.info("{}: paused; nothing is taken from there before {} is deleted", folder, FILE);
        } else if (!paused && last != null && last.paused()) {
            LOG.info("{}: goes on", folder);
        }
        return paused;
    }
}
