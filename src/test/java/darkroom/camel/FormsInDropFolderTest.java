package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prompt files of all forms, through the shipped routes and over real HTTP. */
final class FormsInDropFolderTest {
    private static final String SMALL = "64,64,2";

    @TempDir
    Path home;

    private final SandboxSettings plain = SandboxSettings.defaults().withPlainPictures(true);

    private Bench bench() throws IOException {
        return new Bench(home, plain).with(Setting.DROP_SETTLE, "50ms").with(Setting.DROP_PATIENCE, "100ms");
    }

    @Test
    void eachRowOfATableIsATaskOfOneJob() throws Exception {
        try (Bench bench = bench().start()) {
            bench.drop("birds/gulls.csv", """
                    prompt;seed;width;height;steps;batch_size
                    "a gull; grey";5;64;64;2;2
                    a tern;5;64;64;3;
                    an auk;7;64;64;2;1
                    """);

            JsonNode manifest = bench.done("birds/gulls.csv");

            assertThat(manifest.path("receipts")).hasSize(3);
            assertThat(manifest.path("outputs").asInt()).isEqualTo(4);
            String job = manifest.path("job").asText();
            assertThat(job).startsWith("gulls-");
            assertThat(Bench.names(manifest))
                    .containsExactly(job + "-001-5.png", job + "-002-6.png", job + "-003-5.png", job + "-004-7.png");
            assertThat(Bench.names(manifest))
                    .allSatisfy(name ->
                            assertThat(bench.outputs(manifest).resolve(name)).isNotEmptyFile());
            assertThat(manifest.at("/receipts/0/payload/prompt").asText()).isEqualTo("a gull; grey");
            bench.assertTidy();
        }
    }

    @Test
    void tasksWithTheSameSeedDoNotReplaceEachOther() throws Exception {
        try (Bench bench = bench().with(Setting.OUTPUTS_NAME, "[name]-[seed]").start()) {
            bench.drop("a.jsonl", """
                    {"prompt": "a", "seed": 5, "width": 64, "height": 64, "steps": 2}
                    {"prompt": "b", "seed": 5, "width": 64, "height": 64, "steps": 2}
                    """);

            assertThat(Bench.names(bench.done("a.jsonl"))).containsExactly("a-5-001.png", "a-5-002.png");
        }
    }

    @Test
    void textsAndYamlAreTaken() throws Exception {
        try (Bench bench = bench().start()) {
            bench.put("_lane.yaml", "width: 64\nheight: 64\nsteps: 2\n".getBytes(StandardCharsets.UTF_8));
            bench.drop("lines.txt", "a gull\n--prompt a tern --steps 3\n");
            bench.drop("list.yaml", "- prompt: a\n- prompt: b\n");
            bench.drop("list.json", "[{\"prompt\": \"a\"}, {\"prompt\": \"b\"}, {\"prompt\": \"c\"}]");

            assertThat(bench.done("lines.txt").path("receipts")).hasSize(2);
            assertThat(bench.done("list.yaml").path("receipts")).hasSize(2);
            assertThat(bench.done("list.json").path("receipts")).hasSize(3);
            assertThat(bench.exists("drop/_lane.yaml")).isTrue();
        }
    }

    @Test
    void aPictureIsMadeAgainWithTheChangesOfItsLane() throws Exception {
        try (Bench bench = bench().start()) {
            bench.drop(
                    "first.json",
                    "{\"prompt\": \"a gull\", \"seed\": 77, \"width\": 64, \"height\": 64, \"steps\": 2}");
            JsonNode first = bench.done("first.json");
            byte[] picture = Files.readAllBytes(
                    bench.outputs(first).resolve(Bench.names(first).get(0)));
            bench.put("again/_lane.yaml", "steps: 4\n".getBytes(StandardCharsets.UTF_8));
            bench.put("sketch.png", picture);
            bench.put("again/made.png", picture);

            JsonNode again = bench.done("again/made.png");

            assertThat(again.at("/receipts/0/payload/infotext").asText()).startsWith("a gull\n");
            assertThat(again.at("/receipts/0/payload/seed").asLong()).isEqualTo(77);
            assertThat(again.at("/receipts/0/outputs/0/infotext").asText()).contains("Steps: 4", "Seed: 77");
            assertThat(bench.exists("drop/sketch.png"))
                    .as("it is nobody's prompt file")
                    .isTrue();
        }
    }

    @Test
    void nothingIsSentOfAFileWithAMistake() throws Exception {
        try (Bench bench = bench().with(Setting.JOB_LIMIT, "3").start()) {
            bench.drop("wrong.csv", "prompt,steps\na,2\nb,0\nc,x\n");
            bench.drop("many.txt", "a\nb\nc\nd\n");

            JsonNode wrong = bench.failed("wrong.csv");
            assertThat(wrong.path("code").asText()).isEqualTo("out-of-range");
            assertThat(wrong.toString()).contains("/steps").contains("wrong-type");
            assertThat(bench.failed("many.txt").path("code").asText()).isEqualTo("too-many-tasks");
            assertThat(bench.generations()).isEmpty();
            bench.assertTidy();
        }
    }

    @Test
    void whatIsFinishedOfALongJobIsNotMadeAgainAfterAStop() throws Exception {
        int rows = 40;
        StringBuilder table = new StringBuilder("prompt,seed,width,height,steps\n");
        IntStream.range(0, rows)
                .forEach(i -> table.append("a gull,")
                        .append(i)
                        .append(',')
                        .append(SMALL)
                        .append('\n'));
        try (Bench bench = bench().start()) {
            bench.drop("a.csv", table.toString());
            Bench.await("some of it", () -> bench.generations().size() >= 10);
            bench.stop();
            bench.start();

            JsonNode manifest = bench.done("a.csv");

            assertThat(manifest.path("receipts")).hasSize(rows);
            List<String> names = Bench.names(manifest);
            assertThat(names).doesNotHaveDuplicates().hasSize(rows);
            assertThat(bench.generations())
                    .as("those that were under way are made again")
                    .hasSizeBetween(rows, rows + 4);
            bench.assertTidy();
        }
    }

    @Test
    void aTableIsCancelledLikeAnyOther() throws Exception {
        try (Bench bench = bench().with(Setting.WEBUI_IN_FLIGHT, "1").start()) {
            StringBuilder lines = new StringBuilder("prompt,seed,width,height,steps\n");
            IntStream.range(0, 500)
                    .forEach(i -> lines.append("a,")
                            .append(i)
                            .append(',')
                            .append(SMALL)
                            .append('\n'));
            bench.drop("a.csv", lines.toString());
            Bench.await("some of it", () -> bench.generations().size() >= 2);
            bench.drop("a.cancel", "");

            Bench.await("cancelled/a.csv", () -> bench.exists("cancelled/a.csv"));

            assertThat(bench.generations().size()).isLessThan(500);
        }
    }
}
