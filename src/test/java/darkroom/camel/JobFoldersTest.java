package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that are dropped as one, through the shipped routes. */
final class JobFoldersTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";
    private static final String JOB =
            "{\"prompt\": \"a gull\", " + SMALL + ", \"job\": {\"pictures\": \"photos\", \"sidecars\": true}}";

    @TempDir
    Path home;

    private Bench bench() throws IOException {
        return new Bench(home, SandboxSettings.defaults().withPlainPictures(true))
                .with(Setting.DROP_SETTLE, "50ms")
                .with(Setting.DROP_PATIENCE, "100ms");
    }

    private void fill(Path folder, String job) throws IOException {
        byte[] sketch = Files.readAllBytes(Path.of("examples/pictures/sketch.png"));
        Files.createDirectories(folder.resolve("photos"));
        Files.write(folder.resolve("photos/x2.png"), sketch);
        Files.write(folder.resolve("photos/x10.png"), sketch);
        Files.writeString(folder.resolve("photos/x10.txt"), "a tern");
        Files.writeString(folder.resolve("notes.json"), "no prompt file of its own");
        Files.writeString(folder.resolve("job.json"), job);
    }

    private Path drop(Bench bench, String name, String job) throws IOException {
        Path prepared = home.resolve("prepared");
        fill(prepared, job);
        Path target = bench.data().resolve("drop").resolve(name);
        Files.createDirectories(target.getParent());
        return Files.move(prepared, target);
    }

    @Test
    void aFolderIsOneJobAndMovesAsAWhole() throws Exception {
        try (Bench bench = bench().start()) {
            drop(bench, "birds/gulls.job", JOB);

            JsonNode manifest = bench.done("birds/gulls.job");

            assertThat(manifest.path("name").asText()).isEqualTo("gulls");
            assertThat(manifest.path("lane").asText()).isEqualTo("birds");
            assertThat(manifest.path("receipts")).hasSize(2);
            assertThat(manifest.at("/receipts/0/payload/prompt").asText()).isEqualTo("a gull");
            assertThat(manifest.at("/receipts/1/payload/prompt").asText()).isEqualTo("a tern");
            assertThat(bench.exists("done/birds/gulls.job/photos/x2.png")).isTrue();
            assertThat(bench.exists("done/birds/gulls.job/notes.json")).isTrue();
            assertThat(bench.exists("drop/birds/gulls.job")).isFalse();
            assertThat(bench.manifests()).hasSize(1);
            bench.assertTidy();
        }
    }

    @Test
    void theExampleWorksAsItIs() throws Exception {
        try (Bench bench = bench().start()) {
            Path example = Path.of("examples/lanterns.job");
            Path copy = home.resolve("copy");
            for (String file :
                    List.of("photos/lantern2.png", "photos/lantern10.png", "photos/lantern10.txt", "job.json")) {
                Files.createDirectories(copy.resolve(file).getParent());
                Files.copy(example.resolve(file), copy.resolve(file));
            }
            Files.move(copy, bench.data().resolve("drop/lanterns.job"));

            JsonNode manifest = bench.done("lanterns.job");

            assertThat(manifest.at("/receipts/0/payload/prompt").asText()).isEqualTo("a red paper lantern");
            assertThat(manifest.at("/receipts/1/payload/prompt").asText()).isEqualTo("a green paper lantern");
            bench.assertTidy();
        }
    }

    @Test
    void oneThatIsHeldIsApprovedAsAWhole() throws Exception {
        try (Bench bench = bench().with(Setting.HOLD_TASKS, "1").start()) {
            drop(bench, "birds/gulls.job", JOB);
            Bench.await("held", () -> bench.exists("held/birds/gulls.job/photos/x2.png"));
            Bench.await("and why", () -> bench.exists("held/birds/gulls.job.error.json"));

            Path held = bench.data().resolve("held/birds/gulls.job");
            Files.move(held, held.resolveSibling("gulls.approved.job"));

            assertThat(bench.done("birds/gulls.job").path("receipts")).hasSize(2);
            assertThat(Disk.list(bench.data().resolve("held"))).isEmpty();
            bench.assertTidy();
        }
    }

    @Test
    void itIsNotTakenBeforeItsPromptFileIsThere() throws Exception {
        try (Bench bench = bench().start()) {
            Path folder = bench.data().resolve("drop/slow.job");
            fill(folder, JOB);
            Files.delete(folder.resolve("job.json"));
            bench.drop("other.json", "{\"prompt\": \"a\", " + SMALL + "}");
            bench.done("other.json");
            assertThat(bench.exists("drop/slow.job/photos/x10.txt")).isTrue();

            Files.writeString(folder.resolve("job.yaml"), "image: photos/x2.png\njob: {operation: png-info}\n");

            assertThat(bench.done("slow.job").path("receipts")).hasSize(1);
        }
    }

    @Test
    void whatHasFailedIsTriedAgainWhenItComesBack() throws Exception {
        try (Bench bench = bench().start()) {
            drop(bench, "a.job", JOB.replace("a gull\"", "a gull\", \"init_images\": [\"x\"]"));

            JsonNode error = bench.failed("a.job");

            assertThat(error.path("code").asText()).isEqualTo("operation-mismatch");
            assertThat(error.path("promptFile").asText()).isEqualTo("a.job");
            Path failed = bench.data().resolve("failed/a.job");
            Files.writeString(failed.resolve("job.json"), JOB);
            Files.move(failed, bench.data().resolve("drop/a.job"));
            assertThat(bench.done("a.job").path("receipts")).hasSize(2);
            assertThat(bench.exists("failed/a.job.error.json")).isFalse();
            bench.assertTidy();
        }
    }

    @Test
    void twoPromptFilesInOneFolderAreOneTooMany() throws Exception {
        try (Bench bench = bench().start()) {
            Path prepared = home.resolve("prepared");
            fill(prepared, JOB);
            Files.writeString(prepared.resolve("job.yaml"), "prompt: a\n");
            Files.move(prepared, bench.data().resolve("drop/a.job"));

            assertThat(bench.failed("a.job").path("message").asText())
                    .contains("there are job.json and job.yaml in the folder");
            assertThat(bench.generations()).isEmpty();
        }
    }

    @Test
    void aFolderIsCancelledByItsName() throws Exception {
        try (Bench bench = bench().with(Setting.WEBUI_IN_FLIGHT, "1").start()) {
            drop(bench, "a.job", JOB.replace("\"sidecars\": true", "\"count\": 300"));
            Bench.await("some of it", () -> bench.generations().size() >= 2);
            bench.drop("a.cancel", "");

            Bench.await("cancelled/a.job", () -> bench.exists("cancelled/a.job/photos/x2.png"));

            assertThat(bench.generations().size()).isLessThan(600);
            assertThat(bench.exists("cancelled/a.job.error.json")).isTrue();
        }
    }

    @Test
    void whatAProcessThatDiedHadClaimedComesBackAsOne() throws Exception {
        try (Bench bench = bench()) {
            fill(bench.data().resolve("drop/.claimed/i1-dead/birds/a.job"), JOB);
            bench.start();

            assertThat(bench.done("birds/a.job").path("receipts")).hasSize(2);
            assertThat(bench.manifests()).hasSize(1);
            bench.assertTidy();
        }
    }

    @Test
    void itGoesOnAfterAStop() throws Exception {
        try (Bench bench = bench().start()) {
            drop(bench, "a.job", JOB.replace("\"sidecars\": true", "\"count\": 20"));
            Bench.await("some of it", () -> bench.generations().size() >= 5);
            bench.stop();
            bench.start();

            assertThat(bench.done("a.job").path("receipts")).hasSize(40);
            assertThat(bench.generations()).hasSizeBetween(40, 44);
        }
    }

    @Test
    void linksInItLeadNowhereElse() throws Exception {
        try (Bench bench = bench().start()) {
            Path secret = Files.copy(Path.of("examples/pictures/sketch.png"), home.resolve("secret.png"));
            Path prepared = home.resolve("prepared");
            fill(prepared, JOB);
            Files.createSymbolicLink(prepared.resolve("photos/y.png"), secret);
            Files.move(prepared, bench.data().resolve("drop/a.job"));
            Path elsewhere = home.resolve("elsewhere.job");
            fill(elsewhere, JOB);
            Files.createSymbolicLink(bench.data().resolve("drop/link.job"), elsewhere);

            assertThat(bench.failed("a.job").path("code").asText()).isEqualTo("picture-outside");
            assertThat(Files.isSymbolicLink(bench.data().resolve("drop/link.job")))
                    .isTrue();
            assertThat(bench.generations()).isEmpty();
        }
    }

    @Test
    void aFolderIsMovedToAnotherFileSystemAsAWhole() throws Exception {
        Path shm = Path.of("/dev/shm");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.isWritable(shm));
        Path other = Files.createTempDirectory(shm, "darkroom");
        try {
            Path from = home.resolve("a.job");
            fill(from, JOB);

            new Disk(true).moveAnywhere(from, other.resolve("a.job"));

            assertThat(from).doesNotExist();
            assertThat(other.resolve("a.job/photos/x10.txt"))
                    .content(StandardCharsets.UTF_8)
                    .isEqualTo("a tern");
            assertThat(Disk.list(other)).hasSize(1);
        } finally {
            Disk.deleteTree(other);
        }
    }
}
