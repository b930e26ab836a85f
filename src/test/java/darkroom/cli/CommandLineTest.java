package darkroom.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.FreePort;
import darkroom.files.Undecodable;
import darkroom.json.Json;
import darkroom.promptfile.PromptFolder;
import darkroom.sandbox.Fault;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import darkroom.sandbox.SelfSigned;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of the README, each as a process of its own. */
final class CommandLineTest {
    private static final int STOPPED_BY_SIGTERM = 128 + 15;

    @TempDir
    Path folder;

    @Test
    void theDemoEndsByItselfWithAllItsPictures() throws Exception {
        Path failed = Files.createDirectories(folder.resolve("shown/failed"));
        Files.writeString(failed.resolve("puppy.json"), "{}");
        Files.writeString(
                failed.resolve("puppy.json.error.json"),
                "{\"promptFile\": \"puppy.json\", \"message\": \"earlier\", \"failed\": \"2026-01-01T00:00:00Z\"}");
        try (var demo = launch("demo", "shown")) {
            assertThat(demo.exitCode()).as(demo.said()).isZero();

            List<String> examples = names(Path.of("examples"));
            assertThat(demo.said())
                    .contains("[" + examples.size() + "/" + examples.size() + "]", "All done.")
                    .contains("pictures       " + folder.resolve("shown/outputs"));
            assertThat(names(folder.resolve("shown/done"))).isEqualTo(examples);
            try (Stream<Path> files = Files.walk(folder.resolve("shown/outputs"))) {
                assertThat(files.filter(file -> file.endsWith("manifest.json"))).hasSameSizeAs(examples);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(SandboxSettings.Mode.class)
    void theServiceWorksTellsHowFarItIsAndStops(SandboxSettings.Mode mode) throws Exception {
        int port = FreePort.find();
        Map<String, String> environment =
                Map.of("DARKROOM_HEALTH_PORT", Integer.toString(port), "DARKROOM_WEBUI_PROGRESS", "200ms");
        try (var sandbox = SandboxWebUi.start(
                        SandboxSettings.defaults().withMode(mode).withTimePerStep(Duration.ofMillis(100)));
                var service = launch(
                        environment,
                        "run",
                        "--data",
                        "d",
                        "--webui",
                        sandbox.url().toString())) {
            await(service, () -> service.said().contains("watching " + folder.resolve("d/drop")));
            assertThat(health(port, "/ready").statusCode()).isEqualTo(200);
            Path hidden =
                    Files.writeString(folder.resolve("d/drop/.a"), "{\"steps\": 20, \"width\": 64, \"height\": 64}");
            Files.move(hidden, folder.resolve("d/drop/a.json"));
            sandbox.awaitRequest("/sdapi/v1/txt2img", 1, Duration.ofSeconds(30));
            Files.writeString(folder.resolve("d/drop/b.json"), "{\"steps\": 1, \"width\": 64, \"height\": 64}");
            await(service, () -> service.said().matches("(?s).*a-\\S+-1: \\d+ %.* after \\d+ s.*"));
            if (mode == SandboxSettings.Mode.UI) {
                await(service, () -> service.said().matches("(?s).*b-\\S+-1: In queue: 1/1 after \\d+ s.*"));
            }

            service.terminate(); // it is at work; what is under way may end

            assertThat(service.exitCode()).as(service.said()).isEqualTo(STOPPED_BY_SIGTERM);
            assertThat(folder.resolve("d/done/a.json")).as(service.said()).exists();
            assertThat(sandbox.requests().stream()
                            .filter(request -> request.path().equals("/internal/progress"))
                            .count())
                    .as("that it can't be asked is remembered")
                    .matches(asked -> mode == SandboxSettings.Mode.UI ? asked > 1 : asked == 1);
        }
    }

    @Test
    void aStopWhileTheWebUiIsAwayIsNoError() throws Exception {
        Path drop = Files.createDirectories(folder.resolve("data/drop"));
        List<String> names = List.of("a", "b", "c", "d", "e", "f");
        for (String name : names) {
            Files.writeString(drop.resolve(name + ".json"), "{}");
        }
        try (var service =
                launch(Map.of("DARKROOM_HEALTH_PORT", "0"), "run", "--webui", "http://127.0.0.1:" + FreePort.find())) {
            for (String name : names) {
                await(service, () -> service.said().contains(name + ".json"));
            }
            await(
                    service,
                    () -> service.said().contains("it has failed since")); // some wait for a try, some for a pause

            service.terminate();

            assertThat(service.exitCode()).as(service.said()).isEqualTo(STOPPED_BY_SIGTERM);
            assertThat(service.said()).doesNotContain("Exception").doesNotContain("\tat ");
            assertThat(folder.resolve("data/work")).isNotEmptyDirectory();
            assertThat(folder.resolve("data/failed")).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void aNameThatCanNotBeReadStopsNothing(String locale) throws Exception {
        Path drop = Files.createDirectories(folder.resolve("data/drop"));
        Undecodable.write(drop, "b%fcr.json", "{}");
        Files.writeString(drop.resolve("a\\b.json"), "{}");
        Map<String, String> environment = Map.of("LC_ALL", locale, "DARKROOM_HEALTH_PORT", "0");
        try (var sandbox = SandboxWebUi.start(SandboxSettings.defaults());
                var service =
                        launch(environment, "run", "--webui", sandbox.url().toString())) {
            for (String name : List.of("one.json", "two.json")) {
                Files.writeString(drop.resolve(name), "{\"steps\": 1, \"width\": 64, \"height\": 64}");
                await(service, () -> Files.exists(folder.resolve("data/done").resolve(name)));
            }

            assertThat(service.said())
                    .containsOnlyOnce("drop/b\\ufffdr.json: left alone; its name can't be read as ")
                    .containsOnlyOnce("drop/a\\b.json: left alone; its name has a backslash in it")
                    .doesNotContain("Exception");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void aNameThatCanNotBeReadIsOneSentence(String locale) throws Exception {
        Path right = Path.of("examples/puppy.json").toAbsolutePath();
        try (var validate =
                launch(Map.of("LC_ALL", locale), "validate", "b\ufffdr.json", "a\\b.json", right.toString())) {
            assertThat(validate.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(validate.said().lines())
                    .satisfiesExactly(
                            line -> assertThat(line).startsWith("b\\ufffd").contains("its name can't be read as "),
                            line -> assertThat(line).startsWith("a\\b.json: ").contains("backslash"),
                            line -> assertThat(line).isEqualTo(right + ": right (txt2img)"));
        }
    }

    @Test
    void aScenarioIsSimulatedByTheOnesThatAreNamed() throws Exception {
        String scenario =
                Path.of("examples/scheduling/farm.yaml").toAbsolutePath().toString();
        try (var simulate =
                launch("simulate", "--scale", "0.001", "--policy", "darkroom,round-robin", "--json", scenario)) {
            assertThat(simulate.exitCode()).as(simulate.said()).isZero();
            JsonNode outcomes = Json.mapper().readTree(simulate.said());
            assertThat(outcomes.findValuesAsText("contender")).containsExactly("darkroom", "round-robin");
            assertThat(outcomes.at("/0/tasks").asInt()).isEqualTo(10_000);
            assertThat(outcomes.at("/0/ofBound").asDouble())
                    .isGreaterThan(outcomes.at("/1/ofBound").asDouble())
                    .isLessThanOrEqualTo(1);
            assertThat(outcomes.at("/0/lanes/urgent/p99").isNumber()).isTrue();
        }
        try (var simulate = launch("simulate", "none.yaml")) {
            assertThat(simulate.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(simulate.said()).contains("none.yaml: there is no such file");
        }
        Files.writeString(folder.resolve("wrong.yaml"), "backends:\n  - {speeed: 2}\narrivals: {backlog: all}\n");
        try (var simulate = launch("simulate", "wrong.yaml")) {
            assertThat(simulate.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(simulate.said().lines())
                    .containsExactly(
                            "darkroom: wrong.yaml line 2: 'speeed' is no field of backends[0]; did you mean 'speed'?",
                            "darkroom: wrong.yaml line 3: arrivals.backlog is 'all'; use a whole number from 0 to 1000000000");
        }
    }

    @Test
    void settingsOfTheEnvironmentAreTheSameForRoutes() throws Exception {
        Path routes = copyOfRoutes();
        Files.writeString(routes.resolve("say.camel.yaml"), """
                - route:
                    id: say
                    from:
                      uri: timer:say?repeatCount=1
                      steps:
                        - log:
                            loggingLevel: WARN
                            message: "pause {{darkroom.retry.pause}}, poll {{darkroom.drop.poll}}, {{env:PLAIN}}, {{shop.folder}}"
                """);
        Path file = Files.writeString(folder.resolve("my.properties"), "shop.folder=/mnt/shop\n");
        Map<String, String> environment = Map.of(
                "DARKROOM_HEALTH_PORT", "0",
                "DARKROOM_RETRY_PAUSE", "20ms",
                "DARKROOM_RETRY_LONGEST_PAUSE", "50ms",
                "DARKROOM_RETRY_ATTEMPTS", "2",
                "SHOP_FOLDER", "/of/the/environment",
                "PLAIN", "as it is",
                "JDK_JAVA_OPTIONS", "-Ddarkroom.drop.poll=70ms");
        try (var sandbox = SandboxWebUi.start(SandboxSettings.defaults());
                var service = launch(
                        environment,
                        "run",
                        "--webui",
                        sandbox.url().toString(),
                        "--routes",
                        routes.toString(),
                        "--config",
                        file.toString())) {
            await(service, () -> service.said().contains("pause 20, poll 70, as it is, /mnt/shop"));
            Fault off = Fault.answer(404, "application/json", "{\"detail\": \"Not Found\"}");
            sandbox.next(off, off, off);
            Files.writeString(folder.resolve("data/drop/a.json"), "{\"steps\": 1}");

            await(service, () -> Files.exists(folder.resolve("data/failed/a.json.error.json")));
            assertThat(service.said()).contains("; try 2", "; try 3").doesNotContain("Exception");
        }
    }

    @Test
    void routesDoNotGetThePassword() throws Exception {
        Path routes = copyOfRoutes();
        Files.writeString(routes.resolve("say.camel.yaml"), """
                - route:
                    id: say
                    from:
                      uri: timer:say
                      steps:
                        - log:
                            message: "{{darkroom.webui.auth}}"
                """);
        Map<String, String> environment = Map.of("DARKROOM_WEBUI_AUTH", "me:secret");
        try (var check = launch(environment, "routes", "check", "--routes", routes.toString())) {
            assertThat(check.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(check.said())
                    .contains("say.camel.yaml, line 7", "Property with key [darkroom.webui.auth] not found");
        }
    }

    @Test
    void whyAWebUiCanNotBeReachedIsSaidAndTheJobWaits() throws Exception {
        SandboxSettings https = SandboxSettings.defaults()
                .withHost("localhost")
                .withTls(SelfSigned.context(folder.resolve("keys.p12")));
        Files.createDirectories(folder.resolve("data/drop"));
        Files.writeString(folder.resolve("data/drop/a.json"), "{\"steps\": 1}");
        try (var sandbox = SandboxWebUi.start(https);
                var service = launch("run", "--webui", sandbox.url().toString())) {
            await(service, () -> service.said().contains("its certificate is not trusted here: camel.ssl.trust-store"));

            assertThat(sandbox.requests()).isEmpty();
            assertThat(names(folder.resolve("data/failed"))).isEmpty();
        }
    }

    @Test
    void aCheckSaysWhatIsWrongAsJson() throws Exception {
        try (var sandbox = SandboxWebUi.start(SandboxSettings.defaults());
                var check = launch("check", "--json", "--webui", sandbox.url().toString())) {
            assertThat(check.exitCode()).as(check.said()).isEqualTo(Darkroom.OK);
            assertThat(Json.mapper().readTree(check.said()).findValuesAsText("severity"))
                    .hasSizeGreaterThan(8)
                    .containsOnly("ok");
        }
        try (var check = launch("check", "--no-picture", "--webui", "http://127.0.0.1:1")) {
            assertThat(check.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(check.said()).contains("error    http://127.0.0.1:1: the WebUI at", "-> the job waits");
        }
    }

    @Test
    void aCheckSaysWhatItFindsAsItFindsIt() throws Exception {
        try (var sandbox = SandboxWebUi.start(SandboxSettings.defaults())) {
            sandbox.next(Fault.stall(Duration.ofMinutes(10)));
            try (var check = launch("check", "--webui", sandbox.url().toString())) {
                await(check, () -> check.said().contains("answers after"));
                await(
                        check,
                        () -> sandbox.requests().stream()
                                .anyMatch(request -> request.path().endsWith("txt2img")));
                assertThat(check.runs()).isTrue();
                assertThat(check.said()).contains("ok       darkroom.drop").doesNotContain("error");
            }
        }
    }

    @Test
    void aMistakeInARouteIsInReadiness() throws Exception {
        int port = FreePort.find();
        Path routes = copyOfRoutes();
        Map<String, String> environment = Map.of("DARKROOM_HEALTH_PORT", Integer.toString(port));
        try (var sandbox = SandboxWebUi.start(SandboxSettings.defaults());
                var service = launch(
                        environment,
                        "run",
                        "--routes",
                        routes.toString(),
                        "--webui",
                        sandbox.url().toString())) {
            await(service, () -> service.said().contains("watching"));
            assertThat(health(port, "/ready").statusCode()).isEqualTo(200);
            Path edited = routes.resolve("generate.camel.yaml");
            Files.writeString(edited, Files.readString(edited).replace("- bean: # held", "- beann: # held"));

            await(service, () -> health(port, "/ready").statusCode() == 503);

            String reason = "generate.camel.yaml, line 55, column 11: Unknown node id: beann";
            assertThat(health(port, "/ready").body()).contains(reason);
            assertThat(service.said()).contains(reason);
            assertThat(health(port, "/live").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whatIsWrongWithPromptFilesIsSaid() throws Exception {
        Path wrong = Files.writeString(folder.resolve("wrong.json"), "{\n  \"steps\": \"many\",\n  \"width\": 0\n}");
        Path right = Path.of("examples/inpaint.json").toAbsolutePath();
        try (var validate = launch("validate", right.toString(), wrong.toString(), "none.json")) {
            assertThat(validate.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(validate.said())
                    .contains(right + ": right (img2img, 2 pictures)")
                    .contains(wrong + ": line 2, column 12, /steps: 'steps' is \"many\"; use a whole number from 1 up")
                    .contains(wrong + ": line 3, column 12, /width: 'width' is 0")
                    .contains("none.json: there is no such file");
        }
        try (var validate = launch("validate", right.toString())) {
            assertThat(validate.exitCode()).as(validate.said()).isEqualTo(Darkroom.OK);
        }
    }

    @Test
    void whatWouldBeSentIsExplained() throws Exception {
        Path lane = Files.createDirectories(folder.resolve("data/drop/birds"));
        Files.writeString(lane.resolve("_lane.yaml"), "steps: 7\njob: {preset: poster}\n");
        Path file = Files.writeString(folder.resolve("a.json"), "{\"prompt\": \"a\", \"width\": 64}");
        try (var explain = launch("explain", "--lane", "birds", file.toString())) {
            assertThat(explain.exitCode()).as(explain.said()).isEqualTo(Darkroom.OK);
            JsonNode said = Json.mapper().readTree(explain.said());
            assertThat(said.at("/payload/steps").asInt()).isEqualTo(7);
            assertThat(said.at("/payload/height").asInt()).isEqualTo(1152);
            assertThat(said.at("/origins/~1width").asText()).isEqualTo("prompt file");
            assertThat(said.at("/origins/~1steps").asText()).isEqualTo("lane birds");
            assertThat(said.at("/origins/~1height").asText()).isEqualTo("preset poster");
            assertThat(said.at("/defaults").findValuesAsText("name")).containsExactly("birds", "poster");
        }
        Path dropped = Files.writeString(lane.resolve("b.json"), "{\"job\": {\"preset\": \"postr\"}}");
        try (var explain = launch("explain", dropped.toString())) {
            assertThat(explain.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(explain.said())
                    .isEqualTo(dropped + ": line 1, column 20, /job/preset: there is no preset \"postr\";"
                            + " did you mean 'poster'? (unknown-preset)\n");
        }
        Files.writeString(lane.resolve("_lane.yaml"), "steps: none\n");
        try (var validate = launch("validate", "--lane", "birds", file.toString())) {
            assertThat(validate.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(validate.said())
                    .startsWith(file + ": " + lane.resolve("_lane.yaml")
                            + ", line 1, column 8, /steps: 'steps' is \"none\"")
                    .endsWith("(preset-broken)\n");
        }
        try (var validate = launch("validate", "--lane", "brids", file.toString())) {
            assertThat(validate.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(validate.said()).startsWith("darkroom: there is no lane 'brids': ");
        }
    }

    @Test
    void aPlanIsCountedBeforeAnythingIsMade() throws Exception {
        Path file = Files.writeString(
                folder.resolve("a.json"),
                "{\"prompt\": \"a\", \"width\": 512, \"height\": 512, \"batch_size\": 2, \"job\": {\"matrix\": {\"steps\": [20, 40],"
                        + " \"/override_settings/sd_model_checkpoint\": [\"a\", \"b\"]}}}");
        try (var plan = launch("plan", file.toString())) {
            assertThat(plan.exitCode()).as(plan.said()).isEqualTo(Darkroom.OK);
            assertThat(plan.said())
                    .contains("tasks        4\n", "pictures     8\n", "checkpoints  2, ", "3 changes", "unknown");
        }
        Path made = Files.createDirectories(folder.resolve("data/outputs/x"));
        Files.writeString(made.resolve("manifest.json"), """
                {"job": "x", "outputs": 1, "receipts": [{"job": "x", "task": "x-1", "number": 1, "operation": "txt2img",
                 "payload": {"width": 512, "height": 512, "steps": 20},
                 "outputs": [{"file": "x.png", "kind": "picture", "format": "png", "width": 512, "height": 512, "bytes": 400000}],
                 "times": {"accepted": "2026-01-01T00:00:00Z", "sent": "2026-01-01T00:00:00Z",
                           "answered": "2026-01-01T00:00:05Z", "published": "2026-01-01T00:00:05Z"}}]}
                """);
        try (var plan = launch("plan", "--json", file.toString())) {
            assertThat(plan.exitCode()).as(plan.said()).isEqualTo(Darkroom.OK);
            JsonNode said = Json.mapper().readTree(plan.said());
            assertThat(said.path("seconds").asInt())
                    .as("2 tasks of 2 x 5 s, 2 of 2 x 10 s")
                    .isEqualTo(60);
            assertThat(said.path("bytes").asInt()).isEqualTo(8 * 400_000);
        }
        try (var plan = launch(Map.of("DARKROOM_JOB_LIMIT", "3"), "plan", file.toString())) {
            assertThat(plan.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(plan.said())
                    .contains("this would make 4 tasks; the limit is 3")
                    .contains("(too-many-tasks)");
        }
    }

    @Test
    void destinationsAreThoseOfTheRoutes() throws Exception {
        Path routes = copyOfRoutes();
        Files.copy(Path.of("routes/recipes/folder.camel.yaml"), routes.resolve("gallery.camel.yaml"));
        Path right = Files.writeString(folder.resolve("right.json"), "{\"job\": {\"deliver\": \"gallery\"}}");
        Path wrong = Files.writeString(folder.resolve("wrong.json"), "{\"job\": {\"deliver\": \"galery\"}}");
        try (var validate = launch("validate", "--routes", routes.toString(), right.toString(), wrong.toString())) {
            assertThat(validate.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(validate.said().lines())
                    .containsExactly(
                            right + ": right (txt2img)",
                            wrong + ": line 1, column 21, /job/deliver: there is no destination \"galery\";"
                                    + " did you mean 'gallery'? (unknown-destination)");
        }
        assertThat(Path.of("/mnt/gallery")).doesNotExist();
    }

    @Test
    void whatIsNoPromptFileIsOneSentenceAndTheNextIsLookedAt() throws Exception {
        Path pipe = folder.resolve("pipe.json");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Path right = Path.of("examples/puppy.json").toAbsolutePath();
        try (var validate = launch(
                "validate", folder.toString(), pipe.toString(), "/dev/zero", right + "/in.json", right.toString())) {
            assertThat(validate.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(validate.said().lines())
                    .containsExactly(
                            folder + ": is a folder; name the files in it, such as " + folder.resolve("*.json"),
                            pipe + ": is not a file that can be dropped, but a pipe or a device",
                            "/dev/zero: is not a file that can be dropped, but a pipe or a device",
                            right + "/in.json: Not a directory",
                            right + ": right (txt2img)");
        }
    }

    @Test
    void aPortThatIsTakenIsOneSentence() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(other.getLocalPort());
            try (var sandbox = launch("sandbox", "--port", port)) {
                assertThat(sandbox.exitCode()).isEqualTo(Darkroom.NOT_OK);
                assertThat(sandbox.said().lines())
                        .containsExactly(
                                "darkroom: the sandbox WebUI does not start: Address already in use on 127.0.0.1:"
                                        + port + "; use another --port, or 0 for any");
            }
            try (var run = launch(Map.of("DARKROOM_HEALTH_PORT", port), "run")) {
                assertThat(run.exitCode()).isEqualTo(Darkroom.NOT_OK);
                assertThat(run.said().lines())
                        .containsExactly("darkroom: 'darkroom.health.port': nothing can listen on 127.0.0.1:" + port
                                + " (Address already in use); set another port, or 0 for none");
            }
        }
    }

    @Test
    void routesAreCheckedWithoutBeingStarted() throws Exception {
        try (var check = launch("routes", "check")) {
            assertThat(check.exitCode()).as(check.said()).isEqualTo(Darkroom.OK);
        }
        Path draft = Files.createDirectory(folder.resolve("draft"));
        Files.writeString(
                draft.resolve("a.camel.yaml"),
                "- route:\n    id: a\n    from:\n      uri: timer:a\n      steps:\n        - too:\n            uri: log:a\n");
        try (var check = launch("routes", "check", "--routes", draft.toString())) {
            assertThat(check.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(check.said()).contains("a.camel.yaml, line 6", "too");
        }
        assertThat(folder.resolve("data")).as("nothing is made").doesNotExist();
    }

    @Test
    void aWrongSettingStopsTheStartAndAllAreNamed() throws Exception {
        Map<String, String> environment = Map.of("DARKROOM_WEBUI_URLL", "x", "DARKROOM_STOP_TIMEOUT", "soon");
        try (var run = launch(environment, "run")) {
            assertThat(run.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(run.said()).contains("DARKROOM_WEBUI_URLL", "DARKROOM_WEBUI_URL", "soon");
        }
        assertThat(folder.resolve("data")).as("nothing is made").doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "seda:generate?concurrentConsumers=0,IllegalArgumentException|maximumPoolSize must be positive", // in 17, 25
        "seda:generate?size=many,For input string: \"many\"",
        "seda:generate?sizes=1,Unknown parameters=\\[\\{sizes=1}]",
        "nowhere:x,No endpoint could be found for: nowhere"
    })
    void aQueueThatCanNotBeIsOneSentence(String queue, String reason) throws Exception {
        try (var run = launch(Map.of("DARKROOM_HEALTH_PORT", "0", "DARKROOM_QUEUE", queue), "run")) {
            assertThat(run.exitCode()).isEqualTo(Darkroom.NOT_OK);
            assertThat(run.said().lines())
                    .singleElement()
                    .asString()
                    .startsWith("darkroom: darkroom.queue: '" + queue + "': ")
                    .containsPattern(reason);
        }
    }

    private Path copyOfRoutes() throws IOException {
        Path routes = Files.createDirectory(folder.resolve("routes"));
        for (String name : names(Path.of("routes"))) {
            Files.copy(Path.of("routes", name), routes.resolve(name));
        }
        return routes;
    }

    private Launched launch(String... arguments) throws IOException {
        return launch(Map.of("DARKROOM_HEALTH_PORT", "0"), arguments);
    }

    private Launched launch(Map<String, String> environment, String... arguments) throws IOException {
        return new Launched(folder, environment, arguments);
    }

    private static void await(Launched program, Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .failFast("the program has ended", () -> !program.runs())
                .untilAsserted(
                        () -> assertThat(condition.call()).as(program.said()).isTrue());
    }

    private static HttpResponse<String> health(int port, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/health" + path))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> Files.isRegularFile(file) || PromptFolder.is(file))
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
