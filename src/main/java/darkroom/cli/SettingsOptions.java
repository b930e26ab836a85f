package darkroom.cli;

import darkroom.settings.Setting;
import darkroom.settings.Settings;
import darkroom.settings.SettingsException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which commands find their settings. */
final class SettingsOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The properties file; config/application.properties of the installed folder if not given.")
    private @Nullable Path config;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "Root of drop, work, outputs, done, failed and cancelled; ./data if not given.")
    private @Nullable Path data;

    @Option(
            names = "--routes",
            paramLabel = "FOLDER",
            description = "Where the routes are; routes/ of the installed folder if not given.")
    private @Nullable Path routes;

    @Option(
            names = "--webui",
            paramLabel = "URL",
            description = "Address of the WebUI; http://127.0.0.1:7860 if not given.")
    private @Nullable String webui;

    /**
     * Reads options without picocli: each is one of these, said once, as {@code --data FOLDER} or {@code --data=FOLDER}.
     *
     * @return empty if there is anything else, about which picocli knows what to say
     */
    static Optional<SettingsOptions> plain(List<String> arguments) {
        Map<String, String> said = new HashMap<>();
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String[] option = rest.next().split("=", 2);
            String value = option.length > 1 ? option[1] : rest.hasNext() ? rest.next() : "";
            boolean isPlain = !value.isEmpty() && "-@'\"".indexOf(value.charAt(0)) < 0;
            if (!isPlain || said.put(option[0], value) != null) {
                return Optional.empty();
            }
        }
        SettingsOptions options = new SettingsOptions();
        try {
            options.config = path(said.remove("--config"));
            options.data = path(said.remove("--data"));
            options.routes = path(said.remove("--routes"));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
        options.webui = said.remove("--webui");
        return said.isEmpty() ? Optional.of(options) : Optional.empty();
    }

    private static @Nullable Path path(@Nullable String value) {
        return value == null ? null : Path.of(value);
    }

    Settings load() throws SettingsException {
        return load(Map.of());
    }

    /** The settings, with some that a command knows better. */
    Settings load(Map<Setting, String> known) throws SettingsException {
        Map<Setting, String> said = new EnumMap<>(Setting.class);
        put(said, Setting.DATA, data);
        put(said, Setting.ROUTES, routes);
        put(said, Setting.WEBUI_URL, webui);
        said.putAll(known);
        Path home = home();
        Path fallback = home.resolve("config/application.properties");
        Path file = config != null ? config : environment("DARKROOM_CONFIG");
        Map<String, String> system = System.getProperties().stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, System::getProperty));
        return Settings.load(new Settings.Sources(
                home,
                Path.of("").toAbsolutePath(),
                file == null && Files.exists(fallback) ? fallback : file,
                System.getenv(),
                system,
                said));
    }

    /** The installed folder: where the start script says it is, or else where this program was loaded from. */
    static Path home() {
        Path named = environment("DARKROOM_HOME");
        if (named != null) {
            return named;
        }
        CodeSource source = SettingsOptions.class.getProtectionDomain().getCodeSource();
        try {
            Path jar =
                    source == null ? Path.of("") : Path.of(source.getLocation().toURI());
            Path lib = jar.resolveSibling("");
            boolean installed = jar.toString().endsWith(".jar") && lib.endsWith("lib");
            return installed ? lib.resolveSibling("") : Path.of("").toAbsolutePath();
        } catch (URISyntaxException e) {
            return Path.of("").toAbsolutePath();
        }
    }

    private static @Nullable Path environment(String name) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? null : Path.of(value).toAbsolutePath();
    }

    private static void put(Map<Setting, String> said, Setting setting, @Nullable Object value) {
        if (value != null) {
            said.put(setting, value.toString());
        }
    }
}
