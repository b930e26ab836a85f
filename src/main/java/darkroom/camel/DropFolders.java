package darkroom.camel;

import darkroom.promptfile.Dropped;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import darkroom.settings.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;

/** The drop folders of an installation as its routes name them, for those who ask what would become of a prompt file. */
public final class DropFolders {
    private final List<DropFolder> folders;

    private record DropFolder(Lanes.Root root, @Nullable String preset) {}

    private DropFolders(List<DropFolder> folders) {
        this.folders = folders;
    }

    /**
     * Reads the routes; starts none.
     *
     * @throws SettingsException if they can't be loaded
     */
    public static DropFolders of(Settings settings) throws SettingsException {
        List<DropFolder> folders = new ArrayList<>();
        Optional<RouteProblem> problem = RouteCheck.look(settings, context -> {
            Lanes lanes = new Lanes(settings.path(Setting.DROP));
            for (Route route : context.getRoutes()) {
                RouteDefinition definition = ((ModelCamelContext) context).getRouteDefinition(route.getRouteId());
                if (route.getEndpoint() instanceof FileEndpoint
                        && definition != null
                        && definition.getTemplateParameters() != null) {
                    Path folder = Claim.folderOf(route.getEndpoint());
                    String prefix = lanes.of(folder, route.getRouteId());
                    folders.add(new DropFolder(new Lanes.Root(folder, prefix), preset(context, definition)));
                }
            }
        });
        if (problem.isPresent()) {
            throw new SettingsException(
                    List.of(settings.path(Setting.ROUTES) + ": " + problem.get().sentence()));
        }
        return new DropFolders(folders);
    }

    private static @Nullable String preset(CamelContext context, RouteDefinition definition) {
        Object preset = definition.getTemplateParameters().get(ReadPromptFile.PRESET);
        String resolved = preset == null ? "" : context.resolvePropertyPlaceholders(preset.toString());
        return resolved.isEmpty() ? null : resolved;
    }

    /**
     * Where a file would be if it were dropped into a lane.
     *
     * @param file the file, wherever it is: its pictures are looked for there; absolute
     * @param lane with {@code /} between levels; empty for the drop folder itself
     * @throws SettingsException if there is no such lane
     */
    public Dropped into(Path file, String lane) throws SettingsException {
        Lanes.Root root = Lanes.nearest(folders.stream().map(DropFolder::root).toList(), lane)
                .orElseThrow(
                        () -> new SettingsException(List.of("there is no drop folder for the lane '" + lane + "'")));
        Path at = root.of(lane).normalize();
        if (!at.startsWith(root.folder()) || !Files.isDirectory(at)) {
            throw new SettingsException(
                    List.of("there is no lane '" + lane + "': " + at + " is not a folder in " + root.folder()));
        }
        String preset = folders.stream()
                .filter(folder -> folder.root().equals(root))
                .findFirst()
                .map(DropFolder::preset)
                .orElse(null);
        return new Dropped(file.resolveSibling(""), root.folder(), at, root.prefix(), preset);
    }

    /** The lane of a file that lies in a drop folder; empty if it lies in none. */
    public Optional<String> laneOf(Path file) {
        Path at = file.resolveSibling("");
        for (DropFolder folder : folders) {
            if (at.startsWith(folder.root.folder())) {
                List<String> names = new ArrayList<>();
                if (!folder.root.prefix().isEmpty()) {
                    names.add(folder.root.prefix());
                }
                folder.root.folder().relativize(at).forEach(name -> names.add(name.toString()));
                return Optional.of(String.join("/", names).replaceAll("/$", ""));
            }
        }
        return Optional.empty();
    }
}
