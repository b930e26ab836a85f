package darkroom.promptfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.job.Attachment;
import darkroom.job.DefaultsFile;
import darkroom.job.Operation;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Save;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a job says, over its preset, over its lane.
 *
 * <pre>
 * root/presets/            poster.yaml …
 * root/drop/_lane.yaml     for all lanes
 * root/drop/birds/         a lane, and gulls/ in it, into which each test drops its file
 * </pre>
 */
final class DefaultsTest {
    private static final byte[] PIXEL = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==");

    @TempDir
    Path root;

    private Duration settle = Duration.ZERO;
    private @Nullable String ofTemplate;

    @BeforeEach
    void folders() throws IOException {
        Files.createDirectories(root.resolve("presets"));
        Files.createDirectories(root.resolve("drop/birds/gulls"));
    }

    @Test
    void theJobWinsOverItsPresetOverItsLaneOverTheLaneAbove() throws IOException {
        put("drop/_lane.yaml", "steps: 1\nwidth: 1\nheight: 1\ncfg_scale: 1\nn_iter: 1\n");
        put("drop/birds/_lane.yaml", "steps: 2\nwidth: 2\nheight: 2\ncfg_scale: 2.0\n");
        put("drop/birds/gulls/_lane.json", "{\"steps\": 3, \"width\": 3, \"height\": 3}");
        put("presets/poster.yaml", "steps: 4\nwidth: 4\n");

        PromptFile file = read("{\"steps\": 5, \"job\": {\"preset\": \"poster\"}}");

        assertThat(file.settings())
                .isEqualTo(
                        Map.of("steps", 5, "width", 4, "height", 3, "cfg_scale", new BigDecimal("2.0"), "n_iter", 1));
        assertThat(file.defaults())
                .containsExactly(
                        described(DefaultsFile.Kind.PRESET, "poster", "poster.yaml", "presets/poster.yaml"),
                        described(
                                DefaultsFile.Kind.LANE,
                                "birds/gulls",
                                "birds/gulls/_lane.json",
                                "drop/birds/gulls/_lane.json"),
                        described(DefaultsFile.Kind.LANE, "birds", "birds/_lane.yaml", "drop/birds/_lane.yaml"),
                        described(DefaultsFile.Kind.LANE, "", "_lane.yaml", "drop/_lane.yaml"));
        assertThat(file.origins())
                .containsEntry("/steps", "prompt file")
                .containsEntry("/width", "preset poster")
                .containsEntry("/height", "lane birds/gulls")
                .containsEntry("/cfg_scale", "lane birds")
                .containsEntry("/n_iter", "the drop folder");
    }

    @Test
    void withoutDefaultsNothingIsAdded() throws IOException {
        PromptFile file = read("{\"prompt\": \"a\", \"hr_upscaler\": null}");

        assertThat(file.settings()).containsOnlyKeys("prompt", "hr_upscaler");
        assertThat(file.defaults()).isEmpty();
    }

    @Test
    void labelsAreMergedByName() throws IOException {
        put("drop/birds/_lane.yaml", "job: {labels: {customer: acme, rating: unsure, note: x}}\n");
        put("presets/poster.yaml", "job: {labels: {format: A1}}\n");

        PromptFile file = read("""
                {"job": {"preset": "poster", "labels": {"rating": "safe", "note": null}}}
                """);

        assertThat(file.labels()).isEqualTo(Map.of("customer", "acme", "rating", "safe", "format", "A1"));
        assertThat(file.origins())
                .containsEntry("/job/labels/rating", "prompt file")
                .containsEntry("/job/labels/format", "preset poster")
                .containsEntry("/job/labels/customer", "lane birds");
    }

    @Test
    void optionsScriptsAndJobAreMergedByNameAndAllElseAsAWhole() throws IOException {
        put("presets/poster.yaml", """
                styles: [a, b]
                comments: {x: 1, y: 2}
                override_settings: {sd_model_checkpoint: one, CLIP_stop_at_last_layers: 2, eta_ancestral: 1}
                alwayson_scripts:
                  ControlNet: {args: [1, 2, 3]}
                  Refiner: {args: [false]}
                job: {save: fetch, operation: txt2img}
                """);

        PromptFile file = read("""
                {"styles": ["c"], "comments": {"z": 3},
                 "override_settings": {"sd_model_checkpoint": "two", "eta_ancestral": null, "randn_source": null},
                 "alwayson_scripts": {"controlnet": {"args": [4]}},
                 "job": {"preset": "poster", "id": "x"}}
                """);

        assertThat(file.settings().get("styles")).isEqualTo(List.of("c"));
        assertThat(file.settings().get("comments")).isEqualTo(Map.of("z", 3));
        assertThat((Map<?, ?>) file.settings().get("override_settings"))
                .hasToString("{sd_model_checkpoint=two, randn_source=null, CLIP_stop_at_last_layers=2}");
        assertThat((Map<?, ?>) file.settings().get("alwayson_scripts"))
                .hasToString("{controlnet={args=[4]}, Refiner={args=[false]}}");
        assertThat(file.save()).isEqualTo(Save.FETCH);
        assertThat(file.jobId()).isEqualTo("x");
        assertThat(file.origins())
                .containsEntry("/override_settings/sd_model_checkpoint", "prompt file")
                .containsEntry("/override_settings/CLIP_stop_at_last_layers", "preset poster")
                .containsEntry("/job/save", "preset poster")
                .doesNotContainKey("/override_settings/eta_ancestral");
    }

    @Test
    void aNullTakesADefaultAway() throws IOException {
        put(
                "drop/birds/_lane.yaml",
                "steps: 30\nnegative_prompt: blurry\noverride_settings: {a: 1}\njob: {save: both}\n");

        PromptFile file =
                read("{\"steps\": null, \"negative_prompt\": null, \"override_settings\": null, \"job\": null}");

        assertThat(file.settings()).isEmpty();
        assertThat(file.save()).isNull();
    }

    /** The WebUI would take the default for the job's own wish: it has an order of its own among these. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sampler_name: Euler                     | \"sampler_index\": \"DDIM\"    | {sampler_index=DDIM}",
                "hr_resize_x: 2048, hr_resize_y: 1024    | \"hr_scale\": 3              | {hr_scale=3}",
                "mask_blur: 8                            | \"mask_blur_x\": 2           | {mask_blur_x=2}",
                "script_name: X/Y/Z plot, script_args: [1] | \"script_name\": \"Loopback\" | {script_name=Loopback}",
                "script_name: X/Y/Z plot, script_args: [1] | \"script_name\": null       | {}",
                "script_name: X/Y/Z plot, script_args: [1] | \"script_args\": [2]        | {script_args=[2], script_name=X/Y/Z plot}",
                "sampler_name: Euler, sampler_index: DDIM | \"sampler_index\": null      | {sampler_name=Euler}",
            })
    void whatIsSaidInAnotherWayIsGone(String preset, String job, String settings) throws IOException {
        put("presets/poster.yaml", "{" + preset + "}");

        assertThat(read("{" + job + ", \"job\": {\"preset\": \"poster\"}}").settings())
                .hasToString(settings);
    }

    /** Else a lane's steps would become an option of the WebUI, and its prompt a picture that nobody wanted. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"image\": \"own.png\", \"upscaler_1\": \"Lanczos\"         | EXTRAS      | {image=null, upscaler_1=Lanczos}",
                "\"image\": \"own.png\", \"job\": {\"operation\": \"png-info\"} | PNG_INFO    | {image=null}",
                "\"image\": \"own.png\", \"job\": {\"preset\": \"larger\"}      | EXTRAS      | {image=null, upscaler_1=Lanczos}",
                "\"image\": \"own.png\", \"job\": {\"preset\": \"told\"}        | INTERROGATE | {image=null, model=clip}",
                "\"steps\": 3, \"job\": {\"preset\": \"larger\"}                | TXT2IMG     | {steps=3, prompt=a gull}",
            })
    void defaultsOfAnotherOperationStayOut(String job, Operation operation, String settings) throws IOException {
        put("drop/birds/_lane.yaml", "prompt: a gull\nsteps: 30\njob: {save: both}\n");
        put("presets/larger.yaml", "upscaler_1: Lanczos\n");
        put("presets/told.yaml", "model: clip\njob: {operation: interrogate}\n");
        picture("drop/birds/gulls/own.png");

        PromptFile file = read("{" + job + "}");

        assertThat(file.operation()).isEqualTo(operation);
        assertThat(file.settings()).hasToString(settings);
        assertThat(file.save()).as("what Darkroom is told counts for all").isEqualTo(Save.BOTH);
    }

    @Test
    void aFileWinsOverThePresetThatItNames() throws IOException {
        put("drop/birds/_lane.yaml", "steps: 10\njob: {preset: poster}\n");
        put("drop/_lane.yaml", "width: 1\nheight: 1\n");
        put("presets/poster.yaml", "steps: 30\nwidth: 30\n");

        PromptFile file = read("{}");

        assertThat(file.settings()).isEqualTo(Map.of("steps", 10, "width", 30, "height", 1));
    }

    @Test
    void onlyThePresetThatIsNamedNearestIsInForce() throws IOException {
        ofTemplate = "template";
        for (String name : List.of("job", "lane", "template")) {
            put("presets/" + name + ".yml", "prompt: " + name + "\n" + name.charAt(0) + ": 1\n");
        }
        assertThat(read("{}").settings()).isEqualTo(Map.of("prompt", "template", "t", 1));

        put("drop/birds/_lane.yaml", "job: {preset: lane}\n");
        assertThat(read("{}").settings()).isEqualTo(Map.of("prompt", "lane", "l", 1));
        assertThat(read("{\"job\": {\"preset\": \"job\"}}").settings()).isEqualTo(Map.of("prompt", "job", "j", 1));
        assertThat(read("{\"job\": {\"preset\": null}}").settings()).isEmpty();
    }

    @Test
    void picturesCountFromTheFileThatNamesThem() throws IOException {
        picture("presets/pictures/mask.png");
        picture("drop/birds/sketch.png");
        put("presets/poster.yaml", "mask: pictures/mask.png\n");
        put("drop/birds/_lane.yaml", "init_images: [sketch.png]\n");

        PromptFile file = read("{\"job\": {\"preset\": \"poster\"}}");

        assertThat(file.operation()).isEqualTo(Operation.IMG2IMG);
        assertThat(file.attachments())
                .extracting(Attachment::pointer, Attachment::source)
                .containsExactlyInAnyOrder(tuple("/mask", "pictures/mask.png"), tuple("/init_images/0", "sketch.png"));
    }

    @Test
    void aPictureThatIsNotWantedIsNotKept() throws IOException {
        String inline = Base64.getEncoder().encodeToString(PIXEL);
        put(
                "presets/poster.json",
                "{\"init_images\": [\"" + inline + " ".repeat(5000) + "\"], \"mask\": \"gone.png\"}");
        picture("drop/birds/gulls/own.png");

        PromptFile file = read("{\"init_images\": [\"own.png\"], \"mask\": null, \"job\": {\"preset\": \"poster\"}}");

        assertThat(file.attachments()).extracting(Attachment::source).containsExactly("own.png");
        assertThat(root.resolve("staging/attachments"))
                .isDirectoryContaining(kept ->
                        kept.endsWith(Path.of(file.attachments().get(0).file()).getFileName()))
                .isDirectoryNotContaining(kept ->
                        !kept.endsWith(Path.of(file.attachments().get(0).file()).getFileName()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"postr", "../poster", "/etc/passwd", ".hidden", "folder", "poster.yaml", "", "POSTER"})
    void aPresetIsOneOfThoseThatAreThere(String name) throws IOException {
        put("presets/poster.yaml", "steps: 2\n");
        put("presets/.hidden.yaml", "steps: 2\n");
        put("poster.yaml", "steps: 2\n");
        Files.createDirectories(root.resolve("presets/folder.yaml"));

        Problem problem = problem("{\"job\": {\n\"preset\": \"" + name + "\"}}");

        assertThat(problem.code()).isEqualTo(ProblemCode.UNKNOWN_PRESET);
        assertThat(problem.message()).isEqualTo("there is no preset \"" + name + "\"");
        assertThat(problem.place()).isEqualTo(new Problem.Place(2, 11, "/job/preset"));
        assertThat(problem.hint()).contains("poster");
    }

    @Test
    void theNearestNameIsSuggestedTogetherWithAllElse() throws IOException {
        put("presets/poster.yaml", "steps: 2\n");

        List<Problem> problems = problems("{\"steps\": 0, \"job\": {\"preset\": \"postr\"}}");

        assertThat(problems).extracting(Problem::hint).first().isEqualTo("did you mean 'poster'?");
        assertThat(problems)
                .extracting(Problem::code)
                .containsExactly(ProblemCode.UNKNOWN_PRESET, ProblemCode.OUT_OF_RANGE);
        assertThat(problem("{\"job\": {\"preset\": 7}}").code()).isEqualTo(ProblemCode.WRONG_TYPE);
    }

    @Test
    void aNameThatTheOperatorMistypedIsNotTheAuthorsMistake() throws IOException {
        put("presets/poster.yaml", "steps: 2\n");
        ofTemplate = "postr";
        assertThat(problem("{}").sentence())
                .isEqualTo("the drop folder " + root.resolve("drop")
                        + " asks for a preset: there is no preset \"postr\"; did you mean 'poster'?");
        put("drop/birds/_lane.yaml", "job:\n  preset: postr\n");

        Problem problem = problem("{}");

        assertThat(problem.code()).isEqualTo(ProblemCode.PRESET_BROKEN);
        assertThat(problem.sentence())
                .isEqualTo(root.resolve("drop/birds/_lane.yaml")
                        + ", line 2, column 11, /job/preset: there is no preset \"postr\"; did you mean 'poster'?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "poster.yaml | steps: zero                      | line 1, column 8, /steps: 'steps' is \"zero\"",
                "poster.yaml | mask: 5                          | there is a 'mask'",
                "poster.json | {\"steps\": 0}                   | line 1, column 11, /steps: 'steps' is 0",
                "poster.json | {\"steps\": 5                    | the file ends before its JSON does",
                "poster.json | [1]                              | here is a list where an object belongs",
                "poster.yaml | - 1                              | line 1, column 1: here is a list",
                "poster.yaml | steps: [1                        | this is not YAML as it is read here: ",
                "poster.yaml | steps: !!java.net.URL [x]        | line 1, column 8, /steps: this is not YAML as it is read here: a tag",
                "poster.yaml | mask: !!binary aGVsbG8=          | a tag, 'tag:yaml.org,2002:binary', means nothing here",
                "poster.yaml | {steps: 1, steps: 2}             | there is a second 'steps'",
                "poster.yaml | {[1]: 2}                         | Non scalar key",
                "poster.yaml | cfg_scale: .nan                  | '.nan' is not a number",
                "poster.yaml | negative_prompt: \"\\ud83d\"              | half of a character",
                "poster.yaml | init_images: [none.png]          | there is no picture \"none.png\" in ",
                "poster.yaml | init_images: [../drop/x.png]     | the path leaves its folder",
                "poster.yaml | override_settings: {outdir_x: a} | /override_settings/outdir_x: 'override_settings' sets",
                "poster.yaml | job: {sav: both}                 | /job/sav: 'job' has no field \"sav\"",
                "poster.yaml | job: {preset: poster}            | /job/preset: a preset can't name another one",
                "poster.yml  | a: &a {b: *a}                    | nested more than 100 levels deep",
            })
    void whatIsWrongInAPresetIsSaidWithItsName(String name, String content, String message) throws IOException {
        put("presets/" + name, content);

        Problem problem = problem("{\"prompt\": \"a\", \"job\": {\"preset\": \"poster\"}}");

        assertThat(problem.message())
                .startsWith(root.resolve("presets").resolve(name).toString())
                .contains(message);
        assertThat(problem.place()).isNull();
        assertThat(problem.code())
                .isEqualTo(message.contains("'mask'") ? ProblemCode.OPERATION_MISMATCH : ProblemCode.PRESET_BROKEN);
    }

    @Test
    void aliasesCanNotFillTheMemory() throws IOException {
        StringBuilder bomb = new StringBuilder("a0: &a0 [lol, lol]\n");
        for (int i = 1; i < 25; i++) {
            bomb.append(String.format("a%d: &a%d [*a%d, *a%d]%n", i, i, i - 1, i - 1));
        }
        put("presets/poster.yaml", bomb.toString());

        assertThat(problem("{\"job\": {\"preset\": \"poster\"}}").message()).contains("has more than 10000 bytes");
        put("presets/poster.yaml", "prompt: &a the same\nnegative_prompt: *a\n# " + "x".repeat(10_000));
        assertThat(problem("{\"job\": {\"preset\": \"poster\"}}").message()).contains("has more than 10000 bytes");
        put("presets/poster.yaml", "prompt: &a the same\nnegative_prompt: *a\n");
        assertThat(read("{\"job\": {\"preset\": \"poster\"}}").settings())
                .isEqualTo(Map.of("prompt", "the same", "negative_prompt", "the same"));
    }

    @Test
    void yamlMeansWhatTheSameInJsonWould() throws IOException {
        put("presets/poster.yaml", """
                # a comment
                a: 5
                b: 0x1F
                c: 123456789012345678901
                d: 7.0
                e: true
                f: yes
                g: ~
                h: "5"
                i: 2026-01-01
                j: |
                  two
                  lines
                k: [1, {l: null}]
                m: 12345678901
                n: &n {x: 1, y: 1}
                o: {<<: *n, y: 2}
                """);

        Map<String, @Nullable Object> settings =
                read("{\"job\": {\"preset\": \"poster\"}}").settings();

        assertThat(settings)
                .containsEntry("a", 5)
                .containsEntry("b", 31)
                .containsEntry("c", new BigInteger("123456789012345678901"))
                .containsEntry("d", new BigDecimal("7.0"))
                .containsEntry("e", true)
                .containsEntry("f", "yes")
                .containsEntry("g", null)
                .containsEntry("h", "5")
                .containsEntry("i", "2026-01-01")
                .containsEntry("j", "two\nlines\n")
                .containsEntry("m", 12345678901L);
        assertThat(settings.get("k")).hasToString("[1, {l=null}]");
        assertThat(settings.get("o")).isEqualTo(Map.of("x", 1, "y", 2));
    }

    @Test
    void whatIsSwitchedOffByCommentsSaysNothing() throws IOException {
        put("drop/birds/_lane.yaml", "# steps: 20\n");
        assertThat(read("{}").settings()).isEmpty();

        put("drop/birds/_lane.yaml", "");
        assertThat(problem("{}").message()).endsWith("_lane.yaml: the file is empty");
    }

    @Test
    void twoFilesForOneThingAreNotChosenFrom() throws IOException {
        put("presets/poster.yaml", "steps: 2\n");
        put("presets/poster.json", "{\"steps\": 3}");
        assertThat(problem("{\"job\": {\"preset\": \"poster\"}}").message()).contains("there is another preset");

        put("drop/birds/_lane.yaml", "steps: 2\n");
        put("drop/birds/_lane.yml", "steps: 3\n");
        assertThat(problem("{}").message()).contains("it is not the only one in its folder");
    }

    @Test
    void aLaneFileThatIsALinkIsNotFollowedAndAPresetIs() throws IOException {
        put("secret.yaml", "steps: 2\n");
        Files.createSymbolicLink(root.resolve("presets/poster.yaml"), root.resolve("secret.yaml"));
        assertThat(read("{\"job\": {\"preset\": \"poster\"}}").settings()).containsEntry("steps", 2);

        Files.createSymbolicLink(root.resolve("drop/birds/_lane.yaml"), root.resolve("secret.yaml"));
        assertThat(problem("{}").message()).endsWith("_lane.yaml: it is not a file that can be read");
    }

    @Test
    @Timeout(60)
    void aFileThatIsBeingWrittenIsWaitedFor() throws Exception {
        settle = Duration.ofMillis(300);
        Path lane = put("drop/birds/_lane.yaml", "steps: 2\n");
        Files.setLastModifiedTime(lane, FileTime.from(Instant.now().plusSeconds(3600))); // a clock that is wrong
        assertThat(read("{}").settings()).containsEntry("steps", 2);

        boolean[] stop = new boolean[1];
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; i < 5; i++) {
                    Files.writeString(lane, "steps: " + "1".repeat(i + 1) + "\n");
                    Thread.sleep(50); // as slow as a writer may be
                }
                Files.writeString(lane, "steps: 7\nwidth: 64\n");
            } catch (IOException | InterruptedException e) {
                stop[0] = true;
            }
        });
        writer.start();
        while (Files.readString(lane).startsWith("steps: 2")) {
            Thread.onSpinWait();
        }
        assertThat(read("{}").settings()).isEqualTo(Map.of("steps", 7, "width", 64));
        writer.join();
        assertThat(stop[0]).isFalse();
    }

    private Path put(String name, String content) throws IOException {
        return Files.writeString(root.resolve(name), content);
    }

    private void picture(String name) throws IOException {
        Files.createDirectories(root.resolve(name).getParent());
        Files.write(root.resolve(name), PIXEL);
    }

    private DefaultsFile described(DefaultsFile.Kind kind, String name, String file, String path) throws IOException {
        return new DefaultsFile(kind, name, file, Sha256.of(root.resolve(path)));
    }

    private PromptFile read(String content) throws IOException {
        Path lane = root.resolve("drop/birds/gulls");
        Path file = Files.writeString(lane.resolve("gull.json"), content);
        Path staging = root.resolve("staging");
        Disk.deleteTree(staging);
        PromptFileReader reader = new PromptFileReader(
                new PromptFileLimits(
                        10_000, 5000, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")),
                new Presets(root.resolve("presets"), settle));
        return OneEntry.of(
                reader,
                file,
                new Dropped(lane, root.resolve("drop"), lane, "", ofTemplate),
                Files.createDirectory(staging));
    }

    private List<Problem> problems(String content) {
        return catchThrowableOfType(ProblemException.class, () -> read(content)).problems();
    }

    private Problem problem(String content) {
        List<Problem> problems = problems(content);
        assertThat(problems).as(Arrays.toString(problems.toArray())).hasSize(1);
        return problems.get(0);
    }
}
