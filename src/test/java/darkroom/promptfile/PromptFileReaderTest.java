package darkroom.promptfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import darkroom.files.Sha256;
import darkroom.job.Attachment;
import darkroom.job.Operation;
import darkroom.job.Problem;
import darkroom.job.ProblemException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * <pre>
 * root/
 *   drop/birds/gull.json       the prompt file of each test
 *   drop/birds/sketch.png      beside it
 *   drop/birds/pictures/mask.png
 *   drop/above.png             not below it
 *   allowed/shared.png         in a folder that the operator allows
 *   secret.png                 nowhere near
 * </pre>
 */
final class PromptFileReaderTest {
    /** One pixel. */
    private static final String PIXEL =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    @TempDir
    Path root;

    private Path folder;
    private PromptFileReader reader;

    @BeforeEach
    void folders() throws IOException {
        folder = Files.createDirectories(root.resolve("drop/birds"));
        byte[] pixel = Base64.getDecoder().decode(PIXEL);
        Files.createDirectories(folder.resolve("pictures"));
        Files.createDirectories(root.resolve("allowed"));
        for (String name : List.of(
                "drop/birds/sketch.png",
                "drop/birds/pictures/mask.png",
                "drop/above.png",
                "allowed/shared.png",
                "secret.png")) {
            Files.write(root.resolve(name), pixel);
        }
        reader = reader(new PromptFileLimits(
                2000,
                500,
                List.of(root.resolve("allowed")),
                Set.of(),
                10_000,
                Path.of("src/test/resources/wildcards")));
    }

    @Test
    void wordsAloneAskForTxt2img() throws IOException {
        PromptFile file = read("{\"prompt\": \"maltese puppy\", \"steps\": 5}");

        assertThat(file.operation()).isEqualTo(Operation.TXT2IMG);
        assertThat(file.settings()).isEqualTo(Map.of("prompt", "maltese puppy", "steps", 5));
        assertThat(file.jobId()).isNull();
    }

    @Test
    void unknownFieldsPassThroughAsTheyAre() throws IOException {
        PromptFile file = read(
                "{\"zeta\": [1, {\"a\": null}], \"cfg_scale\": 7.0, \"alpha\": 1e400, \"big\": 123456789012345678901,"
                        + " \"$schema\": \"x\"}");

        assertThat(file.settings().keySet()).containsExactly("zeta", "cfg_scale", "alpha", "big");
        assertThat(file.settings().get("cfg_scale")).hasToString("7.0");
        assertThat(file.settings().get("alpha")).isEqualTo(new BigDecimal("1e400"));
        assertThat(file.settings().get("big")).hasToString("123456789012345678901");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sketch.png", "./sketch.png", "pictures/../sketch.png", "pictures/mask.png", "shared.png"})
    void picturesAreNamedByPath(String path) throws IOException {
        PromptFile file = read("{\"init_images\": [\"" + path + "\"]}");

        assertThat(file.operation()).isEqualTo(Operation.IMG2IMG);
        Attachment picture = file.attachments().get(0);
        assertThat(picture)
                .extracting(Attachment::pointer, Attachment::form, Attachment::source, Attachment::width)
                .containsExactly("/init_images/0", Attachment.Form.PICTURE, path, 1);
        assertThat(root.resolve("staging").resolve(picture.file()))
                .hasBinaryContent(Base64.getDecoder().decode(PIXEL));
    }

    @ParameterizedTest
    @ValueSource(strings = {PIXEL, "data:image/png;base64," + PIXEL})
    void picturesComeInline(String text) throws IOException {
        PromptFile file = read("{\"init_images\": [\"" + text + "\"], \"mask\": \"pictures/mask.png\"}");

        assertThat(file.attachments()).extracting(Attachment::source).containsExactly("pictures/mask.png", "inline");
        assertThat(file.attachments())
                .extracting(Attachment::sha256)
                .containsOnly(Sha256.of(root.resolve("secret.png")));
    }

    @Test
    void aLongInlinePictureIsStreamed() throws IOException {
        reader = reader(new PromptFileLimits(
                2000, 100_000, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")));
        byte[] noise = NoisePng.of(120, 120);

        PromptFile file =
                read("{\"init_images\": [\"" + Base64.getEncoder().encodeToString(noise) + "\"], \"steps\": 3}");

        assertThat(root.resolve("staging").resolve(file.attachments().get(0).file()))
                .hasBinaryContent(noise);
        assertThat(file.settings()).containsEntry("steps", 3);
    }

    @Test
    void aVeryLongTextIsSetAside() throws IOException {
        reader = reader(new PromptFileLimits(
                200_000, 500, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")));
        String text = "\\\"x\\n".repeat(20_000);

        PromptFile file = read("{\"alwayson_scripts\": {\"controlnet\": {\"args\": [{\"image\": \"" + text + "\"}]}}}");

        Attachment attachment = file.attachments().get(0);
        assertThat(attachment.pointer()).isEqualTo("/alwayson_scripts/controlnet/args/0/image");
        assertThat(attachment.form()).isEqualTo(Attachment.Form.JSON_TEXT);
        assertThat(root.resolve("staging").resolve(attachment.file())).hasContent(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a word ", "a", "data:image/png;base64,", "iVBORw0KGgoAAAAN", "\\u00e9"})
    void aLongTextTakesRoomInTheDocument(String text) {
        reader = reader(new PromptFileLimits(
                100_000, 100_000, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")));

        assertThat(problems("{\"prompt\": \"" + text.repeat(110_000 / text.length()) + "\"}")
                        .get(0)
                        .code()
                        .word())
                .isEqualTo("prompt-too-large");
        String half = text.repeat(70_000 / text.length());
        assertThat(problems("{\"prompt\": \"" + half + "\", \"negative_prompt\": \"" + half + "\"}")
                        .get(0)
                        .code()
                        .word())
                .isEqualTo("prompt-too-large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "data:image/png;base64,"})
    void aPictureAmongTheArgumentsOfAScriptTakesNoRoom(String prefix) throws IOException {
        String picture =
                Base64.getEncoder().encodeToString(NoisePng.of(160, 160)).replace("/", "\\/");
        String json =
                "{\"alwayson_scripts\": {\"controlnet\": {\"args\": [{\"image\": \"" + prefix + picture + "\"}]}}}";

        reader = reader(new PromptFileLimits(
                2000, 90_000, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")));
        assertThat(read(json).attachments()).extracting(Attachment::form).containsExactly(Attachment.Form.JSON_TEXT);

        reader = reader(new PromptFileLimits(
                2000, 60_000, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")));
        assertThat(problems(json).get(0).code().word()).isEqualTo("picture-too-large");
        assertThat(problems(json).get(0).place())
                .isEqualTo(new Problem.Place(0, 0, "/alwayson_scripts/controlnet/args/0/image"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"steps", "seed", "init_images", "override_settings", "enable_hr"})
    void aLongTextIsNothingButAText(String field) {
        reader = reader(new PromptFileLimits(
                200_000, 500, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")));

        Problem problem =
                problems("{\"" + field + "\": \"" + "1".repeat(70_000) + "\"}").get(0);
        assertThat(problem.code().word()).isEqualTo("wrong-type");
        assertThat(problem.message()).isEqualTo("'" + field + "' is a very long text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"outdir_samples", "samples_filename_pattern", "outdir\\u005fgrids"})
    void noLengthHidesASettingThatIsNotAllowed(String name) {
        reader = reader(new PromptFileLimits(
                200_000, 500, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")));

        Problem problem = problems("{\"override_settings\": {\"" + name + "\": \"" + "x/".repeat(35_000) + "\"}}")
                .get(0);
        assertThat(problem.code().word()).isEqualTo("setting-not-allowed");
        assertThat(problem.message()).endsWith("a very long text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void anEmptyMaskIsNone(String mask) throws IOException {
        assertThat(read("{\"mask\": \"" + mask + "\"}").settings()).isEmpty();
        assertThat(read("{\"init_images\": [\"sketch.png\"], \"mask\": \"" + mask + "\"}")
                        .attachments())
                .hasSize(1);
    }

    @Test
    void anEmptyListOfPicturesIsTxt2imgOnlyIfThatIsSaid() throws IOException {
        assertThat(read("{\"init_images\": [], \"job\": {\"operation\": \"txt2img\"}}")
                        .operation())
                .isEqualTo(Operation.TXT2IMG);
        assertThat(read("{\"init_images\": null}").operation()).isEqualTo(Operation.TXT2IMG);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"image\": \"sketch.png\", \"upscaler_1\": \"Lanczos\"}|EXTRAS|1",
                "{\"image\": \"sketch.png\", \"codeformer_visibility\": 0.5}|EXTRAS|1",
                "{\"image\": \"sketch.png\", \"job\": {\"operation\": \"interrogate\"}}|INTERROGATE|1",
                "{\"image\": \"sketch.png\", \"job\": {\"operation\": \"png-info\"}}|PNG_INFO|1",
                "{\"image\": \"whatever\", \"prompt\": \"a cat\", \"job\": {\"operation\": \"txt2img\"}}|TXT2IMG|0"
            })
    void theContentDecidesUnlessTheAuthorDoes(String json, Operation operation, int pictures) throws IOException {
        PromptFile read = read(json);

        assertThat(read.operation()).isEqualTo(operation);
        assertThat(read.attachments()).hasSize(pictures);
    }

    @ParameterizedTest
    @CsvSource({"UTF-16LE,true", "UTF-16BE,true", "UTF-8,true", "UTF-8,false"})
    void whatWindowsWritesIsRead(String charset, boolean mark) throws IOException {
        String text = (mark ? "\ufeff" : "") + "{\"prompt\": \"Gr\u00fc\u00dfe \ud83e\udd8a\"}";
        Files.write(folder.resolve("gull.json"), text.getBytes(charset));

        assertThat(read().settings()).containsEntry("prompt", "Gr\u00fc\u00dfe \ud83e\udd8a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|empty-file|0|",
                "` \n `|empty-file|0|",
                "{\"prompt\": \"a|incomplete-json|1|",
                "{\"prompt\": \"a\"|incomplete-json|1|",
                "{\"prompt\": \"a\",|incomplete-json|1|",
                "`{\n \"prompt\": \"a\",,}`|malformed-json|2|",
                "{\"prompt\": \"a\"} {|malformed-json|1|",
                "{\"seed\": 1, \"seed\": 2}|malformed-json|1|",
                "[{\"prompt\": \"a\"}, 5]|not-an-object|1|",
                "\"a\"|not-an-object|1|",
                "`{\n \"steps\": \"abc\"}`|wrong-type|2|/steps",
                "{\"steps\": 20.5}|wrong-type|1|/steps",
                "{\"steps\": null}|wrong-type|1|/steps",
                "{\"steps\": 0}|out-of-range|1|/steps",
                "{\"prompt\": [\"a\", \"b\"]}|wrong-type|1|/prompt",
                "{\"enable_hr\": \"perhaps\"}|wrong-type|1|/enable_hr",
                "{\"init_images\": \"sketch.png\"}|wrong-type|1|/init_images",
                "{\"init_images\": [7]}|wrong-type|1|/init_images/0",
                "{\"job\": 5}|wrong-type|1|/job",
                "{\"job\": {\"id\": []}}|wrong-type|1|/job/id",
                "{\"job\": {\"idd\": 1}}|unknown-job-field|1|/job/idd",
                "{\"job\": {\"operation\": \"img2img\"}}|operation-mismatch|1|/job/operation",
                "{\"job\": {\"operation\": \"paint\"}}|operation-mismatch|1|/job/operation",
                "{\"mask\": \"sketch.png\"}|operation-mismatch|1|/mask",
                "{\"image\": \"sketch.png\"}|operation-mismatch|1|/image",
                "{\"image\": \"sketch.png\", \"prompt\": \"a cat\"}|operation-mismatch|1|/image",
                "{\"image\": null, \"upscaler_1\": \"Lanczos\"}|operation-mismatch|0|/job/operation",
                "{\"image\": \"sketch.png\", \"upscaling_resize\": 4}|operation-mismatch|1|/image",
                "{\"image\": \"sketch.png\", \"upscaler_1\": \"None\"}|operation-mismatch|1|/upscaler_1",
                "{\"image\": \"nope.png\", \"upscaler_1\": \"Lanczos\"}|picture-missing|1|/image",
                "{\"image\": \"../above.png\", \"upscaler_1\": \"Lanczos\"}|picture-outside|1|/image",
                "{\"image\": \"sketch.png\", \"upscaler_1\": \"Lanczos\", \"upscaling_resize\": \"x\"}|wrong-type|1|/upscaling_resize",
                "{\"job\": {\"operation\": \"extras\"}}|operation-mismatch|1|/job/operation",
                "{\"job\": {\"operation\": \"options\"}}|operation-mismatch|1|/job/operation",
                "{\"init_images\": [\"sketch.png\"], \"job\": {\"operation\": \"png-info\"}}|operation-mismatch|1|/job/operation",
                "{\"init_images\": []}|operation-mismatch|1|/init_images",
                "{\"init_images\": [], \"job\": {\"operation\": \"img2img\"}}|operation-mismatch|1|/job/operation",
                "{\"prompt\": \"a \\ud83d dog\"}|wrong-type|1|/prompt",
                "{\"prompt\": \"a \\udc36\\ud83d dog\"}|wrong-type|1|/prompt",
                "{\"a\": {\"\\ud83d\": 1}}|wrong-type|1|/a",
                "{\"override_settings\": {\"outdir_txt2img_samples\": \"x\"}}|setting-not-allowed|1|/override_settings/outdir_txt2img_samples",
                "{\"override_settings\": {\"samples_filename_pattern\": \"x\"}}|setting-not-allowed|1|/override_settings/samples_filename_pattern",
                "{\"job\": {\"save\": \"mountd\"}}|wrong-type|1|/job/save",
                "{\"job\": {\"on_out_of_memory\": \"smaller\"}}|wrong-type|1|/job/on_out_of_memory",
                "{\"job\": {\"convert\": \"webpp\"}}|wrong-type|1|/job/convert",
                "{\"job\": {\"convert\": \"jpeg:101\"}}|wrong-type|1|/job/convert",
                "{\"job\": {\"convert\": \"jpeg:lossless\"}}|wrong-type|1|/job/convert",
                "{\"job\": {\"convert\": true}}|wrong-type|1|/job/convert",
                "{\"job\": {\"convert\": {\"quality\": 80}}}|wrong-type|1|/job/convert/format",
                "{\"job\": {\"convert\": {\"format\": \"gif\"}}}|wrong-type|1|/job/convert/format",
                "{\"job\": {\"convert\": {\"format\": \"webp\", \"quality\": 0}}}|out-of-range|1|/job/convert/quality",
                "{\"job\": {\"convert\": {\"format\": \"webp\", \"quality\": \"best\"}}}|wrong-type|1|/job/convert/quality",
                "{\"job\": {\"convert\": {\"format\": \"jpeg\", \"lossless\": true}}}|out-of-range|1|/job/convert/lossless",
                "{\"job\": {\"convert\": {\"format\": \"webp\", \"keep\": 1}}}|wrong-type|1|/job/convert/keep",
                "{\"job\": {\"convert\": {\"format\": \"webp\", \"kep\": true}}}|unknown-job-field|1|/job/convert/kep",
                "{\"job\": {\"sidecar\": \"text\"}}|wrong-type|1|/job/sidecar",
                "{\"job\": {\"sidecar\": true}}|wrong-type|1|/job/sidecar",
                "{\"job\": {\"contact_sheet\": \"yes\"}}|wrong-type|1|/job/contact_sheet",
                "{\"job\": {\"contact_sheet\": {\"columns\": 21}}}|out-of-range|1|/job/contact_sheet/columns",
                "{\"job\": {\"contact_sheet\": {\"width\": 63}}}|out-of-range|1|/job/contact_sheet/width",
                "{\"job\": {\"contact_sheet\": {\"columns\": 20, \"width\": 1024}}}|out-of-range|1|/job/contact_sheet",
                "{\"job\": {\"contact_sheet\": {\"caption\": \"[sed]\"}}}|wrong-type|1|/job/contact_sheet/caption",
                "{\"job\": {\"contact_sheet\": {\"rows\": 4}}}|unknown-job-field|1|/job/contact_sheet/rows",
                "{\"job\": {\"priority\": \"high\"}}|wrong-type|1|/job/priority",
                "{\"job\": {\"priority\": 101}}|out-of-range|1|/job/priority",
                "{\"job\": {\"priority\": 0.5}}|out-of-range|1|/job/priority",
                "{\"job\": {\"on_out_of_memory\": [\"fail\"]}}|wrong-type|1|/job/on_out_of_memory",
                "{\"override_settings\": {\"directories_filename_pattern\": \"../x\"}}|setting-not-allowed|1|/override_settings/directories_filename_pattern",
                "{\"init_images\": [\"nope.png\"]}|picture-missing|1|/init_images/0",
                "{\"init_images\": [\"\"]}|picture-missing|1|/init_images/0",
                "{\"init_images\": [\"pictures\"]}|picture-missing|1|/init_images/0",
                "{\"init_images\": [\"../above.png\"]}|picture-outside|1|/init_images/0",
                "{\"init_images\": [\"/etc/passwd\"]}|picture-outside|1|/init_images/0",
                "{\"init_images\": [\"http://127.0.0.1/x.png\"]}|picture-url|1|/init_images/0",
                "{\"init_images\": [\"file:///etc/passwd\"]}|picture-url|1|/init_images/0",
                "{\"init_images\": [\"gull.json\"]}|picture-unreadable|1|/init_images/0",
                "{\"init_images\": [\"data:image/png,x\"]}|picture-unreadable|1|/init_images/0",
                "{\"init_images\": [\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"]}|picture-unreadable|1|/init_images/0",
                "`{\"prompt\": \"a\u0001\"}`|malformed-json|1|"
            })
    void whatIsWrongIsSaidWithItsPlace(String json, String code, int line, String pointer) {
        Problem problem = problems(json == null ? "" : json).get(0);

        assertThat(problem.code().word()).isEqualTo(code);
        assertThat(problem.hint()).isNotBlank();
        Problem.Place place = problem.place() == null ? new Problem.Place(0, 0, "") : problem.place();
        assertThat(place.line()).isEqualTo(line);
        assertThat(place.pointer()).isEqualTo(pointer == null ? "" : pointer);
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        List<Problem> problems = problems(
                "{\"steps\": 0, \"width\": \"wide\", \"init_images\": [\"a.png\", \"../above.png\"], \"job\": {\"x\": 1}}");

        assertThat(problems)
                .extracting(problem -> problem.code().word())
                .containsExactly(
                        "unknown-job-field", "out-of-range", "wrong-type", "picture-missing", "picture-outside");
    }

    @Test
    void aLinkThatLeadsOutIsNotFollowed() throws IOException {
        Files.createSymbolicLink(folder.resolve("link.png"), root.resolve("secret.png"));
        Files.createSymbolicLink(folder.resolve("up"), root);

        assertThat(problems("{\"init_images\": [\"link.png\"]}").get(0).code().word())
                .isEqualTo("picture-outside");
        assertThat(problems("{\"init_images\": [\"up/secret.png\"]}")
                        .get(0)
                        .code()
                        .word())
                .isEqualTo("picture-outside");
    }

    @Test
    void limitsHold() throws IOException {
        Files.write(folder.resolve("large.png"), NoisePng.of(50, 50));

        assertThat(problems("{\"init_images\": [\"large.png\"]}").get(0).code().word())
                .isEqualTo("picture-too-large");
        assertThat(problems("{\"a\": [" + "1,".repeat(2000) + "1]}")
                        .get(0)
                        .code()
                        .word())
                .isEqualTo("prompt-too-large");
        assertThat(problems("{\"a\": " + "[".repeat(150) + "]".repeat(150) + "}")
                        .get(0)
                        .code()
                        .word())
                .isEqualTo("malformed-json");
    }

    @Test
    void aPictureFieldCanNotBeHiddenByEscapes() {
        reader = reader(new PromptFileLimits(
                100_000, 500, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")));
        String url = "http://127.0.0.1/" + "x".repeat(70_000);

        assertThat(problems("{\"init_images\": [\"sketch.png\"], \"\\u006dask\": \"" + url + "\"}")
                        .get(0)
                        .code()
                        .word())
                .isEqualTo("malformed-json");
    }

    @Property(tries = 2000)
    void whateverIsDroppedIsAFileOrAProblem(@ForAll("almostPromptFiles") byte[] bytes) throws IOException {
        Path home = Files.createTempDirectory("darkroom-fuzz");
        try {
            Path file = Files.write(home.resolve("x.json"), bytes);
            reader(new PromptFileLimits(
                            100_000, 100_000, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")))
                    .read(file, Dropped.nowhere(home), Files.createDirectory(home.resolve("staging")), entry -> {});
        } catch (ProblemException e) {
            assertThat(e.problems())
                    .isNotEmpty()
                    .allMatch(problem -> !problem.hint().isBlank());
        } finally {
            darkroom.files.Disk.deleteTree(home);
        }
    }

    @Test
    void destinationsAreNamed() throws IOException {
        reader = readerThatDeliversTo(2000, "archive", "shop");

        assertThat(read("{\"job\": {\"deliver\": [\"shop\", \"archive\", \"shop\"]}}")
                        .deliver())
                .containsExactly("shop", "archive");
        assertThat(read("{\"job\": {\"deliver\": \"shop\"}}").deliver()).containsExactly("shop");
        assertThat(read("{\"job\": {\"deliver\": []}}").deliver()).isEmpty();
        assertThat(read("{\"job\": {}}").deliver()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"shopp\"|unknown-destination|/job/deliver|did you mean 'shop'?",
                "[\"shop\", \"archvie\"]|unknown-destination|/job/deliver/1|did you mean 'archive'?",
                "[\"../x\"]|unknown-destination|/job/deliver/0|known are archive, shop",
                "\"direct:outputs\"|unknown-destination|/job/deliver|known are archive, shop",
                "\"\"|unknown-destination|/job/deliver|known are archive, shop",
                "\"sftp://user:secret@host/x\"|unknown-destination|/job/deliver|known are archive, shop",
                "\"sh\\u0000op\"|unknown-destination|/job/deliver|did you mean 'shop'?",
                "[5]|wrong-type|/job/deliver/0|use the name of a destination, or a list of them",
                "{\"to\": \"shop\"}|wrong-type|/job/deliver|use the name of a destination, or a list of them",
                "[[\"shop\"]]|wrong-type|/job/deliver/0|use the name of a destination, or a list of them",
                "[null]|wrong-type|/job/deliver/0|use the name of a destination, or a list of them"
            })
    void aDestinationThatNobodyDefinedIsRefused(String deliver, String code, String pointer, String hint) {
        reader = readerThatDeliversTo(2000, "archive", "shop");

        assertThat(problems("{\"job\": {\"deliver\": " + deliver + "}}"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code().word()).isEqualTo(code);
                    assertThat(problem.place().pointer()).isEqualTo(pointer);
                    assertThat(problem.hint()).isEqualTo(hint);
                });
    }

    @Test
    void labelsAreShortTextsByName() throws IOException {
        assertThat(
                        read("{\"job\": {\"labels\": {\"rating\": \"safe\", \"b_1-C\": \"Größe 16:9, 100 % $5 🐦\", \"none\": null}}}")
                                .labels())
                .containsExactly(Map.entry("rating", "safe"), Map.entry("b_1-C", "Größe 16:9, 100 % $5 🐦"));
        assertThat(read("{\"job\": {}}").labels()).isEmpty();
        assertThat(read("{\"job\": {\"labels\": {}}}").labels()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\": \"${exchangeId}\"}|/job/labels/a",
                "{\"a\": \"x$simple{body}\"}|/job/labels/a",
                "{\"a\": \"{{darkroom.webui.url}}\"}|/job/labels/a",
                "{\"a\": \"../../etc\"}|/job/labels/a",
                "{\"a\": \"..\"}|/job/labels/a",
                "{\"a\": \".hidden\"}|/job/labels/a",
                "{\"a\": \"b\\\\c\"}|/job/labels/a",
                "{\"a\": \"b/c\"}|/job/labels/a",
                "{\"a\": \"b\\r\\nX-Evil: 1\"}|/job/labels/a",
                "{\"a\": \"b\\u0000\"}|/job/labels/a",
                "{\"a\": \"b\\u202e\"}|/job/labels/a",
                "{\"a\": \"b\\u2028\"}|/job/labels/a",
                "{\"a\": \" b\"}|/job/labels/a",
                "{\"a\": \"\"}|/job/labels/a",
                "{\"a\": 5}|/job/labels/a",
                "{\"a\": true}|/job/labels/a",
                "{\"a\": [\"b\"]}|/job/labels/a",
                "{\"a b\": \"c\"}|/job/labels",
                "{\"a/b\": \"c\"}|/job/labels",
                "{\"ä\": \"c\"}|/job/labels",
                "{\"\": \"c\"}|/job/labels",
                "\"safe\"|/job/labels",
                "[\"safe\"]|/job/labels"
            })
    void aLabelThatCouldMeanSomethingElsewhereIsRefused(String labels, String pointer) {
        assertThat(problems("{\"job\": {\"labels\": " + labels + "}}"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code().word()).isEqualTo("wrong-type");
                    assertThat(problem.place().pointer()).isEqualTo(pointer);
                });
    }

    @Test
    void labelsHaveLimits() throws IOException {
        reader = readerThatDeliversTo(200_000, "shop");
        StringBuilder many = new StringBuilder("\"n0\": \"v\"");
        for (int i = 1; i < 20; i++) {
            many.append(", \"n").append(i).append("\": \"v\"");
        }
        String text = "x".repeat(100);

        assertThat(read("{\"job\": {\"labels\": {" + many + "}}}").labels()).hasSize(20);
        assertThat(problems("{\"job\": {\"labels\": {" + many + ", \"n20\": \"v\"}}}"))
                .extracting(Problem::sentence)
                .containsExactly("line 1, column 20, /job/labels: 'job.labels' has 21 labels; use 20 at most");
        assertThat(read("{\"job\": {\"labels\": {\"" + "n".repeat(40) + "\": \"" + text + "\"}}}")
                        .labels())
                .hasSize(1);
        assertThat(problems("{\"job\": {\"labels\": {\"" + "n".repeat(41) + "\": \"" + text + "\"}}}"))
                .hasSize(1);
        assertThat(problems("{\"job\": {\"labels\": {\"n\": \"" + text + "x\"}}}"))
                .hasSize(1);
        assertThat(problems("{\"job\": {\"labels\": {\"n\": \"" + "x".repeat(100_000) + "\"}}}"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.sentence()).hasSizeLessThan(400));
    }

    @Test
    void tenThousandDestinationsAreOneMistake() {
        reader = readerThatDeliversTo(200_000, "shop");
        String names = "\"shop\",".repeat(10_000);

        assertThat(problems("{\"job\": {\"deliver\": [" + names.substring(0, names.length() - 1) + "]}}"))
                .extracting(Problem::message)
                .containsExactly("'job.deliver' names 10000 destinations");
        assertThat(problems("{\"job\": {\"deliver\": \"" + "x".repeat(100_000) + "\"}}"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.sentence()).hasSizeLessThan(300));
    }

    @Provide
    Arbitrary<byte[]> almostPromptFiles() {
        Arbitrary<String> pieces = Arbitraries.of(
                "{",
                "}",
                "[",
                "]",
                ",",
                ":",
                "\"",
                "\\",
                "null",
                "true",
                "1",
                "-1",
                "1e999",
                "\"prompt\"",
                "\"job\"",
                "\"init_images\"",
                "\"mask\"",
                "\"a\"",
                "\"data:image/png;base64,iVBO\"",
                "\"../x\"",
                "\"\\u0000\"",
                "\u0000",
                "\ufeff",
                " ",
                "\n");
        Arbitrary<String> jsonLike = pieces.list().ofMaxSize(30).map(list -> String.join("", list));
        Arbitrary<String> objects =
                pieces.list().ofMaxSize(12).map(list -> "{\"prompt\":\"x\",\"job\":" + String.join("", list) + "}");
        return Arbitraries.oneOf(
                jsonLike.map(text -> text.getBytes(StandardCharsets.UTF_8)),
                objects.map(text -> text.getBytes(StandardCharsets.UTF_8)),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(200));
    }

    private PromptFile read(String json) throws IOException {
        Files.writeString(folder.resolve("gull.json"), json);
        return read();
    }

    private PromptFile read() throws IOException {
        Path staging = root.resolve("staging");
        darkroom.files.Disk.deleteTree(staging);
        return OneEntry.of(
                reader, folder.resolve("gull.json"), Dropped.nowhere(folder), Files.createDirectory(staging));
    }

    private List<Problem> problems(String json) {
        ProblemException e = catchThrowableOfType(ProblemException.class, () -> read(json));
        assertThat(e).as("nothing was wrong with %s", json).isNotNull();
        return e.problems();
    }

    private static PromptFileReader readerThatDeliversTo(long maxDocument, String... destinations) {
        return new PromptFileReader(
                new PromptFileLimits(
                        maxDocument, 500, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")),
                new Presets(Path.of("config/presets"), Duration.ZERO),
                () -> Set.of(destinations));
    }

    private static PromptFileReader reader(PromptFileLimits limits) {
        return new PromptFileReader(limits, new Presets(Path.of("config/presets"), Duration.ZERO));
    }
}
