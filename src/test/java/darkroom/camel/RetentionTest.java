package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.sandbox.Fault;
import darkroom.settings.Setting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is deleted when it is asked for, and what is not. */
final class RetentionTest {
    private static final String SMALL = "{\"width\": 64, \"height\": 64, \"steps\": 1}";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void prepare() throws Exception {
        bench = new Bench(home).with(Setting.KEEP_LOOK, "100ms");
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void theNewestAreKept() throws Exception {
        bench.with(Setting.KEEP_DONE, "2").with(Setting.KEEP_OUTPUTS, "30d, 1");
        Path old = bench.put("lane/a.json", SMALL.getBytes(StandardCharsets.UTF_8));
        Files.setLastModifiedTime(old, FileTime.fromMillis(0)); // written long ago, done just now
        bench.start();
        bench.done("lane/a.json");
        bench.drop("lane/b.json", SMALL);
        Bench.await("b", () -> bench.exists("done/lane/b.json"));
        bench.drop("c.json", SMALL);

        Bench.await("two prompt files", () -> !bench.exists("done/lane/a.json") && bench.exists("done/c.json"));
        Bench.await("one output folder", () -> bench.manifests().size() == 1);
        assertThat(bench.exists("done/lane/b.json")).isTrue();
        assertThat(bench.manifests().get(0).path("promptFile").asText()).isEqualTo("c.json");
        assertThat(Disk.list(bench.data().resolve("outputs")))
                .as("an empty lane goes as well")
                .hasSize(1);
        bench.assertTidy();
    }

    @Test
    void whatFailedGoesWithAllThatBelongsToIt() throws Exception {
        bench.start();
        bench.sandbox().next(Fault.size(128, 64));
        bench.drop("a.json", SMALL);
        JsonNode error = bench.failed("a.json");
        assertThat(error.path("code").asText()).isEqualTo("refused-size");
        assertThat(files("failed")).hasSize(3); // the file, the reason, the refused picture
        bench.stop();

        bench.with(Setting.KEEP_FAILED, "0").start();

        Bench.await("all of it", () -> files("failed").isEmpty());
        bench.drop("b.json", SMALL);
        bench.done("b.json");
        assertThat(bench.manifests()).hasSize(1);
    }

    /** A job whose deliveries were given up is kept at work for another try, its pictures for the delivery. */
    @Test
    void whatIsKeptForAnotherTryGoesWithItsPromptFile() throws Exception {
        Files.writeString(bench.routes().resolve("broken.camel.yaml"), """
                - route:
                    id: broken
                    routeConfigurationId: deliveries
                    from:
                      uri: outbox:broken?attempts=1
                      steps:
                        - throwException:
                            exceptionType: java.lang.IllegalStateException
                            message: it is broken
                """);
        bench.with(Setting.DELIVER, "broken").start();
        bench.drop("a.json", SMALL);
        assertThat(bench.failed("a.json").path("code").asText()).isEqualTo("delivery-failed");
        bench.stop();
        assertThat(Bench.jobs(bench.data().resolve("work"))).hasSize(1);

        bench.with(Setting.KEEP_FAILED, "0").with(Setting.KEEP_OUTPUTS, "0").start();
        Bench.await(
                "the job",
                () -> Bench.jobs(bench.data().resolve("work")).isEmpty()
                        && files("failed").isEmpty());
        assertThat(bench.manifests()).as("its delivery may be tried again").hasSize(1);
        bench.stop();
        bench.with(Setting.KEEP_DEAD, "0").start();

        Bench.await("its pictures", () -> bench.manifests().isEmpty());
        assertThat(files("outbox")).isEmpty();
    }

    /** What waits to be delivered has to be there when its turn comes. */
    @Test
    void whatIsStillNeededStays() throws Exception {
        bench.with(Setting.KEEP_OUTPUTS, "0").with(Setting.DELIVER, "nowhere").with(Setting.DELIVER_ENDS, "local");
        bench.start();
        bench.drop("a.json", SMALL);
        bench.done("a.json");
        bench.drop("b.json", "{\"width\": 64, \"height\": 64, \"steps\": 1, \"job\": {\"deliver\": []}}");
        Bench.await("b is done", () -> bench.exists("done/b.json"));
        Bench.await("and gone", () -> bench.manifests().size() == 1);

        assertThat(bench.manifests().get(0).path("promptFile").asText()).isEqualTo("a.json");
        Disk.deleteTree(bench.data().resolve("outbox/nowhere"));
        Bench.await("it is not needed any more", () -> bench.manifests().isEmpty());
    }

    private List<Path> files(String folder) throws Exception {
        return new ArrayList<>(Bench.files(bench.data().resolve(folder)));
    }
}
