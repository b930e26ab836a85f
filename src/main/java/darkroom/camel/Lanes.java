package darkroom.camel;

import java.nio.file.Path;

/**
 * What the lanes of a drop folder begin with: nothing for the one that {@code darkroom.drop} names, the route's id for any
 * other.
 */
record Lanes(Path main) {
    String of(Path folder, String routeId) {
        return folder.equals(main) ? "" : routeId;
    }
}
