package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.camel.component.WebuiComponent;
import darkroom.camel.component.WebuiState;
import darkroom.sandbox.Checkpoint;
import darkroom.sandbox.Fault;
import darkroom.sandbox.Generation;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import darkroom.settings.Setting;
import darkroom.settings.SettingsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.health.HealthCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several WebUIs share the work, each as it is able to. */
final class SeveralWebUisTest {
    private static final String SMALL = "{\"width\": 64, \"height\": 64, \"steps\": 1}";
    private static final Checkpoint ANIME = Checkpoint.named("anime.safetensors");
    private static final Checkpoint PHOTO = Checkpoint.named("photo.safetensors");

    @TempDir
    Path home;

    private Bench bench;
    private final Map<String, SandboxWebUi> webUis = new LinkedHashMap<>();
    private final Map<String, String> entries = new LinkedHashMap<>();

    @BeforeEach
    void prepare() throws Exception {
        bench = new Bench(home).with(Setting.WEBUIS, file().toString());
    }

    @AfterEach
    void stop() {
        bench.close();
        webUis.values().forEach(SandboxWebUi::close);
    }

    private Path file() {
        return home.resolve("webuis.yaml");
    }

    private SandboxWebUi webUi(String name, SandboxSettings settings, String... lines) throws IOException {
        SandboxWebUi webUi = SandboxWebUi.start(settings);
        webUis.put(name, webUi);
        list(name, lines);
        return webUi;
    }

    private void list(String name, String... lines) throws IOException {
        StringBuilder entry = new StringBuilder(
                "- name: " + name + "\n  url: " + webUis.get(name).url() + "\n");
        Arrays.stream(lines).forEach(line -> entry.append("  ").append(line).append('\n'));
        entries.put(name, entry.toString());
        write();
    }

    private void write() throws IOException {
        Path part = Files.writeString(file().resolveSibling("webuis.part"), String.join("", entries.values()));
        Files.move(part, file(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static SandboxSettings speed(int millis) {
        return SandboxSettings.defaults()
                .withTimePerPicture(Duration.ofMillis(millis))
                .withPlainPictures(true);
    }

    private static String with(Checkpoint checkpoint) {
        return SMALL.replace("}", ", \"override_settings\": {\"sd_model_checkpoint\": \"" + checkpoint.name() + "\"}}");
    }

    private static Fault[] times(int number, Fault fault) {
        return Collections.nCopies(number, fault).toArray(new Fault[0]);
    }

    private void drop(int from, int to, String content) throws IOException {
        for (int i = from; i < to; i++) {
            bench.drop(String.format("job%03d.json", i), content);
        }
    }

    private void awaitDone(int jobs) {
        Bench.await(jobs + " jobs", () -> bench.manifests().size() == jobs);
    }

    private static List<String> tasks(SandboxWebUi webUi) {
        return webUi.generations().stream().map(Generation::taskId).toList();
    }

    /** How many changes of the checkpoint there were. */
    private static long switches(SandboxWebUi webUi) {
        List<Generation> made = webUi.generations();
        long switches = 0;
        for (int i = 1; i < made.size(); i++) {
            switches += made.get(i).checkpoint().equals(made.get(i - 1).checkpoint()) ? 0 : 1;
        }
        return switches;
    }

    @Test
    void unequalOnesShareTheWorkAndOneThatDiesAndReturnsLosesNothing() throws Exception {
        webUi("slow", speed(200));
        webUi("usual", speed(100));
        webUi("fast", speed(50));
        SandboxWebUi mortal = webUi("mortal", speed(50));
        bench.start();
        drop(0, 60, SMALL);

        Bench.await("it has work", () -> !mortal.generations().isEmpty());
        mortal.close();
        int before = bench.manifests().size();
        Bench.await("the others go on", () -> bench.manifests().size() > before + 10);
        SandboxWebUi back = SandboxWebUi.start(speed(50).withPort(mortal.port()));
        webUis.put("mortal", back);
        drop(60, 100, SMALL);
        awaitDone(100);

        Map<String, Integer> made = new TreeMap<>();
        webUis.forEach((name, webUi) -> made.put(name, webUi.generations().size()));
        assertThat(made.get("fast")).isGreaterThan(made.get("usual"));
        assertThat(made.get("usual")).isGreaterThan(made.get("slow"));
        assertThat(made).doesNotContainValue(0);
        Set<String> names = new HashSet<>();
        for (JsonNode manifest : bench.manifests()) {
            assertThat(Bench.names(manifest)).hasSize(1);
            names.add(manifest.path("promptFile").asText());
        }
        assertThat(names).hasSize(100);
        bench.assertTidy();
    }

    /** What it has loaded decides whether it is given anything. So it is asked, rather than believed to have to load for long. */
    @Test
    void oneThatReturnsAndOneThatIsAddedHaveTheirShareOfTheCheckpointThatTheyHave() throws Exception {
        webUi("busy", speed(100).withCheckpoints(ANIME, PHOTO));
        SandboxWebUi mortal = webUi("mortal", speed(50).withCheckpoints(ANIME, PHOTO));
        bench.start();
        drop(0, 200, with(ANIME));
        Bench.await("it has work", () -> mortal.generations().size() > 2);
        mortal.close();
        Bench.await("it is noticed", () -> isFailing("mortal"));

        SandboxWebUi back =
                SandboxWebUi.start(speed(50).withCheckpoints(ANIME, PHOTO).withPort(mortal.port()));
        webUis.put("mortal", back);
        Bench.await("it is given some", () -> back.generations().size() > 5);
        SandboxWebUi added = webUi("added", speed(50).withCheckpoints(ANIME, PHOTO));
        Bench.await("it is given some as well", () -> added.generations().size() > 5);

        assertThat(bench.manifests()).hasSizeLessThan(200);
        awaitDone(200);
    }

    @Test
    void oneThatWasAwayMakesWhatItWasAskedForInVain() throws Exception {
        webUi("busy", speed(30_000));
        SandboxWebUi away = webUi("away", speed(10));
        away.close();
        bench.start();
        drop(0, 4, SMALL);
        webUis.get("busy").awaitRequest("/sdapi/v1/txt2img", 2, Bench.SOON);
        Bench.await("it is noticed", () -> isFailing("away"));

        webUis.put("away", SandboxWebUi.start(speed(10).withPort(away.port())));

        awaitDone(2);
        assertThat(webUis.get("away").generations()).hasSize(2);
        webUis.get("busy").close();
        awaitDone(4);
    }

    private boolean isFailing(String name) {
        return bench.webUis().failing().containsKey(name);
    }

    @Test
    void neverMoreThanTwoRequestsAreUnderWayAtOneAndEachIsKeptBusy() throws Exception {
        webUi("a", speed(50));
        webUi("b", speed(50));
        bench.start();
        drop(0, 60, SMALL);
        awaitDone(60);

        for (SandboxWebUi webUi : webUis.values()) {
            List<Generation> made = webUi.generations();
            assertThat(made).hasSizeBetween(20, 40);
            List<Instant> came = webUi.requests().stream()
                    .filter(request -> request.path().endsWith("txt2img"))
                    .map(request -> request.at())
                    .toList();
            for (int i = 2; i < came.size(); i++) { // the third comes when the first is answered, and not before
                assertThat(came.get(i)).isAfter(made.get(i - 2).left());
            }
        }
    }

    @Test
    void checkpointsThatAlternateInTheDropFolderAreLoadedRarely() throws Exception {
        SandboxSettings settings = speed(100).withCheckpoints(ANIME, PHOTO).withTimePerLoad(Duration.ofMillis(300));
        SandboxWebUi one = webUi("one", settings);
        bench.start();
        for (int i = 0; i < 60; i++) {
            bench.drop(String.format("job%03d.json", i), with(i % 2 == 0 ? ANIME : PHOTO));
        }
        awaitDone(60);

        assertThat(one.generations()).hasSize(60);
        assertThat(switches(one)).isLessThanOrEqualTo(8);
    }

    @Test
    void whatOneLacksGoesToTheOneThatHasIt() throws Exception {
        SandboxWebUi anime = webUi("anime", speed(20).withCheckpoints(ANIME));
        SandboxWebUi photo = webUi("photo", speed(20).withCheckpoints(PHOTO));
        bench.start();
        for (int i = 0; i < 20; i++) {
            bench.drop(String.format("job%03d.json", i), with(i % 2 == 0 ? ANIME : PHOTO));
        }
        bench.drop("neither.json", with(Checkpoint.named("nobody.safetensors")));
        awaitDone(20);

        assertThat(anime.generations()).hasSize(10);
        assertThat(photo.generations()).hasSize(10);
        String error = bench.failed("neither.json").toString();
        assertThat(error).contains("anime: ", "photo: ", "nobody", "refused-checkpoint");
    }

    @Test
    void whatNobodyWhoTakesItHasFailsAndSaysSoForEach() throws Exception {
        SandboxSettings both = speed(20).withCheckpoints(ANIME, PHOTO);
        webUi("all", both);
        webUi("photos", both, "checkpoints: [photo]");
        bench.start();
        bench.drop("first.json", with(Checkpoint.named("nobody.safetensors")));
        assertThat(bench.failed("first.json").toString())
                .contains("refused-checkpoint", "all: ", "nobody", "photos: its lanes and checkpoints");

        bench.drop("second.json", with(Checkpoint.named("nobody.safetensors"))); // it is known that 'all' lacks it
        assertThat(bench.failed("second.json").toString()).contains("all: ", "photos: ");
    }

    @Test
    void whatNobodyTakesWaitsUntilTheListSaysSomebodyDoes() throws Exception {
        SandboxSettings both = speed(20).withCheckpoints(ANIME, PHOTO);
        webUi("posters", both, "lanes: [posters]");
        webUi("photos", both, "lanes: [posters, other]", "checkpoints: [photo]");
        try (LogLines log = LogLines.of(WebuiComponent.class.getPackageName())) {
            bench.start();
            bench.drop("third/1.json", with(PHOTO));
            bench.drop("third/2.json", with(ANIME));
            bench.drop("other/3.json", with(ANIME));
            bench.drop("4.json", SMALL);
            bench.drop("posters/5.json", SMALL);
            Bench.await("each is said", () -> log.warnings("takes").size() == 3);
            awaitDone(1);
            assertThat(log.warnings("no WebUI in webuis.yaml (darkroom.webuis) takes the lane 'third'"))
                    .hasSize(1)
                    .allMatch(line -> line.matches("[12]-.* waits: .*"));
            assertThat(log.warnings("takes the lane 'other' and the checkpoint 'anime'"))
                    .hasSize(1)
                    .allMatch(line -> line.startsWith("3-"));
            assertThat(log.warnings("takes what is in no lane")).hasSize(1);

            list("photos", "checkpoints: [photo]");
            awaitDone(3);
            assertThat(log.warnings("takes the checkpoint 'anime'")).isEmpty();
            list("posters", "lanes: [posters]", "state: paused");
            list("photos", "lanes: [third, other]");
            awaitDone(5);
        }
    }

    @Test
    void aCheckpointThatNobodyTakesIsSaidAndOneThatAPausedOneTakesIsNot() throws Exception {
        SandboxSettings both = speed(20).withCheckpoints(ANIME, PHOTO);
        webUi("photos", both, "checkpoints: [photo]");
        webUi("animes", both, "checkpoints: [anime]", "state: paused");
        try (LogLines log = LogLines.of(WebuiComponent.class.getPackageName())) {
            bench.start();
            bench.drop("later.json", with(ANIME));
            bench.drop("never.json", with(Checkpoint.named("nobody.safetensors")));
            Bench.await("it is said", () -> !log.warnings("takes").isEmpty());
            list("animes", "checkpoints: [anime]");
            awaitDone(1);

            assertThat(log.warnings("takes")).allMatch(line -> line.contains("takes the checkpoint 'nobody'"));
        }
    }

    @Test
    void oneThatFailsAtEverythingCostsNoJob() throws Exception {
        SandboxWebUi broken = webUi("broken", speed(10));
        webUi("fine", speed(30));
        Fault[] faults = times(
                1000,
                Fault.answer(500, "application/json", "{\"error\": \"RuntimeError\", \"errors\": \"no kernel\"}"));
        broken.next(faults);
        bench.start();
        drop(0, 30, SMALL);
        awaitDone(30);

        assertThat(webUis.get("fine").generations()).hasSize(30);
        Bench.await("it is left alone", () -> isFailing("broken"));
    }

    @Test
    void oneWhoseAnswersAreRefusedCostsNoJobAndIsLeftAlone() throws Exception {
        SandboxWebUi sick = webUi("sick", speed(10));
        webUi("fine", speed(30));
        Fault[] faults = times(1000, Fault.noPictures());
        sick.next(faults);
        bench.with(Setting.RETRY_BACKEND_PAUSE, "1h").with(Setting.RETRY_PAUSE, "1h");
        bench.start();
        drop(0, 40, SMALL);
        awaitDone(40);

        assertThat(webUis.get("fine").generations()).hasSize(40);
        assertThat(isFailing("sick")).isTrue();
        assertThat(isFailing("fine")).isFalse();
    }

    @Test
    void whatIsRefusedAtTwoFailsAndSaysSoOfBothAndNeitherIsBlamed() throws Exception {
        Fault[] faults = times(1000, Fault.noPictures());
        for (String name : List.of("one", "two", "three")) {
            webUi(name, speed(10)).next(faults);
        }
        bench.start();
        drop(0, 20, SMALL);
        for (int i = 0; i < 20; i++) {
            String error = bench.failed(String.format("job%03d.json", i)).toString();
            assertThat(error).contains("refused-empty");
            assertThat(Stream.of("one: ", "two: ", "three: ").filter(error::contains))
                    .hasSize(2);
        }

        assertThat(webUis.values().stream()
                        .mapToInt(webUi -> webUi.generations().size())
                        .sum())
                .isEqualTo(40);
        assertThat(webUis.keySet()).noneMatch(this::isFailing);
    }

    @Test
    void oneWhoseAnswersAreRightAgainIsUsedAgain() throws Exception {
        SandboxWebUi sick = webUi("sick", speed(10));
        webUi("fine", speed(30));
        Fault[] faults = times(30, Fault.noPictures());
        sick.next(faults);
        bench.with(Setting.RETRY_BACKEND_PAUSE, "300ms");
        bench.start();
        int dropped = 0;
        while (sick.generations().size() <= 35 && dropped < 1000) {
            drop(dropped, dropped + 10, SMALL);
            dropped += 10;
            awaitDone(dropped);
        }

        assertThat(sick.generations()).hasSizeGreaterThan(35);
        Bench.await("it works", () -> !isFailing("sick"));
    }

    @Test
    void whatIsRefusedByTheOnlyOneThatHasItFailsAtOnce() throws Exception {
        webUi("sick", speed(10).withCheckpoints(ANIME)).next(Fault.noPictures(), Fault.noPictures());
        SandboxWebUi other = webUi("other", speed(10).withCheckpoints(PHOTO));
        bench.start();
        drop(0, 1, with(ANIME));

        assertThat(bench.failed("job000.json").toString()).contains("refused-empty");
        assertThat(webUis.get("sick").generations()).hasSize(1);
        assertThat(other.generations()).isEmpty();
    }

    @Test
    void aWrongPasswordAtOneCostsNoJobAndHealthSaysWhichItIs() throws Exception {
        webUi("locked", speed(10).withCredentials("me", "right-password"), "auth: me:wrong-password");
        webUi("open", speed(30).withCredentials("me", "right-password"), "auth: me:right-password");
        bench.start();
        drop(0, 20, SMALL);
        awaitDone(20);

        HealthCheck.Result health = new WebUiHealth(bench.webUis()).call();
        assertThat(health.getState()).isEqualTo(HealthCheck.State.UP);
        assertThat(health.getDetails().get("open")).isEqualTo("works");
        assertThat(health.getDetails().get("locked").toString())
                .contains("did not let us in")
                .doesNotContain("wrong-password");
    }

    @Test
    void readinessDoesNotWaitForOneThatNeverAnswers() throws Exception {
        webUi("works", speed(10));
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            entries.put("silent", "- name: silent\n  url: http://127.0.0.1:" + silent.getLocalPort() + "\n");
            write();
            bench.start();
            WebUiHealth readiness = new WebUiHealth(bench.webUis());

            Instant asked = Instant.now();
            HealthCheck.Result health = readiness.call();

            assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(15)); // a busy machine
            assertThat(health.getState()).isEqualTo(HealthCheck.State.UP);
            assertThat(health.getDetails().get("works")).isEqualTo("works");
            assertThat(health.getDetails().get("silent").toString()).contains("does not answer");
        }
    }

    @Test
    void theyAreAddedPausedAndTakenAwayWhileWorkGoesOn() throws Exception {
        SandboxWebUi first = webUi("first", speed(40));
        bench.start();
        drop(0, 30, SMALL);
        Bench.await("work has begun", () -> first.generations().size() > 3);
        SandboxWebUi second = webUi("second", speed(40));
        AtomicInteger dropped = new AtomicInteger(30);
        Bench.await("it is given some", () -> {
            int next = dropped.getAndIncrement(); // there is work for as long as the list has not been read
            drop(next, next + 1, SMALL);
            return second.generations().size() > 3;
        });

        list("first", "state: paused");
        awaitState("first", WebuiState.Now.PAUSED);
        Bench.await("nothing is under way", () -> state("first").underWay() == 0);
        int had = first.generations().size();
        int jobs = dropped.get();
        drop(jobs, jobs + 30, SMALL);
        awaitDone(jobs + 30);
        assertThat(first.generations()).hasSize(had);

        list("first", "state: on");
        list("second", "state: drained");
        awaitState("first", WebuiState.Now.WORKS);
        awaitState("second", WebuiState.Now.DRAINED);
        drop(jobs + 30, jobs + 40, SMALL);
        awaitDone(jobs + 40);
        assertThat(first.generations()).hasSize(had + 10);

        entries.remove("second");
        entries.put("first", "- name: first\n  url: " + first.url() + "\n  state: of\n");
        write(); // wrong, so nothing changes
        drop(jobs + 40, jobs + 45, SMALL);
        awaitDone(jobs + 45);
    }

    @Test
    void theLogSaysWhoSharesTheWorkWheneverThatChanges() throws Exception {
        String first = "first (" + webUi("first", speed(10)).url() + ")";
        String second = "second (" + webUi("second", speed(10)).url() + ")";
        try (LogLines log = LogLines.of(WebuiComponent.class.getPackageName())) {
            bench.start();
            list("first", "state: paused");
            Bench.await("one is paused", () -> log.infos("share the work").size() == 1);
            list("second", "state: drained");
            Bench.await("one is drained", () -> log.infos("share the work").size() == 2);
            list("first", "state: on");
            Bench.await("one goes on", () -> log.infos("share the work").size() == 3);

            assertThat(log.infos("share the work"))
                    .extracting(line -> line.replace(file() + ": these share the work now: ", ""))
                    .containsExactly(
                            second + "; paused: " + first,
                            "none; paused: " + first + "; drained: " + second,
                            first + "; drained: " + second);
        }
    }

    private WebuiState state(String name) {
        return bench.webUis().states().stream()
                .filter(state -> state.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void awaitState(String name, WebuiState.Now now) {
        Bench.await(name + " " + now, () -> state(name).now() == now);
    }

    @Test
    void oneTakesOnlyWhatItsEntryAllows() throws Exception {
        SandboxSettings both = speed(20).withCheckpoints(ANIME, PHOTO);
        SandboxWebUi posters = webUi("posters", both, "lanes: [posters]");
        SandboxWebUi photos = webUi("photos", both, "checkpoints: photo.safetensors", "lanes: other");
        SandboxWebUi all = webUi("all", both);
        bench.start();
        Bench.await("it is known", () -> state("posters").loaded().equals("anime")); // it begins with the first one
        for (int i = 0; i < 12; i++) {
            bench.drop("posters/big/poster" + i + ".json", with(ANIME));
            bench.drop("other/" + i + ".json", with(ANIME));
        }
        awaitDone(24);

        assertThat(tasks(posters)).isNotEmpty().allMatch(task -> task.startsWith("poster"));
        assertThat(photos.generations()).isEmpty();
        assertThat(all.generations()).hasSizeGreaterThanOrEqualTo(12);
    }

    @Test
    void whatIsUrgentGoesFirst() throws Exception {
        SandboxWebUi one = webUi("one", speed(250));
        bench.start();
        drop(0, 20, SMALL);
        Bench.await("work has begun", () -> !one.generations().isEmpty());
        bench.drop("urgent.json", SMALL.replace("}", ", \"job\": {\"priority\": 10}}"));
        awaitDone(21);

        List<String> order = new ArrayList<>(tasks(one));
        int place = 0;
        while (!order.get(place).startsWith("urgent-")) {
            place++;
        }
        assertThat(place).isLessThan(12);
    }

    @Test
    void aMistakeInTheFileStopsTheStartAndSaysWhere() throws Exception {
        Files.writeString(file(), "- url: http://127.0.0.1:1\n  wieght: 2\n");
        assertThatThrownBy(bench::start)
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith(file() + " line 2: ")
                .hasMessageContaining("did you mean 'weight'?");
    }

    @Test
    void aListThatIsNamedAndNotThereStopsTheStart() {
        assertThatThrownBy(bench::start)
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith(file() + ": there is no such file, and the command line names it")
                .hasMessageContaining("'darkroom.webui.url', " + bench.sandbox().url());
    }

    @ParameterizedTest
    @CsvSource({
        "'- {url: http://127.0.0.1:1, url: http://127.0.0.1:2}', line 1: 'url' is given twice",
        "'- {url: http://127.0.0.1:1}\n- {name: b, url: http://127.0.0.1:1/}', line 2: 'b' has the address of",
        "'- {url: http://LOCALHOST:80/a}\n- {name: b, url: http://127.0.0.1/a}', line 2: 'b' has the address of"
    })
    void whatIsThereTwiceIsRefused(String list, String said) throws Exception {
        Files.writeString(file(), list);
        assertThatThrownBy(bench::start).isInstanceOf(SettingsException.class).hasMessageContaining(said);
    }
}
