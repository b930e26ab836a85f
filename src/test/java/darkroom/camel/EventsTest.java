package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever subscribes is told what happens to jobs, at least once, and knows a repeat by its id. */
final class EventsTest {
    private static final String SMALL = "\"prompt\": \"my secret\", \"width\": 64, \"height\": 64, \"steps\": 2";
    private static final String ALL = "accepted,started,output,done,failed,cancelled";

    /** A process takes its time to start where others are busy. */
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    Path home;

    private Bench bench;
    private AsyncApi asyncApi;

    @BeforeEach
    void prepare() throws IOException {
        bench = new Bench(home);
        bench.with(Setting.DELIVER_PAUSE, "50ms").with(Setting.DELIVER_LONGEST_PAUSE, "200ms");
        asyncApi = new AsyncApi();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void theRecipeWritesTheLifeOfAJobIntoAFolder() throws Exception {
        bench.withRecipe("events-to-folder", "/mnt/events", far().toString()).start();
        bench.drop("birds/owl.json", "{\"n_iter\": 2, \"job\": {\"labels\": {\"rating\": \"safe\"}}, " + SMALL + "}");
        JsonNode manifest = bench.done("birds/owl.json");
        String job = manifest.path("job").asText();

        List<JsonNode> events = told(5);

        assertThat(types(events)).containsExactly("accepted", "started", "output", "output", "done");
        assertThat(events.get(0).at("/time")).isEqualTo(manifest.path("accepted"));
        assertThat(events.get(2).at("/time")).isEqualTo(manifest.at("/receipts/0/times/published"));
        assertThat(events.get(4).at("/time")).isEqualTo(manifest.path("finished"));
        for (JsonNode event : events) {
            assertThat(event.path("source").asText()).isEqualTo("/darkroom");
            assertThat(event.at("/data/lane").asText()).isEqualTo("birds");
            assertThat(event.at("/data/labels").toString()).isEqualTo("{\"rating\":\"safe\"}");
            assertThat(event.at("/data/job").asText()).isEqualTo(job);
            assertThat(event.at("/data/promptFileSha256")).isEqualTo(manifest.path("promptFileSha256"));
        }
        assertThat(events.get(4).at("/data/outputs").asInt()).isEqualTo(2);
        assertThat(names(far())).allMatch(name -> name.matches(job + "(-1)?-[a-z]+-[0-9a-f]{8}[.]json"));
        assertThat(names(bench.data().resolve("outbox/journal"))).isEmpty();
        bench.assertTidy();
    }

    @Test
    void aFailureIsToldWithItsReasonsAndWithoutPathsOfTheHost() throws Exception {
        journal("failed");
        bench.start();
        bench.drop("a.json", "{\"sampler_name\": \"None such\", " + SMALL + "}");
        JsonNode error = bench.failed("a.json");

        JsonNode failed = told(1).get(0);

        assertThat(failed.path("time")).isEqualTo(error.path("failed"));
        assertThat(failed.at("/data/job")).isEqualTo(error.path("job"));
        for (String field : List.of("kind", "code", "message", "hint")) {
            assertThat(failed.at("/data/problems/0").path(field)).isEqualTo(error.path(field));
        }
    }

    @Test
    void aJobThatComesBackAndFailsAgainIsToldAsTwoRounds() throws Exception {
        journal(ALL);
        Files.writeString(home.resolve("gallery"), "in the way");
        route("gallery", "outbox:gallery", home.resolve("gallery"));
        bench.with(Setting.DELIVER_ATTEMPTS, "1").start();
        bench.drop("a.json", "{\"job\": {\"deliver\": \"gallery\"}, " + SMALL + "}");
        bench.failed("a.json");
        Bench.await("failed", () -> bench.exists("failed/a.json"));
        List<String> first = ids(told(4));

        Files.move(bench.data().resolve("failed/a.json"), bench.data().resolve("drop/a.json"));

        List<JsonNode> both = told(6);
        assertThat(types(both)).containsExactly("accepted", "started", "output", "failed", "accepted", "failed");
        assertThat(ids(both)).doesNotHaveDuplicates().startsWith(first.toArray(String[]::new));
        assertThat(both.get(3).at("/data/problems/0/hint").asText()).contains("outbox/gallery/dead back into");
    }

    @Test
    void whatBecomesNoJobFailsWithoutOneAndSaysWhichFileItWas() throws Exception {
        journal("failed");
        bench.start();
        Path file = bench.drop(
                "birds/b ad\u0001.json", "{\"steps\": \"many\", \"job\": {\"deliver\": [\"journal\", \"../x\"]}}");
        String sha256 = Sha256.of(file);

        JsonNode event = told(1).get(0);

        assertThat(event.path("subject").asText()).isEqualTo("birds/b_ad_.json");
        assertThat(event.at("/data/promptFile").asText()).isEqualTo("b ad\u0001.json");
        assertThat(event.at("/data/promptFileSha256").asText()).isEqualTo(sha256);
        assertThat(event.at("/data").has("job")).isFalse();
        assertThat(event.at("/data/problems").findValuesAsText("code")).contains("unknown-destination");
        assertThat(names(far()).get(0)).matches("b_ad_[.]json-failed-[0-9a-f]{8}[.]json");
        assertThat(bench.data().resolve("outbox/x")).doesNotExist();
    }

    @Test
    void aFileThatAProcessDiedOverIsToldUnderTheIdThatItHadThen() throws Exception {
        route("journal", "events:journal?types=failed", far(), "fileName: \"${variable.eventId}-${exchangeId}\"");
        for (int crashes : new int[] {1, 3}) { // told, and died before the file was in failed/; and so the next time
            Path claimed = Files.createDirectories(bench.data().resolve("drop/.claimed/0123-1"));
            Files.writeString(claimed.resolve("a.json"), "{\"steps\": \"many\"}");
            bench.with(Setting.CRASHES, Integer.toString(crashes)).start();
            Bench.await("failed", () -> bench.exists("failed/a.json"));
            Files.delete(bench.data().resolve("failed/a.json"));
            Bench.await(
                    "told",
                    () -> entries(bench.data().resolve("outbox/journal")).isEmpty());
            bench.stop();
        }
        bench.drop("a.json", "{\"steps\": \"many\"}");
        bench.start();

        List<JsonNode> events = told(3);

        assertThat(events)
                .extracting(event -> event.at("/data/problems/0/code").asText())
                .containsExactly("crashed-repeatedly", "wrong-type", "wrong-type");
        assertThat(events.get(1).path("id")).isEqualTo(events.get(0).path("id"));
        assertThat(events.get(2).path("id")).isNotEqualTo(events.get(0).path("id")); // another file of the name
    }

    @Test
    void cancelledJobsAreToldWhetherTheyHadBegunOrNot() throws Exception {
        journal("cancelled");
        bench.restartSandbox(SandboxSettings.defaults().withTimePerStep(Duration.ofMillis(300)));
        bench.start();
        bench.drop("begun.json", "{\"steps\": 100, \"prompt\": \"x\", \"width\": 64, \"height\": 64}");
        bench.sandbox().awaitRequest("/sdapi/v1/txt2img", 1, Bench.SOON);
        bench.drop("begun.cancel", "");
        Bench.await("cancelled", () -> bench.exists("cancelled/begun.json"));

        JsonNode event = told(1).get(0);

        assertThat(event.at("/data/name").asText()).isEqualTo("begun");
        assertThat(event.at("/data/problems/0/message").asText())
                .isEqualTo("cancelled by drop/begun.cancel; 0 of 1 task was finished");
    }

    @Test
    void aJobThatFailedForItsDeliveriesAloneIsDoneWhenTheyAre() throws Exception {
        journal(ALL);
        Files.writeString(home.resolve("gallery"), "in the way");
        route("gallery", "outbox:gallery", home.resolve("gallery"));
        bench.with(Setting.DELIVER_ATTEMPTS, "2").start();
        bench.drop("a.json", "{\"job\": {\"deliver\": \"gallery\"}, " + SMALL + "}");
        bench.failed("a.json");
        List<JsonNode> events = told(4);
        assertThat(types(events)).containsExactly("accepted", "started", "output", "failed");
        assertThat(events.get(3).at("/data/problems/0/code").asText()).isEqualTo("delivery-failed");

        Files.delete(home.resolve("gallery"));
        for (Path file : Disk.list(bench.data().resolve("outbox/gallery/dead"))) {
            Files.move(file, bench.data().resolve("outbox/gallery").resolve(file.getFileName()));
        }

        assertThat(types(told(5))).containsExactly("accepted", "started", "output", "failed", "done");
        bench.assertTidy();
    }

    @Test
    void aSubscriptionThatIsAwayHoldsUpNothingAndIsToldLaterUnderTheSameIds() throws Exception {
        Files.writeString(far(), "in the way");
        journal(ALL);
        bench.with(Setting.DELIVER_ATTEMPTS, "3").start();
        bench.drop("a.json", "{" + SMALL + "}");
        bench.done("a.json");
        Path dead = bench.data().resolve("outbox/journal/dead");
        Bench.await("given up", () -> entries(dead).size() == 4);
        assertThat(Bench.json(Path.of(entries(dead).get(0).toString().replaceFirst("json$", "error.json")))
                        .path("attempts")
                        .asInt())
                .isEqualTo(3);
        Set<String> waiting = new HashSet<>();
        for (Path file : entries(dead)) {
            waiting.add(Bench.json(file).at("/event/id").asText());
        }

        Files.delete(far());
        for (Path file : Disk.list(dead)) { // mv dead/* .
            Files.move(file, dead.resolveSibling(file.getFileName()));
        }

        assertThat(ids(told(4))).containsExactlyInAnyOrderElementsOf(waiting);
        assertThat(names(dead.getParent())).isEmpty();
    }

    @Test
    void aSubscriptionComesAndGoesWhileTheServiceRunsAndWithoutOneNothingIsWritten() throws Exception {
        bench.start();
        bench.drop("before.json", "{" + SMALL + "}");
        bench.done("before.json");
        assertThat(Disk.list(bench.data().resolve("outbox"))).isEmpty();

        journal("done");
        Bench.await("subscribed", () -> bench.exists("outbox/journal"));
        bench.drop("with.json", "{" + SMALL + "}");
        bench.done("with.json");
        assertThat(told(1).get(0).at("/data/name").asText()).isEqualTo("with");

        Files.delete(bench.routes().resolve("journal.camel.yaml"));
        Bench.await("gone", () -> bench.service().camelContext().getRoute("journal") == null);
        bench.drop("after.json", "{" + SMALL + "}");
        bench.done("after.json");
        bench.assertTidy();
        assertThat(told()).hasSize(1);
        assertThat(names(bench.data().resolve("outbox/journal"))).isEmpty();
    }

    @Test
    void aJobThatWaitsForAWebUiHasNotStarted() throws Exception {
        journal("started");
        bench.restartSandbox(SandboxSettings.defaults().withTimePerStep(Duration.ofMillis(300)));
        bench.with(Setting.WEBUI_IN_FLIGHT, "1").start();
        bench.drop("a.json", "{\"prompt\": \"x\", \"steps\": 15, \"width\": 64, \"height\": 64}");
        bench.sandbox().awaitRequest("/sdapi/v1/txt2img", 1, Bench.SOON);
        bench.drop("b.json", "{" + SMALL + "}");

        Bench.await("the second one waits for the WebUI", () -> bench.webUis().waiting() == 1);
        assertThat(started()).singleElement().asString().startsWith("a-");

        bench.drop("a.cancel", "");
        bench.done("b.json");
        assertThat(told(2)).extracting(event -> event.at("/data/name").asText()).containsExactly("a", "b");
    }

    /** The jobs at work of which it was told that they have started. */
    private List<String> started() throws IOException {
        return Disk.list(bench.data().resolve("work"), job -> Files.exists(job.resolve("started"))).stream()
                .map(job -> job.getFileName().toString())
                .toList();
    }

    @Test
    void aNameIsADestinationOrASubscription() throws Exception {
        journal("done");
        bench.with(Setting.DELIVER, "journal").start();
        bench.drop("named.json", "{\"job\": {\"deliver\": \"journal\"}, " + SMALL + "}");

        assertThat(bench.failed("named.json").path("code").asText()).isEqualTo("unknown-destination");
        assertThat(bench.service()
                        .camelContext()
                        .getComponent("outbox", darkroom.camel.outbox.OutboxComponent.class)
                        .problems(List.of("journal")))
                .singleElement()
                .asString()
                .contains("no destination", "events:journal");
    }

    @Test
    void progressIsToldWhereItIsAskedForAndIsForgottenAfterwards() throws Exception {
        journal("progress,done");
        bench.restartSandbox(SandboxSettings.defaults().withTimePerStep(Duration.ofMillis(60)));
        bench.with(Setting.EVENTS_PROGRESS, "100ms").start();
        bench.drop("a.json", "{\"prompt\": \"x\", \"steps\": 40, \"width\": 64, \"height\": 64}");
        bench.done("a.json");
        Bench.await("done", () -> !ofType(told(), "done").isEmpty());

        List<JsonNode> progress = ofType(told(), "progress");
        assertThat(progress).hasSizeGreaterThan(3);
        assertThat(ids(progress)).doesNotHaveDuplicates();
        assertThat(progress)
                .extracting(event -> event.at("/data/progress/value").asDouble())
                .isSorted()
                .allMatch(value -> value >= 0 && value <= 1)
                .anyMatch(value -> value > 0.3);
        assertThat(progress).anyMatch(event -> event.at("/data/progress/steps").asInt() == 40);
        assertThat(names(bench.data().resolve("outbox/journal"))).isEmpty();
    }

    /** The real thing: a process that is killed at random moments, and a route that now and then fails. */
    @Test
    void noEventIsMissingOverCrashesAndNoneIsToldUnderTwoIds() throws Exception {
        int jobs = 16;
        Files.writeString(bench.routes().resolve("journal.camel.yaml"), """
                - route:
                    id: journal
                    routeConfigurationId: deliveries
                    from:
                      uri: events:journal
                      parameters:
                        pause: 20
                        longestPause: 100
                        types: %s
                      steps:
                        - to:
                            uri: file:%s
                            parameters:
                              fileName: "${variable.eventId}-${variable.attempt}-${exchangeId}"
                              tempPrefix: .part-
                        - filter:
                            simple: "${variable.attempt} == 1 && ${variable.type} == 'darkroom.started'"
                            steps:
                              - throwException: {exceptionType: java.io.IOException, message: lost}
                """.formatted(ALL, far()));
        bench.restartSandbox(SandboxSettings.defaults()
                .withTimePerPicture(Duration.ofMillis(25))
                .withPlainPictures(true));
        for (int i = 0; i < jobs; i++) {
            bench.drop("job" + i + ".json", "{\"n_iter\": 2, " + SMALL + "}");
        }
        for (int i = 0; i < 3; i++) {
            bench.drop("bad" + i + ".json", "{\"steps\": \"many\"}");
        }
        Random random = new Random(20261126);
        List<String> log = new ArrayList<>();
        for (int life = 0; life < 3; life++) {
            int asked = bench.generations().size();
            Process process = run();
            Awaitility.await("life " + life)
                    .atMost(LONG)
                    .until(() -> bench.generations().size() > asked);
            Awaitility.await().pollDelay(Duration.ofMillis(random.nextInt(500))).until(() -> true);
            process.destroyForcibly().waitFor();
            log.add(bench.manifests().size() + " jobs, " + names(far()).size() + " events");
        }
        Process last = run();
        try {
            Awaitility.await("all jobs, after " + log)
                    .atMost(LONG)
                    .until(() -> bench.manifests().size() == jobs);
            bench.assertTidy();
            Bench.await(
                    "all told",
                    () -> entries(bench.data().resolve("outbox/journal")).isEmpty());
        } finally {
            last.destroy();
            last.waitFor();
        }

        Map<String, JsonNode> byId = new TreeMap<>();
        for (Path file : Disk.list(far())) {
            JsonNode event = Bench.json(file);
            assertThat(file.getFileName().toString())
                    .startsWith(event.path("id").asText());
            asyncApi.check(event);
            JsonNode before = byId.putIfAbsent(event.path("id").asText(), event);
            assertThat(before == null ? null : without(before)).isIn(null, without(event));
        }
        List<String> expected = new ArrayList<>(List.of("failed bad0.json", "failed bad1.json", "failed bad2.json"));
        for (JsonNode manifest : bench.manifests()) {
            String job = manifest.path("job").asText();
            expected.addAll(List.of("accepted " + job, "started " + job, "done " + job));
            Bench.names(manifest).forEach(name -> expected.add("output " + job + "/" + name));
        }
        assertThat(byId.values())
                .extracting(event -> event.path("type").asText().substring("darkroom.".length()) + " "
                        + event.path("subject").asText())
                .as("after %s", log)
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    private Process run() throws IOException {
        return RecoveryTest.Program.run(home, bench);
    }

    /** The same event told after a crash may be of a later time, where it is not written down when it was. */
    private static JsonNode without(JsonNode event) {
        return ((ObjectNode) event.deepCopy()).without("time");
    }

    /** Waits for this many events; all of them, in the order of their time. */
    private List<JsonNode> told(int count) throws IOException {
        Bench.await(count + " events", () -> names(far()).size() >= count);
        List<JsonNode> events = told();
        assertThat(events).hasSize(count);
        return events;
    }

    private List<JsonNode> told() throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (Path file : Disk.list(far())) {
            if (!file.getFileName().toString().startsWith(".")) {
                JsonNode event = Bench.json(file);
                asyncApi.check(event);
                assertThat(event.toString()).doesNotContain("secret", home.toString());
                events.add(event);
            }
        }
        events.sort((a, b) -> time(a).compareTo(time(b)));
        return events;
    }

    private static Instant time(JsonNode event) {
        return Instant.parse(event.path("time").asText());
    }

    private static List<JsonNode> ofType(List<JsonNode> events, String type) {
        return events.stream()
                .filter(event -> event.path("type").asText().equals("darkroom." + type))
                .toList();
    }

    private static List<String> types(List<JsonNode> events) {
        return events.stream()
                .map(event -> event.path("type").asText().replace("darkroom.", ""))
                .toList();
    }

    private static List<String> ids(List<JsonNode> events) {
        return events.stream().map(event -> event.path("id").asText()).toList();
    }

    private static List<String> names(Path folder) throws IOException {
        return Disk.list(folder).stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> !name.startsWith("."))
                .toList();
    }

    private static List<Path> entries(Path folder) throws IOException {
        return Disk.list(folder).stream()
                .filter(file -> file.toString().endsWith(".json")
                        && !file.toString().endsWith(".error.json")
                        && !file.getFileName().toString().startsWith("."))
                .toList();
    }

    /** A folder that is not Darkroom's. */
    private Path far() {
        return home.resolve("journal");
    }

    private void journal(String types) throws IOException {
        route("journal", "events:journal?types=" + types, far());
    }

    private void route(String name, String from, Path to) throws IOException {
        route(name, from, to, "tempPrefix: .part-");
    }

    private void route(String name, String from, Path to, String parameter) throws IOException {
        Files.writeString(bench.routes().resolve(name + ".camel.yaml"), """
                - route:
                    id: %s
                    routeConfigurationId: deliveries
                    from:
                      uri: %s
                      steps:
                        - to:
                            uri: file:%s
                            parameters:
                              %s
                """.formatted(name, from, to, parameter));
    }
}
