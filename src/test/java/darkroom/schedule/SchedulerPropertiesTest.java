package darkroom.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What holds whatever happens: tasks, workers and lanes by chance, also with workers that come and go. */
final class SchedulerPropertiesTest {
    private static final double LOAD = 10;
    private static final double LONGEST = 300;

    /** Each worker that can do something gets it within this time, if it has nothing else to do. */
    private static final double PATIENCE = 4 * LOAD + 1.5;

    @Property(tries = 60)
    void eachTaskComesOutOnceAndOnlyForWhoCanDoIt(@ForAll long seed) {
        World world = new World(seed);
        for (int i = 0; i < 600; i++) {
            world.step();
        }
        world.everybodyIsThere();
        for (int i = 0; i < 100_000 && world.scheduler.size() > 0; i++) {
            world.work();
        }

        assertThat(world.scheduler.size()).isZero();
        assertThat(world.scheduler.waiting()).isEmpty();
        assertThat(world.given.size() + world.withdrawn.size()).isEqualTo(world.demands.size());
    }

    @Property(tries = 40)
    void nobodyIsLeftWithoutWorkForLong(@ForAll long seed) {
        World world = new World(seed);
        world.everybodyIsThere();
        for (int i = 0; i < 20; i++) {
            world.add();
        }
        Map<Worker, Double> since = new HashMap<>();
        for (int i = 0; i < 2000 && world.scheduler.size() > 0; i++) {
            world.work();
            for (Worker worker : world.workers) {
                if (worker.inFlight() > 0 || world.waiting().noneMatch(task -> world.can(worker, task))) {
                    since.remove(worker);
                } else {
                    assertThat(world.now - since.computeIfAbsent(worker, idle -> world.now))
                            .as("%s of seed %d", worker, seed)
                            .isLessThan(PATIENCE);
                }
            }
        }
    }

    @Property(tries = 20)
    void sameQuestionsGetTheSameAnswers(@ForAll long seed) {
        World one = new World(seed);
        World other = new World(seed);
        for (int i = 0; i < 500; i++) {
            one.step();
            other.step();
        }

        assertThat(other.order).isEqualTo(one.order).isNotEmpty();
    }

    private static final class World {
        private final Random random;
        private final Scheduler<Integer> scheduler =
                new Scheduler<>(new Policy(0.1, LONGEST, Map.of("lane-0", 3.0, "lane-1", 0.5)));
        private final List<Worker> workers = new ArrayList<>();
        private final Map<Worker, List<Double>> ends = new HashMap<>();
        private final List<Demand> demands = new ArrayList<>();
        private final Set<Integer> given = new HashSet<>();
        private final Set<Integer> withdrawn = new HashSet<>();
        private final List<String> order = new ArrayList<>();
        private double now;

        World(long seed) {
            random = new Random(seed);
            int count = 1 + random.nextInt(5);
            for (int i = 0; i < count; i++) {
                Set<String> lanes = i == 0 || random.nextBoolean() ? Set.of() : Set.of("lane-" + random.nextInt(3));
                Set<String> models = i == 0 || random.nextBoolean() ? Set.of() : Set.of("model-0", "model-1");
                workers.add(new Worker("worker-" + i, lanes, models, 0.5 + random.nextDouble(), LOAD));
                ends.put(workers.get(i), new ArrayList<>());
            }
        }

        void everybodyIsThere() {
            workers.forEach(scheduler::join);
        }

        void step() {
            switch (random.nextInt(8)) {
                case 0 -> scheduler.join(workers.get(random.nextInt(workers.size())));
                case 1 -> {
                    if (random.nextInt(4) == 0) {
                        scheduler.leave(workers.get(random.nextInt(workers.size())));
                    }
                }
                case 2 -> {
                    int task = random.nextInt(demands.size() + 1);
                    boolean waits = task < demands.size() && !given.contains(task) && !withdrawn.contains(task);
                    assertThat(scheduler.remove(task)).isEqualTo(waits);
                    if (waits) {
                        withdrawn.add(task);
                    }
                }
                case 3 -> scheduler.loaded(workers.get(random.nextInt(workers.size())), "model-" + random.nextInt(5));
                case 4 ->
                    scheduler.learn(
                            workers.get(random.nextInt(workers.size())),
                            new Learnt(0.1 + random.nextDouble(), LOAD, 1, 1));
                default -> add();
            }
            assertThat(scheduler.size()).isEqualTo(waiting().count());
            work();
        }

        void add() {
            Set<String> unfit = random.nextInt(4) == 0 ? Set.of("worker-1", "worker-3") : Set.of();
            String model = random.nextInt(10) == 0 ? "" : "model-" + random.nextInt(5);
            Demand demand = new Demand(
                    "lane-" + random.nextInt(3), random.nextInt(3) - 1, model, 1 + random.nextInt(30), unfit);
            scheduler.add(demands.size(), demand, now);
            demands.add(demand);
        }

        /** Half a second. */
        void work() {
            now += 0.5;
            for (Worker worker : workers) {
                List<Double> over =
                        ends.get(worker).stream().filter(end -> end <= now).toList();
                over.forEach(end -> scheduler.finished(worker));
                ends.get(worker).removeAll(over);
            }
            for (int inFlight = 0; inFlight < 2; inFlight++) {
                for (Worker worker : workers) {
                    if (worker.joined() && worker.inFlight() <= inFlight) {
                        give(worker);
                    }
                }
            }
        }

        private void give(Worker worker) {
            String before = worker.loaded();
            Optional<Integer> task = scheduler.next(worker, now);
            if (task.isPresent()) {
                Demand demand = demands.get(task.get());
                assertThat(can(worker, task.get())).isTrue();
                assertThat(given.add(task.get())).isTrue();
                assertThat(withdrawn).doesNotContain(task.get());
                assertThat(worker.has(demand.model())).isTrue();
                order.add(worker.name() + " " + task.get());
                double begins =
                        ends.get(worker).stream().mapToDouble(end -> end).max().orElse(now);
                double loads = before.equals(worker.loaded()) ? 0 : LOAD;
                ends.get(worker).add(begins + loads + demand.seconds() / worker.speed());
            }
        }

        Stream<Integer> waiting() {
            return IntStream.range(0, demands.size())
                    .boxed()
                    .filter(task -> !given.contains(task) && !withdrawn.contains(task));
        }

        boolean can(Worker worker, int task) {
            return worker.takes(Demands.of(demands.get(task)));
        }
    }
}
