package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prompt files that ask for many tasks, through the shipped routes and over real HTTP. */
final class ExpansionInDropFolderTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void bench() throws IOException {
        Files.createDirectories(home.resolve("wildcards"));
        Files.writeString(home.resolve("wildcards/birds.txt"), "gull\ntern\nauk\n");
        bench = new Bench(home, SandboxSettings.defaults().withPlainPictures(true))
                .with(Setting.WILDCARDS, home.resolve("wildcards").toString())
                .with(Setting.JOB_LIMIT, "20");
    }

    @Test
    void everyCombinationIsATask() throws Exception {
        try (Bench started = bench.start()) {
            started.drop(
                    "a.json",
                    "{\"prompt\": \"a\", \"seed\": 5, " + SMALL
                            + ", \"job\": {\"matrix\": {\"steps\": [2, 3], \"cfg_scale\": [6, 7.5]}, \"count\": 2}}");

            JsonNode manifest = started.done("a.json");

            assertThat(payloads(manifest, "steps")).containsExactly("2", "2", "2", "2", "3", "3", "3", "3");
            assertThat(payloads(manifest, "cfg_scale")).containsExactly("6", "6", "7.5", "7.5", "6", "6", "7.5", "7.5");
            assertThat(payloads(manifest, "seed")).containsExactly("5", "6", "5", "6", "5", "6", "5", "6");
            assertThat(Bench.names(manifest)).doesNotHaveDuplicates().hasSize(8);
            started.assertTidy();
        }
    }

    @Test
    void promptsAreDrawnOnceAndForAllAndTheWildcardsAreNamed() throws Exception {
        try (Bench started = bench.start()) {
            String file = "{\"prompt\": \"a {red|blue} __birds__\", \"seed\": 5, " + SMALL
                    + ", \"job\": {\"expand\": \"random\", \"count\": 6}}";
            started.drop("a.json", file);
            started.drop("b.json", file);

            JsonNode manifest = started.done("a.json");

            assertThat(payloads(manifest, "prompt"))
                    .allMatch(prompt -> prompt.matches("a (red|blue) (gull|tern|auk)"))
                    .isEqualTo(payloads(started.done("b.json"), "prompt"))
                    .hasSize(6);
            assertThat(manifest.at("/defaults/0/kind").asText()).isEqualTo("wildcard");
            assertThat(manifest.at("/defaults/0/file").asText()).isEqualTo("birds.txt");
        }
    }

    @Test
    void withoutBeingAskedForTemplatesAreTexts() throws Exception {
        try (Bench started = bench.start()) {
            started.drop("a.json", "{\"prompt\": \"{red|blue} __birds__\", " + SMALL + "}");

            assertThat(payloads(started.done("a.json"), "prompt")).containsExactly("{red|blue} __birds__");
        }
    }

    @Test
    void rowsOfATableExpandAsTheirLaneSays() throws Exception {
        try (Bench started = bench.with(Setting.DROP_SETTLE, "50ms").start()) {
            started.put(
                    "many/_lane.yaml",
                    "width: 64\nheight: 64\nsteps: 2\njob: {expand: combinatorial, limit: 6}\n"
                            .getBytes(StandardCharsets.UTF_8));
            started.drop("many/right.csv", "prompt\na __birds__\na {big|small} owl\n");
            started.drop("many/much.csv", "prompt\na __birds__\ntwo __birds__\nan owl\n");

            assertThat(payloads(started.done("many/right.csv"), "prompt"))
                    .containsExactlyInAnyOrder("a gull", "a tern", "a auk", "a big owl", "a small owl");
            assertThat(started.failed("many/much.csv").path("code").asText()).isEqualTo("too-many-tasks");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'matrix': {'seed': '1-100'}}                                | too-many-tasks      | 100 tasks; the limit is 20",
                "{'matrix': {'steps': [2, 0]}}                                | out-of-range        | 'steps' is 0",
                "{'matrix': {'steps': ['x']}}                                 | wrong-type          | 'steps' is",
                "{'matrix': {'/override_settings/outdir_samples': ['/etc']}}  | setting-not-allowed | outdir_samples",
                "{'matrix': {'override_settings': [{'temp_dir': '/etc'}]}}    | setting-not-allowed | temp_dir",
                "{'matrix': {'/alwayson_scripts/x': [{'args': ['http://a']}]}} | picture-url        | is a URL",
                "{'matrix': {'/init_images/0': ['../secret.png']}}            | axis-broken         |",
                "{'matrix': {'/job/deliver': [['x']]}}                        | axis-broken         |",
                "{'expand': 'random', 'zip': {'prompt': ['__bird__']}}        | unknown-wildcard    | birds",
                "{'expand': 'sometimes'}                                      | wrong-type          | random",
            })
    void whatIsWrongIsSaidBeforeAnythingIsMade(String job, String code, String said) throws Exception {
        try (Bench started = bench.start()) {
            started.drop("a.json", "{\"prompt\": \"a\", " + SMALL + ", \"job\": " + job.replace('\'', '"') + "}");

            JsonNode error = started.failed("a.json");

            assertThat(error.path("code").asText()).as(error.toString()).isEqualTo(code);
            assertThat(error.path("message").asText() + error.path("hint").asText())
                    .contains(said == null ? "" : said);
            assertThat(started.generations()).isEmpty();
        }
    }

    private static List<String> payloads(JsonNode manifest, String field) {
        List<String> values = new ArrayList<>();
        manifest.path("receipts")
                .forEach(receipt ->
                        values.add(receipt.path("payload").path(field).asText()));
        return values;
    }
}
