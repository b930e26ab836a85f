package darkroom.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ControlNet and ADetailer pass over what they can't use, and the WebUI answers 200 all the same. */
final class ExtensionTest {
    private static SandboxWebUi webUi;
    private static String picture;

    @BeforeAll
    static void start() throws IOException {
        webUi = SandboxWebUi.start(SandboxSettings.defaults().withExtensions(Extension.values()));
        picture = Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of("examples/pictures/sketch.png")));
    }

    @AfterAll
    static void stop() {
        webUi.close();
    }

    private static Client.Answer made(String scripts) throws Exception {
        Client.Answer answer = new Client(webUi)
                .post(
                        "/sdapi/v1/txt2img",
                        "{\"steps\": 2, \"width\": 64, \"height\": 64, \"alwayson_scripts\": {"
                                + scripts.replace('\'', '"').replace("PICTURE", picture) + "}}");
        assertThat(answer.status()).isEqualTo(200);
        return answer;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'ControlNet': {'args': [{'enabled': true, 'image': 'PICTURE', 'module': 'canny', 'model': 'control_v11p_sd15_canny [d14c016b]'}]}|true|2",
                "'controlnet': {'args': [{'enabled': true, 'input_image': 'PICTURE', 'module': 'canny', 'model': 'canny', 'resize_mode': 'Just Resize'}]}|true|2",
                "'controlnet': {'args': [{'enabled': true, 'image': 'PICTURE', 'module': 'canny', 'model': 'canny', 'save_detected_map': false}]}|true|1",
                "'controlnet': {'args': [{'image': 'PICTURE', 'module': 'canny', 'model': 'canny'}]}|false|1", // not
                // enabled
                "'controlnet': {'args': [{'enabled': true, 'image': 'PICTURE', 'module': 'canny', 'model': 'nope'}]}|true|1",
                "'controlnet': {'args': [{'enabled': true, 'module': 'canny', 'model': 'canny'}]}|true|1", // no picture
                "'controlnet': {'args': [{'enabled': true, 'image': 'PICTURE', 'module': 'nope', 'model': 'canny'}]}|false|1",
                "'controlnet': {'args': [{'enabled': true, 'image': 'PICTURE', 'module': 'canny', 'model': 'canny', 'resize_mode': 1}]}|false|1",
                "'controlnet': {'args': [{'enabled': true, 'image': 'PICTURE', 'module': 'canny', 'model': 'canny', 'weight': 2.5}]}|false|1",
                "'controlnet': {'args': [{'enabled': true, 'image': 'PICTURE', 'mask': 'PICTURE', 'mask_image': 'PICTURE'}]}|false|1",
                "'controlnet': {'args': [{}, {}, {}, {'enabled': true, 'image': 'PICTURE', 'module': 'canny', 'model': 'canny'}]}|false|1", // the fourth
            })
    void aControlNetSaysWhatItWasAskedForIfItCanReadIt(String scripts, boolean told, int pictures) throws Exception {
        Client.Answer answer = made(scripts);

        assertThat(answer.info().at("/infotexts/0").asText().contains("ControlNet 0: \"Module: canny, Model: "))
                .isEqualTo(told);
        assertThat(answer.json().path("images")).hasSize(pictures);
        assertThat(answer.info().path("infotexts")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[true, false, {'ad_model': 'face_yolov8n.pt', 'ad_prompt': 'x'}]|ADetailer model: face_yolov8n.pt, ADetailer prompt: x, ADetailer confidence: 0.3",
                "[{'ad_model': 'face_yolov8n.pt'}, {'ad_model': 'hand_yolov8n.pt'}]|ADetailer model 2nd: hand_yolov8n.pt",
                "[{'ad_model': 'None'}, {'ad_model': 'hand_yolov8n.pt'}]|ADetailer model 2nd: hand_yolov8n.pt",
                "[{'ad_model': 'nope', 'ad_cfg': 7}, {'ad_model': 'hand_yolov8n.pt'}]|ADetailer model: hand_yolov8n.pt",
                "[{'ad_model': 'nope.pt'}]|ADetailer model: nope.pt", // it finds out later
            })
    void anADetailerSaysWhatItWasAskedFor(String args, String told) throws Exception {
        assertThat(made("'adetailer': {'args': " + args + "}")
                        .info()
                        .at("/infotexts/0")
                        .asText())
                .contains(told);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[false, false, {'ad_model': 'face_yolov8n.pt'}]",
                "[{'ad_model': 'face_yolov8n.pt', 'ad_confidence': 2}]",
                "[{'ad_model': 'face_yolov8n.pt', 'model': 'x'}]",
                "[{'ad_model': 'face_yolov8n.pt', 'ad_tab_enable': false}]",
                "[true, false]",
            })
    void anADetailerThatCanReadNothingSaysNothing(String args) throws Exception {
        assertThat(made("'ADetailer': {'args': " + args + "}")
                        .info()
                        .at("/infotexts/0")
                        .asText())
                .doesNotContain("ADetailer");
    }

    @Test
    void eachListsWhatItHas() throws Exception {
        var client = new Client(webUi);
        JsonNode scripts = client.get("/sdapi/v1/scripts").json();

        for (String tab : new String[] {"txt2img", "img2img"}) {
            assertThat(scripts.path(tab).toString()).contains("\"controlnet\"", "\"adetailer\"");
        }
        assertThat(client.get("/controlnet/module_list?alias_names=true")
                        .json()
                        .at("/module_detail/canny/model_free")
                        .booleanValue())
                .isFalse();
        assertThat(client.get("/adetailer/v1/ad_model").json().at("/ad_model/0").asText())
                .isEqualTo("face_yolov8n.pt");
        try (var plain = SandboxWebUi.start(SandboxSettings.defaults())) {
            assertThat(new Client(plain).get("/controlnet/model_list").status()).isEqualTo(404);
            assertThat(new Client(plain)
                            .post("/sdapi/v1/txt2img", "{\"alwayson_scripts\": {\"controlnet\": {\"args\": []}}}")
                            .status())
                    .isEqualTo(422);
        }
    }
}
