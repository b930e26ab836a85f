package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The servers that the captures were recorded from, one after the other, as sandboxes. */
final class Sessions implements AutoCloseable {
    private static final Checkpoint TINY_A =
            new Checkpoint("tinyA.safetensors", "c22434f95429a7a96fcb1bc178b469d26d0fb20ab177aa724083d4ab2e4fd18f");
    private static final Checkpoint TINY_B =
            new Checkpoint("tinyB.safetensors", "ed792860f4f23e2e843f286fd57db92a9ed1a3396848b2255dc237548c848c3c");

    private final Path root;
    private String current = "";
    private @Nullable SandboxWebUi webUi;

    Sessions(Path root) {
        this.root = root;
    }

    /** The sandbox for this capture: the one that is running, or another that takes its place. */
    SandboxWebUi webUi(Capture capture) throws IOException {
        String session = session(capture.number());
        SandboxWebUi running = webUi;
        if (running == null || !session.equals(current)) {
            close();
            running = SandboxWebUi.start(settings(session));
            webUi = running;
            current = session;
        }
        return running;
    }

    @Override
    public void close() {
        if (webUi != null) {
            webUi.close();
            webUi = null;
        }
    }

    /** Which server it was. Those of 4xx were one with the one before; but jobs that are watched must take their time. */
    private static String session(String number) {
        int first = Integer.parseInt(number.replaceAll("\\D", ""));
        if (first < 400) {
            return "fresh";
        }
        if (first < 500) {
            return first == 410 || first == 411 || first == 412 || first == 413 ? "slow" : "watched";
        }
        if (first < 600) {
            return "names";
        }
        if (first < 620) {
            return "auth";
        }
        if (first < 623) {
            return "hidden";
        }
        return first < 625 ? "hidden-primed" : first < 700 ? "frozen" : "ui";
    }

    private SandboxSettings settings(String session) throws IOException {
        SandboxSettings api = SandboxSettings.defaults()
                .withMode(SandboxSettings.Mode.API_ONLY)
                .withCheckpoints(TINY_A, TINY_B);
        SandboxSettings secured = api.withCredentials("user", "pass");
        return switch (session) {
            case "fresh" -> api.withDataFolder(root.resolve("first"));
            case "watched" -> api.withDataFolder(root.resolve("first")).withTimePerStep(Duration.ofMillis(15));
            case "slow" -> api.withDataFolder(root.resolve("first")).withTimePerStep(Duration.ofMillis(150));
            case "names" -> api.withDataFolder(primedByOverrides(root.resolve("names")));
            case "auth" -> secured;
            case "hidden" -> secured.withHideUiDirConfig(true);
            case "hidden-primed" ->
                secured.withHideUiDirConfig(true)
                        .withDataFolder(
                                primed(root.resolve("hidden"), "samples_filename_pattern", "save_images_add_number"));
            case "frozen" -> secured.withFreezeSettings(true);
            default -> api.withMode(SandboxSettings.Mode.UI).withTimePerStep(Duration.ofMillis(15));
        };
    }

    /** Every key that a capture of this session overrides was in {@code config.json}, so that none of them leaks. */
    private static Path primedByOverrides(Path folder) throws IOException {
        String[] keys = Capture.all().stream()
                .filter(capture -> capture.number().startsWith("5"))
                .flatMap(capture -> capture.request().path("body").path("override_settings").properties().stream())
                .map(Map.Entry::getKey)
                .distinct()
                .toArray(String[]::new);
        // Somebody had made this folder by hand before capture 541.
        String day = LocalDate.now(ZoneId.systemDefault()).toString();
        Files.createDirectories(
                folder.resolve("outputs/txt2img-images").resolve(day).resolve("sub2"));
        return primed(folder, keys);
    }

    private static Path primed(Path folder, String... keys) throws IOException {
        JsonNode defaults = Capture.named("002-options").response().get("body");
        ObjectNode config = Json.object();
        for (String key : keys) {
            config.set(key, defaults.get(key));
        }
        Files.createDirectories(folder);
        Files.write(folder.resolve("config.json"), Json.bytes(config));
        return folder;
    }
}
