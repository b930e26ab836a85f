package darkroom.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who gets what next, rule by rule. Loading takes 10 s, a stay is 100 s, and nobody should wait longer than 600 s. */
final class SchedulerTest {
    private static final double LOAD = 10;
    private static final double LONGEST = 600;

    private final Scheduler<String> scheduler =
            new Scheduler<>(new Policy(0.1, LONGEST, Map.of("heavy", 3.0, "light", 1.0)));
    private double now = 1000;

    @Test
    void givesNobodyWhatItCanNotDo() {
        Worker lane = joined(new Worker("a", Set.of("studio"), Set.of(), 1, LOAD));
        Worker model = joined(new Worker("b", Set.of(), Set.of("photo"), 1, LOAD));
        Worker unfit = joined(worker("c"));
        Worker able = joined(worker("d"));
        scheduler.add("task", new Demand("campaign", 0, "drawing", 10, Set.of("c")), now);

        now += 10 * LONGEST;
        assertThat(scheduler.next(lane, now)).isEmpty();
        assertThat(scheduler.next(model, now)).isEmpty();
        assertThat(scheduler.next(unfit, now)).isEmpty();
        assertThat(scheduler.next(able, now)).contains("task");
    }

    @Test
    void staysWithItsModelAsLongAsSomethingWaitsForIt() {
        Worker worker = joined(worker("a"));
        for (int i = 0; i < 5; i++) {
            add("photo-" + i, "", 0, "photo", 10);
            add("drawing-" + i, "", 0, "drawing", 10);
        }

        assertThat(work(worker, 10))
                .containsExactly(
                        "photo-0",
                        "photo-1",
                        "photo-2",
                        "photo-3",
                        "photo-4",
                        "drawing-0",
                        "drawing-1",
                        "drawing-2",
                        "drawing-3",
                        "drawing-4");
    }

    @Test
    void changesForWhatHasWaitedTooLongAndCameAStayEarlier() {
        Worker worker = joined(worker("a"));
        add("first", "", 0, "photo", 10);
        work(worker, 1);
        add("rare", "", 0, "drawing", 10);
        double came = now;
        double served = 0;
        for (int i = 0; served == 0 && i < 200; i++) {
            add("photo-" + i, "", 0, "photo", 10);
            served = work(worker, 1).contains("rare") ? now - 10 : 0;
        }

        assertThat(served - came).isBetween(LONGEST / 2, LONGEST / 2 + 2 * 10 + LOAD);
    }

    @Test
    void goesBackToWhatWaitsTooLongAfterAnUrgentTask() {
        Worker worker = joined(worker("a"));
        for (int i = 0; i < 5; i++) {
            add("old-" + i, "", 0, "photo", 10);
        }
        now += LONGEST / 2 + 1;
        scheduler.loaded(worker, "photo");
        work(worker, 2);
        for (int i = 0; i < 5; i++) {
            add("new-" + i, "", 0, "drawing", 10);
        }
        add("urgent", "", 1, "drawing", 10);

        assertThat(work(worker, 3)).containsExactly("urgent", "old-2", "old-3");
    }

    @Test
    void staysAfterAnUrgentTaskIfNothingElseWaitsTooLong() {
        Worker worker = joined(worker("a"));
        scheduler.loaded(worker, "photo");
        add("old", "", 0, "photo", 10);
        now += LONGEST / 4;
        add("new", "", 0, "drawing", 10);
        add("urgent", "", 1, "drawing", 10);

        assertThat(work(worker, 3)).containsExactly("urgent", "new", "old");
    }

    @Test
    void higherPrioritiesGoFirstWhateverIsLoaded() {
        Worker worker = joined(worker("a"));
        scheduler.loaded(worker, "photo");
        add("everyday", "", 0, "photo", 10);
        add("urgent", "", 1, "drawing", 10);

        assertThat(work(worker, 2)).containsExactly("urgent", "everyday");
    }

    @Test
    void doesItsOwnWhileOthersDoWhatIsMoreUrgent() {
        Two two = two("drawing", "photo");
        add("urgent", "", 1, "drawing", 5);
        add("everyday", "", 0, "photo", 5);

        assertThat(scheduler.next(two.second(), now)).contains("everyday");
        assertThat(scheduler.next(two.first(), now)).contains("urgent");
    }

    @Test
    void whatWaitsTooLongGetsAQuarterOfTheTimeWhileMoreUrgentTasksCome() {
        Worker worker = joined(worker("a"));
        for (int i = 0; i < 1000; i++) {
            add("low-" + i, "", 0, "photo", 10);
        }
        now += LONGEST / 2 + 1;
        int low = 0;
        for (int i = 0; i < 400; i++) {
            add("urgent-" + i, "", 1, "photo", 10);
            low += work(worker, 1).get(0).startsWith("low") ? 1 : 0;
        }

        assertThat(low).isBetween(95, 105);
    }

    @Test
    void whatWaitsTooLongForAnotherModelGetsItsQuarterInStays() {
        Worker worker = joined(worker("a"));
        for (int i = 0; i < 1000; i++) {
            add("low-" + i, "", 0, "drawing", 10);
        }
        now += LONGEST / 2 + 1;
        int low = 0;
        int changes = 0;
        String before = "";
        for (int i = 0; i < 800; i++) {
            add("urgent-" + i, "", 1, "photo", 10);
            low += work(worker, 1).get(0).startsWith("low") ? 1 : 0;
            changes += worker.loaded().equals(before) ? 0 : 1;
            before = worker.loaded();
        }

        assertThat(low).isBetween(170, 220);
        assertThat(changes).isBetween(20, 50); // a stay is ten tasks, and there are two changes in forty
    }

    @Test
    void lanesGetTheirSharesOfOneModel() {
        Worker worker = joined(worker("a"));
        backlog("photo", "photo");

        assertThat(work(worker, 400).stream().filter(task -> task.startsWith("heavy")))
                .hasSizeBetween(299, 301);
    }

    @Test
    void lanesGetTheirSharesOfDifferentModelsInStays() {
        Worker worker = joined(worker("a"));
        backlog("photo", "drawing");
        List<String> done = work(worker, 800);

        assertThat(done.stream().filter(task -> task.startsWith("heavy"))).hasSizeBetween(570, 630);
        assertThat(changes(done)).isBetween(4, 800 / 10);
    }

    @Test
    void sharesAreNotSavedUp() {
        Worker worker = joined(worker("a"));
        for (int i = 0; i < 300; i++) {
            add("heavy-" + i, "heavy", 0, "photo", 10);
        }
        work(worker, 200);
        backlog("photo", "photo");

        assertThat(work(worker, 40).stream().filter(task -> task.startsWith("light")))
                .hasSizeBetween(9, 11);
    }

    @Test
    void changesTheModelOnlyWhenNothingIsInFlight() {
        Worker worker = joined(worker("a"));
        add("photo", "", 0, "photo", 10);
        assertThat(scheduler.next(worker, now)).contains("photo");
        add("drawing", "", 0, "drawing", 10);

        assertThat(scheduler.next(worker, now)).isEmpty();
        scheduler.finished(worker);
        assertThat(scheduler.next(worker, now)).contains("drawing");
    }

    @Test
    void leavesAFewTasksToThoseThatHaveTheModel() {
        Two two = two("photo", "");
        for (int i = 0; i < 5; i++) {
            add("photo-" + i, "", 0, "photo", 3);
        }

        assertThat(scheduler.next(two.second(), now)).isEmpty();
        assertThat(scheduler.next(two.first(), now)).contains("photo-0");
    }

    @Test
    void helpsThoseThatWouldTakeLongerThanTheLoading() {
        Two two = two("photo", "");
        for (int i = 0; i < 9; i++) {
            add("photo-" + i, "", 0, "photo", 3);
        }

        assertThat(scheduler.next(two.second(), now)).contains("photo-0");
    }

    @Test
    void helpsLaterWhereItMayHaveToLoadItsOwnAgain() {
        oneHasDone(worker("a"), "photo");
        Worker other = oneHasDone(worker("b"), "drawing");
        for (int i = 0; i < 13; i++) {
            add("photo-" + i, "", 0, "photo", 3);
        }
        assertThat(scheduler.next(other, now)).isEmpty();
        for (int i = 13; i < 15; i++) {
            add("photo-" + i, "", 0, "photo", 3);
        }

        now += 2;
        assertThat(scheduler.next(other, now)).contains("photo-0");
    }

    @Test
    void helpsSoonerWhereNobodyHasAskedForItsOwnInAWhile() {
        oneHasDone(worker("a"), "photo");
        Worker other = oneHasDone(worker("b"), "drawing");
        now += 3 * LOAD;
        for (int i = 0; i < 9; i++) {
            add("photo-" + i, "", 0, "photo", 3);
        }
        assertThat(scheduler.next(other, now)).isEmpty();
        now += 2 * LOAD;

        assertThat(scheduler.next(other, now)).contains("photo-0");
    }

    private Worker oneHasDone(Worker worker, String model) {
        scheduler.loaded(joined(worker), model);
        add(model, "", 0, model, 3);
        assertThat(scheduler.next(worker, now)).contains(model);
        scheduler.finished(worker);
        return worker;
    }

    @Test
    void helpsWhereNobodyTakesATaskThoughSomebodyHasTheModel() {
        Worker holder = joined(new Worker("a", Set.of("other"), Set.of(), 1, LOAD));
        Worker worker = joined(worker("b"));
        scheduler.loaded(holder, "photo");
        add("task", "", 0, "photo", 3);

        assertThat(ask(worker, 3 * LOAD)).contains("task");
    }

    @Test
    void loadsAtOnceWhatNobodyHas() {
        Worker worker = joined(worker("a"));
        scheduler.loaded(worker, "photo");
        add("drawing", "", 0, "drawing", 3);

        assertThat(scheduler.next(worker, now)).contains("drawing");
        assertThat(worker.loaded()).isEqualTo("drawing");
    }

    @Test
    void theOneWhoseModelIsMissedLeastLoadsAnother() {
        Worker first = joined(worker("a"));
        Worker second = joined(worker("b"));
        add("old", "", 0, "old", 3);
        assertThat(scheduler.next(first, now)).contains("old");
        now += 60;
        scheduler.finished(first);
        add("new", "", 0, "new", 3);
        assertThat(scheduler.next(second, now)).contains("new"); // has nothing loaded
        now += 60;
        scheduler.finished(second);
        add("third", "", 0, "third", 3);

        assertThat(scheduler.next(second, now)).isEmpty();
        assertThat(scheduler.next(first, now)).contains("third");
    }

    @Test
    void doesNotWaitLongForTheOneThatShouldRatherLoad() {
        Two two = two("photo", "");
        add("task", "", 0, "drawing", 3);

        assertThat(scheduler.next(two.first(), now)).isEmpty();
        assertThat(ask(two.first(), 2)).contains("task");
        assertThat(two.second().inFlight()).isZero();
    }

    @Test
    void doesNotWaitForItselfToLoad() {
        Worker busy = joined(worker("a"));
        Worker other = joined(worker("b"));
        scheduler.own(other, "own");
        scheduler.loaded(busy, "photo");
        add("photo", "", 0, "photo", 3);
        assertThat(scheduler.next(busy, now)).contains("photo");
        add("task", "", 0, "drawing", 3);

        assertThat(scheduler.next(other, now)).contains("task");
    }

    @Test
    void theSecondInFlightIsLeftToOneWithNothingToDo() {
        Worker busy = joined(worker("a"));
        Worker idle = joined(worker("b"));
        add("first", "", 0, "photo", 60);
        add("second", "", 0, "photo", 60);

        assertThat(scheduler.next(busy, now)).contains("first");
        assertThat(scheduler.next(busy, now)).isEmpty();
        assertThat(scheduler.next(idle, now)).contains("second");
    }

    @Test
    void modelsAreSpreadOverWorkersByWhatWaitsForThem() {
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            workers.add(joined(worker("worker-" + i)));
        }
        for (int i = 0; i < 400; i++) {
            add("task-" + i, "", 0, i % 4 == 0 ? "drawing" : "photo", 10);
        }
        workers.forEach(worker -> scheduler.next(worker, now));

        assertThat(workers.stream().filter(worker -> worker.loaded().equals("drawing")))
                .hasSize(2);
    }

    @Test
    void oneOfManyMovesToAModelThatNobodyHas() {
        List<Worker> workers = List.of(joined(worker("a")), joined(worker("b")));
        workers.forEach(worker -> scheduler.loaded(worker, "photo"));
        for (int i = 0; i < 500; i++) {
            add("photo-" + i, "", 0, "photo", 10);
        }
        add("drawing", "", 0, "drawing", 10);
        double came = now;
        boolean moved = false;
        while (!moved && now < came + LONGEST) {
            for (Worker worker : workers) {
                moved |= scheduler.next(worker, now).equals(Optional.of("drawing"));
                scheduler.finished(worker);
            }
            now += 10;
        }

        assertThat(now - came).isBetween(100.0, 130.0); // after a stay, long before it is late
    }

    @Test
    void withdrawsWhatWaits() {
        Worker worker = joined(worker("a"));
        for (int i = 0; i < 40; i++) {
            add("task-" + i, "", 0, "photo", 10);
        }
        for (int i = 0; i < 40; i++) {
            assertThat(i % 3 == 1 || scheduler.remove("task-" + i)).isTrue();
        }

        assertThat(scheduler.remove("task-0")).isFalse();
        assertThat(scheduler.size()).isEqualTo(13);
        assertThat(scheduler.waiting()).containsExactly(new Waiting("", 0, "photo", 13, 130, now));
        assertThat(work(worker, 3)).containsExactly("task-1", "task-4", "task-7");
    }

    @Test
    void aTaskThatComesBackIsAsOldAsItWas() {
        Worker worker = joined(worker("a"));
        for (int i = 0; i < 20; i++) {
            now++;
            add("task-" + i, "", 0, "photo", 10);
        }
        double came = now - 19;
        work(worker, 1);
        scheduler.add("task-0", new Demand("", 0, "photo", 10), came);

        assertThat(work(worker, 2)).containsExactly("task-0", "task-1");
    }

    @Test
    void saysWhatWaitsByLanePriorityAndModel() {
        add("a", "studio", 0, "photo", 10);
        now++;
        add("b", "studio", 1, "photo", 10);
        add("c", "campaign", 0, "photo", 10);
        scheduler.add("d", new Demand("studio", 0, "photo", 5, Set.of("x")), now);

        assertThat(scheduler.waiting())
                .containsExactly(
                        new Waiting("campaign", 0, "photo", 1, 10, now),
                        new Waiting("studio", 1, "photo", 1, 10, now),
                        new Waiting("studio", 0, "photo", 2, 15, now - 1));
    }

    @Test
    void sumsDoNotDrift() {
        Model model = new Model();
        Worker worker = new Worker("a", Set.of(), Set.of(), 0.1, LOAD);
        Worker other = new Worker("b", Set.of(), Set.of(), 1 / 3.0, LOAD);
        for (int i = 0; i < 1000; i++) {
            model.hold(worker);
            model.hold(other);
            model.release(worker);
            model.release(other);
        }
        Model.Level level = model.open(0);
        level.add(Micros.of(0.7));

        assertThat(level.drain()).isInfinite();
    }

    @Test
    void whoLeavesOrIsMeasuredAnewIsCountedOnce() {
        Two two = two("photo", "");
        for (int i = 0; i < 3; i++) {
            scheduler.join(two.first());
            scheduler.learn(two.first(), new Learnt(100, LOAD, 1, 1));
            scheduler.leave(two.first());
            scheduler.leave(two.first());
            scheduler.learn(two.first(), new Learnt(10, LOAD, 1, 1));
            scheduler.finished(two.first());
        }
        add("task", "", 0, "photo", 3);

        assertThat(scheduler.next(two.second(), now)).contains("task"); // nobody who is there has it
    }

    @Test
    void oneThatHasDoneNothingForAsLongAsALoadTakesHelpsHoweverLittleIsSeen() {
        Two two = two("photo", "drawing");
        add("photo-1", "", 0, "photo", 1);
        add("photo-2", "", 0, "photo", 1);
        assertThat(scheduler.next(two.first(), now)).contains("photo-1");
        assertThat(scheduler.next(two.second(), now))
                .as("it is seconds of work")
                .isEmpty();

        for (int i = 3; i < 3 + LOAD; i++) { // more comes always, a little at a time
            now++;
            scheduler.finished(two.first());
            add("photo-" + i, "", 0, "photo", 1);
            assertThat(scheduler.next(two.second(), now)).isEmpty();
            assertThat(scheduler.next(two.first(), now)).isPresent();
        }
        now++;
        assertThat(scheduler.next(two.second(), now)).isPresent();
    }

    @Test
    void oneThatHasDoneNothingDoesNotLoadForTheLastTasksThatOthersWillHaveDoneByThen() {
        Two two = two("photo", "drawing");
        for (int i = 0; i < 3.8 * LOAD; i++) {
            add("photo-" + i, "", 0, "photo", 0.5);
        }
        for (int i = 0; i < 3.8 * LOAD; i++) { // nothing more comes
            assertThat(scheduler.next(two.first(), now)).isPresent();
            assertThat(scheduler.next(two.second(), now)).isEmpty();
            now += 0.5;
            scheduler.finished(two.first());
        }
    }

    @Test
    void oneThatHasDoneNothingHelpsIfThoseThatHaveTheModelTakeNothing() {
        Two two = two("photo", "drawing");
        for (int i = 0; i < 3; i++) {
            add("photo-" + i, "", 0, "photo", 1);
        }
        assertThat(scheduler.next(two.first(), now)).contains("photo-0"); // and takes long for it

        assertThat(ask(two.second(), LOAD)).isEmpty();
        assertThat(ask(two.second(), LOAD)).contains("photo-1");
    }

    @Test
    void oneThatHadNothingToDoAsNothingWaitedHasNotWaited() {
        Two two = two("photo", "drawing");
        for (int i = 0; i < 5; i++) {
            add("photo-" + i, "", 0, "photo", 1);
            assertThat(scheduler.next(two.second(), now)).isEmpty();
            assertThat(scheduler.next(two.first(), now)).isPresent();
            now += LOAD;
            scheduler.finished(two.first());
        }
    }

    @Test
    void howLongALoadTakesIsGuessedByThoseOfOthers() {
        Worker seen = joined(worker("seen"));
        Worker other = joined(worker("other"));
        scheduler.learn(other, Learnt.nothing(1));
        scheduler.loaded(seen, "photo");
        scheduler.loaded(other, "drawing");
        add("photo-1", "", 0, "photo", 8);
        assertThat(scheduler.next(other, now))
                .as("a load is believed to take 10 s")
                .isEmpty();

        scheduler.learn(seen, new Learnt(1, 2, 1, 1));
        now += 2;

        assertThat(scheduler.next(other, now)).contains("photo-1");
        assertThat(other.switchSeconds()).isEqualTo(2);
    }

    /** Two that are alike, but for what they have loaded; empty for nothing. */
    private Two two(String ofFirst, String ofSecond) {
        Two two = new Two(joined(worker("first")), joined(worker("second")));
        scheduler.loaded(two.first(), ofFirst);
        scheduler.loaded(two.second(), ofSecond);
        return two;
    }

    private record Two(Worker first, Worker second) {}

    private static Worker worker(String name) {
        return new Worker(name, Set.of(), Set.of(), 1, LOAD);
    }

    private Worker joined(Worker worker) {
        scheduler.join(worker);
        return worker;
    }

    private void add(String task, String lane, int priority, String model, double seconds) {
        scheduler.add(task, new Demand(lane, priority, model, seconds), now);
    }

    private void backlog(String heavyModel, String lightModel) {
        for (int i = 0; i < 1000; i++) {
            add("heavy-" + i, "heavy", 0, heavyModel, 10);
            add("light-" + i, "light", 0, lightModel, 10);
        }
    }

    /** One after the other; loading takes no time here. */
    private List<String> work(Worker worker, int tasks) {
        List<String> done = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            done.add(scheduler.next(worker, now).orElseThrow());
            now += 10;
            scheduler.finished(worker);
        }
        return done;
    }

    private Optional<String> ask(Worker worker, double seconds) {
        Optional<String> task = scheduler.next(worker, now);
        for (double until = now + seconds; task.isEmpty() && now < until; ) {
            now += 0.5;
            task = scheduler.next(worker, now);
        }
        return task;
    }

    private static int changes(List<String> done) {
        int changes = 0;
        for (int i = 1; i < done.size(); i++) {
            changes += done.get(i).charAt(0) == done.get(i - 1).charAt(0) ? 0 : 1;
        }
        return changes;
    }
}
