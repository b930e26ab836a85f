package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.json.Json;
import darkroom.promptfile.Dropped;
import darkroom.promptfile.OneEntry;
import darkroom.promptfile.PromptFile;
import darkroom.sandbox.ReceivedRequest;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import darkroom.settings.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Presets and the defaults of lanes, through the shipped routes and over real HTTP. */
final class PresetsTest {
    private static final String TXT2IMG = "/sdapi/v1/txt2img";
    private static final String SMALL = "width: 64\nheight: 64\nsteps: 2\n";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    Path home;

    private final SandboxSettings plain = SandboxSettings.defaults().withPlainPictures(true);
    private Path webUi;

    @BeforeEach
    void folders() throws IOException {
        webUi = Files.createDirectories(home.resolve("webui"));
        Files.createDirectories(webUi.resolve("outputs"));
    }

    private Bench bench() throws IOException {
        return new Bench(home, plain.withDataFolder(webUi))
                .with(Setting.PRESETS, home.resolve("presets").toString())
                .with(Setting.WEBUI_OUTPUTS, webUi.resolve("outputs").toString())
                .with(Setting.DROP_SETTLE, "50ms");
    }

    private Path preset(String name, String content) throws IOException {
        Path file = home.resolve("presets").resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private static Path lane(Bench bench, String lane, String content) throws IOException {
        return bench.put(lane + "/_lane.yaml", content.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void laneAndPresetAndJobMakeOnePayload() throws Exception {
        Path preset = preset("poster.yaml", "steps: 3\ncfg_scale: 4.5\n");
        try (Bench bench = bench().start()) {
            Path lane = lane(bench, "birds", SMALL + "negative_prompt: blurry\njob: {save: mounted}\n");
            bench.drop(
                    "birds/gulls/a.json",
                    "{\"prompt\": \"a gull\", \"seed\": 5, \"negative_prompt\": null, \"job\": {\"preset\": \"poster\"}}");

            JsonNode manifest = bench.done("birds/gulls/a.json");

            ReceivedRequest request = bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
            assertThat(request.body().path("steps").asInt()).isEqualTo(3);
            assertThat(request.body().path("cfg_scale").asDouble()).isEqualTo(4.5);
            assertThat(request.body().path("width").asInt()).isEqualTo(64);
            assertThat(request.body().has("negative_prompt")).isFalse();
            assertThat(request.body().path("send_images").asBoolean(true)).isFalse();
            assertThat(manifest.at("/receipts/0/outputs/0/saved").asText()).startsWith(webUi.toString());
            JsonNode expected =
                    MAPPER.readTree("[{\"kind\": \"preset\", \"name\": \"poster\", \"file\": \"poster.yaml\","
                            + " \"sha256\": \"" + Sha256.of(preset) + "\"}, {\"kind\": \"lane\", \"name\": \"birds\","
                            + " \"file\": \"birds/_lane.yaml\", \"sha256\": \"" + Sha256.of(lane) + "\"}]");
            assertThat(manifest.path("defaults")).isEqualTo(expected);
            assertThat(manifest.at("/receipts/0/defaults")).isEqualTo(expected);
            bench.assertTidy();
            assertThat(lane).hasContent(SMALL + "negative_prompt: blurry\njob: {save: mounted}\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "fetch,  ,       ,        ,        fetch",
        "mounted,,       ,        ,        mounted",
        "fetch,  mounted,,        ,        mounted",
        "mounted,fetch,  ,        ,        fetch",
        "fetch,  fetch,  mounted, ,        mounted",
        "mounted,mounted,mounted, fetch,   fetch",
        "fetch,  fetch,  fetch,   mounted, mounted",
        "fetch,  mounted,,        null,    fetch",
    })
    void howPicturesAreSavedIsSaidByPropertyLanePresetOrJob(
            String property, String lane, String preset, String job, String expected) throws Exception {
        preset("p.yaml", "prompt: a\n" + (preset == null ? "" : "job: {save: " + preset + "}\n"));
        try (Bench bench = bench().with(Setting.SAVE, property).start()) {
            lane(bench, "birds", SMALL + (lane == null ? "" : "job: {save: " + lane + "}\n"));
            String said = job == null ? "" : ", \"save\": " + (job.equals("null") ? job : "\"" + job + "\"");
            bench.drop("birds/a.json", "{\"job\": {\"preset\": \"p\"" + said + "}}");

            JsonNode output = bench.done("birds/a.json").at("/receipts/0/outputs/0");

            assertThat(output.path("saved").isTextual() ? "mounted" : "fetch").isEqualTo(expected);
        }
    }

    @Test
    void aJobAtWorkKeepsTheDefaultsItWasAcceptedWith() throws Exception {
        Path preset = preset("p.yaml", SMALL + "seed: 1\n");
        try (Bench bench = bench().start()) {
            bench.stopSandbox();
            bench.drop("a.json", "{\"job\": {\"preset\": \"p\"}}");
            Bench.await(
                    "accepted",
                    () -> Disk.list(bench.data().resolve("work")).stream()
                            .anyMatch(job -> Files.exists(job.resolve("prompt"))));
            String before = Sha256.of(preset);
            Files.writeString(preset, SMALL + "seed: 2\n");
            bench.restartSandbox(plain.withDataFolder(webUi));

            JsonNode manifest = bench.done("a.json");

            assertThat(manifest.at("/receipts/0/outputs/0/seed").asInt()).isEqualTo(1);
            assertThat(manifest.at("/defaults/0/sha256").asText()).isEqualTo(before);

            bench.drop("b.json", "{\"job\": {\"preset\": \"p\"}}");
            assertThat(bench.done("b.json").at("/receipts/0/outputs/0/seed").asInt())
                    .isEqualTo(2);
        }
    }

    @Test
    void aDropFolderHasAPresetOfItsOwn() throws Exception {
        preset("p.yaml", SMALL + "seed: 7\n");
        try (Bench bench = bench()) {
            Path folders = bench.routes().resolve("folders.camel.yaml");
            Files.writeString(
                    folders,
                    Files.readString(folders)
                            + "\n- templatedRoute:\n    routeTemplateRef: drop-folder\n    routeId: marketing\n"
                            + "    parameters:\n      - name: folder\n        value: " + home.resolve("marketing")
                            + "\n      - name: preset\n        value: p\n");
            bench.start();
            Path lane = Files.createDirectories(home.resolve("marketing/spring"));
            Path file = Files.writeString(lane.resolve("a.json"), "{\"seed\": 8}");

            JsonNode manifest = bench.done("marketing/spring/a.json");

            assertThat(manifest.at("/receipts/0/payload"))
                    .isEqualTo(MAPPER.readTree(
                            "{\"seed\": 8, \"width\": 64, \"height\": 64, \"steps\": 2, \"force_task_id\": \""
                                    + manifest.path("job").asText() + "-1\"}"));
            DropFolders known = DropFolders.of(bench.settings());
            assertThat(known.laneOf(file)).contains("marketing/spring");
            assertThat(known.into(file, "marketing/spring"))
                    .isEqualTo(new Dropped(lane, home.resolve("marketing"), lane, "marketing", "p"));
            assertThat(known.into(file, "").preset()).isNull();
            assertThat(known.laneOf(bench.data().resolve("drop/a.json"))).contains("");
            assertThat(known.laneOf(home.resolve("a.json"))).isEmpty();
            assertThatThrownBy(() -> known.into(file, "spring")).hasMessageContaining("there is no lane 'spring'");
            assertThatThrownBy(() -> known.into(file, "../outputs")).isInstanceOf(SettingsException.class);
        }
    }

    @Test
    void aBrokenFileCostsOneJobUntilItIsMended() throws Exception {
        try (Bench bench = bench().start()) {
            Path lane = lane(bench, "birds", SMALL + "steps: 3\n");
            bench.drop("birds/a.json", "{}");

            JsonNode error = bench.failed("birds/a.json");

            assertThat(error.path("kind").asText()).isEqualTo("service");
            assertThat(error.path("code").asText()).isEqualTo("preset-broken");
            assertThat(error.path("message").asText())
                    .isEqualTo(lane
                            + ", line 4, column 1: this is not YAML as it is read here: there is a second 'steps'");
            assertThat(error.has("line")).isFalse();
            assertThat(lane).exists();
            lane(bench, "birds", SMALL);
            Files.move(bench.data().resolve("failed/birds/a.json"), bench.data().resolve("drop/birds/a.json"));
            assertThat(bench.done("birds/a.json")
                            .at("/receipts/0/payload/steps")
                            .asInt())
                    .isEqualTo(2);
        }
    }

    @Test
    void aLaneFileIsNoPromptFile() throws Exception {
        try (Bench bench = bench().start()) {
            for (String name : new String[] {"_lane.json", "birds/_lane.json"}) {
                bench.drop(name, "{\"width\": 64, \"height\": 64, \"steps\": 1}");
            }
            bench.drop("birds/a.json", "{}");
            bench.done("birds/a.json");
            bench.drop("b.json", "{}");
            bench.done("b.json");

            assertThat(bench.data().resolve("drop/_lane.json")).exists();
            assertThat(bench.data().resolve("drop/birds/_lane.json")).exists();
            assertThat(bench.manifests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"fetch,''", "mounted,darkroom.save", "fetch,mounted"})
    void whatIsExplainedIsWhatIsSent(String property, String more) throws Exception {
        String save = more.equals("mounted") ? "job: {save: mounted}\n" : "";
        preset("p.yaml", "cfg_scale: 4\noverride_settings: {CLIP_stop_at_last_layers: 2}\n" + save);
        try (Bench bench = bench().with(Setting.SAVE, property).start()) {
            lane(bench, "birds", SMALL);
            Path file = Files.writeString(
                    home.resolve("a.json"), "{\"prompt\": \"a\", \"seed\": -1, \"job\": {\"preset\": \"p\"}}");
            Dropped dropped = DropFolders.of(bench.settings()).into(file, "birds");
            PromptFile prompt = OneEntry.of(
                    Explanation.reader(bench.settings()),
                    file,
                    dropped,
                    Files.createDirectory(home.resolve("staging")));

            JsonNode told = Json.mapper().valueToTree(Explanation.of(bench.settings(), prompt, "", "a.json", "birds"));

            bench.drop("birds/a.json", Files.readString(file));
            bench.done("birds/a.json");
            JsonNode sent = bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON).body();
            assertThat(told.path("payload").properties().stream().map(Map.Entry::getKey))
                    .containsExactlyElementsOf(
                            sent.properties().stream().map(Map.Entry::getKey).toList());
            assertThat(told.at("/payload/override_settings").properties().stream()
                            .map(Map.Entry::getKey))
                    .containsExactlyElementsOf(sent.path("override_settings").properties().stream()
                            .map(Map.Entry::getKey)
                            .toList());
            for (String name : new String[] {"prompt", "steps", "width", "cfg_scale", "send_images", "save_images"}) {
                assertThat(told.path("payload").path(name)).isEqualTo(sent.path(name));
            }
            assertThat(told.at("/origins/~1prompt").asText()).isEqualTo("prompt file");
            assertThat(told.at("/origins/~1steps").asText()).isEqualTo("lane birds");
            assertThat(told.at("/origins/~1cfg_scale").asText()).isEqualTo("preset p");
            assertThat(told.at("/origins/~1seed").asText()).isEqualTo("drawn");
            assertThat(told.at("/origins/~1force_task_id").asText()).isEqualTo("task id");
            assertThat(told.at("/origins/~1override_settings~1CLIP_stop_at_last_layers")
                            .asText())
                    .isEqualTo("preset p");
            String saved = told.at("/origins/~1send_images").asText();
            assertThat(saved).isEqualTo(more.equals("mounted") ? "job.save (preset p)" : more);
            assertThat(told.at("/origins/~1override_settings~1save_to_dirs").asText())
                    .isEqualTo(saved);
        }
    }
}
