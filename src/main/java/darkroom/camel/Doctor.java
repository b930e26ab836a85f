package darkroom.camel;

import darkroom.camel.check.FarSides;
import darkroom.camel.component.WebuiCheck;
import darkroom.camel.component.WebuiComponent;
import darkroom.camel.component.WebuiListException;
import darkroom.check.Finding;
import darkroom.check.FolderCheck;
import darkroom.files.Disk;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.json.Json;
import darkroom.promptfile.Dropped;
import darkroom.promptfile.PromptFileReader;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** Examines an installation: folders, routes, destinations, sources, the WebUI. A service that runs on the same folders is not disturbed. */
public final class Doctor {
    /** How long the far side of a destination or of a source may take to answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** How long a WebUI may take for its tiny picture: it may have to load a checkpoint first, from a slow disk. */
    private static final Duration PICTURE_PATIENCE = Duration.ofMinutes(2);

    private final Settings settings;
    private final Consumer<Finding> told;
    private final List<Finding> findings = new ArrayList<>();

    private Doctor(Settings settings, Consumer<Finding> told) {
        this.settings = settings;
        this.told = told;
    }

    /**
     * Examines all there is.
     *
     * @param picture whether the WebUI is asked for a tiny picture
     * @param told is told each finding as soon as there is one, as all of them may take minutes
     * @return all of them
     * @throws IOException if Camel can't be started
     */
    public static List<Finding> examine(Settings settings, boolean picture, Consumer<Finding> told)
            throws IOException, InterruptedException {
        return examine(settings, picture ? PICTURE_PATIENCE : Duration.ZERO, told);
    }

    /** @param picturePatience how long the WebUI may take for a tiny picture; zero for not asking for one */
    static List<Finding> examine(Settings settings, Duration picturePatience, Consumer<Finding> told)
            throws IOException, InterruptedException {
        Doctor doctor = new Doctor(settings, told);
        doctor.folders();
        doctor.routes();
        doctor.presets();
        doctor.webUi(picturePatience);
        return List.copyOf(doctor.findings);
    }

    private void found(Finding finding) {
        findings.add(finding);
        told.accept(finding);
    }

    /**
     * Delivers a test picture to destinations, as an output would be.
     *
     * @param name the only destination; null for all of them
     * @throws IOException if Camel can't be started
     */
    public static List<Finding> deliver(Settings settings, @Nullable String name)
            throws IOException, InterruptedException {
        return TestDelivery.deliver(settings, name);
    }

    private void folders() throws InterruptedException {
        for (Setting setting : Settings.FOLDERS) {
            FolderCheck.writable(setting.key(), settings.path(setting)).forEach(this::found);
        }
        if (findings.stream().noneMatch(finding -> finding.severity() == Finding.Severity.ERROR)) {
            Path work = settings.path(Setting.WORK);
            found(FolderCheck.together(Setting.WORK.key(), settings.path(Setting.DROP), work));
            found(FolderCheck.together(Setting.OUTPUTS.key(), work, settings.path(Setting.OUTPUTS)));
        }
        String mounted = settings.text(Setting.WEBUI_OUTPUTS);
        if (!mounted.isEmpty()) {
            found(FolderCheck.readable(Setting.WEBUI_OUTPUTS.key(), Path.of(mounted)));
        }
    }

    /** The routes, and what those of destinations and sources reach. */
    private void routes() throws InterruptedException {
        Path folder = settings.path(Setting.ROUTES);
        List<Finding> farSides = new ArrayList<>();
        Optional<RouteProblem> problem = RouteCheck.look(settings, context -> {
            try {
                farSides.addAll(FarSides.examine(context, PATIENCE));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Path list = Path.of(settings.text(Setting.WEBUIS));
        if (problem.filter(wrong -> wrong.file().equals(list)).isPresent()) {
            return; // no matter of the routes; said where the WebUIs are examined
        }
        found(problem.map(wrong -> Finding.error(
                        Setting.ROUTES.key(), wrong.sentence(), "mend it there; darkroom routes check looks again"))
                .orElseGet(() -> Finding.ok(Setting.ROUTES.key(), "the routes in " + folder + " can be loaded")));
        farSides.forEach(this::found);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Each preset is read for a prompt file that says nothing but its name. */
    private void presets() throws IOException {
        PromptFileReader reader = Assembly.reader(settings);
        List<String> names = Assembly.presets(settings).names();
        Path folder = Files.createTempDirectory("darkroom-check");
        try {
            boolean right = true;
            for (String name : names) {
                Path file = folder.resolve("prompt.json");
                Files.write(file, Json.mapper().writeValueAsBytes(Map.of("job", Map.of("preset", name))));
                Path staging = Files.createTempDirectory(folder, "staging");
                try {
                    reader.read(file, Dropped.nowhere(folder), staging, entry -> {});
                } catch (ProblemException e) {
                    for (Problem problem : e.problems()) {
                        if (problem.code() == ProblemCode.PRESET_BROKEN) { // another may be for want of a prompt file
                            right = false;
                            found(Finding.error(Setting.PRESETS.key(), problem.message(), problem.hint()));
                        }
                    }
                }
            }
            if (right && !names.isEmpty()) {
                found(Finding.ok(Setting.PRESETS.key(), "presets: " + String.join(", ", names)));
            }
        } finally {
            Disk.deleteTree(folder);
        }
    }

    private void webUi(Duration picturePatience) throws IOException {
        Main main = new Assembly(settings).probe();
        try {
            main.start();
            WebuiComponent component = main.getCamelContext().getComponent("webui", WebuiComponent.class);
            WebuiCheck.examine(component, picturePatience, this::found);
        } catch (WebuiListException e) {
            found(Finding.error(Setting.WEBUIS.key(), e.problem(), e.remedy()));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("Camel can't be started: " + e, e);
        } finally {
            main.stop();
        }
    }
}
