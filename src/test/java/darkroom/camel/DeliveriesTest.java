package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.json.Json;
import darkroom.outbox.Outbox;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.camel.health.HealthCheck;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Outputs reach the destinations of their jobs once and for all, whatever is away or dies meanwhile. */
final class DeliveriesTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void prepare() throws IOException {
        bench = new Bench(home);
        bench.with(Setting.DELIVER_PAUSE, "50ms").with(Setting.DELIVER_LONGEST_PAUSE, "200ms");
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void eachOutputIsDeliveredToWhereItsJobSays() throws Exception {
        destination("gallery");
        destination("archive");
        destination("other");
        bench.start();
        bench.drop("lane/a.json", "{\"n_iter\": 2, " + deliver("gallery", "archive") + SMALL + "}");

        JsonNode manifest = bench.done("lane/a.json");

        for (String name : List.of("gallery", "archive")) {
            assertThat(Disk.list(far(name))).hasSize(2);
            for (JsonNode output : manifest.at("/receipts/0/outputs")) {
                assertThat(Sha256.of(far(name).resolve(output.path("file").asText())))
                        .isEqualTo(output.path("sha256").asText());
            }
            assertThat(Disk.list(bench.outputs(manifest).resolve(".deliveries").resolve(name)))
                    .hasSize(2);
        }
        assertThat(far("other")).doesNotExist();
        assertThat(manifest.at("/deliveries/0").toString())
                .isEqualTo("{\"destination\":\"gallery\",\"delivered\":2,\"waiting\":0,\"failed\":0}");
        assertThat(entries("gallery")).isEmpty();
        bench.assertTidy();
    }

    @Test
    void aJobThatSaysNothingGoesWhereTheServiceSaysAndAnEmptyListNowhere() throws Exception {
        destination("gallery");
        bench.with(Setting.DELIVER, "gallery").start();
        bench.drop("usual.json", "{" + SMALL + "}");
        bench.drop("none.json", "{\"job\": {\"deliver\": []}, " + SMALL + "}");

        assertThat(bench.done("usual.json").path("deliveries")).hasSize(1);
        assertThat(bench.done("none.json").has("deliveries")).isFalse();
        assertThat(Disk.list(far("gallery"))).hasSize(1);
    }

    @Test
    void aJobIsDeliveredAsAWholeWhereThatIsWanted() throws Exception {
        destination("gallery");
        route("hook", "outbox:hook?each=job", "fileName: \"${variable.jobName}-${variable.name}\"");
        bench.start();
        bench.drop("a.json", "{\"n_iter\": 2, " + deliver("hook", "gallery") + SMALL + "}");

        JsonNode manifest = bench.done("a.json");

        assertThat(Disk.list(far("hook"))).hasSize(1);
        JsonNode sent = Bench.json(far("hook").resolve("a-manifest.json"));
        assertThat(sent.path("receipts")).isEqualTo(manifest.path("receipts"));
        assertThat(manifest.at("/deliveries/0").toString())
                .isEqualTo("{\"destination\":\"hook\",\"delivered\":1,\"waiting\":0,\"failed\":0}");
    }

    @Test
    void eachDeliveryCarriesItsEventWhichIsTheSameAtEveryTryAndDestination() throws Exception {
        events("one", "outbox:one", "${variable.eventId}");
        events("two", "outbox:two", "${variable.eventId}-${variable.attempt}", "lost");
        events("whole", "outbox:whole?each=job", "${variable.eventId}");
        bench.with(Setting.DELIVER_ATTEMPTS, "3").start();
        bench.drop(
                "lane/a.json",
                "{\"prompt\": \"secret\", \"n_iter\": 2, " + deliver("one", "two", "whole") + SMALL + "}");
        bench.failed("lane/a.json");

        JsonNode job = manifest();
        assertThat(Disk.list(far("one"))).hasSize(2);
        for (Path file : Disk.list(far("one"))) {
            JsonNode event = Bench.json(file);
            JsonNode output = job.at("/receipts/0/outputs")
                    .get(event.at("/data/output/file").asText().contains("-001-") ? 0 : 1);
            assertThat(file).hasFileName(event.path("id").asText());
            assertThat(event.path("type").asText()).isEqualTo("darkroom.output");
            assertThat(event.path("subject").asText())
                    .isEqualTo("lane/" + job.path("job").asText() + "/"
                            + output.path("file").asText());
            assertThat(event.path("time")).isEqualTo(job.at("/receipts/0/times/published"));
            assertThat(event.at("/data/output/sha256")).isEqualTo(output.path("sha256"));
            assertThat(event.at("/data/output/checkpoint")).isEqualTo(job.at("/receipts/0/answer/sd_model_name"));
            assertThat(event.toString()).doesNotContain("secret", home.toString());
            for (int attempt = 1; attempt <= 3; attempt++) {
                assertThat(Bench.json(far("two").resolve(file.getFileName() + "-" + attempt)))
                        .isEqualTo(event);
            }
        }
        JsonNode done = Bench.json(Disk.list(far("whole")).get(0));
        assertThat(done.path("type").asText()).isEqualTo("darkroom.done");
        assertThat(done.path("subject")).isEqualTo(job.path("job"));
        assertThat(done.path("data").toString())
                .isEqualTo(
                        ("{\"job\":%s,\"name\":\"a\",\"lane\":\"lane\",\"promptFile\":\"a.json\",\"promptFileSha256\":%s,"
                                        + "\"labels\":{},\"tasks\":1,\"outputs\":2}")
                                .formatted(job.path("job"), job.path("promptFileSha256")));
    }

    @Test
    void aDestinationThatIsAwayHoldsUpItselfAlone() throws Exception {
        destination("gallery");
        destination("shop");
        block("shop");
        bench.start();
        for (int i = 0; i < 5; i++) {
            bench.drop("both" + i + ".json", "{" + deliver("shop", "gallery") + SMALL + "}");
        }
        Bench.await("the others", () -> Disk.list(far("gallery")).size() == 5);
        bench.drop("after.json", "{" + deliver("gallery") + SMALL + "}");
        bench.done("after.json");
        Bench.await("tries", () -> entries("shop").stream().allMatch(entry -> attempts(entry) >= 3));
        assertThat(bench.exists("done/both0.json")).isFalse();

        unblock("shop");

        for (int i = 0; i < 5; i++) {
            assertThat(bench.done("both" + i + ".json")
                            .at("/deliveries/0/delivered")
                            .asInt())
                    .isEqualTo(1);
        }
        assertThat(Disk.list(far("shop"))).hasSize(5);
        assertThat(Disk.list(far("gallery"))).hasSize(6);
        assertThat(bench.generations()).hasSize(6);
        bench.assertTidy();
    }

    @Test
    void oneOutputThatIsRefusedDoesNotHoldUpTheNext() throws Exception {
        destination("shop");
        bench.with(Setting.DELIVER_PAUSE, "1h")
                .with(Setting.DELIVER_LONGEST_PAUSE, "1h")
                .start();
        bench.drop("a.json", "{\"seed\": 1, " + deliver("shop") + SMALL + "}");
        bench.done("a.json");
        String first = names(far("shop")).get(0);
        block("shop");
        bench.drop("b.json", "{\"seed\": 2, " + deliver("shop") + SMALL + "}");
        Bench.await("a try", () -> entries("shop").stream().anyMatch(entry -> attempts(entry) == 1));
        unblock("shop");
        bench.drop("c.json", "{\"seed\": 3, " + deliver("shop") + SMALL + "}");

        bench.done("c.json");

        assertThat(names(far("shop"))).noneMatch(first::equals).hasSize(1);
        assertThat(entries("shop")).hasSize(1);
        Files.setLastModifiedTime(entries("shop").get(0), FileTime.from(Instant.now())); // docs/destinations.md
        bench.done("b.json");
    }

    @Test
    void whatIsGivenUpFailsTheJobAndIsDeliveredWhenItsEntryIsMovedBack() throws Exception {
        destination("shop");
        block("shop");
        bench.with(Setting.DELIVER_ATTEMPTS, "3").start();
        bench.drop("lane/a.json", "{\"n_iter\": 2, " + deliver("shop") + SMALL + "}");

        JsonNode error = bench.failed("lane/a.json");

        assertThat(error.path("code").asText()).isEqualTo("delivery-failed");
        assertThat(error.path("message").asText()).contains("2 of 2 could not be delivered to 'shop'");
        assertThat(error.path("attempts").asInt()).isEqualTo(3);
        assertThat(error.path("hint").asText())
                .contains(bench.data().resolve("outbox/shop/dead").toString());
        assertThat(entries("shop")).isEmpty();
        List<Path> dead = entries("shop/dead");
        assertThat(dead).hasSize(2);
        JsonNode letter = Bench.json(Path.of(dead.get(0).toString().replaceFirst("json$", "error.json")));
        assertThat(letter.path("attempts").asInt()).isEqualTo(3);
        assertThat(letter.path("hint").asText()).contains("mv ");
        assertThat(manifest().at("/deliveries/0/failed").asInt()).isEqualTo(2);

        unblock("shop");
        for (Path file : Disk.list(bench.data().resolve("outbox/shop/dead"))) { // mv dead/* .
            Files.move(file, bench.data().resolve("outbox/shop").resolve(file.getFileName()));
        }

        Bench.await("done", () -> bench.exists("done/lane/a.json"));
        bench.assertTidy();
        assertThat(Disk.list(far("shop"))).hasSize(2);
        assertThat(bench.data().resolve("failed")).isEmptyDirectory();
        assertThat(Disk.list(bench.data().resolve("outbox/shop"))).isEmpty();
        assertThat(manifest().at("/deliveries/0/delivered").asInt()).isEqualTo(2);
        assertThat(bench.generations()).hasSize(1);
    }

    @Test
    void movingThePromptFileBackDeliversAgainAndGeneratesNothing() throws Exception {
        destination("shop");
        destination("gallery");
        block("shop");
        bench.with(Setting.DELIVER_ATTEMPTS, "2").start();
        bench.drop("a.json", "{" + deliver("gallery", "shop") + SMALL + "}");
        bench.failed("a.json");
        Bench.await("failed", () -> bench.exists("failed/a.json"));
        unblock("shop");
        FileTime before = Files.getLastModifiedTime(Disk.list(far("gallery")).get(0));

        Files.move(bench.data().resolve("failed/a.json"), bench.data().resolve("drop/a.json"));

        bench.done("a.json");
        assertThat(Disk.list(far("shop"))).hasSize(1);
        assertThat(Disk.list(far("gallery"))).hasSize(1);
        assertThat(Files.getLastModifiedTime(Disk.list(far("gallery")).get(0))).isEqualTo(before);
        assertThat(bench.generations()).hasSize(1);
        bench.assertTidy();
        assertThat(bench.data().resolve("failed")).isEmptyDirectory();
    }

    @Test
    void anyOneDestinationIsEnoughIfTheServiceSaysSo() throws Exception {
        destination("shop");
        destination("gallery");
        block("shop");
        bench.with(Setting.DELIVER_ENDS, "any")
                .with(Setting.DELIVER_ATTEMPTS, "4")
                .start();
        bench.drop("both.json", "{" + deliver("shop", "gallery") + SMALL + "}");
        bench.drop("one.json", "{" + deliver("shop") + SMALL + "}");

        assertThat(bench.done("both.json").at("/deliveries/1/delivered").asInt())
                .isEqualTo(1);
        assertThat(bench.failed("one.json").path("code").asText()).isEqualTo("delivery-failed");
        Bench.await("both given up", () -> entries("shop/dead").size() == 2);
    }

    @Test
    void theOutputFolderIsEnoughIfTheServiceSaysSo() throws Exception {
        destination("shop");
        block("shop");
        bench.with(Setting.DELIVER_ENDS, "local").start();
        bench.drop("a.json", "{" + deliver("shop") + SMALL + "}");

        assertThat(bench.done("a.json").at("/deliveries/0/waiting").asInt()).isEqualTo(1);
        bench.assertTidy();
        unblock("shop");
        Bench.await("delivered", () -> entries("shop").isEmpty());
        assertThat(Disk.list(far("shop"))).hasSize(1);
    }

    @Test
    void aJobThatWaitsCanBeCancelledAndIsDoneWhenItsFileComesBack() throws Exception {
        destination("shop");
        block("shop");
        bench.start();
        bench.drop("a.json", "{" + deliver("shop") + SMALL + "}");
        Bench.await("a try", () -> entries("shop").stream().anyMatch(entry -> attempts(entry) >= 1));

        bench.drop("a.cancel", "");

        Bench.await("cancelled", () -> bench.exists("cancelled/a.json"));
        unblock("shop");
        Bench.await("delivered all the same", () -> entries("shop").isEmpty());
        assertThat(Disk.list(far("shop"))).hasSize(1);
        Files.move(bench.data().resolve("cancelled/a.json"), bench.data().resolve("drop/a.json"));
        bench.done("a.json");
        assertThat(bench.sandbox().generations()).hasSize(1);
        bench.assertTidy();
    }

    @Test
    void aStopLeavesWhatFailsAndTheNextStartCountsOn() throws Exception {
        destination("shop");
        block("shop");
        bench.start();
        bench.drop("a.json", "{" + deliver("shop") + SMALL + "}");
        Bench.await("tries", () -> entries("shop").stream().anyMatch(entry -> attempts(entry) >= 3));
        bench.stop();
        int tried = attempts(entries("shop").get(0));
        assertThat(tried).isBetween(3, 29);
        assertThat(Bench.json(entries("shop").get(0)).path("error").asText()).isNotBlank();

        bench.start();
        Bench.await("more tries", () -> attempts(entries("shop").get(0)) > tried + 1);
        bench.stop();
        unblock("shop");
        bench.start();

        bench.done("a.json");
        assertThat(bench.generations()).hasSize(1);
    }

    @Test
    void whatIsMarkedAsDeliveredIsNotDeliveredAgain() throws Exception {
        route("shop", "outbox:shop", "fileName: \"${variable.name}-${date:now:HHmmssSSS}\"");
        destination("away");
        block("away");
        bench.start();
        bench.drop("a.json", "{" + deliver("shop", "away") + SMALL + "}");
        Bench.await("delivered", () -> entries("shop").isEmpty() && Files.exists(far("shop")));
        bench.stop();
        Path entry = entries("away").get(0);
        Path again = bench.data().resolve("outbox/shop").resolve(entry.getFileName());
        Files.copy(entry, again); // as it is when the process dies before it deletes its entry

        bench.start();

        Bench.await("passed over", () -> !Files.exists(again));
        unblock("away");
        bench.done("a.json");
        assertThat(Disk.list(far("shop"))).hasSize(1);
    }

    @Test
    void anEntryThatNobodyHandedOverInTimeIsWrittenByTheNextStart() throws Exception {
        destination("shop");
        block("shop");
        bench.start();
        bench.drop("a.json", "{" + deliver("shop") + SMALL + "}");
        Bench.await("waiting", () -> entries("shop").size() == 1);
        bench.stop();
        Files.delete(entries("shop").get(0));
        unblock("shop");

        bench.start();

        bench.done("a.json");
        assertThat(Disk.list(far("shop"))).hasSize(1);
    }

    @Test
    void aDestinationIsMendedWhileTheServiceRuns() throws Exception {
        destination("shop");
        block("shop");
        bench.start();
        bench.drop("a.json", "{" + deliver("shop") + SMALL + "}");
        Bench.await("a try", () -> entries("shop").stream().anyMatch(entry -> attempts(entry) >= 1));

        Path file = bench.routes().resolve("shop.camel.yaml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace(far("shop").toString(), far("shop2").toString()));

        bench.done("a.json");
        assertThat(Disk.list(far("shop2"))).hasSize(1);
    }

    @Test
    void whatIsForARouteThatIsGoneWaitsForItAndHealthSaysSo() throws Exception {
        destination("shop");
        block("shop");
        bench.with(Setting.DELIVER_ENDS, "local").start();
        bench.drop("a.json", "{" + deliver("shop") + SMALL + "}");
        bench.done("a.json");
        Path route = bench.routes().resolve("shop.camel.yaml");
        String text = Files.readString(route);
        Files.delete(route);
        Bench.await("health", () -> health().getState() == HealthCheck.State.DOWN);
        assertThat(health().getMessage().orElse(""))
                .contains("1 delivery waits in")
                .contains("outbox:shop");
        bench.drop("b.json", "{" + deliver("shop") + SMALL + "}");
        assertThat(bench.failed("b.json").path("code").asText()).isEqualTo("unknown-destination");
        unblock("shop");

        Files.writeString(route, text);

        Bench.await("delivered", () -> entries("shop").isEmpty());
        Bench.await("health", () -> health().getState() == HealthCheck.State.UP);
    }

    @Test
    void aDefaultDestinationWithoutARouteIsSaid() throws Exception {
        bench.with(Setting.DELIVER, "gallery").start();

        assertThat(health().getState()).isEqualTo(HealthCheck.State.DOWN);
        assertThat(health().getMessage().orElse("")).contains("no route is from outbox:gallery");
        bench.drop("a.json", "{" + SMALL + "}");
        Bench.await("waiting", () -> entries("gallery").size() == 1);
        destination("gallery");
        bench.done("a.json");
    }

    @Test
    void anotherFileOfTheSameNameIsNotReplacedAndTheSameOneNeedsNoSecondCopy() throws Exception {
        bench.withRecipe("folder", "/mnt/gallery", far("gallery").toString());
        bench.with(Setting.OUTPUTS_NAME, "[name]-[index]")
                .with(Setting.DELIVER, "gallery")
                .with(Setting.DELIVER_ATTEMPTS, "2")
                .start();
        bench.drop("one/a.json", "{\"seed\": 1, \"job\": {\"id\": \"x\"}, " + SMALL + "}");
        JsonNode first = bench.done("one/a.json");
        String day = first.path("accepted").asText().substring(0, 10);
        Path there = far("gallery").resolve("one").resolve(day).resolve("x-001.png");
        FileTime written = Files.getLastModifiedTime(there);

        bench.drop("one/b.json", "{\"seed\": 1, \"job\": {\"id\": \"x\"}, " + SMALL + "}");
        bench.drop("one/c.json", "{\"seed\": 2, \"job\": {\"id\": \"x\"}, " + SMALL + "}");

        bench.done("one/b.json");
        assertThat(bench.failed("one/c.json").path("message").asText())
                .contains("another file of this name")
                .contains(there.toString());
        assertThat(Sha256.of(there))
                .isEqualTo(first.at("/receipts/0/outputs/0/sha256").asText());
        assertThat(Files.getLastModifiedTime(there)).isEqualTo(written);
        assertThat(Disk.list(there.getParent())).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"galery\"",
                "\"../x\"",
                "\"\"",
                "\"direct:outputs\"",
                "\"file:/tmp\"",
                "[\"gallery\", \"{{darkroom.webui.url}}\"]",
                "[\"${env:HOME}\"]",
                "[\"gallery/dead\"]"
            })
    void aJobNamesWhatTheOperatorDefinedAndNothingElse(String deliver) throws Exception {
        destination("gallery");
        bench.start();
        bench.drop("a.json", "{\"job\": {\"deliver\": " + deliver + "}, " + SMALL + "}");

        JsonNode error = bench.failed("a.json");

        assertThat(error.path("code").asText()).isEqualTo("unknown-destination");
        assertThat(error.path("pointer").asText()).startsWith("/job/deliver");
        assertThat(error.path("hint").asText()).contains("gallery");
        assertThat(bench.sandbox().requests()).isEmpty();
        assertThat(Disk.list(bench.data().resolve("outbox")))
                .extracting(path -> path.getFileName().toString())
                .containsExactly("gallery");
    }

    @Test
    void whatIsNoEntryIsSetAside() throws Exception {
        destination("gallery");
        bench.start();
        Path folder = bench.data().resolve("outbox/gallery");
        Files.writeString(folder.resolve("x.json"), "{\"key\": ");
        Files.writeString(folder.resolve("y.json"), "[]");

        Bench.await("set aside", () -> entries("gallery/dead").size() == 2);
        assertThat(entries("gallery")).isEmpty();
    }

    @Test
    void aPictureThatIsGoneIsSaid() throws Exception {
        destination("shop");
        block("shop");
        bench.with(Setting.DELIVER_ATTEMPTS, "2")
                .with(Setting.DELIVER_PAUSE, "400ms")
                .with(Setting.DELIVER_LONGEST_PAUSE, "400ms")
                .start();
        bench.drop("a.json", "{" + deliver("shop") + SMALL + "}");
        Bench.await("a try", () -> entries("shop").stream().anyMatch(entry -> attempts(entry) == 1));
        JsonNode entry = Bench.json(entries("shop").get(0));
        Files.delete(bench.data().resolve("outputs").resolve(entry.path("file").asText()));

        assertThat(bench.failed("a.json").path("message").asText()).contains("is not there any more");
    }

    /** The real thing: another process, killed at random moments; each output is there in the end, whole. */
    @Test
    void aProcessCanBeKilledAtAnyMoment() throws Exception {
        int jobs = 40;
        destination("gallery");
        route("hook", "outbox:hook?each=job", "fileName: \"${variable.jobName}-${variable.name}\"");
        bench.restartSandbox(SandboxSettings.defaults()
                .withTimePerPicture(Duration.ofMillis(20))
                .withPlainPictures(true));
        for (int i = 0; i < jobs; i++) {
            bench.drop("job" + i + ".json", "{\"n_iter\": 2, " + deliver("gallery", "hook") + SMALL + "}");
        }
        Random random = new Random(20261122);
        List<String> log = new ArrayList<>();
        for (int life = 0; life < 4; life++) {
            Process process = run();
            int before = names(far("gallery")).size();
            Awaitility.await("life " + life)
                    .atMost(Bench.SOON)
                    .until(() -> names(far("gallery")).size() > before);
            Awaitility.await().pollDelay(Duration.ofMillis(random.nextInt(300))).until(() -> true);
            process.destroyForcibly().waitFor();
            log.add(names(far("gallery")).size() + " of " + 2 * jobs);
        }
        Process last = run();
        try {
            Bench.await("all jobs, after " + log, () -> done() == jobs);
            Bench.await(
                    "nothing at work", () -> names(bench.data().resolve("work")).isEmpty());
        } finally {
            last.destroy();
            last.waitFor();
        }

        assertThat(bench.data().resolve("failed")).isEmptyDirectory();
        assertThat(names(far("gallery"))).hasSize(2 * jobs);
        assertThat(names(far("hook"))).hasSize(jobs);
        assertThat(Disk.list(bench.data().resolve("outbox/gallery"))).isEmpty();
        assertThat(Disk.list(bench.data().resolve("outbox/hook"))).isEmpty();
        for (JsonNode manifest : bench.manifests()) {
            for (JsonNode output : manifest.at("/receipts/0/outputs")) {
                assertThat(Sha256.of(far("gallery").resolve(output.path("file").asText())))
                        .isEqualTo(output.path("sha256").asText());
            }
        }
    }

    private int done() throws IOException {
        return (int) names(bench.data().resolve("done")).stream()
                .filter(name -> name.endsWith(".json"))
                .count();
    }

    private Process run() throws IOException {
        return RecoveryTest.Program.run(home, bench);
    }

    private HealthCheck.Result health() throws Exception {
        return new OutboxHealth(
                        bench.service()
                                .camelContext()
                                .getComponent("outbox", darkroom.camel.outbox.OutboxComponent.class),
                        new Outbox(bench.data().resolve("outbox"), bench.data().resolve("outputs"), new Disk(false)),
                        bench.settings().words(Setting.DELIVER))
                .call();
    }

    private JsonNode manifest() throws IOException {
        return bench.manifests().get(0);
    }

    private static String deliver(String... names) throws IOException {
        ObjectNode job = Json.mapper().createObjectNode();
        Stream.of(names).forEach(job.putArray("deliver")::add);
        return "\"job\": " + job + ", ";
    }

    /** Whether a try to deliver it has failed; not if it is gone meanwhile. */
    static boolean hasFailed(Path entry) {
        try {
            return Files.readString(entry).contains("\"error\"");
        } catch (IOException e) {
            return false;
        }
    }

    private static int attempts(Path entry) {
        return Files.exists(entry) ? Bench.json(entry).path("attempts").asInt() : 0;
    }

    private List<Path> entries(String name) throws IOException {
        return Disk.list(bench.data().resolve("outbox").resolve(name)).stream()
                .filter(file -> file.toString().endsWith(".json")
                        && !file.toString().endsWith(".error.json")
                        && !file.getFileName().toString().startsWith("."))
                .toList();
    }

    private static List<String> names(Path folder) throws IOException {
        return Disk.list(folder).stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> !name.startsWith("."))
                .toList();
    }

    /** A folder that is not Darkroom's. */
    private Path far(String name) {
        return home.resolve("far").resolve(name);
    }

    /** The folder can't be written: a file has its name. */
    private void block(String name) throws IOException {
        Files.createDirectories(home.resolve("far"));
        Disk.deleteTree(far(name));
        Files.writeString(far(name), "in the way");
    }

    private void unblock(String name) throws IOException {
        Files.delete(far(name));
    }

    private void destination(String name) throws IOException {
        route(name, "outbox:" + name, "tempPrefix: .part-");
    }

    /** Writes the event of each delivery into a file; then it may fail with this message. */
    private void events(String name, String from, String fileName, String... failure) throws IOException {
        route(name, from, "fileName: \"" + fileName + "\"");
        Path file = bench.routes().resolve(name + ".camel.yaml");
        String fails = failure.length == 0
                ? ""
                : "        - throwException:\n            exceptionType: java.io.IOException\n            message: "
                        + failure[0];
        Files.writeString(
                file,
                Files.readString(file).replace("steps:\n", "steps:\n        - setBody:\n            variable: event\n")
                        + fails + "\n");
    }

    private void route(String name, String from, String parameter) throws IOException {
        Files.writeString(
                bench.routes().resolve(name + ".camel.yaml"), """
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
                """.formatted(name, from, far(name), parameter));
    }
}
