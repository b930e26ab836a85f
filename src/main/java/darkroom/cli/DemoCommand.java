package darkroom.cli;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.camel.Service;
import darkroom.files.Disk;
import darkroom.json.Json;
import darkroom.promptfile.Form;
import darkroom.promptfile.PromptFolder;
import darkroom.sandbox.Extension;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code darkroom demo}. */
@Command(
        description =
                "Shows what Darkroom does, without a GPU: starts a sandbox WebUI and the service, drops the example"
                        + " prompt files, and ends by itself when their pictures are there.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration STEP = Duration.ofMillis(25);
    private static final long LOOK_EVERY = 100;

    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            defaultValue = "data",
            description = "Where drop, outputs and the others are made. Default: ./${DEFAULT-VALUE}.")
    private Path folder = Path.of("data");

    private final SettingsOptions options = new SettingsOptions();

    @Override
    public Integer call() throws Exception {
        System.setProperty("log.level", "warn"); // what happens is said here, in fewer words
        Path data = folder.toAbsolutePath().normalize();
        Path examples = SettingsOptions.home().resolve("examples");
        SandboxSettings sandboxSettings = SandboxSettings.defaults()
                .withTimePerStep(STEP)
                .withExtensions(Extension.values())
                .withDataFolder(data.resolve("sandbox-webui"));
        Files.createDirectories(data.resolve("sandbox-webui"));
        try (SandboxWebUi sandbox = SandboxWebUi.start(sandboxSettings)) {
            Settings settings = options.load(Map.of(
                    Setting.DATA,
                    data.toString(),
                    Setting.WEBUI_URL,
                    sandbox.url().toString(),
                    Setting.WEBUI_AUTH,
                    "",
                    Setting.HEALTH_PORT,
                    freePort()));
            System.out.println("sandbox WebUI at " + sandbox.url() + ": no GPU, no model, pictures that are drawn");
            Service service = Service.start(settings);
            try (service) {
                Instant started = Instant.now();
                List<String> dropped = drop(examples, settings.path(Setting.DROP));
                System.out.println(dropped.size() + " prompt files dropped into " + settings.path(Setting.DROP));
                boolean well = watch(dropped, settings, started);
                sumUp(settings, well);
                return well ? Darkroom.OK : Darkroom.NOT_OK;
            }
        }
    }

    /** The health port is served as usual, for what "darkroom cache" learns from a demo; a service may have the usual one. */
    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(socket.getLocalPort());
        }
    }

    /** Drops pictures before the prompt files that name them, and each file under its name only when it is whole. */
    private static List<String> drop(Path examples, Path drop) throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.walk(examples)) {
            List<Path> ordered = new ArrayList<>();
            List<Path> prompts = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(examples.resolve("scheduling"))) // for darkroom simulate
                    .sorted()
                    .toList()) {
                (isPrompt(file) ? prompts : ordered).add(file);
            }
            ordered.addAll(prompts);
            for (Path file : ordered) {
                Path target = drop.resolve(examples.relativize(file).toString());
                Files.createDirectories(target.resolveSibling(""));
                Path hidden = target.resolveSibling("." + target.getFileName() + Disk.PART);
                Files.copy(file, hidden, StandardCopyOption.REPLACE_EXISTING);
                Files.move(hidden, target, StandardCopyOption.ATOMIC_MOVE);
                if (prompts.contains(file)) {
                    names.add(folder(file).orElse(file).getFileName().toString());
                }
            }
        }
        return names;
    }

    private static boolean isPrompt(Path file) throws IOException {
        Optional<Path> folder = folder(file);
        return folder.isPresent()
                ? PromptFolder.document(folder.get()).filter(file::equals).isPresent()
                : Form.isText(file.toString());
    }

    /** The folder that is dropped as one, and which it is in. */
    private static Optional<Path> folder(Path file) {
        return Stream.iterate(file.getParent(), Objects::nonNull, Path::getParent)
                .filter(PromptFolder::is)
                .findFirst();
    }

    /** Says of each file when it is taken and how it ends. */
    private static boolean watch(List<String> dropped, Settings settings, Instant started)
            throws IOException, InterruptedException {
        Map<String, String> open = new TreeMap<>();
        dropped.forEach(name -> open.put(name, "waits"));
        boolean well = true;
        int over = 0;
        while (!open.isEmpty() && Duration.between(started, Instant.now()).compareTo(PATIENCE) < 0) {
            for (String name : List.copyOf(open.keySet())) {
                Optional<JsonNode> manifest = manifest(settings.path(Setting.OUTPUTS), name, started);
                Optional<JsonNode> error = error(settings.path(Setting.FAILED), name, started);
                if (manifest.isPresent()) {
                    open.remove(name);
                    say(++over, dropped.size(), name, pictures(manifest.get()));
                } else if (error.isPresent()) {
                    open.remove(name);
                    well = false;
                    say(
                            ++over,
                            dropped.size(),
                            name,
                            "failed: " + error.get().path("message").asText());
                } else if ("waits".equals(open.get(name))
                        && !Files.exists(settings.path(Setting.DROP).resolve(name))) {
                    open.put(name, "at work");
                    say(over, dropped.size(), name, "taken");
                }
            }
            Thread.sleep(LOOK_EVERY);
        }
        open.forEach((name, state) -> System.out.println("  " + name + " still " + state + "; given up"));
        return well && open.isEmpty();
    }

    private static void say(int over, int of, String name, String what) {
        System.out.printf("  [%d/%d] %-28s %s%n", over, of, name, what);
    }

    private static String pictures(JsonNode manifest) {
        int outputs = manifest.path("outputs").asInt();
        return outputs == 0
                ? "done; the WebUI keeps the pictures, see the receipt"
                : "done: " + outputs + (outputs == 1 ? " picture" : " pictures") + " in outputs/"
                        + manifest.path("job").asText() + "/";
    }

    private static Optional<JsonNode> manifest(Path outputs, String promptFile, Instant since) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path job : Disk.list(outputs)) {
            files.add(job.resolve("manifest.json"));
        }
        return ofThisRun(files, promptFile, "accepted", since);
    }

    private static Optional<JsonNode> error(Path failed, String promptFile, Instant since) throws IOException {
        return ofThisRun(Disk.list(failed), promptFile, "failed", since);
    }

    /** What is said about a prompt file; an earlier run in the same folder may have said something, too. */
    private static Optional<JsonNode> ofThisRun(List<Path> files, String promptFile, String time, Instant since)
            throws IOException {
        for (Path file : files) {
            if (file.toString().matches(".*/manifest[.]json|.*[.]error[.]json") && Files.exists(file)) {
                JsonNode said = Json.mapper().readTree(file.toFile());
                boolean ours = said.path("promptFile").asText().equals(promptFile)
                        && Instant.parse(said.path(time).asText()).isAfter(since);
                if (ours) {
                    return Optional.of(said);
                }
            }
        }
        return Optional.empty();
    }

    private static void sumUp(Settings settings, boolean well) {
        System.out.println(well ? "All done." : "Not all went well.");
        System.out.println("  pictures       " + settings.path(Setting.OUTPUTS));
        System.out.println("  receipts       manifest.json beside the pictures");
        System.out.println("  prompt files   " + settings.path(Setting.DONE) + ", those that failed in "
                + settings.path(Setting.FAILED));
        System.out.println(
                "Next: darkroom run --webui http://127.0.0.1:7860, with a WebUI that was started with --api");
    }
}
