package darkroom.promptfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import darkroom.files.Disk;
import darkroom.job.Attachment;
import darkroom.job.Operation;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Source;
import darkroom.job.Task;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An entry that is about many pictures. */
final class PictureSetTest {
    private static final String INFOTEXT = "a gull\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7,"
            + " Seed: 5, Size: 512x512, Model: anything";

    @TempDir
    Path root;

    private Path folder;
    private Path elsewhere;
    private int limit = 100;
    private int staged;

    @BeforeEach
    void folders() throws IOException {
        folder = Files.createDirectories(root.resolve("drop"));
        elsewhere = Files.createDirectories(root.resolve("elsewhere"));
    }

    @Test
    void eachPictureIsATaskInTheOrderThatPeopleCountIn() throws IOException {
        pictures("photos/x10.png", "photos/x2.png", "photos/X1.png", "photos/x2b.jpg", "photos/a.webp.png");

        List<PromptFile> entries = read("{\"prompt\": \"a\", \"job\": {\"pictures\": \"photos\"}}");

        assertThat(entries)
                .extracting(PictureSetTest::source)
                .containsExactly(
                        "photos/a.webp.png", "photos/X1.png", "photos/x2.png", "photos/x2b.jpg", "photos/x10.png");
        assertThat(entries).allMatch(entry -> entry.operation() == Operation.IMG2IMG && entry.number() == 1);
        assertThat(entries)
                .allMatch(entry -> entry.settings().get("init_images").equals(Arrays.asList((Object) null)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "photos               | photos/1.png photos/2.JPG",
                "photos/              | photos/1.png photos/2.JPG",
                "./photos             | photos/1.png photos/2.JPG",
                "photos/*.jpg         | photos/2.JPG",
                "photos/?.png         | photos/1.png",
                "photos/[2-9].*       | photos/2.JPG",
                "photos/**            | photos/1.png photos/2.JPG photos/deep/3.png photos/deep/er/4.png",
                "photos/**/**/*.png   | photos/1.png photos/deep/3.png photos/deep/er/4.png",
                "**/er/*.png          | photos/deep/er/4.png",
                "*/1.png              | photos/1.png",
                "ph*/*/3.png          | photos/deep/3.png",
                "photos/1.png         | photos/1.png",
                "photos/[5].png       | photos/[5].png",
                "photos/_6.png        | photos/_6.png",
            })
    void foldersPatternsAndFilesAreTaken(String text, String found) throws IOException {
        pictures("photos/1.png", "photos/2.JPG", "photos/deep/3.png", "photos/deep/er/4.png", "photos/_6.png");
        pictures("photos/.hidden.png", "photos/~7.png", "photos/.claimed/8.png", "photos/_old/9.png");
        if (text.contains("[5]")) {
            pictures("photos/[5].png");
        }
        Files.writeString(folder.resolve("photos/notes.txt"), "a");
        Files.createDirectory(folder.resolve("photos/folder.png"));

        assertThat(read("{\"prompt\": \"a\", \"job\": {\"pictures\": \"" + text + "\"}}"))
                .extracting(PictureSetTest::source)
                .containsExactly(found.split(" "));
    }

    @Test
    void aListIsInItsOwnOrderAndNamesEachOnce() throws IOException {
        pictures("b/1.png", "b/2.png", "a/1.png");

        assertThat(read("{\"prompt\": \"a\", \"job\": {\"pictures\": [\"b/2.png\", \"b\", \"a\", \"b\"]}}"))
                .extracting(PictureSetTest::source)
                .containsExactly("b/2.png", "b/1.png", "a/1.png");
    }

    @Test
    void whatExtrasHasMakesItAnImage() throws IOException {
        pictures("photos/1.png", "photos/2.png");

        List<PromptFile> entries =
                read("{\"upscaler_1\": \"Lanczos\", \"upscaling_resize\": 2, \"job\": {\"pictures\": \"photos\"}}");

        assertThat(entries).hasSize(2).allMatch(entry -> entry.operation() == Operation.EXTRAS);
        assertThat(entries.get(1).attachments()).extracting(Attachment::pointer).containsExactly("/image");
        assertThat(read("{\"model\": \"clip\", \"job\": {\"operation\": \"interrogate\", \"pictures\": \"photos\"}}"))
                .hasSize(2)
                .allMatch(entry -> entry.operation() == Operation.INTERROGATE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "masks          | masks/1.png",
                "masks/         | masks/1.png",
                "*_mask.png     | photos/1_mask.png",
                "*_mask         | photos/1_mask.png",
                "*_mask.*       | photos/1_mask.png",
                "m_*            | photos/m_1.png",
                "masks/*_m.webp | masks/1_m.webp",
            })
    void masksArePairedByName(String rule, String mask) throws IOException {
        pictures("photos/1.png", mask);

        List<PromptFile> entries =
                read("{\"prompt\": \"a\", \"job\": {\"pictures\": \"**\", \"masks\": \"" + rule + "\"}}");

        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).attachments())
                .extracting(Attachment::pointer, Attachment::source)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("/init_images/0", "photos/1.png"),
                        org.assertj.core.groups.Tuple.tuple("/mask", mask));
    }

    @Test
    void aMissingMaskFailsOrIsLeftOutOrIsNone() throws IOException {
        pictures("photos/1.png", "photos/1_mask.png", "photos/2.png", "photos/3.png");
        String job = "{\"prompt\": \"a\", \"job\": {\"pictures\": \"photos\", \"masks\": \"*_mask.png\"";

        List<Problem> problems = problems(job + "}}");

        assertThat(problems)
                .extracting(Problem::code)
                .containsOnly(ProblemCode.PICTURE_MISSING)
                .hasSize(2);
        assertThat(problems.get(0).sentence())
                .contains("there is no mask for \"photos/2.png\": no \"photos/2_mask.png\"");
        assertThat(read(job + ", \"missing_mask\": \"skip\"}}")).hasSize(1);
        List<PromptFile> all = read(job + ", \"missing_mask\": \"none\"}}");
        assertThat(all).hasSize(3);
        assertThat(all.get(1).attachments()).hasSize(1);
        assertThat(problems(job + ", \"missing_mask\": \"skp\"}}").get(0).hint())
                .contains("did you mean 'skip'?");
        Files.delete(folder.resolve("photos/1_mask.png"));
        assertThat(problems(job + ", \"missing_mask\": \"skip\"}}"))
                .extracting(Problem::message)
                .containsExactly("none of the 3 pictures has a mask");
    }

    @Test
    void theSizeIsThatOfThePictureUnlessItIsSaid() throws IOException {
        picture("photos/1.png", 70, 33, null);
        picture("photos/2.png", 128, 64, null);
        Files.writeString(folder.resolve("_lane.yaml"), "width: 640\n");

        List<PromptFile> entries =
                read("{\"prompt\": \"a\", \"job\": {\"pictures\": \"photos\", \"size\": \"picture\"}}");
        assertThat(entries.get(0).settings()).containsEntry("width", 64).containsEntry("height", 32);
        assertThat(entries.get(1).settings()).containsEntry("width", 128).containsEntry("height", 64);
        assertThat(entries.get(0).origins()).containsEntry("/width", "picture");

        PromptFile one = read("{\"prompt\": \"a\", \"height\": 8, \"init_images\": [\"photos/1.png\"],"
                        + " \"job\": {\"size\": \"picture\"}}")
                .get(0);
        assertThat(one.settings()).containsEntry("width", 64).containsEntry("height", 8);
    }

    @Test
    void whatIsNotSaidIsInheritedFromTheInfotext() throws IOException {
        picture("photos/1.png", 64, 64, INFOTEXT);
        picture("photos/2.png", 64, 64, INFOTEXT.replace("gull", "tern"));
        String job = "{\"denoising_strength\": 0.5, \"job\": {\"pictures\": \"photos\", \"inherit\": \"infotext\"}}";

        assertThat(read(job))
                .extracting(entry -> entry.settings().get("infotext"))
                .containsExactly(INFOTEXT, INFOTEXT.replace("gull", "tern"));
        assertThat(read(job).get(1).settings())
                .as("with img2img the WebUI would not take these from it")
                .containsEntry("prompt", "a tern")
                .containsEntry("negative_prompt", "blurry")
                .containsEntry("cfg_scale", new java.math.BigDecimal("7"))
                .containsEntry("width", 512)
                .containsEntry("denoising_strength", new java.math.BigDecimal("0.5"));
        assertThat(read(job.replace("\"job\"", "\"prompt\": \"a crow\", \"job\""))
                        .get(0)
                        .settings())
                .containsEntry("prompt", "a crow")
                .containsEntry("negative_prompt", "blurry");

        picture("photos/3.png", 64, 64, null);
        assertThat(problems(job))
                .extracting(Problem::code, Problem::message)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        ProblemCode.NO_INFOTEXT,
                        "the picture \"photos/3.png\" has no infotext in it, so nobody knows how it was made"));
    }

    @Test
    void whatLiesBesideAPictureCountsMore() throws IOException {
        pictures("photos/1.png", "photos/2.png", "photos/3.png", "photos/4.png", "photos/masks/x.png");
        Files.writeString(folder.resolve("photos/1.json"), "{\"steps\": 7, \"job\": {\"count\": 2}}");
        Files.writeString(folder.resolve("photos/1.txt"), "\uFEFFa tern,\r\non a rock\r\n");
        Files.writeString(folder.resolve("photos/2.yaml"), "prompt: a crow\nmask: masks/x.png\n");
        Files.writeString(folder.resolve("photos/3.txt"), INFOTEXT);
        String job = "{\"prompt\": \"a gull\", \"steps\": 5, \"job\": {\"pictures\": \"photos\"";

        List<PromptFile> entries = read(job + ", \"sidecars\": true}}");

        assertThat(entries.get(0).settings())
                .containsEntry("prompt", "a tern,\non a rock")
                .containsEntry("steps", 7);
        assertThat(entries.get(0).tasks()).isEqualTo(2);
        assertThat(entries.get(0).origins())
                .containsEntry("/prompt", "sidecar 1.txt")
                .containsEntry("/steps", "sidecar 1.json");
        assertThat(entries.get(1).settings()).containsEntry("prompt", "a crow").containsEntry("steps", 5);
        assertThat(entries.get(2).settings())
                .containsEntry("infotext", INFOTEXT)
                .containsEntry("prompt", "a gull")
                .containsEntry("negative_prompt", "blurry")
                .containsEntry("steps", 5)
                .containsEntry("height", 512);
        assertThat(entries.get(3).settings()).containsEntry("prompt", "a gull");
        assertThat(read(job + "}}"))
                .allMatch(entry -> entry.settings().get("prompt").equals("a gull"));
    }

    @Test
    void whatIsWrongBesideAPictureIsSaidWithItsName() throws IOException {
        pictures("photos/1.png", "photos/2.png", "photos/3.png", "photos/4.png", "photos/5.png");
        Files.writeString(folder.resolve("photos/1.json"), "{\"steps\": 0}");
        Files.writeString(folder.resolve("photos/2.json"), "{\"steps\": ");
        Files.writeString(folder.resolve("photos/3.json"), "{\"job\": {\"id\": \"x\"}}");
        Files.writeString(folder.resolve("photos/4.json"), "{}");
        Files.writeString(folder.resolve("photos/4.yml"), "{}");
        Files.createSymbolicLink(folder.resolve("photos/5.txt"), Files.writeString(root.resolve("secret"), "s3cret"));

        List<Problem> problems =
                problems("{\"prompt\": \"a\", \"job\": {\"pictures\": \"photos\", \"sidecars\": true}}");

        assertThat(problems)
                .extracting(Problem::code)
                .containsExactly(
                        ProblemCode.OUT_OF_RANGE,
                        ProblemCode.INCOMPLETE_JSON,
                        ProblemCode.NOT_FOR_ONE_ENTRY,
                        ProblemCode.MALFORMED_TEXT,
                        ProblemCode.PICTURE_OUTSIDE);
        assertThat(problems.get(0).message()).isEqualTo("\"1.json\", line 1, column 11, /steps: 'steps' is 0");
        assertThat(problems.toString()).contains("\"2.json\"").doesNotContain("s3cret");
    }

    @Test
    void allBrokenPicturesAreSaidAtOnceByTheirNames() throws IOException {
        pictures("photos/1.png", "photos/2.png", "photos/3.png");
        byte[] whole = Files.readAllBytes(folder.resolve("photos/1.png"));
        Files.write(folder.resolve("photos/1.png"), Arrays.copyOf(whole, whole.length - 20));
        Files.writeString(folder.resolve("photos/3.png"), "no picture");
        Files.createSymbolicLink(folder.resolve("photos/4.png"), Files.write(root.resolve("secret.png"), whole));
        Files.createSymbolicLink(folder.resolve("photos/5.png"), folder.resolve("nowhere"));
        Files.createSymbolicLink(folder.resolve("photos/6.png"), Path.of("2.png"));

        List<Problem> problems = problems("{\"prompt\": \"a\", \"job\": {\"pictures\": \"photos\"}}");

        assertThat(problems)
                .extracting(Problem::code)
                .containsExactly(
                        ProblemCode.PICTURE_UNREADABLE,
                        ProblemCode.PICTURE_UNREADABLE,
                        ProblemCode.PICTURE_OUTSIDE,
                        ProblemCode.PICTURE_MISSING);
        assertThat(problems.get(0).message()).contains("\"photos/1.png\"");
        assertThat(problems.get(2).message()).contains("\"photos/4.png\"");
    }

    @Test
    void theSameMistakeIsSaidOnce() throws IOException {
        pictures("photos/1.png", "photos/2.png", "photos/3.png");

        assertThat(problems("{\"prompt\": \"a\", \"steps\": 0, \"job\": {\"pictures\": \"photos\"}}"))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../elsewhere",
                "../elsewhere/*.png",
                "*/../../elsewhere/*.png",
                "out",
                "out/*.png",
                "/etc",
                "/**",
                "photos/../../elsewhere/x.png"
            })
    void noPathLeadsOut(String text) throws IOException {
        pictures("photos/1.png");
        Files.write(elsewhere.resolve("x.png"), Files.readAllBytes(folder.resolve("photos/1.png")));
        Files.createSymbolicLink(folder.resolve("out"), elsewhere);

        List<Problem> problems = problems("{\"prompt\": \"a\", \"job\": {\"pictures\": \"" + text + "\"}}");

        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).code()).isIn(ProblemCode.PICTURE_OUTSIDE, ProblemCode.PICTURE_MISSING);
        assertThat(read("{\"prompt\": \"a\", \"job\": {\"pictures\": \"**\"}}"))
                .as("a link is no folder to be looked through")
                .hasSize(1);
    }

    @Test
    void foldersThatTheOperatorAllowsAreTakenByPathsOfBothKinds() throws IOException {
        pictures("one.png");
        Path real = elsewhere.toRealPath();
        Files.createDirectory(real.resolve("in"));
        Files.move(folder.resolve("one.png"), real.resolve("in/one.png"));

        assertThat(read("{\"prompt\": \"a\", \"job\": {\"pictures\": \"in/*.png\"}}", real))
                .extracting(PictureSetTest::source)
                .containsExactly("in/one.png");
        assertThat(read("{\"prompt\": \"a\", \"job\": {\"pictures\": \"" + real + "/**/*.png\"}}", real))
                .extracting(PictureSetTest::source)
                .containsExactly(real + "/in/one.png");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'pictures': 'photos'                                  | a, 'init_images': ['x.png'] | operation-mismatch | says it again",
                "'pictures': 'none'                                    | a | picture-missing    | there is no picture \"none\" in",
                "'pictures': 'none/*.png'                              | a | picture-missing    | there is no picture",
                "'pictures': 5                                         | a | wrong-type         | 'job.pictures' is 5",
                "'pictures': []                                        | a | wrong-type         | a list of 0",
                "'pictures': ['photos', null]                          | a | wrong-type         | 'job.pictures' is",
                "'pictures': 'photos', 'masks': 'none'                 | a | picture-missing    | there is no folder \"none\"",
                "'pictures': 'photos', 'masks': '*.png'                | a | wrong-type         | would be its own mask",
                "'pictures': 'photos', 'masks': '*/*.png'              | a | wrong-type         | 'job.masks' is",
                "'pictures': 'photos', 'masks': '../*.png'             | a | picture-outside    | leaves its folder",
                "'pictures': 'photos', 'sidecars': 'yes'               | a | wrong-type         | 'job.sidecars' is",
                "'pictures': 'photos', 'size': 'big'                   | a | wrong-type         | 'job.size' is",
                "'pictures': 'photos', 'inherit': true                 | a | wrong-type         | 'job.inherit' is",
                "'masks': 'masks'                                      | a | operation-mismatch | 'job.masks' is about 'job.pictures'",
                "'size': 'picture'                                     | a | operation-mismatch | about img2img alone",
                "'pictures': 'photos', 'operation': 'png-info', 'size': 'picture' | a | operation-mismatch | about img2img alone",
                "'pictures': 'photos', 'operation': 'txt2img'          | a | operation-mismatch | has init images",
                "'pictures': 'photos', 'limit': 1                      | a | too-many-tasks     | more than 1 pictures",
                "'pictures': 'photos', 'limit': 5, 'count': 3          | a | too-many-tasks     | 2 pictures with 3 tasks each would make 6 tasks; the limit is 5",
            })
    void whatDoesNotFitIsSaid(String job, String prompt, String code, String message) throws IOException {
        pictures("photos/1.png", "photos/2.png");

        List<Problem> problems =
                problems(("{'prompt': 'a'" + prompt.substring(1) + ", 'job': {" + job + "}}").replace('\'', '"'));

        assertThat(problems.get(0).code().word()).isEqualTo(code);
        assertThat(problems.get(0).sentence()).contains(message);
        assertThat(problems.get(0).place()).isNotNull();
    }

    @Test
    void namesThatNobodyWritesAreTakenAsTheyAre() throws IOException {
        pictures("photos/a\nb.png", "photos/${x}{{y}}.png", "photos/\u0007\u202e.png", "photos/\ud83e\udd8a b.png");

        List<PromptFile> entries = read("{\"prompt\": \"a\", \"job\": {\"pictures\": \"photos\"}}");

        assertThat(entries).hasSize(4);
        Files.writeString(folder.resolve("photos/a\nb.png"), "x");
        assertThat(problems("{\"prompt\": \"a\", \"job\": {\"pictures\": \"photos\"}}")
                        .get(0)
                        .sentence())
                .contains("\"photos/a\\nb.png\"")
                .doesNotContain("\n");
    }

    @Test
    void aFolderOfMoreThanAJobMayHaveIsSaidBeforeAnyOfItIsRead() throws IOException {
        Path many = Files.createDirectory(folder.resolve("many"));
        for (int i = 0; i < 4_000; i++) {
            Files.createFile(many.resolve(i + (i % 2 == 0 ? ".png" : ".txt"))); // none is a picture
        }
        limit = 1_500;

        List<Problem> problems = problems("{\"prompt\": \"a\", \"job\": {\"pictures\": \"many\"}}");

        assertThat(problems).extracting(Problem::code).containsExactly(ProblemCode.TOO_MANY_TASKS);
        limit = 4_000;
        assertThat(problems("{\"prompt\": \"a\", \"job\": {\"pictures\": \"many\"}}"))
                .extracting(Problem::code)
                .containsOnly(ProblemCode.PICTURE_UNREADABLE)
                .hasSize(100);
    }

    @Test
    void aPatternOfManyStarsTakesNoLongTime() throws IOException {
        pictures("photos/" + "a".repeat(200) + ".png");
        String pattern = "*a".repeat(100) + "*b/" + "**/*a*/".repeat(200) + "**";

        assertThat(problems("{\"prompt\": \"a\", \"job\": {\"pictures\": \"photos/" + pattern + "\"}}"))
                .hasSize(1);
    }

    @Test
    void namesAreKeptWhereNoOtherTaskCouldGetThem() throws IOException {
        pictures("photos/x.png", "photos/x.jpg", "photos/y.png", "photos/y-2.png", "photos/frame-0001.png");
        String job = "{\"prompt\": \"a\", \"job\": {\"pictures\": \"photos\", \"count\": 2}}";

        assertThat(plan("a.json", job))
                .extracting(Task::source)
                .containsExactly(
                        new Source("frame-0001", true),
                        new Source("frame-0001", false),
                        new Source("x", false),
                        new Source("x", false),
                        new Source("x", false),
                        new Source("x", false),
                        new Source("y-2", false),
                        new Source("y-2", false),
                        new Source("y", true),
                        new Source("y", false));
        assertThat(plan("a.jsonl", job + "\n" + job)).extracting(Task::source).noneMatch(Source::own);
        assertThat(plan("a.json", "{\"prompt\": \"a\", \"init_images\": [\"photos/x.png\"]}"))
                .extracting(Task::source)
                .containsExactly(new Source("x", false));
    }

    @Test
    void picturesAreCrossedWithWhatElseMakesTasks() throws IOException {
        pictures("photos/1.png", "photos/2.png");

        List<Task> tasks = plan(
                "a.json",
                "{\"prompt\": \"a {b|c|d|e|f|g|h|i|j|k}\", \"seed\": 5, \"job\": {\"pictures\": \"photos\","
                        + " \"expand\": \"random\", \"matrix\": {\"denoising_strength\": [0.3, 0.6]}, \"count\": 3}}");

        assertThat(tasks).hasSize(12);
        assertThat(tasks).extracting(Task::number).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(tasks.stream()
                        .map(task -> task.attachments().get(0).source())
                        .distinct())
                .containsExactly("photos/1.png", "photos/2.png");
        assertThat(tasks.subList(0, 6).stream()
                        .map(task -> task.settings().get("prompt"))
                        .toList())
                .as("each picture draws its own")
                .isNotEqualTo(tasks.subList(6, 12).stream()
                        .map(task -> task.settings().get("prompt"))
                        .toList());
    }

    @Test
    void theOrderIsOne() {
        Random random = new Random(5);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            StringBuilder name = new StringBuilder();
            for (int n = random.nextInt(5); n >= 0; n--) {
                name.append("aB0019/_".charAt(random.nextInt(8)));
            }
            names.add(name.toString());
        }
        for (String a : names) {
            for (String b : names) {
                assertThat(Integer.signum(NaturalOrder.compare(a, b)))
                        .isEqualTo(-Integer.signum(NaturalOrder.compare(b, a)));
                assertThat(NaturalOrder.compare(a, b) == 0).isEqualTo(a.equals(b));
                for (String c : names) {
                    if (NaturalOrder.compare(a, b) < 0 && NaturalOrder.compare(b, c) < 0) {
                        assertThat(NaturalOrder.compare(a, c))
                                .as(a + " " + b + " " + c)
                                .isNegative();
                    }
                }
            }
        }
    }

    private static String source(PromptFile entry) {
        return entry.attachments().get(0).source();
    }

    private void pictures(String... names) throws IOException {
        for (String name : names) {
            picture(name, 16, 16, null);
        }
    }

    private void picture(String name, int width, int height, @org.jspecify.annotations.Nullable String infotext)
            throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(1, 1, 0x336699);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String lower = name.toLowerCase(java.util.Locale.ROOT);
        ImageIO.write(image, lower.endsWith(".jpg") ? "jpg" : "png", bytes);
        Files.write(file, infotext == null ? bytes.toByteArray() : withText(bytes.toByteArray(), infotext));
    }

    /** Behind the header, as the WebUI writes it. */
    private static byte[] withText(byte[] png, String infotext) {
        byte[] data = ("parameters\0" + infotext).getBytes(StandardCharsets.ISO_8859_1);
        byte[] type = "tEXt".getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(type);
        crc.update(data);
        int header = 8 + 25;
        return ByteBuffer.allocate(png.length + data.length + 12)
                .put(png, 0, header)
                .putInt(data.length)
                .put(type)
                .put(data)
                .putInt((int) crc.getValue())
                .put(png, header, png.length - header)
                .array();
    }

    private List<Task> plan(String name, String content) throws IOException {
        List<Task> tasks = new ArrayList<>();
        JobPlan plan = new JobPlan(new Planner(new Random(1)), "job", tasks::add);
        read(name, content, plan::add);
        return tasks;
    }

    private List<PromptFile> read(String content, Path... folders) throws IOException {
        List<PromptFile> entries = new ArrayList<>();
        read("a.json", content, entries::add, folders);
        return entries;
    }

    private void read(String name, String content, PromptFileReader.Taker taker, Path... folders) throws IOException {
        Path staging = root.resolve("staging" + staged++);
        PromptFileReader reader = new PromptFileReader(
                new PromptFileLimits(
                        10_000, 500_000, List.of(folders), Set.of(), limit, Path.of("src/test/resources/wildcards")),
                new Presets(root.resolve("presets"), Duration.ZERO));
        Path file = Files.writeString(folder.resolve(name), content);
        try {
            reader.read(file, new Dropped(folder, folder, folder, "", null), Files.createDirectory(staging), taker);
        } finally {
            Disk.deleteTree(staging);
        }
    }

    private List<Problem> problems(String content) {
        return catchThrowableOfType(ProblemException.class, () -> read(content)).problems();
    }
}
