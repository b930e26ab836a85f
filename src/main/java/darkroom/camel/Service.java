package darkroom.camel;

import darkroom.settings.Setting;
import darkroom.settings.Settings;
import darkroom.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Darkroom, running: the routes of its routes folder, and what keeps them going. */
public final class Service implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    private final Main main;

    private Service(Main main) {
        this.main = main;
    }

    /**
     * Starts.
     *
     * @throws SettingsException if a folder can't be used, or a route can't be loaded
     */
    public static Service start(Settings settings) throws SettingsException {
        folders(settings);
        Assembly assembly = new Assembly(settings);
        Main main = assembly.main();
        main.configure().withRoutesIncludePattern(pattern(settings.path(Setting.ROUTES)));
        try {
            assembly.work().removeStaging();
            main.start();
        } catch (Exception e) {
            main.stop();
            throw new SettingsException(List.of("the routes can't be started: " + e));
        }
        LOG.info("watching {}", settings.path(Setting.DROP));
        return new Service(main);
    }

    /** The Camel context, for whoever embeds the service. */
    public CamelContext camelContext() {
        return main.getCamelContext();
    }

    /** Stops: claims nothing new, lets running tasks end for as long as {@code darkroom.stop.timeout} says. */
    @Override
    public void close() {
        main.stop();
        main.shutdown();
    }

    static String pattern(Path routes) {
        return "file:" + routes + "/*.camel.yaml";
    }

    private static void folders(Settings settings) throws SettingsException {
        List<String> problems = new ArrayList<>();
        for (Setting setting : List.of(Setting.DROP, Setting.WORK, Setting.OUTPUTS, Setting.DONE, Setting.FAILED)) {
            Path folder = settings.path(setting);
            try {
                Files.createDirectories(folder);
                Files.delete(Files.createTempFile(folder, ".darkroom-", ".part"));
            } catch (IOException e) {
                problems.add("'" + setting.key() + "', " + folder + ", can't be written to (" + e
                        + "); make it, and let the user that runs Darkroom write there");
            }
        }
        if (!Files.isDirectory(settings.path(Setting.ROUTES))) {
            problems.add("'" + Setting.ROUTES.key() + "', " + settings.path(Setting.ROUTES) + ", is not a folder");
        }
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }
}
