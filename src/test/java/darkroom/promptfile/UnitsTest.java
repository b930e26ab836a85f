package darkroom.promptfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import darkroom.job.Attachment;
import darkroom.job.Problem;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Units of extensions that are given by name: what stands in the plan, and what is refused. */
final class UnitsTest {
    private static final Path SKETCH = Path.of("examples/pictures/sketch.png");

    @TempDir
    Path folder;

    private Path staging = Path.of("");

    @BeforeEach
    void prepare() throws IOException {
        Files.copy(SKETCH, folder.resolve("pose.png"));
    }

    private List<Task> tasks(String name, String content) throws IOException {
        return tasks(name, content, folder);
    }

    private List<Task> tasks(String name, String content, Path presets) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        PromptFileReader reader = new PromptFileReader(
                new PromptFileLimits(
                        100_000, 1 << 20, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")),
                new Presets(presets, Duration.ZERO));
        List<Task> tasks = new ArrayList<>();
        JobPlan plan = new JobPlan(new Planner(new Random(1)), "job", tasks::add);
        staging = Files.createTempDirectory(folder, "work");
        reader.read(file, Dropped.nowhere(folder), staging, plan::add);
        return tasks;
    }

    private List<Problem> problems(String content) {
        return catchThrowableOfType(ProblemException.class, () -> tasks("a.json", content.replace('\'', '"')))
                .problems();
    }

    @Test
    void oneUnitIsAListOfOneAndItsPictureIsKeptInAFile() throws IOException {
        Task task = tasks(
                        "a.json", "{\"controlnet\": {\"image\": \"pose.png\", \"model\": \"canny\", \"weight\": 0.8}}")
                .get(0);

        assertThat(task.settings().get("controlnet")).asString().isEqualTo("[{image=null, model=canny, weight=0.8}]");
        assertThat(task.settings()).doesNotContainKey("alwayson_scripts");
        assertThat(task.attachments()).singleElement().satisfies(picture -> {
            assertThat(picture.pointer()).isEqualTo("/controlnet/0/image");
            assertThat(picture.source()).isEqualTo("pose.png");
            assertThat(staging.resolve(picture.file())).hasSameBinaryContentAs(SKETCH);
        });
    }

    @Test
    void picturesMayBeInlineAndOfAnyLength() throws IOException {
        byte[] sketch = Files.readAllBytes(SKETCH);
        assertThat(sketch.length).isGreaterThan(4096); // longer than any path
        String base64 = Base64.getEncoder().encodeToString(sketch);

        Task single = tasks(
                        "a.json",
                        "{\"controlnet\": {\"input_image\": \"data:image/png;base64," + base64
                                + "\", \"mask_image\": \"" + base64 + "\"}}")
                .get(0);
        Task second = tasks("b.json", "{\"controlnet\": [{\"image\": \"pose.png\"}, {\"image\": \"" + base64 + "\"}]}")
                .get(0);

        assertThat(single.attachments())
                .extracting(Attachment::pointer)
                .containsExactlyInAnyOrder("/controlnet/0/input_image", "/controlnet/0/mask_image");
        assertThat(second.attachments())
                .extracting(Attachment::pointer)
                .containsExactlyInAnyOrder("/controlnet/0/image", "/controlnet/1/image");
        for (Task task : List.of(single, second)) {
            for (Attachment attachment : task.attachments()) {
                assertThat(staging.resolve(attachment.file())).hasBinaryContent(sketch);
            }
        }
    }

    @Test
    void everyFormOfPromptFileMayHaveThem() throws IOException {
        Task yaml = tasks("a.yaml", """
                        prompt: x
                        controlnet:
                          - {image: pose.png, weight: 0.5}
                        adetailer: {ad_model: face_yolov8n.pt, confidence: 0.4}
                        """).get(0);
        List<Task> table = tasks("a.csv", """
                prompt,/controlnet/0/image,/controlnet/0/weight,/adetailer/model
                x,pose.png,0.5,face_yolov8n.pt
                y,pose.png,1,hand_yolov8n.pt
                """);

        assertThat(yaml.settings().get("controlnet")).asString().isEqualTo("[{image=null, weight=0.5}]");
        assertThat(yaml.settings().get("adetailer"))
                .asString()
                .isEqualTo("[{ad_model=face_yolov8n.pt, confidence=0.4}]");
        assertThat(table).hasSize(2);
        assertThat(table.get(1).settings().get("controlnet")).asString().isEqualTo("[{image=null, weight=1}]");
        assertThat(table.get(1).settings().get("adetailer")).asString().isEqualTo("[{model=hand_yolov8n.pt}]");
        assertThat(table.get(1).attachments()).extracting(Attachment::pointer).containsExactly("/controlnet/0/image");
    }

    @Test
    void theirFieldsMayBeAxes() throws IOException {
        List<Task> tasks = tasks("a.json", """
                {"controlnet": {"image": "pose.png", "model": "canny", "weight": 1},
                 "job": {"matrix": {"/controlnet/0/weight": [0.4, 0.8], "/controlnet/0/processor_res": "256-512/256"}}}
                """);

        assertThat(tasks)
                .extracting(task -> String.valueOf(task.settings().get("controlnet")))
                .containsExactly(
                        "[{image=null, model=canny, weight=0.4, processor_res=256}]",
                        "[{image=null, model=canny, weight=0.4, processor_res=512}]",
                        "[{image=null, model=canny, weight=0.8, processor_res=256}]",
                        "[{image=null, model=canny, weight=0.8, processor_res=512}]");
        assertThat(tasks).allSatisfy(task -> assertThat(task.attachments()).hasSize(1));
        assertThat(problems("{'controlnet': {'image': 'pose.png'}, 'job': {'matrix': {'/controlnet/0/weight': [3]}}}"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).isEqualTo("'weight' of a unit of ControlNet is 3"));
        for (String axis : List.of("controlnet", "/controlnet/0", "/controlnet/0/image", "/controlnet/0/wait")) {
            assertThat(problems("{'controlnet': {'image': 'pose.png'}, 'job': {'matrix': {'" + axis + "': [1]}}}"))
                    .extracting(problem -> problem.code().word())
                    .containsExactly("axis-broken");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'controlnet': {'image': 'pose.png', 'wieght': 1}}|unknown-field|has no field \"wieght\"|did you mean 'weight'?",
                "{'controlnet': {'image': 'pose.png', 'weight': 2.1}}|out-of-range|'weight' of a unit|from 0 to 2",
                "{'controlnet': {'image': 'pose.png', 'weight': '1'}}|wrong-type|'weight'|use a number",
                "{'controlnet': {'image': 'pose.png', 'pixel_perfect': 'no'}}|wrong-type|'pixel_perfect'|true or false",
                "{'controlnet': {'image': 'pose.png', 'control_mode': 'balance'}}|out-of-range|'control_mode'|\"Balanced\"",
                "{'controlnet': {'image': 'pose.png', 'resize_mode': 3}}|wrong-type|'resize_mode'|\"Just Resize\"",
                "{'controlnet': {'image': 'pose.png', 'batch_images': '/etc'}}|unknown-field|batch_images|known are",
                "{'controlnet': {'model': 'canny'}}|unit-broken|has no picture|'image'",
                "{'controlnet': {'image': 'no.png'}}|picture-missing|no.png|put it there",
                "{'controlnet': {'image': 'http://x/y.png'}}|picture-url|named by a URL|download it",
                "{'controlnet': {'image': ['pose.png']}}|wrong-type|'image'|by its path",
                "{'controlnet': {'image': 'pose.png', 'mask': 'pose.png', 'mask_image': 'pose.png'}}|unit-broken|the same|leave",
                "{'controlnet': {'image': 'pose.png', 'guidance_start': 0.9, 'guidance_end': 0.5}}|unit-broken|begins after|smaller",
                "{'controlnet': 'canny'}|wrong-type|'controlnet' is \"canny\"|a list of units",
                "{'controlnet': [1]}|wrong-type|a unit of ControlNet is 1|an object",
                "{'adetailer': {'prompt': 'a face'}}|unit-broken|names no model|face_yolov8n.pt",
                "{'adetailer': {'model': 'a.pt', 'ad_model': 'b.pt'}}|unit-broken|the same|leave",
                "{'adetailer': {'model': 'a.pt', 'ad_confidence': 30}}|out-of-range|'confidence'|from 0 to 1",
                "{'adetailer': {'model': 'a.pt', 'ad_steps': 1.5}}|wrong-type|'steps'|a whole number from 1 up",
                "{'adetailer': {'model': 'a.pt'}, 'alwayson_scripts': {'ADetailer': {'args': []}}}|unit-broken|as well|one of the two",
                "{'adetailer': {'model': 'a.pt'}, 'image': 'pose.png', 'upscaler_1': 'Lanczos'}|operation-mismatch|extras|take 'adetailer' out",
            })
    void whatAnExtensionWouldPassOverIsRefused(String content, String code, String message, String hint) {
        List<Problem> problems = problems(content);

        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).code().word()).isEqualTo(code);
        assertThat(problems.get(0).message()).contains(message);
        assertThat(problems.get(0).hint()).contains(hint);
    }

    @Test
    void whatIsOffOrHasAnInitImageNeedsNoPictureOfItsOwn() throws IOException {
        assertThat(tasks("a.json", "{\"controlnet\": {\"enabled\": false}}")).hasSize(1);
        assertThat(tasks("b.json", "{\"adetailer\": [{\"model\": \"None\"}]}")).hasSize(1);
        assertThat(tasks("c.json", "{\"init_images\": [\"pose.png\"], \"controlnet\": {\"model\": \"canny\"}}"))
                .hasSize(1);
    }

    @Test
    void aJobsOwnUnitsTakeThePlaceOfADefaultInEitherForm() throws IOException {
        Path presets = Files.createDirectory(folder.resolve("presets"));
        Files.writeString(presets.resolve("named.json"), "{\"controlnet\": {\"image\": \"p.png\", \"model\": \"a\"}}");
        Files.copy(SKETCH, presets.resolve("p.png"));
        Files.writeString(
                presets.resolve("raw.json"),
                "{\"alwayson_scripts\": {\"ControlNet\": {\"args\": []}, \"Other\": {\"args\": []}}}");

        Task inherited =
                tasks("a.json", "{\"job\": {\"preset\": \"named\"}}", presets).get(0);
        Task raw = tasks(
                        "b.json",
                        "{\"alwayson_scripts\": {\"controlNET\": {\"args\": [1]}}, \"job\": {\"preset\": \"named\"}}",
                        presets)
                .get(0);
        Task named = tasks(
                        "c.json",
                        "{\"controlnet\": {\"image\": \"pose.png\", \"model\": \"b\"}, \"job\": {\"preset\": \"raw\"}}",
                        presets)
                .get(0);
        Task none = tasks("d.json", "{\"controlnet\": null, \"job\": {\"preset\": \"named\"}}", presets)
                .get(0);

        assertThat(inherited.attachments()).extracting(Attachment::source).containsExactly("p.png");
        assertThat(raw.settings()).doesNotContainKey("controlnet");
        assertThat(raw.attachments()).isEmpty();
        assertThat(named.settings().get("alwayson_scripts")).isEqualTo(Map.of("Other", Map.of("args", List.of())));
        assertThat(named.settings().get("controlnet")).asString().isEqualTo("[{image=null, model=b}]");
        assertThat(none.settings()).doesNotContainKey("controlnet");
    }
}
