package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import darkroom.job.Attachment;
import darkroom.job.Operation;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import darkroom.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Units by name at one WebUI and another, and what is read out of infotexts about them. */
final class ExtensionUnitsTest {
    private final Map<String, String> lists = new HashMap<>(Map.of(
            "/sdapi/v1/scripts",
            "{\"txt2img\": [\"seed\", \"ControlNet\"], \"img2img\": [\"adetailer\"]}",
            "/controlnet/model_list",
            "{\"model_list\": [\"Canny_fp16 [d14c016b]\", \"twice [aaaaaaaa]\", \"twice [bbbbbbbb]\"]}",
            "/controlnet/module_list",
            "{\"module_list\": [\"None\", \"canny\"]}"));
    private Dialect dialect = Dialect.A1111;

    private final Named.Known known = new Named.Known() {
        @Override
        public <T> T get(Listing<T> list) throws IOException {
            String json = lists.get(list.path());
            if (json == null) {
                throw new ProblemException(Problem.of(ProblemCode.WEBUI_API_OFF, "no " + list.path(), "-"));
            }
            return list.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public Dialect dialect() {
            return dialect;
        }
    };

    private static Task task(Operation operation, String json, Attachment... attachments) throws IOException {
        return new Task(
                "job",
                1,
                1,
                operation,
                null,
                null,
                Json.mapper().readValue(json.replace('\'', '"'), new TypeReference<>() {}),
                List.of(attachments));
    }

    private static Attachment picture(String pointer) {
        return new Attachment(pointer, "attachments/1", Attachment.Form.PICTURE, 1, "00", "p.png", 1, 1);
    }

    @Test
    void itGoesUnderTheNameThatTheWebUiListsWithTheModelAsItListsIt() throws IOException {
        Task sent = ExtensionUnits.compiled(
                task(
                        Operation.TXT2IMG,
                        "{'prompt': 'x', 'controlnet': [{'image': null, 'mask_image': null, 'model': 'canny_FP16',"
                                + " 'module': 'CANNY', 'resize_mode': 2}]}",
                        picture("/controlnet/0/image"),
                        picture("/controlnet/0/mask_image"),
                        picture("/mask")),
                known);

        assertThat(Json.mapper().writeValueAsString(sent.settings()))
                .isEqualTo("{'prompt':'x','alwayson_scripts':{'ControlNet':{'args':[{'image':null,'mask':null,"
                                .replace('\'', '"')
                        + "'model':'Canny_fp16 [d14c016b]','module':'canny','resize_mode':'Resize and Fill','enabled':true}]}}}"
                                .replace('\'', '"'));
        assertThat(sent.attachments())
                .extracting(Attachment::pointer)
                .containsExactly(
                        "/alwayson_scripts/ControlNet/args/0/image",
                        "/alwayson_scripts/ControlNet/args/0/mask",
                        "/mask");
    }

    @Test
    void forgeHasAnotherNameForAMask() throws IOException {
        dialect = Dialect.FORGE;

        Task sent = ExtensionUnits.compiled(
                task(Operation.TXT2IMG, "{'controlnet': [{'mask': null}]}", picture("/controlnet/0/mask")), known);

        assertThat(sent.attachments())
                .extracting(Attachment::pointer)
                .containsExactly("/alwayson_scripts/ControlNet/args/0/mask_image");
    }

    @Test
    void whatIsNotListedStaysAsItsAuthorHasItAndAMissingExtensionIsLeftOut() throws IOException {
        Task ambiguous = ExtensionUnits.compiled(
                task(Operation.TXT2IMG, "{'controlnet': [{'model': 'twice'}], 'adetailer': [{'model': 'a.pt'}]}"),
                known);
        lists.clear();
        Task unknown = ExtensionUnits.compiled(
                task(
                        Operation.IMG2IMG,
                        "{'adetailer': [{'ad_model': 'a.pt', 'skip_img2img': true}, {'model': 'b.pt'}]}"),
                known);

        assertThat(Json.mapper().writeValueAsString(ambiguous.settings()))
                .isEqualTo(
                        "{\"alwayson_scripts\":{\"ControlNet\":{\"args\":[{\"model\":\"twice\",\"enabled\":true}]}}}");
        assertThat(Json.mapper().writeValueAsString(unknown.settings()))
                .isEqualTo("{\"alwayson_scripts\":{\"adetailer\":{\"args\":[true,true,"
                        + "{\"ad_model\":\"a.pt\"},{\"ad_model\":\"b.pt\"}]}}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'controlnet': [{'model': 'canny_fp16', 'module': 'canny'}]}|",
                "{'controlnet': [{'model': 'canny'}]}|", // A1111 takes the one that has it in its name
                "{'controlnet': [{'model': 'twice [bbbbbbbb]'}]}|",
                "{'controlnet': [{'model': 'depth'}]}|the WebUI has no 'depth', which 'model' of a unit of ControlNet names",
                "{'controlnet': [{'module': 'kanny'}]}|the WebUI has no 'kanny', which 'module' of a unit of ControlNet names",
                "{'adetailer': [{'model': 'a.pt'}]}|the WebUI has ADetailer for img2img only",
                "{'adetailer': [{'model': 'a.pt', 'tab_enable': false}]}|",
                "{'controlnet': [{'enabled': false, 'model': 'depth'}]}|",
            })
    void whatUnitsNameIsLookedUp(String settings, String missing) throws IOException {
        lists.put("/controlnet/module_list?alias_names=true", lists.get("/controlnet/module_list"));
        List<String> problems = missing(task(Operation.TXT2IMG, settings));

        assertThat(problems).isEqualTo(missing == null ? List.of() : List.of(missing));
    }

    @Test
    void forgeKnowsNoPartsOfNames() throws IOException {
        dialect = Dialect.FORGE;

        assertThat(missing(task(Operation.TXT2IMG, "{'controlnet': [{'model': 'canny'}]}")))
                .containsExactly("the WebUI has no 'canny', which 'model' of a unit of ControlNet names");
    }

    @Test
    void whereScriptsAreIgnoredItIsRefusedBeforehand() throws IOException {
        dialect = Dialect.STABLE_DIFFUSION_CPP;
        lists.clear();

        assertThat(missing(task(Operation.TXT2IMG, "{'controlnet': [{'model': 'canny'}]}")))
                .containsExactly(
                        "stable-diffusion.cpp has no extensions, and would pass 'controlnet' over without a word");
    }

    @Test
    void lorasInPromptsOfUnitsAreLookedUpAsOthers() throws IOException {
        lists.put("/sdapi/v1/loras", "[]");

        assertThat(missing(
                        task(Operation.IMG2IMG, "{'adetailer': [{'model': 'a.pt', 'prompt': '<lora:freckles:1>'}]}")))
                .singleElement()
                .asString()
                .contains("has no lora 'freckles'");
    }

    private List<String> missing(Task task) throws IOException {
        List<String> missing = new ArrayList<>();
        for (Named.Wish wish : Named.in(task)) {
            try {
                wish.missing(known).forEach(problem -> missing.add(problem.message()));
            } catch (ProblemException e) {
                // no such list: unverified
            }
        }
        return missing;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'controlnet': [{'model': 'canny', 'weight': 0.8}]}|ControlNet 0: \"Module: none, Model: canny [d14c016b], Weight: 0.8\"|",
                "{'controlnet': [{'enabled': false}, {'model': 'canny', 'weight': 1}]}|ControlNet 0: \"Module: none, Model: Canny, Weight: 1.0\"|",
                "{'controlnet': [{'model': 'a:b'}]}|ControlNet 0: , Version: v1.10.1|",
                "{'controlnet': [{'model': 'canny', 'weight': 0.8}]}|ControlNet 0: \"Module: none, Model: canny, Weight: 1.0\"|asked for weight '0.8' in unit 1 of ControlNet, the WebUI says '1.0'",
                "{'controlnet': [{'model': 'canny'}, {'model': 'canny'}]}|ControlNet 0: \"Module: none, Model: canny, Weight: 1.0\"|unit 2 of ControlNet was not used: the WebUI says nothing about it",
                "{'adetailer': [{'model': 'a.pt'}, {'model': 'b.pt'}, {'model': 'c.pt'}]}|ADetailer model: a.pt, ADetailer model 2nd: b.pt, ADetailer model 3rd: c.pt|",
                "{'adetailer': [{'model': 'None'}, {'model': 'b.pt'}]}|ADetailer model 2nd: b.pt|",
                "{'adetailer': [{'model': 'a.pt'}, {'model': 'b.pt'}]}|ADetailer model: b.pt|asked for model 'a.pt' in unit 1 of ADetailer, the WebUI says 'b.pt'",
            })
    void infotextsTellOfUnits(String settings, String infotext, String difference) throws IOException {
        List<String> differences = new UnitLook.Told(
                        task(Operation.TXT2IMG, settings),
                        "x\nSteps: 2, Sampler: Euler, Seed: 1, Size: 64x64, " + infotext)
                .differences();

        if (difference == null) {
            assertThat(differences).isEmpty();
        } else {
            assertThat(differences).first().isEqualTo(difference);
        }
    }

    @Test
    void aSkippedImg2imgSaysNothingAboutSteps() throws IOException {
        Asked skipped = new Asked(task(Operation.IMG2IMG, "{'adetailer': [{'model': 'a', 'skip_img2img': true}]}"));
        Asked usual = new Asked(task(Operation.IMG2IMG, "{'adetailer': [{'model': 'a'}]}"));

        for (Check check : List.of(Check.STEPS, Check.SIZE, Check.SAMPLER, Check.SCHEDULER)) {
            assertThat(skipped.isOpen(check)).isTrue();
            assertThat(usual.isOpen(check)).isFalse();
        }
        assertThat(skipped.isOpen(Check.SEED)).isFalse();
    }
}
