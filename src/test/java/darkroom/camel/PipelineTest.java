package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.sandbox.Extension;
import darkroom.sandbox.Fault;
import darkroom.sandbox.ReceivedRequest;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** From a dropped file to pictures in a folder, with the shipped routes and over real HTTP. */
final class PipelineTest {
    private static final String TXT2IMG = "/sdapi/v1/txt2img";
    private static final String IMG2IMG = "/sdapi/v1/img2img";
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(home, SandboxSettings.defaults().withExtensions(Extension.values())).start();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    static List<Path> examples() throws IOException {
        return Disk.list(Path.of("examples")).stream()
                .filter(Files::isRegularFile)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleWorksAsItIs(Path example) throws IOException {
        for (Path picture : Disk.list(Path.of("examples/pictures"))) {
            bench.put("pictures/" + picture.getFileName(), Files.readAllBytes(picture));
        }
        bench.drop(example.getFileName().toString(), Files.readString(example));

        JsonNode manifest = bench.done(example.getFileName().toString());

        for (JsonNode output : outputs(manifest)) {
            Path file = bench.outputs(manifest).resolve(output.path("file").asText());
            assertThat(Sha256.of(file)).isEqualTo(output.path("sha256").asText());
            assertThat(Files.size(file)).isEqualTo(output.path("bytes").asLong());
        }
        bench.assertTidy();
    }

    private static List<JsonNode> outputs(JsonNode manifest) {
        List<JsonNode> outputs = new ArrayList<>();
        manifest.path("receipts").forEach(receipt -> receipt.path("outputs").forEach(outputs::add));
        return outputs;
    }

    @Test
    void whatIsSentIsWhatWasDroppedWithTheSeedThatWasDrawn() throws Exception {
        String dropped = "{\"prompt\": \"maltese puppy\", \"seed\": -1, " + SMALL
                + ", \"cfg_scale\": 7.0, \"unheard_of\": {\"a\": [1, null]}}";
        bench.drop("puppy.json", "{\"$schema\": \"x\", \"job\": {\"id\": \"p\"}, " + dropped.substring(1));

        JsonNode manifest = bench.done("puppy.json");

        ReceivedRequest request = bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        ObjectNode expected = (ObjectNode) new ObjectMapper().readTree(dropped);
        expected.set("seed", request.body().get("seed"));
        expected.put("force_task_id", manifest.path("job").asText() + "-1");
        assertThat(request.body()).isEqualTo(expected);
        assertThat(request.body().path("seed").asLong()).isNotNegative();
        assertThat(manifest.at("/receipts/0/payload")).isEqualTo(expected);
        assertThat(manifest.at("/receipts/0/outputs/0/seed"))
                .isEqualTo(request.body().get("seed"));
        assertThat(manifest.path("name").asText()).isEqualTo("p");
        assertThat(Bench.names(manifest))
                .allMatch(name -> name.endsWith("-001-" + request.body().path("seed") + ".png"));
    }

    @Test
    void picturesAreKeptByteForByte() throws Exception {
        bench.drop(
                "a.json",
                "{\"prompt\": \"Gr\u00fc\u00dfe \ud83e\udd8a\", \"save_images\": true, \"seed\": 5, " + SMALL + "}");

        JsonNode manifest = bench.done("a.json");

        Path saved = onlyFile(bench.sandbox().dataFolder().resolve("outputs/txt2img-images"));
        assertThat(bench.outputs(manifest).resolve(Bench.names(manifest).get(0)))
                .hasSameBinaryContentAs(saved);
        assertThat(manifest.at("/receipts/0/outputs/0/infotext").asText())
                .contains("\ud83e\udd8a")
                .contains("Seed: 5");
    }

    @Test
    void picturesThatStayAtTheWebUiAreSaidToBeThere() throws Exception {
        bench.drop("saved.json", "{\"save_images\": true, \"send_images\": false, " + SMALL + "}");
        bench.drop("lost.json", "{\"send_images\": false, " + SMALL + "}");

        assertThat(bench.done("saved.json").at("/receipts/0/note").asText())
                .contains("it keeps them in its own outputs folder");
        assertThat(bench.done("lost.json").at("/receipts/0/note").asText()).contains("nothing was kept");
    }

    @Test
    void gridsAndExtrasAreNamedAsSuch() throws Exception {
        bench.sandbox().next(Fault.pictures(pictures -> pictures.add(pictures.get(4))));
        bench.drop(
                "sheet.json", "{\"n_iter\": 2, \"batch_size\": 2, \"save_images\": true, \"seed\": 10, " + SMALL + "}");

        JsonNode manifest = bench.done("sheet.json");

        String job = manifest.path("job").asText();
        assertThat(Bench.names(manifest))
                .containsExactly(
                        job + "-grid-10.png",
                        job + "-001-10.png",
                        job + "-002-11.png",
                        job + "-003-12.png",
                        job + "-004-13.png",
                        job + "-extra1-10.png");
        assertThat(manifest.at("/receipts/0/outputs").findValuesAsText("kind"))
                .containsExactly("grid", "picture", "picture", "picture", "picture", "extra");
    }

    @Test
    void pathsDataUrisAndBase64AreTheSamePicture() throws Exception {
        byte[] sketch = Files.readAllBytes(Path.of("examples/pictures/sketch.png"));
        String base64 = Base64.getEncoder().encodeToString(sketch);
        bench.put("lane/sketch.png", sketch);
        bench.drop("lane/path.json", "{\"init_images\": [\"sketch.png\"], \"mask\": \"sketch.png\", " + SMALL + "}");
        bench.done("lane/path.json");
        bench.drop("data.json", "{\"init_images\": [\"data:image/png;base64," + base64 + "\"], " + SMALL + "}");
        bench.done("data.json");
        bench.drop("bare.json", "{\"init_images\": [\"" + base64.replace("/", "\\/") + "\"], " + SMALL + "}");
        JsonNode manifest = bench.done("bare.json");

        for (int i = 1; i <= 3; i++) {
            JsonNode body = bench.sandbox().awaitRequest(IMG2IMG, i, Bench.SOON).body();
            assertThat(body.at("/init_images/0").asText()).isEqualTo(base64);
        }
        assertThat(bench.sandbox()
                        .awaitRequest(IMG2IMG, 1, Bench.SOON)
                        .body()
                        .path("mask")
                        .asText())
                .isEqualTo(base64);
        assertThat(manifest.at("/receipts/0/payload/init_images/0/sha256").asText())
                .isEqualTo(Sha256.of(Path.of("examples/pictures/sketch.png")));
    }

    @Test
    void theRequestIsPlainHttpWithALength() throws Exception {
        bench.drop("a.json", "{" + SMALL + "}");
        bench.done("a.json");

        ReceivedRequest request = bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        assertThat(request.headers())
                .containsKey("content-length")
                .containsEntry("accept-encoding", "identity")
                .doesNotContainKeys("transfer-encoding", "upgrade", "expect", "authorization");
    }

    @Test
    void lanesAreKept() throws Exception {
        bench.drop("birds/sea/gull.json", "{\"prompt\": \"gull\", " + SMALL + "}");

        JsonNode manifest = bench.done("birds/sea/gull.json");

        assertThat(manifest.path("lane").asText()).isEqualTo("birds/sea");
        assertThat(bench.outputs(manifest))
                .isEqualTo(bench.data()
                        .resolve("outputs/birds/sea/" + manifest.path("job").asText()));
    }

    @Test
    void theSameNameAgainIsAnotherJobAndNothingIsOverwritten() throws Exception {
        for (int i = 1; i <= 3; i++) {
            bench.drop("a.json", "{\"seed\": " + i + ", " + SMALL + "}");
            int expected = i;
            Bench.await("job " + i, () -> bench.manifests().size() == expected);
        }
        Bench.await("done", () -> Disk.list(bench.data().resolve("done")).size() == 3);

        assertThat(bench.manifests())
                .extracting(manifest -> manifest.path("job").asText())
                .doesNotHaveDuplicates();
        assertThat(bench.manifests()).flatExtracting(Bench::names).hasSize(3);
    }

    @Test
    void filesThatAreThereAtTheStartAreTaken() throws Exception {
        bench.stop();
        bench.drop("early.json", "{" + SMALL + "}");
        bench.start();

        bench.done("early.json");
    }

    @Test
    void aFileThatIsWrittenInPiecesIsOneJob() throws Exception {
        String whole = "{\"prompt\": \"slowly\", " + SMALL + "}";
        Path file = Files.createFile(bench.data().resolve("drop/slow.json"));
        for (int end = 5; end < whole.length() + 5; end += 5) {
            Files.writeString(file, whole.substring(0, Math.min(end, whole.length())));
            Awaitility.await().pollDelay(Duration.ofMillis(100)).until(() -> true);
        }

        assertThat(bench.done("slow.json").at("/receipts/0/payload/prompt").asText())
                .isEqualTo("slowly");
        assertThat(bench.manifests()).hasSize(1);
    }

    @Test
    void aLargeFileThatIsWrittenInPiecesIsOneJob() throws Exception {
        bench.stop();
        bench.with(Setting.DROP_PATIENCE, "10s")
                .with(Setting.PROMPT_MAX_SIZE, "2MB")
                .start();
        Path file = bench.data().resolve("drop/slow.json");
        List<String> pieces = List.of(
                "{\"remark\": \"" + "x".repeat(1_200_000),
                "\", \"override_settings\": {}",
                ", \"prompt\": \"slowly\", " + SMALL + "}");
        for (String piece : pieces) {
            Files.writeString(file, piece, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            Awaitility.await().pollDelay(Duration.ofMillis(500)).until(() -> true); // more than darkroom.drop.settle
        }

        assertThat(bench.done("slow.json").at("/receipts/0/payload/prompt").asText())
                .isEqualTo("slowly");
        assertThat(bench.manifests()).hasSize(1);
    }

    @Test
    void hostileNamesStayInTheirFolders() throws Exception {
        for (String name : List.of(
                "${exchangeId}.json",
                "{{darkroom.data}}.json",
                "a\nb.json",
                "q?#%20&x=1.json",
                "~x.json",
                "-rf.json",
                "a'b\"c.json",
                "日本の山 🗻.json")) {
            bench.drop(
                    name,
                    "{\"prompt\": \"${env:HOME} {{env:HOME}}\", \"job\": {\"id\": \"../../${sys.user.home}\"}, " + SMALL
                            + "}");
            if (name.startsWith("~")) {
                continue; // what editors leave behind begins so
            }
            JsonNode manifest = bench.done(name);
            assertThat(manifest.path("name").asText()).isEqualTo("_.._$_sys.user.home_".replace("$", "_"));
            assertThat(manifest.at("/receipts/0/payload/prompt").asText()).isEqualTo("${env:HOME} {{env:HOME}}");
        }
        try (Stream<Path> all = Files.list(home)) {
            assertThat(all.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("data", "routes");
        }
    }

    @Test
    void theLongestNameIsNotTooLong() throws Exception {
        String name = "x".repeat(250) + ".json";
        bench.drop("." + name.substring(0, 0) + name.substring(0, 200) + ".json", "{}");
        bench.stop();
        Files.writeString(bench.data().resolve("drop").resolve(name), "{" + SMALL + "}");
        Files.writeString(bench.data().resolve("drop").resolve("y" + name.substring(1)), "{\"steps\": 0}");
        bench.start();

        bench.done(name);
        Bench.await("failed", () -> Disk.list(bench.data().resolve("failed")).size() == 2);
    }

    @Test
    void atMostTwoRequestsAreUnderWayAndABacklogStaysInTheFolder() throws Exception {
        bench.stop();
        bench.restartSandbox(SandboxSettings.defaults().withTimePerPicture(Duration.ofMillis(150)));
        for (int i = 0; i < 20; i++) {
            bench.drop("job" + i + ".json", "{" + SMALL + "}");
        }
        bench.with(Setting.SCHEDULE_WINDOW, "1").start();
        bench.sandbox().awaitRequest(TXT2IMG, 2, Bench.SOON);

        List<Path> waiting = Disk.list(bench.data().resolve("drop")).stream()
                .filter(Files::isRegularFile)
                .toList();

        assertThat(waiting).hasSizeGreaterThanOrEqualTo(5);
        Bench.await("all", () -> bench.manifests().size() == 20);
        assertThat(underWayAtMost(bench.generations())).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"[name]_[seed],a_5.png", "[lane]-[index],birds-001.png"})
    void namesFollowThePattern(String pattern, String name) throws Exception {
        bench.stop();
        bench.with(Setting.OUTPUTS_NAME, pattern).start();
        bench.drop("birds/a.json", "{\"seed\": 5, " + SMALL + "}");

        assertThat(Bench.names(bench.done("birds/a.json"))).containsExactly(name);
    }

    /** The sandbox answers in the order of arrival, so a request is under way until the generation of its number ended. */
    private int underWayAtMost(List<ReceivedRequest> requests) {
        int most = 0;
        var generations = bench.sandbox().generations();
        for (int i = 0; i < requests.size(); i++) {
            var arrived = requests.get(i).at();
            long before = generations.stream()
                    .filter(generation -> generation.left().isBefore(arrived))
                    .count();
            most = Math.max(most, (int) (i + 1 - before));
        }
        return most;
    }

    private static Path onlyFile(Path folder) throws IOException {
        List<Path> found = Bench.files(folder);
        assertThat(found).hasSize(1);
        return found.get(0);
    }
}
