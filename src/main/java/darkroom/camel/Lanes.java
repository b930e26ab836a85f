package darkroom.camel;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.component.file.FileEndpoint;

/**
 * What the lanes of a drop folder begin with: nothing for the one that {@code darkroom.drop} names, the route's id for any
 * other.
 */
record Lanes(Path main) {
    String of(Path folder, String routeId) {
        return folder.equals(main) ? "" : routeId;
    }

    /**
     * A drop folder.
     *
     * @param folder where it is
     * @param prefix what its lanes begin with; may be empty
     */
    record Root(Path folder, String prefix) {
        private boolean has(String lane) {
            return prefix.isEmpty() || (lane + "/").startsWith(prefix + "/");
        }

        /** The folder of one of its lanes. */
        Path of(String lane) {
            return folder.resolve(lane.substring(Math.min(lane.length(), prefix.isEmpty() ? 0 : prefix.length() + 1)));
        }
    }

    /** Those that routes watch at the moment. */
    List<Root> roots(CamelContext context, PromptFileFilter filter) {
        return context.getRoutes().stream()
                .filter(route -> route.getEndpoint() instanceof FileEndpoint file && file.getFilter() == filter)
                .map(route -> {
                    Path folder = Claim.folderOf(route.getEndpoint());
                    return new Root(folder, of(folder, route.getId()));
                })
                .toList();
    }

    /** The one that a lane is in: the nearest, of several. */
    static Optional<Root> nearest(Collection<Root> roots, String lane) {
        return roots.stream()
                .filter(root -> root.has(lane))
                .reduce(BinaryOperator.maxBy(
                        Comparator.comparingInt((Root root) -> root.prefix().length())));
    }
}
