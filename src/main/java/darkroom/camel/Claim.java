package darkroom.camel;

import darkroom.files.Instances;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.FileEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * A prompt file that was taken out of a drop folder: {@code drop/.claimed/<id>/<lane>/<name>}.
 *
 * @param file where it is now
 * @param folder the drop folder
 * @param id what makes the claim unique
 * @param lane the lane, with {@code /} between levels; empty for the drop folder itself
 * @param fileName its name
 */
record Claim(Path file, Path folder, String id, String lane, String fileName) {
    /** Inside a drop folder; hidden, so that nobody takes it for a lane. */
    static final String CLAIMED = ".claimed";

    private static final Pattern INSTANCE = Pattern.compile("i([1-9][0-9]{0,2})-");
    private static final String PROPERTY = "darkroom.claim";

    /**
     * Reads a claim from where its file is.
     *
     * @param folder the drop folder
     * @param lanePrefix what the lanes of this drop folder begin with; may be empty
     * @throws IllegalArgumentException if it is not where claimed files are; a lane must not lead out of any folder
     */
    static Claim of(Path file, Path folder, String lanePrefix) {
        Path claimed = folder.resolve(CLAIMED);
        if (!file.startsWith(claimed) || file.equals(claimed) || !file.equals(file.normalize())) {
            throw new IllegalArgumentException(file + " is not in " + claimed);
        }
        Path relative = claimed.relativize(file);
        StringBuilder lane = new StringBuilder(lanePrefix);
        for (int i = 1; i < relative.getNameCount() - 1; i++) {
            lane.append(lane.isEmpty() ? "" : "/").append(relative.getName(i));
        }
        return new Claim(
                file,
                folder,
                relative.getName(0).toString(),
                lane.toString(),
                file.getFileName().toString());
    }

    /** The number of the process that claimed it: what its name begins with, {@code i2-…}. */
    static int instance(String id) {
        Matcher named = INSTANCE.matcher(id);
        return named.lookingAt() ? Integer.parseInt(named.group(1)) : Instances.FIRST;
    }

    /** The folder it was dropped into. */
    Path droppedInto() {
        Path relative = folder.resolve(CLAIMED).relativize(file);
        return relative.getNameCount() > 2 ? folder.resolve(relative.subpath(1, relative.getNameCount() - 1)) : folder;
    }

    /** The folder that was made for it alone. */
    Path ownFolder() {
        return folder.resolve(CLAIMED).resolve(id);
    }

    void keepIn(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    static @Nullable Claim in(Exchange exchange) {
        return exchange.getProperty(PROPERTY, Claim.class);
    }

    /** The drop folder that a route consumes from. */
    static Path folderOf(Endpoint endpoint) {
        if (endpoint instanceof FileEndpoint file) {
            return file.getFile().toPath().toAbsolutePath().normalize();
        }
        throw new IllegalArgumentException("a prompt file comes from a file: endpoint, not from " + endpoint);
    }
}
