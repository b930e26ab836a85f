package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.json.Json;
import darkroom.sandbox.Extension;
import darkroom.sandbox.Fault;
import darkroom.sandbox.ReceivedRequest;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import darkroom.settings.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ControlNet and ADetailer by name, from the dropped file to the extension and back. */
final class ExtensionUnitsTest {
    private static final Path SKETCH = Path.of("examples/pictures/sketch.png");
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2, \"seed\": 7";
    private static final String CANNY =
            "\"controlnet\": {\"image\": \"pose.png\", \"module\": \"canny\", \"model\": \"control_v11p_sd15_canny\"}";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(home, SandboxSettings.defaults().withExtensions(Extension.values()));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private void drop(String name, String content) throws Exception {
        bench.put("pose.png", Files.readAllBytes(SKETCH));
        bench.drop(name, content);
    }

    @Test
    void unitsArriveInTheFormOfTheirExtensionsAndAreReportedByThem() throws Exception {
        bench.start();
        drop(
                "a.json",
                "{" + SMALL
                        + ", \"controlnet\": [{\"image\": \"pose.png\", \"mask_image\": \"pose.png\", \"module\": \"canny\","
                        + " \"model\": \"control_v11p_sd15_canny\", \"weight\": 0.8, \"control_mode\": 1},"
                        + " {\"enabled\": false}],"
                        + " \"adetailer\": [{\"model\": \"face_yolov8n.pt\", \"prompt\": \"a, b\", \"steps\": 30},"
                        + " {\"ad_model\": \"hand_yolov8n.pt\", \"scheduler\": \"Karras\"}],"
                        + " \"alwayson_scripts\": {\"Seed\": {\"args\": [7]}}}");

        JsonNode manifest = bench.done("a.json");

        ReceivedRequest request = bench.generations().get(0);
        String picture = Base64.getEncoder().encodeToString(Files.readAllBytes(SKETCH));
        assertThat(request.body().path("alwayson_scripts").toString().replace(picture, "P"))
                .isEqualTo("""
                        {"Seed":{"args":[7]},"controlnet":{"args":[{"image":"P","mask":"P","module":"canny",\
                        "model":"control_v11p_sd15_canny [d14c016b]","weight":0.8,\
                        "control_mode":"My prompt is more important","enabled":true},{"enabled":false}]},\
                        "adetailer":{"args":[true,false,{"ad_model":"face_yolov8n.pt","ad_prompt":"a, b",\
                        "ad_steps":30,"ad_use_steps":true},{"ad_model":"hand_yolov8n.pt","ad_scheduler":"Karras",\
                        "ad_use_sampler":true,"ad_sampler":"Use same sampler"}]}}""");
        assertThat(request.body().has("controlnet")).isFalse();
        assertThat(request.body().has("adetailer")).isFalse();

        JsonNode receipt = manifest.at("/receipts/0");
        assertThat(receipt.at("/payload/controlnet/0/image/source").asText()).isEqualTo("pose.png");
        assertThat(receipt.at("/payload/adetailer/1/ad_model").asText()).isEqualTo("hand_yolov8n.pt");
        assertThat(receipt.path("warnings")).isEmpty();
        assertThat(receipt.path("unverified")).isEmpty();
        assertThat(receipt.at("/outputs/0/infotext").asText())
                .contains("ControlNet 0: \"Module: canny, Model: control_v11p_sd15_canny [d14c016b], Weight: 0.8")
                .contains("ADetailer model: face_yolov8n.pt", "ADetailer model 2nd: hand_yolov8n.pt");
        assertThat(Bench.names(manifest)).hasSize(2).last().asString().contains("-extra1-"); // what it saw
    }

    @Test
    void anAxisGoesOverTheWeightOfAUnit() throws Exception {
        bench.start();
        drop("a.json", "{" + SMALL + ", " + CANNY + ", \"job\": {\"matrix\": {\"/controlnet/0/weight\": [0.4, 0.8]}}}");

        bench.done("a.json");

        assertThat(bench.generations())
                .extracting(request -> request.body()
                        .at("/alwayson_scripts/controlnet/args/0/weight")
                        .asDouble())
                .containsExactlyInAnyOrder(0.4, 0.8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"controlnet\": {\"image\": \"pose.png\", \"module\": \"cany\", \"model\": \"control_v11p_sd15_canny\"}|'cany'|did you mean 'canny'?",
                "\"controlnet\": {\"image\": \"pose.png\", \"module\": \"canny\", \"model\": \"control_v11p_sd15_cany\"}|'control_v11p_sd15_cany'|did you mean 'control_v11p_sd15_canny'?",
                "\"controlnet\": {\"image\": \"pose.png\", \"module\": \"canny\"}|names no model|GET /controlnet/model_list",
                "\"controlnet\": [{\"image\": \"pose.png\", \"module\": \"reference_only\"},{\"image\": \"pose.png\", \"module\": \"reference_only\"},{\"image\": \"pose.png\", \"module\": \"reference_only\"},{\"image\": \"pose.png\", \"module\": \"reference_only\"}]|there are 4 units|raised",
                "\"adetailer\": {\"model\": \"face_yolo8n.pt\"}|'face_yolo8n.pt'|did you mean 'face_yolov8n.pt'?",
                "\"adetailer\": {\"model\": \"face_yolov8n.pt\", \"sampler\": \"Eular\"}|'Eular'|did you mean 'Euler'?",
                "\"adetailer\": {\"model\": \"face_yolov8n.pt\", \"checkpoint\": \"nope\"}|'nope'|known are",
            })
    void whatTheExtensionLacksCostsNoGeneration(String fields, String message, String hint) throws Exception {
        bench.start();
        drop("a.json", "{" + SMALL + ", " + fields + "}");

        JsonNode error = bench.failed("a.json");

        assertThat(error.path("code").asText()).isEqualTo("refused-extension");
        assertThat(error.path("message").asText()).contains(message);
        assertThat(error.path("hint").asText()).contains(hint, "darkroom.check.extension=warn");
        assertThat(bench.generations()).isEmpty();
    }

    @Test
    void aWebUiWithoutTheExtensionIsAskedForNothing() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults());
        bench.start();
        drop("a.json", "{" + SMALL + ", " + CANNY + "}");

        JsonNode error = bench.failed("a.json");

        assertThat(error.path("code").asText()).isEqualTo("refused-extension");
        assertThat(error.path("message").asText())
                .isEqualTo("the WebUI does not have the extension ControlNet, which 'controlnet' is for");
        assertThat(bench.generations()).isEmpty();
    }

    @Test
    void letPassThePictureIsMadeWithoutItAndTheReceiptSaysSo() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults());
        bench.with(Setting.CHECK_EXTENSION, "warn").start();
        drop("a.json", "{" + SMALL + ", " + CANNY + "}");

        JsonNode manifest = bench.done("a.json");

        assertThat(bench.generations().get(0).body().has("alwayson_scripts")).isFalse();
        assertThat(manifest.at("/receipts/0/warnings").toString())
                .contains("does not have the extension ControlNet", "unit 1 of ControlNet was not used");
    }

    @Test
    void ofSeveralItGoesToTheOneThatHasTheExtension() throws Exception {
        try (SandboxWebUi plain = SandboxWebUi.start(SandboxSettings.defaults());
                SandboxWebUi able =
                        SandboxWebUi.start(SandboxSettings.defaults().withExtensions(Extension.CONTROLNET))) {
            Path file = Files.writeString(
                    home.resolve("webuis.yaml"),
                    "- name: plain\n  url: " + plain.url() + "\n- name: able\n  url: " + able.url() + "\n");
            bench.with(Setting.WEBUIS, file.toString()).start();
            drop("0.json", "{" + SMALL + ", " + CANNY + "}"); // with the picture, which others may be reading later
            for (int i = 1; i < 4; i++) {
                bench.drop(i + ".json", "{" + SMALL + ", " + CANNY + "}");
            }
            for (int i = 0; i < 4; i++) {
                bench.done(i + ".json");
            }

            assertThat(able.generations()).hasSize(4);
            assertThat(plain.generations()).isEmpty();
        }
    }

    /** A real one logs what goes wrong, and the WebUI answers 200 with a picture that was made without it. */
    @Test
    void anExtensionThatFailedSilentlyIsNoticed() throws Exception {
        bench.start();
        bench.sandbox().next(Fault.withoutScript("controlnet"));
        drop("a.json", "{" + SMALL + ", " + CANNY + "}");

        JsonNode error = bench.failed("a.json");

        assertThat(error.path("code").asText()).isEqualTo("refused-extension");
        assertThat(error.path("message").asText())
                .isEqualTo("unit 1 of ControlNet was not used: the WebUI says nothing about it");
    }

    @Test
    void aPictureWithinAlwaysOnScriptsPassesThroughAsItIs() throws Exception {
        bench.start();
        String unit = "{\"enabled\": true, \"module\": \"none\", \"model\": \"control_v11p_sd15_canny\", \"image\": \""
                + Base64.getEncoder().encodeToString(Files.readAllBytes(SKETCH)) + "\"}";
        drop("a.json", "{" + SMALL + ", \"alwayson_scripts\": {\"ControlNet\": {\"args\": [" + unit + "]}}}");

        bench.done("a.json");

        assertThat(bench.generations().get(0).body().at("/alwayson_scripts/ControlNet/args"))
                .isEqualTo(Json.mapper().readTree("[" + unit + "]"));
    }
}
