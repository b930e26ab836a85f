package darkroom.cli;

import darkroom.camel.DropFolders;
import darkroom.promptfile.Dropped;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import darkroom.settings.SettingsException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says which lane a prompt file is meant for, and so which defaults it has. */
final class LaneOption {
    @Option(
            names = "--lane",
            paramLabel = "LANE",
            description =
                    "The lane it is meant for: a sub-folder of the drop folder; \"\" for the drop folder itself, the"
                            + " name of its route for another one. If not given, the one it lies in, if any.")
    private @Nullable String lane;

    private @Nullable DropFolders folders;

    /** The lane of a file; null if it has none. */
    @Nullable
    String of(Settings settings, Path file) throws SettingsException {
        if (lane != null) {
            return lane;
        }
        Path absolute = file.toAbsolutePath().normalize();
        return absolute.startsWith(settings.path(Setting.DROP))
                ? folders(settings).laneOf(absolute).orElse(null)
                : null;
    }

    /** Where a file is, or would be. */
    Dropped dropped(Settings settings, Path file) throws SettingsException {
        Path absolute = file.toAbsolutePath().normalize();
        Optional<String> into = Optional.ofNullable(of(settings, file));
        return into.isPresent()
                ? folders(settings).into(absolute, into.get())
                : Dropped.nowhere(absolute.resolveSibling(""));
    }

    private DropFolders folders(Settings settings) throws SettingsException {
        if (folders == null) {
            System.setProperty("log.level", "error"); // the routes are only looked at
            folders = DropFolders.of(settings);
        }
        return folders;
    }
}
