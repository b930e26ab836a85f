package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.files.Disk;
import darkroom.sandbox.Fault;
import darkroom.sandbox.ReceivedRequest;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import darkroom.settings.Setting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code NAME.cancel}: what was not begun is not, what is under way is interrupted if it is ours, nobody else's is touched. */
final class CancelTest {
    private static final String TXT2IMG = "/sdapi/v1/txt2img";
    private static final String INTERRUPT = "/sdapi/v1/interrupt";
    private static final SandboxSettings SLOW = SandboxSettings.defaults().withTimePerStep(Duration.ofMillis(20));
    private static final SandboxSettings SLOW_API = SLOW.withMode(SandboxSettings.Mode.API_ONLY);

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void prepare() throws IOException {
        bench = new Bench(home, SLOW);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private static String prompt(int steps) {
        return "{\"width\": 64, \"height\": 64, \"seed\": 5, \"steps\": " + steps + "}";
    }

    private void cancel(String name) throws IOException {
        bench.put(name, new byte[0]);
    }

    /** Waits until a prompt file lies in {@code cancelled/}, and nothing of it anywhere else; its record. */
    private JsonNode cancelled(String name) {
        Bench.await("cancelled/" + name, () -> bench.exists("cancelled/" + name));
        JsonNode record = Bench.json(bench.data().resolve("cancelled/" + name + ".error.json"));
        assertThat(record.path("kind").asText()).isEqualTo("cancelled");
        assertThat(record.path("code").asText()).isEqualTo("cancelled");
        assertThat(record.path("promptFile").asText())
                .isEqualTo(Path.of(name).getFileName().toString());
        assertThat(bench.exists("drop/" + name)).isFalse();
        return record;
    }

    private void isTidy() throws IOException {
        Bench.await(
                "no .cancel",
                () -> Disk.list(bench.data().resolve("drop")).stream()
                        .noneMatch(file -> file.toString().endsWith(".cancel")));
        bench.assertTidy();
        assertThat(Disk.list(bench.data().resolve("drop/.claimed"))).isEmpty();
    }

    private long asked(String path) {
        return bench.sandbox().requests().stream()
                .filter(request -> request.path().equals(path))
                .count();
    }

    private static String named(String id, int steps) {
        return "{\"force_task_id\": \"" + id + "\", " + prompt(steps).substring(1);
    }

    private CompletableFuture<JsonNode> somebodyElse(String payload) {
        return post(bench.sandbox(), TXT2IMG, payload);
    }

    private static CompletableFuture<JsonNode> post(SandboxWebUi sandbox, String path, String payload) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(sandbox.url() + path))
                .POST(HttpRequest.BodyPublishers.ofString(payload))
                .build();
        return HttpClient.newHttpClient()
                .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(answer -> {
                    try {
                        return new ObjectMapper().readTree(answer.body());
                    } catch (IOException e) {
                        throw Disk.unchecked(e);
                    }
                });
    }

    /** The picture that a whole generation of {@link #prompt} makes, and no unfinished one. */
    private static String whole(int steps) {
        try (SandboxWebUi fast = SandboxWebUi.start(SandboxSettings.defaults())) {
            return post(fast, TXT2IMG, prompt(steps)).join().at("/images/0").asText();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {INTERRUPT, "/sdapi/v1/skip"})
    void whatSomebodyInterruptsAtTheWebUiIsNoPicture(String path) throws Exception {
        bench.start();
        bench.drop("a.json", prompt(50));
        Bench.await("sampling", () -> step(bench.sandbox()) > 2);

        post(bench.sandbox(), path, "{}").join();

        assertThat(bench.failed("a.json").path("code").asText()).isEqualTo("refused-interrupted");
        bench.drop("b.json", prompt(1)); // what comes after it is not meant
        bench.done("b.json");
    }

    private static int step(SandboxWebUi sandbox) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(sandbox.url() + "/sdapi/v1/progress?skip_current_image=true"))
                .build();
        String answer = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        return new ObjectMapper().readTree(answer).at("/state/sampling_step").asInt();
    }

    private long atWork(String name) throws IOException {
        return Disk.list(bench.data().resolve("work")).stream()
                .filter(job -> job.getFileName().toString().startsWith(name))
                .count();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.cancel", "a.json.cancel", "a.CANCEL"})
    void whatWaitsInTheFolderIsNotBegun(String name) throws Exception {
        bench.stopSandbox(); // two of each lane are in hand, and nothing more is claimed
        bench.with(Setting.SCHEDULE_WINDOW, "1").start();
        for (int i = 0; i < 3; i++) {
            bench.drop("lane/inner" + i + ".json", prompt(1));
            bench.drop("outer" + i + ".json", prompt(1));
        }
        Bench.await("full", () -> atWork("inner") >= 2 && atWork("outer") >= 2);
        bench.drop("lane/a.json", prompt(2));
        bench.drop("a.json", prompt(3));
        cancel("lane/" + name);

        JsonNode record = cancelled("lane/a.json");

        assertThat(record.path("message").asText()).contains("lane/" + name, "before it was begun");
        assertThat(bench.data().resolve("cancelled/lane/a.json")).hasContent(prompt(2));
        assertThat(bench.exists("drop/a.json")).as("another lane").isTrue();
        Bench.await("no .cancel", () -> !bench.exists("drop/lane/" + name));
        bench.restartSandbox(SLOW);
        bench.done("a.json");
        bench.done("lane/inner2.json");
        bench.done("outer2.json");
        isTidy();
    }

    @Test
    void whatIsQueuedIsNeverSent() throws Exception {
        bench.start();
        CompletableFuture<JsonNode> other = somebodyElse(prompt(100_000));
        bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        for (int i = 0; i < 4; i++) { // two sent, one waits for its turn to be, one in the queue
            bench.drop("job" + i + ".json", prompt(2));
            int jobs = i + 1;
            Bench.await("accepted", () -> jobsAtWork() == jobs);
            bench.sandbox().awaitRequest(TXT2IMG, Math.min(1 + jobs, 3), Bench.SOON);
        }
        cancel("job2.cancel");
        cancel("job3.cancel");

        assertThat(cancelled("job2.json").at("/others/0/message").asText()).contains("not sent");
        assertThat(cancelled("job3.json").path("message").asText()).contains("0 of 1 task was finished");
        assertThat(other).as("its work was not touched, nor waited for").isNotDone();
        assertThat(asked(INTERRUPT)).isZero();
        post(bench.sandbox(), INTERRUPT, "").join(); // it has done its part
        bench.done("job0.json");
        bench.done("job1.json");
        assertThat(asked(TXT2IMG)).isEqualTo(3);
        assertThat(asked(INTERRUPT)).isEqualTo(1);
        isTidy();
    }

    private int jobsAtWork() throws IOException {
        return (int) Disk.list(bench.data().resolve("work")).stream()
                .filter(folder -> Files.exists(folder.resolve("prompt")))
                .count();
    }

    @Test
    void whatTheWebUiWorksOnIsInterrupted() throws Exception {
        bench.start();
        bench.drop("lane/a.json", prompt(10_000));
        bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        CompletableFuture<JsonNode> other = somebodyElse(prompt(3));
        bench.sandbox().awaitRequest(TXT2IMG, 2, Bench.SOON);
        cancel("lane/a.cancel");

        JsonNode record = cancelled("lane/a.json");

        assertThat(record.at("/others/0/message").asText()).contains("interrupted");
        assertThat(record.path("job").asText()).startsWith("a-");
        assertThat(bench.data().resolve("outputs")).isEmptyDirectory();
        assertThat(other.join().at("/images/0").asText()).isEqualTo(whole(3));
        isTidy();
    }

    @Test
    void nothingOfSomebodyElseIsInterrupted() throws Exception {
        bench.start();
        CompletableFuture<JsonNode> other = somebodyElse(prompt(400));
        bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        bench.drop("a.json", prompt(10_000));
        bench.sandbox().awaitRequest(TXT2IMG, 2, Bench.SOON);
        cancel("a.cancel");
        bench.sandbox().awaitRequest("/internal/progress", 3, Bench.SOON);
        assertThat(asked(INTERRUPT)).isZero();

        cancelled("a.json");

        assertThat(other.join().at("/images/0").asText()).isEqualTo(whole(400));
        assertThat(bench.sandbox().generations())
                .as("a began before it was interrupted")
                .hasSize(2);
    }

    @Test
    void whereItCanNotBeAskedItRunsToItsEndAndIsNotPublished() throws Exception {
        bench.restartSandbox(SLOW_API);
        bench.start();
        bench.drop("a.json", prompt(200));
        bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        cancel("a.cancel");

        JsonNode record = cancelled("a.json");

        assertThat(record.at("/others/0/message").asText()).contains("made it to its end");
        assertThat(asked(INTERRUPT)).isZero();
        assertThat(bench.data().resolve("outputs")).isEmptyDirectory();
        isTidy();
    }

    @Test
    void whereDarkroomIsAloneItIsInterruptedThereToo() throws Exception {
        bench.restartSandbox(SLOW_API);
        bench.with(Setting.WEBUI_EXCLUSIVE, "true").start();
        bench.drop("a.json", prompt(10_000));
        bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        bench.drop("b.json", prompt(20));
        bench.sandbox().awaitRequest(TXT2IMG, 2, Bench.SOON);
        cancel("a.cancel");

        cancelled("a.json");

        // nobody can tell which of the two it hit
        assertThat(picture(bench.done("b.json"))).isEqualTo(whole(20));
        assertThat(asked(TXT2IMG)).isEqualTo(3);
    }

    private String picture(JsonNode manifest) throws IOException {
        Path file = bench.outputs(manifest).resolve(Bench.names(manifest).get(0));
        return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    }

    @Test
    void aTaskThatTheInterruptMayHaveHitInsteadIsMadeAgain() throws Exception {
        bench.sandbox().nextAt(INTERRUPT, Fault.stall(Duration.ofSeconds(6)));
        bench.start();
        bench.drop("a.json", prompt(200)); // over before the interrupt comes
        bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        bench.drop("b.json", prompt(350));
        bench.sandbox().awaitRequest(TXT2IMG, 2, Bench.SOON);
        cancel("a.cancel");

        cancelled("a.json");
        JsonNode manifest = bench.done("b.json");

        assertThat(asked(INTERRUPT)).isEqualTo(1);
        assertThat(bench.sandbox().generations()).hasSize(3);
        assertThat(picture(manifest)).isEqualTo(whole(350));
        isTidy();
    }

    @Test
    void aTaskThatWaitedMeanwhileIsNotMadeAgain() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults().withTimePerStep(Duration.ofSeconds(1)));
        bench.start();
        bench.drop("a.json", prompt(100));
        bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        bench.drop("b.json", prompt(1));
        bench.sandbox().awaitRequest(TXT2IMG, 2, Bench.SOON);
        cancel("a.cancel");

        cancelled("a.json");
        bench.done("b.json");

        assertThat(asked(TXT2IMG)).isEqualTo(2);
    }

    @Test
    void aMarkSurvivesAnything() throws Exception {
        bench.start();
        bench.drop("lane/a.json", prompt(100));
        bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        Path job = jobFolder();
        bench.with(Setting.STOP_TIMEOUT, "1s");
        copy(job, home.resolve("kept")); // as a SIGKILL would leave it
        bench.stop();
        Disk.deleteTree(job);
        copy(home.resolve("kept"), job);
        Files.writeString(job.resolve("cancelled"), "somebody");
        Files.deleteIfExists(bench.data().resolve("done/lane/a.json"));
        long before = asked(TXT2IMG);
        bench.start();

        assertThat(cancelled("lane/a.json").path("message").asText()).contains("cancelled by somebody");
        assertThat(asked(TXT2IMG)).isEqualTo(before);
        bench.assertTidy();
    }

    /** The real thing: another process, killed at any moment after somebody has asked. */
    @Test
    void itSurvivesThatTheProcessIsKilled() throws Exception {
        Random random = new Random(20261122);
        for (int life = 0; life < 5; life++) {
            String name = "lane/a" + life;
            Process process = run();
            bench.drop(name + ".json", prompt(100_000));
            long asked = asked(TXT2IMG);
            Bench.await("sent", () -> asked(TXT2IMG) > asked);
            cancel(name + ".cancel");
            long pause = random.nextInt(500);
            Awaitility.await().pollDelay(Duration.ofMillis(pause)).until(() -> true);
            process.destroyForcibly().waitFor();
            bench.restartSandbox(SLOW); // else it would go on for half an hour with what nobody asks for any more
        }
        bench.start();

        for (int life = 0; life < 5; life++) {
            cancelled("lane/a" + life + ".json");
        }
        Bench.await(
                "no .cancel", () -> Disk.list(bench.data().resolve("drop/lane")).isEmpty());
        isTidy();
        assertThat(Disk.list(bench.data().resolve("cancelled/lane"))).hasSize(10);
        assertThat(bench.data().resolve("outputs")).isEmptyDirectory();
    }

    private Process run() throws IOException {
        return RecoveryTest.Program.run(home, bench);
    }

    private Path jobFolder() throws IOException {
        return Disk.list(bench.data().resolve("work")).stream()
                .filter(folder -> Files.exists(folder.resolve("job.json")))
                .findFirst()
                .orElseThrow();
    }

    private static void copy(Path from, Path to) throws IOException {
        for (Path path : Bench.tree(from)) {
            Files.copy(path, to.resolve(from.relativize(path).toString()));
        }
    }

    @Test
    void whatIsMovedBackIsMade() throws Exception {
        bench.start();
        bench.drop("lane/a.json", prompt(10_000));
        bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        cancel("lane/a.cancel");
        cancelled("lane/a.json");
        bench.stop();
        Files.writeString(bench.data().resolve("cancelled/lane/a.json"), prompt(1));
        bench.start();
        Files.move(bench.data().resolve("cancelled/lane/a.json"), bench.data().resolve("drop/lane/a.json"));

        bench.done("lane/a.json");
        assertThat(bench.exists("cancelled/lane")).as("its record").isFalse();
        isTidy();
    }

    @Test
    void aNameThatMeansNothingIsSaidAndDeleted() throws Exception {
        bench.start();
        Path outside = Files.writeString(home.resolve("data/a.json"), prompt(1));
        for (String name : List.of("nothing.cancel", "lane/nothing.cancel", "..cancel", "...cancel", ".cancel")) {
            bench.put(name, "../a".getBytes(StandardCharsets.UTF_8));
        }

        Bench.await("gone", () -> !bench.exists("drop/nothing.cancel") && !bench.exists("drop/lane/nothing.cancel"));
        assertThat(bench.exists("drop/.cancel"))
                .as("hidden files are passed over")
                .isTrue();
        assertThat(outside).exists();
        assertThat(bench.data().resolve("cancelled")).isEmptyDirectory();
    }

    @Test
    void aFinishedJobIsNotTouched() throws Exception {
        bench.start();
        bench.drop("a.json", prompt(1));
        JsonNode manifest = bench.done("a.json");
        bench.assertTidy();
        cancel("a.cancel");

        Bench.await("gone", () -> !bench.exists("drop/a.cancel"));
        assertThat(bench.exists("done/a.json")).isTrue();
        assertThat(bench.outputs(manifest).resolve(Bench.names(manifest).get(0)))
                .exists();
    }

    @Test
    void aJobIsCancelledByItsIdToo() throws Exception {
        bench.start();
        bench.drop("a.json", prompt(10_000));
        bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        cancel(jobFolder().getFileName() + ".cancel");

        cancelled("a.json");
    }

    @Test
    void eachTaskHasItsIdUnlessItsAuthorGaveItOne() throws Exception {
        bench.start();
        bench.drop("a.json", prompt(1));
        bench.done("a.json");
        bench.drop("b.json", named("mine", 1));
        bench.done("b.json");

        assertThat(bench.sandbox().requests())
                .filteredOn(request -> request.path().equals(TXT2IMG))
                .extracting(ReceivedRequest::body)
                .extracting(body -> body.path("force_task_id").asText())
                .containsExactly(bench.manifests().get(0).path("job").asText() + "-1", "mine");
    }

    @Test
    void aNameThatAnAuthorHasGivenProvesNothing() throws Exception {
        bench.start();
        CompletableFuture<JsonNode> running = somebodyElse(named("mine", 400));
        bench.sandbox().awaitRequest(TXT2IMG, 1, Bench.SOON);
        bench.drop("a.json", named("mine", 2));
        bench.sandbox().awaitRequest(TXT2IMG, 2, Bench.SOON);
        cancel("a.cancel");

        cancelled("a.json");
        assertThat(asked(INTERRUPT)).isZero();
        assertThat(running.join().at("/images/0").asText()).isEqualTo(whole(400));
    }

    @Test
    void whileTheWebUiIsAwayAJobCanBeCancelled() throws Exception {
        bench.start();
        bench.stopSandbox();
        bench.drop("a.json", prompt(1));
        Bench.await("at work", () -> jobsAtWork() == 1);
        cancel("a.cancel");

        cancelled("a.json");
        Awaitility.await().atMost(Bench.SOON).untilAsserted(this::isTidy);
    }
}
