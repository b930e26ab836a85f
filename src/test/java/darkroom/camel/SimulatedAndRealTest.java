package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.sandbox.Checkpoint;
import darkroom.sandbox.Generation;
import darkroom.sandbox.SandboxSettings;
import darkroom.schedule.simulation.Contender;
import darkroom.schedule.simulation.Scenario;
import darkroom.schedule.simulation.Simulation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the simulator says of a WebUI is what becomes of it. bench/schedule does the same with times, and for longer. */
final class SimulatedAndRealTest {
    private static final String PHOTO = "photo";
    private static final String DRAWING = "drawing";
    private static final int PHOTOS = 21; // more, so that it begins with these
    private static final int DRAWINGS = 17;
    private static final int BACKLOG = PHOTOS + DRAWINGS;

    /** So many drawings are made when the urgent one comes. */
    private static final int BEFORE_URGENT = 5;

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void prepare() throws Exception {
        bench = new Bench(
                home,
                SandboxSettings.defaults()
                        .withPlainPictures(true)
                        .withCheckpoints(
                                Checkpoint.named("idle.safetensors"),
                                Checkpoint.named(PHOTO + ".safetensors"),
                                Checkpoint.named(DRAWING + ".safetensors"))
                        .withTimePerPicture(Duration.ofMillis(100))
                        .withTimePerLoad(Duration.ofMillis(300)));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    /** A tenth of a second each; the urgent one comes when some of the drawings are made. */
    private Simulation simulation() throws IOException {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < BACKLOG; i++) {
            rows.add("0,," + (i % 2 == 1 && i < 2 * DRAWINGS ? DRAWING : PHOTO) + ",0.1");
        }
        double urgent = 0.3 + PHOTOS * 0.1 + 0.3 + BEFORE_URGENT * 0.1;
        rows.add(urgent + ",urgent," + PHOTO + ",0.1");
        Files.write(home.resolve("arrivals.csv"), rows);
        return Simulation.of(Scenario.read(Files.writeString(home.resolve("scenario.yaml"), """
                        backends: [{name: gpu, switch-seconds: 0.3}]
                        lanes: {"": {}, urgent: {priority: 1}}
                        arrivals: {file: arrivals.csv}
                        """), 1));
    }

    private static String prompt(Simulation.Arrival task) {
        return """
                {"width": 64, "height": 64, "steps": 20, "override_settings": {"sd_model_checkpoint": "%s"},
                 "job": {"priority": %d}}
                """.formatted(task.checkpoint(), task.priority());
    }

    @Test
    void checkpointsInTurnAndUrgentWorkBetweenAreMadeInTheOrderThatTheSimulatorSays() throws Exception {
        Simulation simulation = simulation();
        List<Simulation.Arrival> tasks = simulation.arrivals();
        List<Integer> order = new ArrayList<>();
        long loads = simulation
                .run(Contender.DARKROOM, done -> order.add(done.task()))
                .switches();
        List<String> simulated =
                order.stream().map(task -> label(tasks.get(task))).toList();

        for (int i = 0; i < BACKLOG; i++) {
            bench.drop(String.format("t%03d.json", i), prompt(tasks.get(i)));
        }
        Path work = Files.createDirectories(bench.data().resolve("work"));
        Path pause = Files.createFile(work.resolve("_paused"));
        bench.start();
        Bench.await(
                "all wait",
                () -> Bench.jobs(work).stream().filter(Files::isDirectory).count() == BACKLOG);
        Files.delete(pause);
        Bench.await(
                "some drawings", () -> made().stream().filter(DRAWING::equals).count() >= BEFORE_URGENT);
        for (int i = BACKLOG; i < tasks.size(); i++) {
            bench.drop(String.format("urgent/u%03d.json", i), prompt(tasks.get(i)));
        }
        Bench.await("all", () -> bench.manifests().size() == tasks.size());

        assertThat(simulated).hasSize(BACKLOG + 1);
        assertThat(runs(simulated)).containsExactly(PHOTO, DRAWING, "urgent " + PHOTO, DRAWING);
        assertThat(runs(made())).isEqualTo(runs(simulated));
        assertThat(counts(made())).isEqualTo(counts(simulated));
        assertThat(loads()).isEqualTo(loads);
        assertThat(simulation.run(Contender.FIFO).switches()).isGreaterThan(loads * 5); // it could be otherwise
        assertThat(made().subList(0, PHOTOS)).isEqualTo(simulated.subList(0, PHOTOS));
    }

    private static String label(Simulation.Arrival task) {
        return task.lane().isEmpty() ? task.checkpoint() : task.lane() + " " + task.checkpoint();
    }

    /** The same of what the WebUI made, in its order. */
    private List<String> made() {
        return bench.sandbox().generations().stream()
                .map(each -> (each.taskId().startsWith("u") ? "urgent " : "")
                        + each.checkpoint().replace(".safetensors", ""))
                .toList();
    }

    private long loads() {
        long loads = 0;
        String loaded = "idle.safetensors";
        for (Generation each : bench.sandbox().generations()) {
            loads += each.checkpoint().equals(loaded) ? 0 : 1;
            loaded = each.checkpoint();
        }
        return loads;
    }

    /** One for each stretch of the same. */
    private static List<String> runs(List<String> all) {
        List<String> runs = new ArrayList<>();
        for (String each : all) {
            if (runs.isEmpty() || !runs.get(runs.size() - 1).equals(each)) {
                runs.add(each);
            }
        }
        return runs;
    }

    private static Map<String, Integer> counts(List<String> all) {
        Map<String, Integer> counts = new TreeMap<>();
        all.forEach(each -> counts.merge(each, 1, Integer::sum));
        return counts;
    }
}
