package darkroom.schedule.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import darkroom.yaml.MistakeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulationTest {
    private static final Path SCENARIOS = Path.of("examples/scheduling");

    @TempDir
    Path folder;

    @Test
    void theFarmIsAsBusyAsCanBeAndNobodyWaitsTooLong() throws IOException {
        Simulation farm = simulation(SCENARIOS.resolve("farm.yaml"), 0.01);
        Outcome ours = farm.run(Contender.DARKROOM);
        Outcome fifo = farm.run(Contender.FIFO);

        assertThat(ours.tasks()).isEqualTo(100_000);
        assertThat(ours.ofBound()).isBetween(0.985, 1.0); // 0.99 with all 10,000
        assertThat(ours.waits().overLimit()).isZero();
        assertThat(ours.lanes().get("urgent").p95()).isLessThan(60);
        assertThat(fifo.ofBound()).isLessThan(0.6);
    }

    @Test
    void theOfficeIsAsBusyAsCanBeAndNobodyWaitsTooLong() throws IOException {
        Simulation office = simulation(SCENARIOS.resolve("office.yaml"), 1);
        Outcome ours = office.run(Contender.DARKROOM);
        Outcome fifo = office.run(Contender.FIFO);

        assertThat(ours.ofBound()).isBetween(0.99, 1.0);
        assertThat(ours.switches()).isLessThan(fifo.switches() / 3);
        assertThat(ours.waits().overLimit()).isZero();
        assertThat(fifo.waits().overLimit()).isGreaterThan(fifo.tasks() / 2);
        assertThat(ours.lanes().get("urgent").max()).isLessThan(90);
    }

    @Test
    void aBackendThatDiesAndReturnsLosesNothing() throws IOException {
        Simulation gpus = simulation(SCENARIOS.resolve("four-gpus.yaml"), 1);
        for (Contender contender : Contender.values()) {
            Outcome outcome = gpus.run(contender);
            assertThat(outcome.tasks()).isEqualTo(4100);
            assertThat(outcome.lost()).isEqualTo(1);
        }
        Outcome ours = gpus.run(Contender.DARKROOM);
        assertThat(ours.ofBound()).isBetween(0.99, 1.0);
        assertThat(ours.waits().overLimit()).isZero();
        assertThat(ours.lanes().get("campaign").mean())
                .isLessThan(ours.lanes().get("studio").mean());
    }

    @Test
    void checkpointsInTurnAreLoadedOnceEach() throws IOException {
        Simulation turns = simulation("""
                backends: [{switch-seconds: 10}]
                checkpoints: {shares: {photo: 1, drawing: 1}, alternating: true}
                seconds: 5
                arrivals: {backlog: 1000}
                """);

        assertThat(turns.run(Contender.FIFO).switches()).isEqualTo(1000);
        Outcome ours = turns.run(Contender.DARKROOM);
        assertThat(ours.switches()).isEqualTo(2);
        assertThat(ours.makespan()).isCloseTo(5020, within(1e-6));
        assertThat(ours.ofBound()).isCloseTo(1, within(1e-6)); // nobody does it with one load
    }

    @Test
    void whatNamesNoCheckpointIsDoneWithWhatABackendLoadsByItself() throws IOException {
        Files.writeString(folder.resolve("arrivals.csv"), "0,,,5\n".repeat(10) + "100,,photo,5\n" + "200,,,5\n");
        Simulation own = simulation("""
                backends: [{count: 2, switch-seconds: 10}]
                arrivals: {file: arrivals.csv}
                """);

        for (Contender contender : Contender.values()) {
            Outcome outcome = own.run(contender);
            assertThat(outcome.switches()).as("%s", contender).isLessThanOrEqualTo(2);
            assertThat(outcome.ofBound()).as("%s", contender).isBetween(0.9, 1.0);
        }
        assertThat(own.run(Contender.DARKROOM).switches()).isEqualTo(1); // the other one makes the last
    }

    @Test
    void whatIsSaidOfSpeedsCountsUntilItIsSeen() throws IOException {
        String backlog = Files.readString(SCENARIOS.resolve("backlog.yaml"));
        Outcome said = simulation(backlog).run(Contender.DARKROOM);
        Outcome unsaid = simulation(backlog.replaceAll("weight: [0-9.]+, ", "")).run(Contender.DARKROOM);

        assertThat(said.switches()).isEqualTo(4); // nobody does it with fewer
        assertThat(said.ofBound()).isBetween(0.97, 1.0);
        assertThat(unsaid.switches()).isEqualTo(6);
        assertThat(unsaid.ofBound()).isBetween(0.94, said.ofBound());
    }

    @Test
    void whatIsOverloadedStillServesWhatIsRare() throws IOException {
        Path file = Files.writeString(folder.resolve("arrivals.csv"), overload());
        Outcome ours = simulation("""
                        overhead: 0.1
                        longest-wait: 300
                        backends: [{switch-seconds: 10}]
                        lanes: {urgent: {priority: 1}, rare: {}}
                        arrivals: {file: %s}
                        """.formatted(file.getFileName())).run(Contender.DARKROOM);

        assertThat(ours.lanes().get("rare").tasks()).isEqualTo(10);
        assertThat(ours.lanes().get("rare").max()).isBetween(150.0, 150 + 10 * 100.0 * 2);
        assertThat(ours.waits().max()).isGreaterThan(1500); // of those that are too many
    }

    /** Twice as much urgent work as can be done, and now and then a task for another checkpoint that is not. */
    private static String overload() {
        StringBuilder rows = new StringBuilder("at,lane,checkpoint,seconds\n");
        for (int i = 0; i < 1000; i++) {
            rows.append(i * 5).append(",urgent,photo,10\n");
            if (i % 100 == 0) {
                rows.append(i * 5).append(",rare,drawing,10\n");
            }
        }
        return rows.toString();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nobodyBeatsTheBoundAndEverythingIsDone(long seed) throws IOException {
        Simulation any = simulation("""
                seed: %d
                in-flight: %d
                backends:
                  - {name: a, count: 3, speed: {mean: 1, variation: 0.4}, switch-seconds: 8, failures: {every: 900, last: 200}}
                  - {name: b, count: 2, speed: 2, switch-seconds: 3, lanes: [x], checkpoints: [p, q]}
                lanes: {x: {weight: 2}, y: {priority: 1}}
                checkpoints: {shares: {p: 3, q: 1, r: 1}}
                seconds: {mean: 6, variation: 1}
                arrivals: {backlog: 100, tasks: 1500, load: 0.6, bursts: {every: 700, tasks: 50, times: 3}}
                """.formatted(seed, 1 + seed % 3));
        for (Contender contender : Contender.values()) {
            Outcome outcome = any.run(contender);
            assertThat(outcome.tasks()).isEqualTo(1750);
            assertThat(outcome.ofBound()).as("%s", contender).isBetween(0.05, 1.0);
            assertThat(any.run(contender)).isEqualTo(outcome); // the same each time
        }
    }

    @Test
    void lanesThatOnlySomeBackendsTakeAreNotLeftWaiting() throws IOException {
        Outcome ours = simulation("""
                        backends:
                          - {name: own, lanes: [studio], switch-seconds: 10}
                          - {name: any, switch-seconds: 10}
                        lanes: {studio: {share: 1}, campaign: {share: 1}}
                        arrivals: {tasks: 2000, load: 0.7}
                        """).run(Contender.DARKROOM);

        assertThat(ours.waits().max()).isLessThan(300);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{backends: [], arrivals: {}}        |: there are no backends; say which, such as backends: [{count: 2}]",
                "backends: [{}]                      |: there are no arrivals; say when tasks come, such as arrivals: {backlog: 100}",
                "backnds: [{}]                       | line 1: 'backnds' is no field of a scenario; did you mean 'backends'?",
                "backends: [{counts: 2}]             | line 1: 'counts' is no field of backends[0]; did you mean 'count'?",
                "backends: [{count: 1, count: 2}]    | line 1: 'count' is given twice; give it once",
                "backends: [{count: many}]           | line 1: backends[0].count is 'many'; use a whole number from 1 to 1000000",
                "backends: [{count: 1.5}]            | line 1: backends[0].count is '1.5'; use a whole number from 1 to 1000000",
                "backends: [{speed: 0}]              | line 1: backends[0].speed is '0'; use a number above 0",
                "backends: [{speed: {variation: 1}}] | line 1: backends[0].speed.mean is missing; use a number above 0",
                "backends: [{outages: [{at: 1}]}]    | line 1: backends[0].outages[0].last is missing; use a number above 0",
                "backends: {count: 2}                | line 1: backends is no list; write [ and ] around it, or begin each entry with '- '",
                "overhead: 2                         | line 1: overhead is '2'; use a number between 0 and 1",
                "seed: 1.5                           | line 1: seed is '1.5'; use a whole number",
                "longest-wait: [600]                 | line 1: longest-wait is no single value; write one there",
                "checkpoints: {alternating: yes}     | line 1: checkpoints.alternating is 'yes'; use true or false",
                "checkpoints: {shares: {photo: -1}}  | line 1: checkpoints.shares.photo is '-1'; use a number above 0",
                "lanes: {urgent: 1}                  | line 1: lanes.urgent has no fields; write some, such as {name: value}",
                "arrivals: {tasks: 3}                | line 1: arrivals.load is missing; use a number above 0",
                "arrivals: {bursts: {every: 5, times: 2}} | line 1: arrivals.bursts.tasks is missing; use a whole number from 1 to 1000000000",
                "arrivals: {backlog: 1000000000, tasks: 1, load: 1} | line 1: arrivals has more than 1000000000 tasks; ask for fewer",
                "[1]                                 | line 1: this has no fields; write some, such as {name: value}",
                "'# nothing'                         |: the file is empty; examples/scheduling/office.yaml shows what belongs into one",
                "backends: [                         | line 1: it is no YAML: ",
            })
    void saysWhatIsWrongWithAScenarioAndWhere(String yaml, String sentence) {
        assertThatThrownBy(() -> simulation(yaml))
                .isInstanceOf(MistakeException.class)
                .hasMessageContaining(
                        folder.resolve("scenario.yaml") + (sentence.startsWith(":") ? "" : " ") + sentence);
    }

    @Test
    void saysAllThatIsWrongAtOnce() {
        assertThatThrownBy(() -> simulation("""
                        backends:
                          - {name: fast, speeed: 2}
                          - count: none
                        lanes:
                          urgent: {prority: 1}
                        arrivals: {backlog: 5}
                        """))
                .isInstanceOfSatisfying(
                        MistakeException.class,
                        e -> assertThat(e.problems())
                                .extracting(problem -> problem.substring(problem.indexOf(" line ") + 1))
                                .containsExactly(
                                        "line 2: 'speeed' is no field of backends[0]; did you mean 'speed'?",
                                        "line 3: backends[1].count is 'none'; use a whole number from 1 to 1000000",
                                        "line 5: 'prority' is no field of lanes.urgent; did you mean 'priority'?"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{backends: [{checkpoints: [x]}], arrivals: {backlog: 1}} | no backend takes tasks of lane '' for checkpoint 'checkpoint-1'; add",
                "{backends: [{}], arrivals: {file: none.csv}}     | none.csv",
            })
    void saysWhatCanNotBeSimulated(String yaml, String sentence) {
        assertThatThrownBy(() -> simulation(yaml))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void whatIsNotNamedHasTheDefault() throws IOException {
        Scenario scenario = Scenario.read(Files.writeString(folder.resolve("scenario.json"), """
                        {"seed": 9223372036854775807, "backends": [{}], "lanes": {"rare": null}, "checkpoints": {"count": 2},
                         "arrivals": {"tasks": 1e2, "load": 0.5}}
                        """), 1);

        assertThat(scenario)
                .isEqualTo(new Scenario(
                        Long.MAX_VALUE,
                        2,
                        0.05,
                        600,
                        List.of(new Scenario.Backends(
                                "backend", 1, new Scenario.Amount(1), 1, 0, List.of(), List.of(), null, List.of())),
                        Map.of("rare", new Scenario.LaneShare(1, 0, 1)),
                        new Scenario.Checkpoints(2, 0, Map.of(), false),
                        new Scenario.Amount(10),
                        new Scenario.Arrivals(0, 100, 0.5, null, null)));
    }

    @Test
    void saysWhatIsWrongWithACell() throws IOException {
        Files.writeString(folder.resolve("rows.csv"), "1,,p,long\n");

        assertThatThrownBy(() -> simulation("{backends: [{}], arrivals: {file: rows.csv}}"))
                .hasMessageContaining("rows.csv, line 1")
                .hasMessageContaining("seconds is 'long', which is no number");
    }

    @Test
    void saysWhichRowIsWrong() throws IOException {
        Files.writeString(folder.resolve("rows.csv"), "at,lane,checkpoint,seconds\n1,,p,2\n0.5,,p,2\n");

        assertThatThrownBy(() -> simulation("{backends: [{}], arrivals: {file: rows.csv}}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("rows.csv, line 3")
                .hasMessageContaining("at is 0.5");
    }

    @Test
    void theTableHasALineForEachContenderAndLane() throws IOException {
        Simulation gpus = simulation(SCENARIOS.resolve("four-gpus.yaml"), 0.25);
        String table = Table.of(List.of(gpus.run(Contender.DARKROOM), gpus.run(Contender.ROUND_ROBIN)));

        assertThat(table.lines()).hasSize(7);
        assertThat(table).contains("darkroom ", "round-robin", "| campaign", "| studio", "of bound");
    }

    @Test
    void saysWhatCameAndWhatBecameOfIt() throws IOException {
        Simulation gpu = simulation(SCENARIOS.resolve("one-gpu.yaml"), 1);
        List<Simulation.Arrival> arrivals = gpu.arrivals();
        List<Simulation.Done> done = new ArrayList<>();
        Outcome outcome = gpu.run(Contender.DARKROOM, done::add);

        assertThat(arrivals).hasSize(200).isSortedAccordingTo(Comparator.comparingDouble(Simulation.Arrival::at));
        assertThat(arrivals).filteredOn(each -> each.lane().equals("urgent")).allMatch(each -> each.priority() == 1);
        assertThat(done).extracting(Simulation.Done::task).hasSize(200).doesNotHaveDuplicates();
        assertThat(done).allMatch(each -> each.backend().equals("gpu"));
        assertThat(done.stream().filter(each -> each.worked() > each.began())).hasSize((int) outcome.switches());
        assertThat(done.stream()
                        .mapToDouble(each ->
                                each.worked() - arrivals.get(each.task()).at())
                        .max()
                        .orElse(0))
                .isCloseTo(outcome.waits().max(), within(1e-3));
        assertThat(done.get(done.size() - 1).ended()).isEqualTo(outcome.makespan());
    }

    private Simulation simulation(String yaml) throws IOException {
        return simulation(Files.writeString(folder.resolve("scenario.yaml"), yaml), 1);
    }

    private static Simulation simulation(Path file, double scale) throws IOException {
        return Simulation.of(Scenario.read(file, scale));
    }
}
