package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.sandbox.SandboxSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on the same folders. */
final class InstancesTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void prepare() throws Exception {
        bench = new Bench(
                home,
                SandboxSettings.defaults()
                        .withTimePerPicture(Duration.ofMillis(20))
                        .withPlainPictures(true));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void whatTheOneLeavesWhenItIsKilledTheOtherBringsToItsEnd() throws Exception {
        int jobs = 60;
        bench.withRecipe("folder", "/mnt/gallery", home.resolve("gallery").toString());
        List<Process> processes = new ArrayList<>();
        try {
            for (int i = 1; i <= 3; i++) {
                Path log = Files.createDirectories(home.resolve("instance" + i));
                processes.add(run(log));
                Path work = bench.data().resolve("work");
                int number = i;
                Bench.await("instance " + i, () -> log(log).contains("watching"));
                assertThat(work.resolve(number == 1 ? ".lock" : ".instances/" + number + "/.lock"))
                        .exists();
            }
            for (int i = 0; i < jobs; i++) {
                bench.drop((i % 3 == 0 ? "lane/" : "") + "job" + i + ".json", "{\"n_iter\": 2, " + SMALL + "}");
            }
            Bench.await("some are done", () -> bench.manifests().size() >= 6);
            processes.get(0).destroyForcibly().waitFor();
            Bench.await("more are done", () -> bench.manifests().size() >= 20);
            processes.get(2).destroyForcibly().waitFor();

            Bench.await("all jobs", () -> bench.manifests().size() == jobs);
            bench.assertTidy();
            Bench.await(
                    "delivered",
                    () -> Disk.list(bench.data().resolve("outbox/.instances/2/gallery"))
                            .isEmpty());
        } finally {
            processes.forEach(Process::destroy);
            for (Process process : processes) {
                process.waitFor();
            }
        }

        assertThat(log(home.resolve("instance2")))
                .contains("is gone, and what it left")
                .doesNotContain("Exception");
        assertThat(Disk.list(bench.data().resolve("failed"))).isEmpty();
        assertThat(Bench.files(bench.data().resolve("done"))).hasSize(jobs);
        Set<String> made = new HashSet<>();
        for (JsonNode manifest : bench.manifests()) {
            for (JsonNode output : manifest.at("/receipts/0/outputs")) {
                Path file = bench.outputs(manifest).resolve(output.path("file").asText());
                assertThat(Sha256.of(file)).isEqualTo(output.path("sha256").asText());
                made.add(file.getFileName().toString());
            }
        }
        assertThat(made).hasSize(2 * jobs);
        assertThat(Bench.files(home.resolve("gallery")))
                .extracting(file -> file.getFileName().toString())
                .containsExactlyInAnyOrderElementsOf(made);
    }

    /** Whoever finds the file that cancels need not be the one that has the job. */
    @Test
    void jobsOfOthersAreCancelledToo() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults().withTimePerPicture(Duration.ofSeconds(2)));
        bench.start();
        Path work = bench.data().resolve("work");
        try (Service other = Service.start(bench.settings())) {
            for (int i = 0; i < 6; i++) {
                bench.drop("job" + i + ".json", "{\"n_iter\": 40, " + SMALL + "}");
            }
            Bench.await(
                    "both at work",
                    () -> !Bench.jobs(work).isEmpty()
                            && !Bench.jobs(work.resolve(".instances/2")).isEmpty());
            for (int i = 0; i < 6; i++) {
                bench.drop("job" + i + ".cancel", "");
            }

            Bench.await("all cancelled", () -> bench.exists("cancelled") && cancelled() == 6);
            assertThat(other.camelContext().isStarted()).isTrue();
            bench.restartSandbox(SandboxSettings.defaults()); // what it was at work on ends with it
            bench.assertTidy();
        }
    }

    private long cancelled() throws Exception {
        return Disk.list(bench.data().resolve("cancelled")).stream()
                .filter(path -> path.toString().matches(".*job[0-9][.]json"))
                .count();
    }

    private static String log(Path folder) throws Exception {
        return Files.readString(folder.resolve("log"));
    }

    private Process run(Path log) throws Exception {
        return RecoveryTest.Program.run(log, bench, List.of("-Xmx128m", "-Ddarkroom.deliver=gallery"));
    }
}
