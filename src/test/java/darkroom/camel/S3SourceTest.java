package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.settings.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/** The recipe for prompt files from S3, against a server that speaks it. */
final class S3SourceTest {
    private static final String CAT = "{\"prompt\": \"a cat\", \"width\": 64, \"height\": 64, \"steps\": 2}";
    private static final int JOBS = 12;
    private static final int LARGE = 32 << 20;

    @TempDir
    static Path far;

    @TempDir
    Path home;

    private static S3Mock s3;
    private Bench bench;

    @BeforeAll
    static void serve() throws Exception {
        s3 = new S3Mock(Files.createDirectory(far.resolve("s3"))).start();
    }

    @AfterAll
    static void end() {
        s3.close();
    }

    @BeforeEach
    void prepare() throws Exception {
        for (String key : s3.keys()) {
            s3.client().deleteObject(request -> request.bucket(S3Mock.BUCKET).key(key));
        }
        bench = new Bench(home);
        bench.withProperties("prompts.access=someone\nprompts.secret=something\n");
        recipe();
    }

    private void recipe(String... more) throws Exception {
        List<String> edits = new ArrayList<>(List.of(
                "my-prompts",
                S3Mock.BUCKET,
                "eu-central-1",
                "us-east-1",
                "period: 10000",
                "period: 300",
                "# overrideEndpoint",
                "overrideEndpoint",
                "# uriEndpointOverride: https://minio.example.org",
                "uriEndpointOverride: " + s3.url(),
                "# forcePathStyle",
                "forcePathStyle",
                "useDefaultCredentialsProvider: true",
                "useDefaultCredentialsProvider: false",
                "# accessKey: \"RAW({{env:PROMPTS_ACCESS_KEY}})\"",
                "accessKey: \"RAW({{prompts.access}})\"",
                "# secretKey: \"RAW({{env:PROMPTS_SECRET_KEY}})\"",
                "secretKey: \"RAW({{prompts.secret}})\""));
        edits.addAll(Arrays.asList(more));
        bench.withRecipe("from-s3", edits.toArray(String[]::new));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void eachObjectBecomesAJobAndIsGoneAndOthersStay() throws Exception {
        List<String> others = List.of(
                "elsewhere/a.json",
                "prompts/sketch.png",
                "prompts/a.json.part",
                "prompts/",
                "prompts/${env:HOME}.json");
        for (String key : others) {
            put(key, "x");
        }
        for (int i = 0; i < JOBS / 2; i++) {
            put("prompts/deep/日本 {x} " + i + ".json", CAT);
        }
        bench.start();
        Bench.await("some", () -> !bench.manifests().isEmpty());
        s3.stop();
        s3.start();
        for (int i = JOBS / 2; i < JOBS; i++) {
            put("prompts/" + i + ".json", CAT);
        }

        Bench.await("all", () -> bench.manifests().size() == JOBS);
        Bench.await("an empty prefix", () -> s3.keys().size() == others.size());
        assertThat(s3.keys()).containsExactlyInAnyOrderElementsOf(others);
        assertThat(bench.manifests())
                .allMatch(manifest -> manifest.path("lane").asText().equals("bucket"));
        assertThat(bench.generations()).hasSize(JOBS);
        bench.assertTidy();
    }

    /** The job is safe, and the process died before it could delete the object: the next one finds it again. */
    @Test
    void whatIsStillThereAfterwardsIsNoSecondJob() throws Exception {
        recipe(
                "                          name: accept\n",
                "                          name: accept\n                    - throwException: {exceptionType:"
                        + " java.lang.IllegalStateException, message: lost}\n");
        bench.start();
        put("prompts/a.json", CAT);
        Bench.await("a job", () -> bench.manifests().size() == 1);
        assertThat(s3.keys()).containsExactly("prompts/a.json");
        bench.stop();
        recipe();
        bench.start();

        Bench.await("gone", () -> s3.keys().isEmpty());
        put("prompts/a.json", CAT.replace("cat", "dog")); // another one of the same name
        Bench.await("the next", () -> bench.manifests().size() == 2);
        Bench.await("gone as well", () -> s3.keys().isEmpty());
        assertThat(bench.manifests()).hasSize(2);
        assertThat(Disk.list(bench.data().resolve("intake"))).hasSize(2);
    }

    @Test
    void whatIsTakenCanBeKept() throws Exception {
        String recipe = Files.readString(bench.routes().resolve("from-s3.camel.yaml"));
        int from = recipe.indexOf("                    # - setHeader");
        int to = recipe.indexOf("                    - setHeader:", from);
        Files.writeString(
                bench.routes().resolve("from-s3.camel.yaml"),
                recipe.substring(0, from)
                        + recipe.substring(from, to).replaceAll("(?m)^( +)# ", "$1")
                        + recipe.substring(to));
        bench.start();
        put("prompts/日本.json", CAT);

        Bench.await("kept", () -> s3.keys().equals(List.of("taken/prompts/日本.json")));
        Bench.await("a job", () -> bench.manifests().size() == 1);
    }

    @Test
    void aLargeOneIsStreamed() throws Exception {
        String fetch = "                    - to:\n                        uri: direct:bucket-storage\n"
                + "                    - setVariable:";
        String accept = "                          name: accept\n";
        recipe(
                fetch,
                Allocated.step("                    ", "begin") + fetch,
                accept,
                accept + Allocated.step("                    ", "end"));
        bench.with(Setting.PROMPT_MAX_SIZE, "1MB").start(); // it would be read for long
        Path large = home.resolve("large");
        Files.write(large, new byte[LARGE]);
        s3.client().putObject(request -> request.bucket(S3Mock.BUCKET).key("prompts/large.json"), large);

        Bench.await("gone", () -> s3.keys().isEmpty());
        assertThat(Allocated.bytes()).isBetween(1L, LARGE / 4L);
        Bench.await("said", () -> bench.exists("failed/bucket") && errors().size() == 1);
    }

    @Test
    void whatIsWrongWithOneIsSaidWhereItIsWithEveryPromptFile() throws Exception {
        bench.with(Setting.PROMPT_MAX_SIZE, "1MB").start();
        put("prompts/a.json", "{\"steps\": \"many\"}");
        put("prompts/b.json", "{\"prompt\": \"" + "x".repeat(2 << 20) + "\"}");
        put("prompts/c.json", "");

        Bench.await("failed", () -> bench.exists("failed/bucket") && errors().size() == 3);
        Bench.await("gone", () -> s3.keys().isEmpty());
        assertThat(errors()).extracting(error -> error.path("code").asText()).doesNotContain("");
    }

    private List<JsonNode> errors() throws Exception {
        return Disk.list(bench.data().resolve("failed/bucket")).stream()
                .filter(file -> file.toString().endsWith(".error.json"))
                .map(Bench::json)
                .toList();
    }

    private void put(String key, String content) {
        s3.client().putObject(request -> request.bucket(S3Mock.BUCKET).key(key), RequestBody.fromString(content));
    }
}
