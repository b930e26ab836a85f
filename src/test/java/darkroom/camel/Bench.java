package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.camel.component.WebuiComponent;
import darkroom.files.Disk;
import darkroom.files.TolerantVisitor;
import darkroom.sandbox.ReceivedRequest;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import darkroom.settings.SettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A whole Darkroom with the shipped routes in a folder of its own, and a sandbox WebUI that it calls over HTTP.
 *
 * <pre>
 * home/routes/    a copy of the shipped ones, to be edited
 * home/data/      drop, work, outputs, done, failed, cancelled
 * </pre>
 */
final class Bench implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(90); // on a busy machine

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path home;
    private final Map<Setting, String> said = new EnumMap<>(Setting.class);
    private SandboxWebUi sandbox;
    private @Nullable Path properties;
    private @Nullable Service service;

    Bench(Path home) throws IOException {
        this(home, SandboxSettings.defaults());
    }

    Bench(Path home, SandboxSettings settings) throws IOException {
        this.home = home;
        this.sandbox = SandboxWebUi.start(settings);
        copyRoutes(home.resolve("routes"));
        said.put(Setting.WEBUI_URL, sandbox.url().toString());
        said.put(Setting.PRESETS, Path.of("config/presets").toAbsolutePath().toString());
        said.put(Setting.HEALTH_PORT, "0");
        said.put(Setting.DROP_POLL, "50ms");
        said.put(Setting.DROP_SETTLE, "200ms");
        said.put(Setting.DROP_PATIENCE, "600ms");
        said.put(Setting.RETRY_PAUSE, "50ms");
        said.put(Setting.RETRY_LONGEST_PAUSE, "300ms");
        said.put(Setting.ROUTES_RELOAD, "100ms");
        said.put(
                Setting.QUEUE,
                Setting.QUEUE.fallback().replace("pollTimeout=100", "pollTimeout=50")); // a stop waits for it
    }

    static void copyRoutes(Path target) throws IOException {
        Files.createDirectories(target);
        for (Path file : Disk.list(Path.of("routes"))) {
            if (file.toString().endsWith(RouteFiles.ENDING)) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
    }

    /**
     * Copies a recipe into the routes, edited as its reader would.
     *
     * @param edits what is replaced, each followed by what takes its place
     */
    Bench withRecipe(String name, String... edits) throws IOException {
        String text = Files.readString(Path.of("routes/recipes", name + RouteFiles.ENDING));
        for (int i = 0; i < edits.length; i += 2) {
            assertThat(text).contains(edits[i]);
            text = text.replace(edits[i], edits[i + 1]);
        }
        Files.writeString(routes().resolve(name + RouteFiles.ENDING), text);
        return this;
    }

    Bench with(Setting setting, String value) {
        said.put(setting, value);
        return this;
    }

    /** Settings that only a properties file can hold. */
    Bench withProperties(String lines) throws IOException {
        properties = Files.writeString(home.resolve("application.properties"), lines);
        return this;
    }

    Settings settings() throws SettingsException {
        return Settings.load(new Settings.Sources(home, home, properties, Map.of(), Map.of(), said));
    }

    Bench start() throws SettingsException {
        service = Service.start(settings());
        return this;
    }

    void stop() {
        if (service != null) {
            service.close();
            service = null;
        }
    }

    Service service() {
        if (service == null) {
            throw new IllegalStateException("not started");
        }
        return service;
    }

    /** What knows the service's WebUIs. */
    WebuiComponent webUis() {
        return service().camelContext().getComponent("webui", WebuiComponent.class);
    }

    SandboxWebUi sandbox() {
        return sandbox;
    }

    /** What it was asked to make, in the order of the answers. */
    List<ReceivedRequest> generations() {
        return sandbox.requests().stream()
                .filter(request -> request.path().matches("/sdapi/v1/(txt|img)2img"))
                .toList();
    }

    /** The WebUI goes away; its port is free then. */
    void stopSandbox() {
        sandbox.close();
    }

    /** Another WebUI takes the place of the one there was, at the same address. */
    void restartSandbox(SandboxSettings settings) {
        int port = sandbox.port();
        sandbox.close();
        sandbox = SandboxWebUi.start(settings.withPort(port));
    }

    Path data() {
        return home.resolve("data");
    }

    Path routes() {
        return home.resolve("routes");
    }

    /** Drops a file as a careful program does: written under another name, then renamed. */
    Path drop(String name, String content) throws IOException {
        Path file = data().resolve("drop").resolve(name);
        Files.createDirectories(file.getParent());
        Path hidden = Files.writeString(file.resolveSibling(".hidden-" + file.getFileName()), content);
        return Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Puts a file there that is no prompt file. */
    Path put(String name, byte[] content) throws IOException {
        Path file = data().resolve("drop").resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    /** Waits until the job of a prompt file is done; its manifest. */
    JsonNode done(String name) throws IOException {
        await("done/" + name, () -> exists("done/" + name) || exists("failed/" + name));
        assertThat(error(name)).as("%s failed", name).isEmpty();
        return manifests().stream()
                .filter(manifest -> lane(manifest)
                        .resolve(manifest.path("promptFile").asText())
                        .equals(Path.of(name)))
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    /** Waits until the job of a prompt file has failed; its error file. */
    JsonNode failed(String name) throws IOException {
        await("failed/" + name, () -> exists("failed/" + name) || exists("done/" + name));
        return error(name).orElseThrow(() -> new AssertionError(name + " did not fail"));
    }

    /** All manifests, in the order in which their jobs were accepted. */
    List<JsonNode> manifests() throws IOException {
        return tree(data().resolve("outputs")).stream()
                .filter(file -> file.endsWith("manifest.json"))
                .map(Bench::json)
                .sorted((a, b) ->
                        a.path("accepted").asText().compareTo(b.path("accepted").asText()))
                .toList();
    }

    /** The names of the outputs of a job. */
    static List<String> names(JsonNode manifest) {
        return manifest.path("receipts").findValues("outputs").stream()
                .flatMap(outputs -> outputs.findValuesAsText("file").stream())
                .toList();
    }

    /** The output folder of a job. */
    Path outputs(JsonNode manifest) {
        return data().resolve("outputs")
                .resolve(lane(manifest))
                .resolve(manifest.path("job").asText());
    }

    /** Nothing is left where work is done; what ends a job is still tidying up when its file is in {@code done/}. */
    void assertTidy() {
        Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(20)).untilAsserted(this::tidyNow);
    }

    private void tidyNow() throws IOException {
        assertThat(Disk.list(data().resolve("work")))
                .extracting(path -> path.getFileName().toString())
                .isSubsetOf(".lock", ".locks", ".spool", ".instances", ".speeds.json");
        assertThat(tree(data()))
                .noneMatch(file -> file.toString().matches(".*([.]part|[.]incoming|staging).*"))
                .noneMatch(file -> file.toString().contains(".claimed/") && Files.isRegularFile(file));
    }

    /** All that is in a folder, itself and its folders as well, while others come and go; nothing if there is none. */
    static List<Path> tree(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(folder, new TolerantVisitor() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
                found.add(dir);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                found.add(file);
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    /** The files of a folder and those in it. */
    static List<Path> files(Path folder) throws IOException {
        return tree(folder).stream().filter(Files::isRegularFile).toList();
    }

    /** A secret is in no JSON file that Darkroom has written. */
    void assertNoDocumentHolds(String... secrets) {
        await("a look at every document", () -> {
            for (Path file : files(data())) {
                if (file.toString().endsWith(".json")) {
                    assertThat(Files.readString(file)).as(file.toString()).doesNotContain(secrets);
                }
            }
            return true;
        });
    }

    /** What is at work in a work folder. */
    static List<Path> jobs(Path work) throws IOException {
        return Disk.list(work).stream()
                .filter(path -> !path.getFileName().toString().startsWith("."))
                .toList();
    }

    boolean exists(String path) {
        return Files.exists(data().resolve(path));
    }

    /** Waits; a file that goes away while the condition looks at it is a reason to look again. */
    static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptionsMatching(e -> e instanceof NoSuchFileException
                        || (e instanceof UncheckedIOException && e.getCause() instanceof NoSuchFileException))
                .until(condition);
    }

    static JsonNode json(Path file) {
        try {
            return MAPPER.readTree(file.toFile());
        } catch (IOException e) {
            throw Disk.unchecked(e);
        }
    }

    private static Path lane(JsonNode manifest) {
        return Path.of(manifest.path("lane").asText());
    }

    private Optional<JsonNode> error(String name) {
        Path file = data().resolve("failed").resolve(name + ".error.json");
        return Files.exists(file) ? Optional.of(json(file)) : Optional.empty();
    }

    @Override
    public void close() {
        stop();
        sandbox.close();
    }
}
