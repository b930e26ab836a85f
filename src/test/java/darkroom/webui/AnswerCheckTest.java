package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.job.Attachment;
import darkroom.job.AwayException;
import darkroom.job.Operation;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import darkroom.picture.Look;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real A1111 was asked is held against what it answered, and then against changed answers. */
final class AnswerCheckTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<Checkpoint> CHECKPOINTS = List.of(
            new Checkpoint(
                    "tinyA.safetensors [c22434f954]",
                    "tinyA",
                    "c22434f954",
                    "c22434f954" + "0".repeat(54),
                    "/models/tinyA.safetensors"),
            new Checkpoint(
                    "sub/tinyB.safetensors [ed792860f4]",
                    "sub_tinyB",
                    "ed792860f4",
                    "ed792860f4" + "0".repeat(54),
                    "/models/sub/tinyB.safetensors"),
            new Checkpoint(
                    "other/tinyA.safetensors [aaaaaaaaaa]",
                    "other_tinyA",
                    "aaaaaaaaaa",
                    "a".repeat(64),
                    "/models/other/tinyA.safetensors"));

    @TempDir
    Path folder;

    private int answers;
    private int looks;
    private Look look = Look.atStructure(1 << 20);
    private @Nullable Exception trouble;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "100-t2i-minimal",
                "101-t2i-send-nosave",
                "102-t2i-send-save",
                "103-t2i-nosend-save",
                "104-t2i-nosend-nosave",
                "105-t2i-2x2-save",
                "106-t2i-2x2-nosave",
                "107-t2i-2x2-noreturngrid",
                "113c-t2i-option-jpg",
                "114-t2i-ckpt-override",
                "116-t2i-hires",
                "117-t2i-sampler-scheduler",
                "118-t2i-legacy-sampler",
                "120-t2i-nulls",
                "121-t2i-script-matrix",
                "124-t2i-unicode",
                "125-t2i-infotext",
                "200-i2i-basic",
                "202-i2i-mask",
                "203-i2i-mask-only-masked",
                "204-i2i-return-mask",
                "205-i2i-batch2-save",
                "207-i2i-two-inits-batch2",
                "322-width-72",
                "327-seed-big"
            })
    void whatWasAskedForAndMadeIsTaken(String capture) throws IOException {
        CheckedAnswer checked = check(Captures.request(capture), MAPPER.readTree(Captures.answer(capture)));

        assertThat(checked.refused()).isEmpty();
        assertThat(checked.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"110-t2i-jpg", "111-t2i-webp"})
    void theFormatOfAFileIsNotThatOfTheAnswer(String capture) throws IOException {
        CheckedAnswer checked = check(Captures.request(capture), MAPPER.readTree(Captures.answer(capture)));

        assertThat(checked.refused()).isEmpty();
        assertThat(checked.warnings()).singleElement().asString().contains("got png");
    }

    @ParameterizedTest
    @CsvSource({
        "119-t2i-sampler-alias,refused-sampler",
        "310-unknown-sampler,refused-sampler",
        "311-unknown-sampler-index,refused-sampler",
        "312-unknown-scheduler,refused-scheduler",
        "313-unknown-checkpoint,refused-checkpoint",
        "321-odd-width,refused-size",
        "414-t2i-interrupted-niter3,refused-count"
    })
    void whatTheWebUiSilentlyChangedIsRefused(String capture, String code) throws IOException {
        CheckedAnswer checked = check(Captures.request(capture), MAPPER.readTree(Captures.answer(capture)));

        assertThat(checked.refused())
                .extracting(problem -> problem.code().word())
                .containsExactly(code);
        assertThat(checked.refused().get(0).hint())
                .contains("darkroom.check." + code.substring("refused-".length()) + "=warn");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"/seed|4321|refused-seed", "/steps|3|refused-steps", "/sampler_name|Another|refused-sampler"})
    void eachDifferenceIsNoticed(String pointer, String value, String code) throws IOException {
        ObjectNode answer = (ObjectNode) MAPPER.readTree(Captures.answer("101-t2i-send-nosave"));
        ObjectNode info = (ObjectNode) MAPPER.readTree(answer.get("info").asText());
        ObjectNode asked =
                ((ObjectNode) Captures.request("101-t2i-send-nosave")).set("sampler_name", info.get("sampler_name"));
        String name = pointer.substring(1);
        if (value.matches("\\d+")) {
            info.put(name, Integer.parseInt(value));
            info.putArray("all_seeds").add(name.equals("seed") ? 4321 : 1234);
        } else {
            info.put(name, value);
        }
        answer.put("info", info.toString());

        assertThat(check(asked, answer).refused())
                .extracting(problem -> problem.code().word())
                .containsExactly(code);
    }

    @Test
    void anAnswerWithoutPicturesIsRefused() throws IOException {
        ObjectNode answer = (ObjectNode) MAPPER.readTree(Captures.answer("100-t2i-minimal"));
        answer.putArray("images");

        assertThat(check(Captures.request("100-t2i-minimal"), answer).refused())
                .extracting(problem -> problem.code().word())
                .containsExactly("refused-empty");
    }

    @Test
    void aDamagedPictureIsRefused() throws IOException {
        ObjectNode answer = (ObjectNode) MAPPER.readTree(Captures.answer("105-t2i-2x2-save"));
        ArrayNode images = (ArrayNode) answer.get("images");
        images.set(2, images.get(2).asText().substring(0, 4000));

        CheckedAnswer checked = check(Captures.request("105-t2i-2x2-save"), answer);

        assertThat(checked.refused()).hasSize(1);
        assertThat(checked.refused().get(0).message()).startsWith("picture 3 of 5 is cut off");
    }

    @Test
    void gridsAndExtrasAreKnownAsSuch() throws IOException {
        assertThat(kinds("105-t2i-2x2-save"))
                .containsExactly("grid 1 1234", "picture 1 1234", "picture 2 1235", "picture 3 1236", "picture 4 1237");
        assertThat(kinds("204-i2i-return-mask")).containsExactly("picture 1 1234", "extra 1 null", "extra 2 null");
        assertThat(kinds("121-t2i-script-matrix")).containsExactly("grid 1 1234", "picture 1 1234", "picture 2 1234");
    }

    @Test
    void aCheckCanBeRelaxed() throws IOException {
        JsonNode asked = Captures.request("321-odd-width");
        JsonNode answer = MAPPER.readTree(Captures.answer("321-odd-width"));

        assertThat(check(Map.of(Check.SIZE, Check.Level.WARN), asked, answer).warnings())
                .containsExactly("asked for 70x64, got 64x64");
        assertThat(check(Map.of(Check.SIZE, Check.Level.OFF), asked, answer)).satisfies(checked -> {
            assertThat(checked.refused()).isEmpty();
            assertThat(checked.warnings()).isEmpty();
        });
    }

    @Test
    void whatTheAnswerGivesNoEvidenceForIsNamed() throws IOException {
        ObjectNode asked = ((ObjectNode) Captures.request("117-t2i-sampler-scheduler"));
        asked.putObject("override_settings").put("sd_model_checkpoint", "tinyA");
        ObjectNode answer = (ObjectNode) MAPPER.readTree(Captures.answer("117-t2i-sampler-scheduler"));
        answer.put("info", "");

        CheckedAnswer checked = check(asked, answer);

        assertThat(checked.refused()).isEmpty();
        assertThat(checked.unverified()).containsExactly("seed", "steps", "sampler", "scheduler", "checkpoint");
    }

    @ParameterizedTest
    @CsvSource({
        "100-t2i-minimal,tinyA,true",
        "100-t2i-minimal,tinyA.safetensors,true",
        "100-t2i-minimal,tinyA.safetensors [c22434f954],true",
        "100-t2i-minimal,anything [c22434f954],true",
        "100-t2i-minimal,c22434f954,true",
        "100-t2i-minimal,tinyA.safetensors [0123abcd],true",
        "100-t2i-minimal,TINYA,false",
        "100-t2i-minimal,tinyA.ckpt,false",
        "100-t2i-minimal,'tinyA ',false",
        "100-t2i-minimal,nofolder/tinyA.safetensors,false",
        "100-t2i-minimal,other/tinyA.safetensors,false",
        "100-t2i-minimal,other_tinyA,false",
        "100-t2i-minimal,tinyB,false",
        "100-t2i-minimal,tinyB.safetensors [0123abcd],false",
        "100-t2i-minimal,tinyA.safetensors [ed792860f4],false",
        "100-t2i-minimal,ed792860f4,false",
        "114-t2i-ckpt-override,tinyB,true",
        "114-t2i-ckpt-override,sub_tinyB,true",
        "114-t2i-ckpt-override,sub/tinyB.safetensors,true",
        "114-t2i-ckpt-override,tinyB.safetensors,false"
    })
    void checkpointsAreKnownByAllTheirNames(String capture, String wish, boolean same) throws IOException {
        CheckedAnswer checked = check(wishing(capture, wish), answer(capture));

        assertThat(checked.refused().isEmpty()).isEqualTo(same);
        assertThat(checked.unverified()).isEmpty();
    }

    @Test
    void theHashOfOldenTimesCanNotBeCompared() throws IOException {
        CheckedAnswer checked = check(wishing("100-t2i-minimal", "0123abcd"), answer("100-t2i-minimal"));

        assertThat(checked.refused()).isEmpty();
        assertThat(checked.unverified()).containsExactly("checkpoint");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tinyA.safetensors", "sub/tinyA.safetensors", "tinyA.ckpt", "0123abcd", "TINYA"})
    void picturesAreNotLostOverAListThatCanNotBeHad(String wish) throws IOException {
        for (Exception trouble : List.of(
                new IOException("502"),
                new ProblemException(Problem.of(ProblemCode.WEBUI_API_OFF, "no such path", "none")),
                new AwayException(Problem.of(ProblemCode.WEBUI_AWAY, "gone", "none")))) {
            trouble(trouble);
            CheckedAnswer checked = check(wishing("100-t2i-minimal", wish), answer("100-t2i-minimal"));

            assertThat(checked.refused()).isEmpty();
            assertThat(checked.unverified()).containsExactly("checkpoint");
        }
        assertThat(looks).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tinyB", "tinyB.safetensors", "tinyA.safetensors [ed792860f4]", "ed792860f4"})
    void anotherCheckpointIsRefusedAlsoWithoutAList(String wish) throws IOException {
        trouble(new IOException("502"));

        assertThat(check(wishing("100-t2i-minimal", wish), answer("100-t2i-minimal"))
                        .refused())
                .extracting(problem -> problem.code().word())
                .containsExactly("refused-checkpoint");
    }

    @ParameterizedTest
    @CsvSource({"tinyA,0", "tinyA.safetensors [c22434f954],0", "tinyA.safetensors,1", "tinyC,1"})
    void theListIsFetchedOnlyIfThereIsADoubt(String wish, int times) throws IOException {
        check(wishing("100-t2i-minimal", wish), answer("100-t2i-minimal"));

        assertThat(looks).isEqualTo(times);
    }

    @Test
    void aMisspeltCheckpointIsToldFromTheOnesThatAreThere() throws IOException {
        ObjectNode asked = ((ObjectNode) Captures.request("100-t2i-minimal"));
        asked.putObject("override_settings").put("sd_model_checkpoint", "tinyC.safetensors [c22434f955]");

        assertThat(check(asked, MAPPER.readTree(Captures.answer("100-t2i-minimal")))
                        .refused()
                        .get(0)
                        .hint())
                .contains("did you mean 'tinyA.safetensors [c22434f954]'?");
    }

    @Test
    void aScriptMayVaryWhatItLikes() throws IOException {
        ObjectNode asked = wishing("101-t2i-send-nosave", "tinyB");
        asked.put("script_name", "x/y/z plot").put("seed", 5).put("steps", 99).put("width", 512);
        asked.put("sampler_name", "Heun").put("scheduler", "Karras").put("n_iter", 4);

        CheckedAnswer checked = check(asked, answer("101-t2i-send-nosave"));

        assertThat(checked.refused()).isEmpty();
        assertThat(checked.unverified())
                .containsExactly("count", "size", "seed", "steps", "sampler", "scheduler", "checkpoint");
    }

    @Test
    void aSeedIsAPicturesOwnOnlyIfThereIsOneForEach() throws IOException {
        ObjectNode asked = Captures.request("121-t2i-script-matrix").deepCopy();
        ObjectNode answer = answer("121-t2i-script-matrix");

        assertThat(kinds(asked, withInfo(answer, info -> ((ArrayNode) info.get("all_seeds")).add(7))))
                .containsExactly("grid 1 1234", "picture 1 null", "picture 2 null");
    }

    @Test
    void whatAControlNetSawIsNoPicture() throws IOException {
        ObjectNode answer = answer("106-t2i-2x2-nosave");
        ArrayNode images = (ArrayNode) answer.get("images");
        images.add(image("112-t2i-nopnginfo", 0)).add(image("112-t2i-nopnginfo", 0));

        assertThat(kinds(Captures.request("106-t2i-2x2-nosave"), answer))
                .containsExactly(
                        "picture 1 1234",
                        "picture 2 1235",
                        "picture 3 1236",
                        "picture 4 1237",
                        "extra 1 null",
                        "extra 2 null");
    }

    @Test
    void anAdditionDoesNotStandInForAPictureThatIsMissing() throws IOException {
        ObjectNode answer = answer("106-t2i-2x2-nosave");
        ArrayNode images = (ArrayNode) answer.get("images");
        images.set(3, image("112-t2i-nopnginfo", 0));
        withInfo(answer, info -> ((ArrayNode) info.get("infotexts")).remove(3));

        CheckedAnswer checked = check(Captures.request("106-t2i-2x2-nosave"), answer);

        assertThat(checked.refused()).extracting(Problem::message).containsExactly("asked for 4 pictures, got 3");
        assertThat(kinds(checked))
                .containsExactly("picture 1 1234", "picture 2 1235", "picture 3 1236", "extra 1 null");
    }

    @Test
    void anInterruptionIsNoticedAlsoIfNothingIsSent() throws IOException {
        ObjectNode answer = answer("506-2x2-pattern");
        ObjectNode asked = ((ObjectNode) Captures.request("506-2x2-pattern"));
        asked.remove("override_settings");
        assertThat(check(asked, answer).refused()).isEmpty();

        withInfo(answer, info -> ((ArrayNode) info.get("infotexts")).remove(4));
        assertThat(check(asked, answer).refused())
                .extracting(Problem::message)
                .containsExactly("asked for 4 pictures, got 3");
    }

    /** The WebUI puts each mask behind its picture. */
    @Test
    void masksAreToldFromPicturesByTheirMissingText() throws IOException {
        ObjectNode answer = masked(image("106-t2i-2x2-nosave", 0), image("106-t2i-2x2-nosave", 1));

        CheckedAnswer checked = check(masked(), answer);

        assertThat(checked.refused()).isEmpty();
        assertThat(checked.unverified()).isEmpty();
        assertThat(kinds(checked)).containsExactly("picture 1 1234", "extra 1 null", "picture 2 1235", "extra 2 null");
    }

    @Test
    void aMaskThatCanNotBeToldFromAPictureHasNoSeed() throws IOException {
        ObjectNode answer = masked(image("112-t2i-nopnginfo", 0), image("112-t2i-nopnginfo", 0));

        CheckedAnswer checked = check(masked(), answer);

        assertThat(checked.refused()).isEmpty();
        assertThat(checked.unverified()).containsExactly("seed");
        assertThat(kinds(checked)).containsExactly("picture 1 null", "picture 2 null", "extra 1 null", "extra 2 null");
    }

    private static ObjectNode masked() throws IOException {
        return ((ObjectNode) Captures.request("204-i2i-return-mask")).put("n_iter", 2);
    }

    private static ObjectNode masked(String one, String other) throws IOException {
        ObjectNode answer = answer("204-i2i-return-mask");
        String mask = image("204-i2i-return-mask", 1);
        answer.putArray("images").add(one).add(mask).add(other).add(mask);
        return withInfo(answer, info -> {
            ((ArrayNode) info.get("infotexts")).add(info.at("/infotexts/0"));
            ((ArrayNode) info.get("all_seeds")).add(1235);
        });
    }

    @Test
    void anInfotextMayTurnTheSecondPassOn() throws IOException {
        ObjectNode asked = ((ObjectNode) Captures.request("116-t2i-hires"));
        ObjectNode answer = answer("116-t2i-hires");
        List.of("enable_hr", "hr_scale", "hr_upscaler", "hr_second_pass_steps", "denoising_strength")
                .forEach(asked::remove);
        assertThat(check(asked, answer).refused()).hasSize(1);

        asked.put("infotext", "a bird\nSteps: 3, Sampler: Euler a, Denoising strength: 0.7");
        CheckedAnswer checked = check(asked, answer);
        assertThat(checked.refused()).isEmpty();
        assertThat(checked.unverified()).containsExactly("size");

        asked.put("enable_hr", false);
        assertThat(check(asked, answer).refused()).hasSize(1);
    }

    @Test
    void anInfotextMaySayHowManyAndByWhichSampler() throws IOException {
        ObjectNode asked = ((ObjectNode) Captures.request("106-t2i-2x2-nosave"));
        asked.put("n_iter", 1).put("sampler_index", "Heun");
        asked.remove("batch_size");
        assertThat(check(asked, answer("106-t2i-2x2-nosave")).refused())
                .extracting(problem -> problem.code().word())
                .containsExactly("refused-sampler");

        asked.put(
                "infotext",
                "a bird\nSteps: 3, Sampler: Euler a, Schedule type: Karras, Seed: 5, Batch size: 4, Batch pos: 0");
        asked.put("sampler_index", "Heun Exponential");
        CheckedAnswer checked = check(asked, answer("106-t2i-2x2-nosave"));

        assertThat(checked.refused()).isEmpty();
        assertThat(checked.unverified()).containsExactly("count", "sampler", "scheduler");
        assertThat(kinds(checked))
                .containsExactly("picture 1 1234", "picture 2 1235", "picture 3 1236", "picture 4 1237");
    }

    @Test
    void noNumberOfPicturesIsTooLargeToBeMissed() throws IOException {
        ObjectNode asked = ((ObjectNode) Captures.request("100-t2i-minimal"));
        asked.put("batch_size", 65_536).put("n_iter", 65_536);

        assertThat(check(asked, answer("100-t2i-minimal")).refused())
                .extracting(Problem::message)
                .containsExactly("asked for 4294967296 pictures, got 1");
    }

    @Test
    void aPictureThatIsTooLargeIsRefusedWhateverTheLevel() throws IOException {
        look = Look.atStructure(1000);

        CheckedAnswer checked = check(
                Map.of(Check.PICTURE, Check.Level.WARN),
                Captures.request("100-t2i-minimal"),
                answer("100-t2i-minimal"));

        assertThat(checked.refused()).hasSize(1);
        assertThat(checked.refused().get(0).sentence())
                .matches("picture 1 has more than the 1000 bytes that are allowed;"
                        + " raise darkroom.webui.max-picture if that is right");
    }

    @Test
    void aPictureOfOneColourIsRefusedWhereThatIsAskedFor() throws IOException {
        ObjectNode answer = answer("100-t2i-minimal");
        answer.withArray("images").set(0, MAPPER.getNodeFactory().textNode(black(64, 64)));
        JsonNode asked = Captures.request("100-t2i-minimal");
        Map<Check, Check.Level> refuse = Map.of(Check.FLAT, Check.Level.REFUSE);

        assertThat(check(asked, answer).refused()).isEmpty();
        assertThat(check(asked, answer).unverified()).doesNotContain("flat");
        look = new Look(1 << 20, true);
        assertThat(check(refuse, asked, answer("100-t2i-minimal")).refused()).isEmpty();
        assertThat(check(refuse, asked, answer).refused())
                .extracting(Problem::code, Problem::message)
                .containsExactly(tuple(ProblemCode.REFUSED_FLAT, "picture 1 is all of one colour"));
        assertThat(check(Map.of(Check.FLAT, Check.Level.WARN), asked, answer).warnings())
                .containsExactly("picture 1 is all of one colour");
        look = Look.atStructure(1 << 20); // as of a JPEG or WebP
        assertThat(check(refuse, asked, answer).unverified()).containsExactly("flat");
    }

    private static String black(int width, int height) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", png);
        return Base64.getEncoder().encodeToString(png.toByteArray());
    }

    @Test
    void aPaintedPartIsPutBackIntoAPictureOfAnySize() throws IOException {
        ObjectNode asked = ((ObjectNode) Captures.request("203-i2i-mask-only-masked"));

        assertThat(check(asked.put("width", 128), answer("203-i2i-mask-only-masked"))
                        .refused())
                .isEmpty();
        asked.remove("mask");
        assertThat(check(asked, answer("203-i2i-mask-only-masked")).refused()).hasSize(1);
    }

    private static ObjectNode answer(String capture) throws IOException {
        return (ObjectNode) MAPPER.readTree(Captures.answer(capture));
    }

    private static String image(String capture, int index) throws IOException {
        return answer(capture).at("/images/" + index).asText();
    }

    private static ObjectNode wishing(String capture, String checkpoint) throws IOException {
        ObjectNode asked = (ObjectNode) Captures.request(capture);
        asked.putObject("override_settings").put("sd_model_checkpoint", checkpoint);
        return asked;
    }

    private static ObjectNode withInfo(ObjectNode answer, Consumer<ObjectNode> change) throws IOException {
        ObjectNode info = (ObjectNode) MAPPER.readTree(answer.get("info").asText());
        change.accept(info);
        return answer.put("info", info.toString());
    }

    private List<String> kinds(String capture) throws IOException {
        return kinds(Captures.request(capture), answer(capture));
    }

    private List<String> kinds(JsonNode request, JsonNode answer) throws IOException {
        return kinds(check(request, answer));
    }

    private static List<String> kinds(CheckedAnswer checked) {
        return checked.pictures().stream()
                .map(made -> made.kind().word() + " " + made.place() + " " + made.seed())
                .toList();
    }

    private CheckedAnswer check(JsonNode request, JsonNode answer) throws IOException {
        return check(Map.of(), request, answer);
    }

    private CheckedAnswer check(Map<Check, Check.Level> levels, JsonNode request, JsonNode answer) throws IOException {
        Map<String, Object> settings = MAPPER.convertValue(request, new TypeReference<>() {});
        boolean pictures = settings.containsKey("init_images");
        List<Attachment> attachments = new ArrayList<>();
        if (pictures) {
            attachments.add(picture("/init_images/0"));
        }
        if (settings.containsKey("mask")) {
            attachments.add(picture("/mask"));
        }
        Task task = new Task(
                "job", 1, 1, pictures ? Operation.IMG2IMG : Operation.TXT2IMG, null, null, settings, attachments);
        Path own = Files.createDirectory(folder.resolve("answer-" + ++answers));
        Answer read = new AnswerReader(own, look)
                .read(
                        Operation.TXT2IMG,
                        new ByteArrayInputStream(answer.toString().getBytes(StandardCharsets.UTF_8)));
        return AnswerCheck.check(levels, task, read, this::list);
    }

    private static Attachment picture(String pointer) {
        return new Attachment(pointer, "1", Attachment.Form.PICTURE, 1, "", "inline", 64, 64);
    }

    private void trouble(Exception instead) {
        trouble = instead;
    }

    private List<Checkpoint> list() throws IOException {
        looks++;
        if (trouble instanceof IOException lost) {
            throw lost;
        }
        if (trouble instanceof ProblemException problem) {
            throw problem;
        }
        return CHECKPOINTS;
    }
}
