package darkroom.cli;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import darkroom.settings.Setting;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What can be known about {@code docker/} without an engine; {@code docker/try} shows the rest. */
final class ContainersTest {
    private static final Path DOCKER = Path.of("docker");
    private static final Pattern VARIABLE = Pattern.compile("(?<!\\$)\\$\\{(\\w+):-([^}]+)}");
    private static final Pattern ANY_VARIABLE = Pattern.compile("(?<!\\$)\\$(?!\\$)");

    @TempDir
    Path folder;

    @Test
    void whatCanBeSetIsInTheExampleWithItsDefault() throws IOException {
        String compose = Files.readString(DOCKER.resolve("compose.yaml"));
        Map<String, String> defaults = new TreeMap<>();
        for (MatchResult used : VARIABLE.matcher(compose).results().toList()) {
            assertThat(defaults.merge(used.group(1), used.group(2), (a, b) -> a.equals(b) ? a : a + " and " + b))
                    .as(used.group(1))
                    .isEqualTo(used.group(2));
        }
        assertThat(ANY_VARIABLE.matcher(compose).results())
                .as("variables without a default")
                .hasSameSizeAs(VARIABLE.matcher(compose).results().toList());
        for (String service : services().keySet()) {
            environment(service).forEach((name, value) -> {
                if (value == null) { // handed on if it is set
                    defaults.put(name, "");
                }
            });
        }
        defaults.put("COMPOSE_PROFILES", ""); // Compose's own

        Map<String, String> documented = new TreeMap<>();
        for (String line : Files.readAllLines(DOCKER.resolve(".env.example"))) {
            assertThat(line).as("a comment").matches("|#.*");
            if (line.matches("#\\w+=.*")) {
                documented.put(line.substring(1, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
            }
        }
        assertThat(documented).isEqualTo(defaults);
    }

    @Test
    void noSecretHasADefault() throws IOException {
        assertThat(environment("darkroom")).containsEntry(Setting.WEBUI_AUTH.variable(), null);
        assertThat(environment("gpu")).containsEntry(Setting.WEBUI_AUTH.variable(), null);
        assertThat(Files.readString(DOCKER.resolve("Dockerfile"))).doesNotContainIgnoringCase("auth");
        assertThat(Files.readAllLines(DOCKER.resolve(".gitignore"))).contains(".env");
    }

    @Test
    void noPortIsOpenBeyondTheMachine() throws IOException {
        for (String service : services().keySet()) {
            Map<String, Object> described = service(service);
            assertThat(strings(described.getOrDefault("ports", List.of())))
                    .as(service)
                    .allMatch(port -> port.startsWith("127.0.0.1:"));
            assertThat(described).as(service).doesNotContainKeys("network_mode", "privileged");
        }
    }

    @Test
    void whatItTellsDarkroomIsASetting() throws IOException {
        List<String> known =
                Arrays.stream(Setting.values()).map(Setting::variable).toList();

        assertThat(environment("darkroom").keySet())
                .filteredOn(name -> name.startsWith("DARKROOM_"))
                .isNotEmpty()
                .isSubsetOf(known);
        assertThat(known).contains("DARKROOM_DATA"); // the Dockerfile's
    }

    @Test
    void theSandboxIsGivenOptionsThatItKnows() throws IOException {
        String[] command = service("sandbox").get("command").toString().split(" ");

        assertThat(Darkroom.commandLine()
                        .parseArgs(command)
                        .subcommand()
                        .commandSpec()
                        .name())
                .isEqualTo("sandbox");
    }

    @Test
    void aStopIsGivenMoreTimeThanRunningTasksAre() throws IOException {
        Duration grace = minutes(service("darkroom").get("stop_grace_period").toString());

        assertThat(grace).isGreaterThan(minutes(Setting.STOP_TIMEOUT.fallback()));
        assertThat(Files.readString(DOCKER.resolve("try"))).contains("stop -t " + grace.toSeconds() + " ");
        assertThat(Files.readString(Path.of("docs/docker.md"))).contains("--stop-timeout " + grace.toSeconds() + " ");
    }

    @Test
    void foldersOfTheHostAreThere() throws IOException {
        List<String> folders = new ArrayList<>();
        for (String service : services().keySet()) {
            for (String volume : strings(service(service).get("volumes"))) {
                String source = VARIABLE.matcher(volume).replaceAll("$2").split(":", 2)[0];
                folders.add(source);
                assertThat(DOCKER.resolve(source)).as(volume).isDirectory();
            }
        }
        assertThat(folders).contains("./data", "./webui/outputs", "./webui/models", "../routes", "../config");
    }

    @Test
    void composeAndDockerfileBeginWithTheSameImages() throws IOException {
        Map<String, Object> arguments =
                map(map(service("darkroom").get("build")).get("args"));
        String dockerfile = Files.readString(DOCKER.resolve("Dockerfile"));

        assertThat(arguments).isNotEmpty();
        arguments.forEach((name, value) -> assertThat(dockerfile)
                .contains(
                        "ARG " + name + "=" + VARIABLE.matcher(value.toString()).replaceAll("$2") + "\n"));
    }

    @Test
    void whatIsCopiedIntoTheImageIsThere() throws IOException {
        List<String> context = Files.readAllLines(Path.of(".dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        assertThat(context).allSatisfy(name -> assertThat(Path.of(name)).exists());

        String layout = Files.readString(Path.of(".mvn/layout/contents.xml"));
        List<String> copies = Files.readAllLines(DOCKER.resolve("Dockerfile")).stream()
                .filter(line -> line.startsWith("COPY "))
                .toList();
        assertThat(copies).hasSizeGreaterThan(5);
        for (String copy : copies) {
            List<String> words = List.of(copy.split(" "));
            if (words.get(1).equals("--from=layout")) {
                String name = words.get(2).substring(1);
                assertThat(layout).containsAnyOf("<outputDirectory>" + name + "<", "<include>" + name + "/**<");
                if (!name.equals("lib")) {
                    assertThat(context).contains(name);
                }
            } else if (words.get(1).startsWith("docker/")) {
                assertThat(context).containsAll(words.subList(1, words.size() - 1));
            }
        }
    }

    @Test
    void theHealthCheckAsksWhereHealthIs() throws IOException {
        assertThat(Files.readString(DOCKER.resolve("healthy"))).contains(":-" + Setting.HEALTH_PORT.fallback() + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"entrypoint", "healthy", "try"})
    void scriptsAreExecutable(String script) {
        assertThat(DOCKER.resolve(script)).isExecutable();
    }

    @Test
    void theHealthCheckSaysWhatItIsTold() throws Exception {
        URI url;
        try (var sandbox = SandboxWebUi.start(SandboxSettings.defaults())) {
            url = sandbox.url();
            Ran well = run(Map.of(), DOCKER.resolve("healthy"), "/sdapi/v1/progress", port(url));
            Ran wrong = run(Map.of(), DOCKER.resolve("healthy"), "/nowhere", port(url));

            assertThat(well.exitCode()).as(well.said()).isZero();
            assertThat(well.said()).startsWith("{\"progress\":");
            assertThat(wrong.exitCode()).isEqualTo(1);
            assertThat(wrong.said()).contains("Not Found");
        }
        assertThat(run(Map.of(), DOCKER.resolve("healthy"), "/", port(url)).exitCode())
                .isEqualTo(1);
    }

    @Test
    void theEntrypointHandsOnTheUmaskAndTheCommand() throws Exception {
        Path darkroom = Files.writeString(folder.resolve("darkroom"), "#!/bin/sh\numask\necho \"$@\"\n");
        assertThat(darkroom.toFile().setExecutable(true)).isTrue();
        String path = folder + ":" + System.getenv("PATH");

        assertThat(run(Map.of("PATH", path), DOCKER.resolve("entrypoint"), "run", "a b")
                        .said())
                .isEqualTo("0022\nrun a b\n");
        assertThat(run(Map.of("PATH", path, "UMASK", "027"), DOCKER.resolve("entrypoint"))
                        .said())
                .startsWith("0027\n");
        assertThat(run(Map.of("PATH", path, "UMASK", "all"), DOCKER.resolve("entrypoint"))
                        .exitCode())
                .isNotZero();
    }

    private static String port(URI url) {
        return Integer.toString(url.getPort());
    }

    private record Ran(int exitCode, String said) {}

    private Ran run(Map<String, String> environment, Path script, String... arguments) throws Exception {
        Path output = Files.createTempFile(folder, "output", ".log");
        List<String> command = new ArrayList<>(List.of(script.toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().remove("UMASK");
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return new Ran(process.exitValue(), Files.readString(output));
        } finally {
            process.destroyForcibly();
        }
    }

    private static Duration minutes(String text) {
        return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    }

    private static Map<String, Object> services() throws IOException {
        Object compose = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(Files.readString(DOCKER.resolve("compose.yaml")));
        return map(map(compose).get("services"));
    }

    private static Map<String, Object> service(String name) throws IOException {
        return map(services().get(name));
    }

    private static Map<String, Object> environment(String service) throws IOException {
        return map(service(service).get("environment"));
    }

    @SuppressWarnings("unchecked") // YAML's maps have strings for keys here
    private static Map<String, Object> map(Object yaml) {
        return (Map<String, Object>) yaml;
    }

    private static List<String> strings(Object yaml) {
        return ((List<?>) yaml).stream().map(Object::toString).toList();
    }
}
