package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.camel.component.WebuiComponent;
import darkroom.files.Disk;
import darkroom.sandbox.Checkpoint;
import darkroom.sandbox.Generation;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import darkroom.settings.Setting;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is loaded while Darkroom drives a WebUI that loads its own checkpoint again after each override, and afterwards. */
final class CheckpointKeeperTest {
    private static final String SMALL = "{\"width\": 64, \"height\": 64, \"steps\": 1}";
    private static final Checkpoint OWN = Checkpoint.named("own.safetensors");
    private static final Checkpoint ANIME = Checkpoint.named("anime.safetensors");
    private static final Checkpoint PHOTO = Checkpoint.named("photo.safetensors");

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void prepare() throws Exception {
        bench = new Bench(home, sdNext());
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private static SandboxSettings sdNext() {
        return SandboxSettings.defaults()
                .withCheckpoints(OWN, ANIME, PHOTO)
                .withPlainPictures(true)
                .withLoadsBack(true);
    }

    private static String with(Checkpoint checkpoint) {
        return with(checkpoint.name());
    }

    private static String with(String checkpoint) {
        return SMALL.replace("}", ", \"override_settings\": {\"sd_model_checkpoint\": \"" + checkpoint + "\"}}");
    }

    private void drop(int from, int to, String content) throws Exception {
        for (int i = from; i < to; i++) {
            bench.drop("job%02d.json".formatted(i), content);
        }
    }

    private void awaitDone(int jobs) {
        Bench.await(jobs + " jobs", () -> bench.manifests().size() == jobs);
    }

    /** With which checkpoint each picture was made. */
    private List<String> made() {
        return bench.sandbox().generations().stream()
                .map(Generation::checkpoint)
                .toList();
    }

    private static String title(Checkpoint checkpoint) {
        return checkpoint.fileName() + " [" + checkpoint.shortHash() + "]";
    }

    private static void choose(SandboxWebUi webUi, Checkpoint checkpoint) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(webUi.url() + "/sdapi/v1/options"))
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"sd_model_checkpoint\": \"" + checkpoint.fileName() + "\"}"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    private List<Path> loans() throws Exception {
        Path folder = bench.data().resolve("work/.loans");
        return Files.exists(folder)
                ? Disk.list(folder).stream()
                        .filter(file -> file.toString().endsWith(".json"))
                        .toList()
                : List.of();
    }

    @Test
    void overridesLoadTwiceForEachTask() throws Exception {
        bench.with(Setting.WEBUI_CHECKPOINT, "override").start();
        drop(0, 8, with(ANIME));
        awaitDone(8);
        bench.stop();

        assertThat(bench.sandbox().loads()).isEqualTo(16);
        assertThat(bench.sandbox().checkpoint()).isEqualTo(title(OWN));
    }

    @Test
    void withoutAKnobItIsLoadedOnceAndItsOwnIsGivenBackAtTheEnd() throws Exception {
        bench.start();
        drop(0, 8, with(ANIME));
        awaitDone(8);
        assertThat(bench.sandbox().loads()).isEqualTo(1);
        assertThat(bench.sandbox().checkpoint()).isEqualTo(title(ANIME));
        assertThat(made()).hasSize(8).containsOnly(ANIME.fileName());
        assertThat(loans()).hasSize(1);

        bench.stop();

        assertThat(bench.sandbox().loads()).isEqualTo(2);
        assertThat(bench.sandbox().checkpoint()).isEqualTo(title(OWN));
        assertThat(loans()).isEmpty();
    }

    @Test
    void aTaskThatNamesNoneGetsWhatTheWebUiHad() throws Exception {
        bench.start();
        bench.drop("a.json", with(ANIME));
        bench.done("a.json");
        bench.drop("b.json", SMALL);
        bench.done("b.json");
        bench.drop("c.json", with(PHOTO.fileName()));
        bench.done("c.json");
        bench.drop("d.json", with(PHOTO.sha256()));
        bench.done("d.json");
        bench.drop("e.json", SMALL);
        bench.done("e.json");

        assertThat(made())
                .containsExactly(ANIME.fileName(), OWN.fileName(), PHOTO.fileName(), PHOTO.fileName(), OWN.fileName());
        assertThat(bench.sandbox().loads()).as("one for each change").isEqualTo(4);
        assertThat(loans()).as("it has its own").isEmpty();
    }

    @Test
    void whatNobodyGaveBackIsGivenBackByTheNextProcess() throws Exception {
        bench.with(Setting.WEBUI_GIVE_BACK, "never").start();
        bench.drop("a.json", with(ANIME));
        bench.done("a.json");
        bench.stop();
        assertThat(bench.sandbox().checkpoint()).isEqualTo(title(ANIME));
        assertThat(loans()).hasSize(1);

        bench.with(Setting.WEBUI_GIVE_BACK, "stop").start();
        bench.drop("b.json", SMALL);
        bench.done("b.json");
        assertThat(made()).containsExactly(ANIME.fileName(), OWN.fileName());
        bench.drop("c.json", with(ANIME));
        bench.done("c.json");
        bench.stop();

        assertThat(bench.sandbox().checkpoint()).isEqualTo(title(OWN));
        assertThat(loans()).isEmpty();
    }

    @Test
    void whoOverridesAfterwardsGivesBackFirst() throws Exception {
        bench.with(Setting.WEBUI_GIVE_BACK, "never").start();
        bench.drop("a.json", with(ANIME));
        bench.done("a.json");
        bench.stop();

        bench.with(Setting.WEBUI_CHECKPOINT, "override").start();
        bench.drop("b.json", SMALL);
        bench.done("b.json");

        assertThat(made()).containsExactly(ANIME.fileName(), OWN.fileName());
        assertThat(bench.sandbox().checkpoint()).isEqualTo(title(OWN));
        assertThat(loans()).isEmpty();
    }

    @Test
    void whatAPersonChoosesMeanwhileIsTheWebUisOwn() throws Exception {
        bench.start();
        bench.drop("a.json", with(ANIME));
        bench.done("a.json");

        choose(bench.sandbox(), PHOTO);
        bench.drop("b.json", with(ANIME));
        bench.done("b.json");
        bench.drop("c.json", SMALL);
        bench.done("c.json");
        bench.stop();

        assertThat(made()).containsExactly(ANIME.fileName(), ANIME.fileName(), PHOTO.fileName());
        assertThat(bench.sandbox().checkpoint()).isEqualTo(title(PHOTO));
    }

    @Test
    void aPausedWebUiHasItsOwnLoadedAgain() throws Exception {
        bench.start();
        bench.drop("a.json", with(ANIME));
        bench.done("a.json");

        Path pause = Files.createFile(bench.data().resolve("work/_paused"));
        Bench.await("its own", () -> bench.sandbox().checkpoint().equals(title(OWN)));
        Bench.await("nothing is owed", () -> loans().isEmpty());
        Files.delete(pause);
        bench.drop("b.json", with(ANIME));
        bench.done("b.json");

        assertThat(bench.sandbox().loads()).isEqualTo(3);
    }

    @Test
    void aDrainedWebUiHasItsOwnLoadedAgain() throws Exception {
        Path list = home.resolve("webuis.yaml");
        String entry = "- name: one\n  url: " + bench.sandbox().url() + "\n";
        Files.writeString(list, entry);
        bench.with(Setting.WEBUIS, list.toString()).start();
        bench.drop("a.json", with(ANIME));
        bench.done("a.json");

        Files.writeString(list, entry + "  state: drained\n");

        Bench.await("its own", () -> bench.sandbox().checkpoint().equals(title(OWN)));
        Bench.await("nothing is owed", () -> loans().isEmpty());
    }

    @Test
    void afterAWhileWithoutWorkItHasItsOwnLoadedAgain() throws Exception {
        bench.with(Setting.WEBUI_GIVE_BACK_AFTER, "300ms").start();
        bench.drop("a.json", with(ANIME));
        bench.done("a.json");

        Bench.await("its own", () -> bench.sandbox().checkpoint().equals(title(OWN)));
    }

    @Test
    void anUnknownCheckpointFailsWithAReason() throws Exception {
        bench.start();
        bench.drop("a.json", with("anima"));

        JsonNode error = bench.failed("a.json");

        assertThat(error.path("code").asText()).isEqualTo("refused-checkpoint");
        assertThat(error.toString()).contains("anima", "anime.safetensors");
        assertThat(bench.sandbox().checkpoint()).isEqualTo(title(OWN));
    }

    @Test
    void oneThatCanNotBeLoadedFailsWithAReasonAndOthersGoOn() throws Exception {
        bench.restartSandbox(sdNext().withUnloadable(PHOTO));
        bench.start();
        bench.drop("a.json", with(ANIME));
        bench.done("a.json");
        bench.drop("b.json", with(PHOTO));

        JsonNode error = bench.failed("b.json");

        assertThat(error.path("code").asText()).isEqualTo("refused-checkpoint");
        assertThat(error.path("message").asText())
                .contains("was told to load photo.safetensors", "it has " + title(ANIME));
        bench.drop("c.json", SMALL);
        bench.done("c.json");
        assertThat(made()).as("never what happened to be loaded").containsExactly(ANIME.fileName(), OWN.fileName());
    }

    @Test
    void whereTheNextTaskLoadsWhatItNeedsOptionsStayAsTheyAre() throws Exception {
        bench.restartSandbox(sdNext().withLoadsBack(false));
        bench.start();
        drop(0, 4, with(ANIME));
        awaitDone(4);

        assertThat(bench.sandbox().loads()).isEqualTo(1);
        assertThat(bench.sandbox().checkpoint()).isEqualTo(title(OWN));
        assertThat(loadRequests()).isZero();
    }

    @Test
    void aVaeIsKeptAndGivenBackLikewise() throws Exception {
        bench.restartSandbox(
                sdNext().withList("/sdapi/v1/sd-vae", new ObjectMapper().readTree("[{\"model_name\": \"soft.pt\"}]")));
        bench.start();
        bench.drop("a.json", with(ANIME).replace("\"sd_model", "\"sd_vae\": \"soft.pt\", \"sd_model"));
        bench.done("a.json");
        assertThat(option("sd_vae")).isEqualTo("soft.pt");

        bench.drop("b.json", with(ANIME));
        bench.done("b.json");
        assertThat(option("sd_vae")).isEqualTo("Automatic");
        assertThat(bench.sandbox().checkpoint()).isEqualTo(title(ANIME));
        assertThat(bench.sandbox().loads()).isEqualTo(1);
    }

    @Test
    void whatAJobSetsForGoodIsTheWebUisOwn() throws Exception {
        bench.with(Setting.OPTIONS_ALLOWED, "sd_model_checkpoint").start();
        bench.drop("a.json", with(ANIME));
        bench.done("a.json");
        bench.drop("b.json", """
                {"sd_model_checkpoint": "photo", "job": {"operation": "options"}}""");
        bench.done("b.json");
        bench.drop("c.json", with(ANIME));
        bench.done("c.json");
        bench.drop("d.json", SMALL);
        bench.done("d.json");
        bench.stop();

        assertThat(made()).containsExactly(ANIME.fileName(), ANIME.fileName(), PHOTO.fileName());
        assertThat(bench.sandbox().checkpoint()).isEqualTo(title(PHOTO));
    }

    @Test
    void afterARestartItIsKnownWhatIsLoadedAndWhatIsItsOwn() throws Exception {
        Path list = home.resolve("webuis.yaml");
        try (SandboxWebUi other = SandboxWebUi.start(sdNext())) {
            Files.writeString(
                    list,
                    "- name: one\n  url: " + bench.sandbox().url() + "\n- name: other\n  url: " + other.url()
                            + "\n  checkpoints: [photo]\n");
            bench.with(Setting.WEBUIS, list.toString())
                    .with(Setting.WEBUI_GIVE_BACK, "never")
                    .start();
            bench.drop("a.json", with(ANIME));
            bench.done("a.json");
            bench.stop();

            bench.start();
            WebuiComponent component = bench.webUis();
            Bench.await(
                    "what is loaded",
                    () -> component.states().stream()
                            .anyMatch(state ->
                                    state.name().equals("one") && state.loaded().equals("anime")));
            bench.drop("b.json", with(ANIME));
            bench.done("b.json");

            assertThat(bench.sandbox().loads()).isEqualTo(1);
            assertThat(other.loads()).isZero();
        }
    }

    @Test
    void aProcessThatIsKilledForgetsNothing() throws Exception {
        bench.restartSandbox(sdNext().withTimePerLoad(Duration.ofMillis(400)));
        int killed = 0;
        for (Checkpoint wanted : List.of(ANIME, PHOTO)) {
            Process process = run();
            int over = killed++;
            Bench.await("what the one before left", () -> bench.manifests().size() == over); // else it is made twice
            int before = loadRequests();
            bench.drop(wanted.name() + ".json", with(wanted));
            Bench.await("it is told to load " + wanted.name(), () -> loadRequests() > before);
            process.destroyForcibly().waitFor();
            Bench.await("it is loaded", () -> bench.sandbox().checkpoint().equals(title(wanted)));
            assertThat(loans()).hasSize(1);
        }
        Process last = run();
        try {
            bench.drop("none.json", SMALL);
            Bench.await("all jobs", () -> bench.manifests().size() == 3);
        } finally {
            last.destroy();
            last.waitFor();
        }

        assertThat(made()).containsExactlyInAnyOrder(ANIME.fileName(), PHOTO.fileName(), OWN.fileName());
        assertThat(Bench.json(bench.outputs(bench.done("none.json")).resolve("manifest.json"))
                        .findValuesAsText("sd_model_name"))
                .containsOnly(OWN.name());
        assertThat(bench.sandbox().checkpoint()).isEqualTo(title(OWN));
        assertThat(loans()).isEmpty();
    }

    private int loadRequests() {
        return (int) bench.sandbox().requests().stream()
                .filter(request -> request.method().equals("POST")
                        && request.path().equals("/sdapi/v1/options")
                        && request.body().has("sd_model_checkpoint"))
                .count();
    }

    private Process run() throws Exception {
        return RecoveryTest.Program.run(home, bench);
    }

    private String option(String name) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(bench.sandbox().url() + "/sdapi/v1/options"))
                .build();
        return new ObjectMapper()
                .readTree(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body())
                .path(name)
                .asText();
    }
}
