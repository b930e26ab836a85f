package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.camel.component.WebuiComponent;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.sandbox.Fault;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a process that died left behind is brought to its end by the next one. */
final class RecoveryTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void prepare() throws IOException {
        bench = new Bench(home);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void whatWasClaimedIsBroughtBack() throws Exception {
        Path claimed = Files.createDirectories(bench.data().resolve("drop/.claimed/0123-1/lane"));
        Files.writeString(claimed.resolve("a.json"), "{" + SMALL + "}");
        bench.start();

        assertThat(bench.done("lane/a.json").path("lane").asText()).isEqualTo("lane");
        bench.assertTidy();
        assertThat(Disk.list(bench.data().resolve("drop/.claimed"))).isEmpty();
    }

    @Test
    void aFileThatKillsTheProcessThreeTimesIsSetAside() throws Exception {
        for (int i = 1; i <= 3; i++) {
            Path claimed = Files.createDirectories(bench.data().resolve("drop/.claimed/0123-" + i));
            Path back = bench.data().resolve("drop/a.json");
            if (i == 1) {
                Files.writeString(claimed.resolve("a.json"), "{");
            } else {
                Files.move(back, claimed.resolve("a.json"));
            }
            bench.with(Setting.DROP_PATIENCE, "1h").start(); // brought back, and not complete: nobody reads it
            bench.stop();
        }

        JsonNode error = bench.failed("a.json");
        assertThat(error.path("code").asText()).isEqualTo("crashed-repeatedly");
        assertThat(error.path("attempts").asInt()).isEqualTo(3);
    }

    /** What ends a process soon after its start would else be blamed on the file that happens to be read first, each time. */
    @Test
    void aFileBroughtBackLetsOthersGoFirst() throws Exception {
        Path claimed = Files.createDirectories(bench.data().resolve("drop/.claimed/0123-1"));
        Files.writeString(claimed.resolve("a.json"), "{" + SMALL + "}");
        bench.start();
        bench.drop("b.json", "{" + SMALL + "}");

        Instant other = accepted(bench.done("b.json"));
        assertThat(accepted(bench.done("a.json"))).isAfter(other);
    }

    private static Instant accepted(JsonNode manifest) {
        return Instant.parse(manifest.path("accepted").asText());
    }

    @Test
    void aFileBroughtBackDoesNotReplaceANewerOne() throws Exception {
        Path claimed = Files.createDirectories(bench.data().resolve("drop/.claimed/0123-1"));
        Files.writeString(claimed.resolve("a.json"), "{\"seed\": 1, " + SMALL + "}");
        bench.drop("a.json", "{\"seed\": 2, " + SMALL + "}");
        bench.start();

        Bench.await("both", () -> bench.manifests().size() == 2);
        assertThat(bench.manifests())
                .extracting(manifest -> manifest.at("/receipts/0/payload/seed").asInt())
                .containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void strikesAreForgottenWithTheFileTheyAreAbout() throws Exception {
        Path claimed = Files.createDirectories(bench.data().resolve("drop/.claimed/0123-1"));
        Path strikes = bench.data().resolve("drop/.claimed/.strikes");
        Files.writeString(claimed.resolve("a.json"), "{");
        bench.with(Setting.DROP_PATIENCE, "1h").start(); // brought back, and not complete: nobody reads it
        bench.stop();
        assertThat(Disk.list(strikes)).hasSize(1);

        bench.start();
        bench.stop();
        assertThat(Disk.list(strikes)).as("it still waits").hasSize(1);

        Files.delete(bench.data().resolve("drop/a.json")); // as if a process had read it, and died before it said so
        bench.start();
        assertThat(strikes).doesNotExist();
    }

    @Test
    void whatWasPublishedBeforeTheProcessDiedIsWithdrawnIfItsTaskFailsAfterThat() throws Exception {
        bench.stopSandbox();
        bench.start();
        bench.drop("a.json", "{" + SMALL + "}");
        Path outputs = bench.data().resolve("outputs");
        Bench.await("begun", () -> Disk.list(outputs).size() == 1);
        Path folder = Disk.list(outputs).get(0);
        bench.stop();
        // as a process leaves it that died before the receipt
        Files.writeString(folder.resolve("a-001-1.png"), "published");
        Files.writeString(
                Files.createDirectories(folder.resolve(".incoming-1")).resolve("names"), "a-001-1.png\na-002-2.png\n");

        bench.restartSandbox(SandboxSettings.defaults());
        bench.sandbox().next(Fault.outOfMemory());
        bench.start();

        assertThat(bench.failed("a.json").path("code").asText()).isEqualTo("webui-out-of-memory");
        bench.assertTidy();
        assertThat(folder).doesNotExist();
    }

    @Test
    void whatAProcessThatDiedWasWritingIsRemoved() throws Exception {
        List<Path> parts = new ArrayList<>();
        for (String part : List.of(
                "outbox/gallery/.a.json.part",
                "outbox/gallery/dead/.b.json.part",
                "intake/.c.json.part",
                "drop/.darkroom-start.part")) {
            Path file = bench.data().resolve(part);
            Files.createDirectories(file.getParent());
            parts.add(Files.writeString(file, "{"));
        }
        Path entry = Files.writeString(bench.data().resolve("outbox/gallery/d.json"), "{}");

        bench.start();

        assertThat(parts).noneMatch(Files::exists);
        assertThat(entry).exists();
    }

    @Test
    @Timeout(60) // the generation would take half an hour
    void aStopDoesNotWaitForAGenerationWithoutEnd() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults().withTimePerStep(Duration.ofSeconds(10)));
        bench.with(Setting.STOP_TIMEOUT, "1s").start();
        bench.drop("long.json", "{\"steps\": 180, \"width\": 64, \"height\": 64}");
        bench.sandbox().awaitRequest("/sdapi/v1/txt2img", 1, Bench.SOON);
        assertThat(isAtAWebUi()).isTrue(); // else what is looked for below is called otherwise by now

        bench.stop();

        Bench.await("nothing is at the WebUI any more", () -> !isAtAWebUi());
        bench.restartSandbox(SandboxSettings.defaults());
        bench.start();
        bench.done("long.json");
        bench.assertTidy();
    }

    /** Whether a thread of this process is at a task that has its place. */
    private static boolean isAtAWebUi() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getMethodName().equals("goOn")
                        && frame.getClassName().startsWith(WebuiComponent.class.getPackageName()));
    }

    @Test
    void aStopLeavesWhatWasNotBegunAndTheNextStartTakesItUp() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults().withTimePerPicture(Duration.ofMillis(700)));
        bench.start();
        for (int i = 0; i < 6; i++) {
            bench.drop("job" + i + ".json", "{\"seed\": -1, " + SMALL + "}");
        }
        bench.sandbox().awaitRequest("/sdapi/v1/txt2img", 2, Bench.SOON);

        bench.stop();

        int done = bench.manifests().size();
        assertThat(done).isBetween(1, 4);
        assertThat(bench.generations()).hasSize(done);
        assertThat(Disk.list(bench.data().resolve("failed"))).isEmpty();
        bench.start();
        for (int i = 0; i < 6; i++) {
            bench.done("job" + i + ".json");
        }
        assertThat(bench.generations()).hasSize(6);
        bench.assertTidy();
    }

    /** The real thing: another process, killed at random moments, and a WebUI that keeps what it was asked. */
    @Test
    void aProcessCanBeKilledAtAnyMoment() throws Exception {
        int jobs = 60;
        bench.restartSandbox(SandboxSettings.defaults()
                .withTimePerPicture(Duration.ofMillis(25))
                .withPlainPictures(true));
        for (int i = 0; i < jobs; i++) {
            bench.drop(
                    (i % 3 == 0 ? "lane/" : "") + "job" + i + ".json", "{\"seed\": -1, \"n_iter\": 2, " + SMALL + "}");
        }
        Random random = new Random(20261122);
        List<String> log = new ArrayList<>();
        for (int life = 0; life < 5; life++) {
            Process process = run();
            int asked = bench.sandbox().requests().size();
            Awaitility.await("life " + life)
                    .atMost(Bench.SOON)
                    .until(() -> bench.sandbox().requests().size() > asked);
            Awaitility.await().pollDelay(Duration.ofMillis(random.nextInt(400))).until(() -> true);
            process.destroyForcibly().waitFor();
            log.add(bench.manifests().size() + " of " + jobs);
        }
        Process last = run();
        try {
            Bench.await("all jobs, after " + log, () -> bench.manifests().size() == jobs);
            bench.assertTidy();
        } finally {
            last.destroy();
            last.waitFor();
        }

        assertThat(Disk.list(bench.data().resolve("failed"))).isEmpty();
        assertThat(Bench.files(bench.data().resolve("done"))).hasSize(jobs);
        for (JsonNode manifest : bench.manifests()) {
            assertThat(Disk.list(bench.outputs(manifest))).hasSize(3); // two pictures and the manifest
            for (JsonNode output : manifest.at("/receipts/0/outputs")) {
                assertThat(Sha256.of(bench.outputs(manifest)
                                .resolve(output.path("file").asText())))
                        .isEqualTo(output.path("sha256").asText());
            }
        }
    }

    private Process run() throws Exception {
        return Program.run(home, bench);
    }

    /** Darkroom as a process of its own. */
    static final class Program {
        private Program() {}

        static List<String> command(List<String> javaOptions, String... arguments) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("-XX:TieredStopAtLevel=1"); // it lives for seconds
            command.add("-XX:+UseSerialGC"); // as bin/darkroom has it
            command.add("-Ddarkroom.drop.settle=200ms");
            command.addAll(javaOptions);
            command.add("-Ddarkroom.health.port=0");
            command.add("-Ddarkroom.drop.poll=50ms");
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), "darkroom.cli.Darkroom"));
            command.addAll(List.of(arguments));
            return command;
        }

        static String[] arguments(Bench bench) {
            return arguments(bench, bench.sandbox().url().toString());
        }

        static String[] arguments(Bench bench, String webui) {
            return new String[] {
                "run",
                "--data",
                bench.data().toString(),
                "--routes",
                bench.routes().toString(),
                "--webui",
                webui
            };
        }

        /** The service, with the folders, the routes and the WebUI of a bench. */
        static Process run(Path home, Bench bench) throws IOException {
            return run(home, bench, List.of("-Xmx128m"));
        }

        static Process run(Path home, Bench bench, List<String> javaOptions) throws IOException {
            return start(home, javaOptions, arguments(bench));
        }

        static Process start(Path home, List<String> javaOptions, String... arguments) throws IOException {
            File log = home.resolve("log").toFile();
            return new ProcessBuilder(command(javaOptions, arguments))
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                    .start();
        }
    }
}
