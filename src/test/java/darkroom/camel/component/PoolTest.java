package darkroom.camel.component;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.schedule.Demand;
import darkroom.schedule.Learnt;
import darkroom.schedule.Policy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What WebUIs do with their time is written down. */
final class PoolTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Demand CAT = new Demand("", 0, "cat", 1);
    private static final Demand DOG = new Demand("", 0, "dog", 1);
    private static final Breaker.Listener NOBODY = new Breaker.Listener() {
        @Override
        public void failing(Breaker.Failing failing) {
            // nobody wants to know
        }

        @Override
        public void recovered(Breaker.Failing was) {
            // likewise
        }
    };

    private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
    private final Map<String, Leases> leases = new HashMap<>();
    private final Speeds speeds = new Speeds(null);
    private final Pool pool = new Pool(
            new Policy(Policy.USUAL_OVERHEAD, 600, Map.of()),
            member -> leases.computeIfAbsent(
                    member.name(),
                    name -> new Leases(
                            () -> false, new Breaker(name, 1, Duration.ofMinutes(1), Duration.ofMinutes(1), NOBODY))),
            speeds,
            (lane, seconds) -> told.add(lane + " waited"));

    private static Member member(String name, String... checkpoints) {
        return member(name, 1, checkpoints);
    }

    private static Member member(String name, int inFlight, String... checkpoints) {
        return new Member(
                name,
                "http://" + name,
                null,
                null,
                1,
                inFlight,
                Set.of(),
                Set.of(checkpoints),
                null,
                null,
                Member.State.ON,
                true);
    }

    private Pool.Place take(Demand demand) throws InterruptedException {
        return pool.take(demand, pool.now(), () -> false, () -> false).orElseThrow();
    }

    private CompletableFuture<Optional<Pool.Place>> takeLater(BooleanSupplier moot) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return pool.take(CAT, pool.now(), () -> false, moot);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> new Thread(task).start()); // the common pool may have a single one
    }

    private WebuiWork work(String name) {
        return pool.states().stream()
                .filter(state -> state.name().equals(name))
                .findFirst()
                .orElseThrow()
                .work();
    }

    @Test
    void oneWithNothingToDoWhileATaskWaitsIsUnused() throws Exception {
        pool.setMembers(List.of(member("first"), member("second")));
        pool.follow(() -> told.add("told"));
        Pool.Place busy = take(CAT);
        assertThat(work("first").unused() + work("second").unused()).isZero();
        String other = busy.member().name().equals("first") ? "second" : "first";

        // not worth a load: the one that has the checkpoint will soon be free
        var waiting = takeLater(() -> false);
        Awaitility.await().atMost(SOON).until(() -> work(other).unused() > 0.01);
        assertThat(pool.waiting()).isEqualTo(1);
        assertThat(work(busy.member().name()).unused()).isZero();
        assertThat(work(busy.member().name()).atWork())
                .isGreaterThanOrEqualTo(work(other).unused());
        assertThat(work(other).atWork()).isZero();

        busy.worked(System.nanoTime());
        busy.breaker().succeeded();
        busy.giveBack();
        waiting.join().orElseThrow().leave();
        double unused = work(other).unused();
        assertThat(pool.waiting()).isZero();
        assertThat(work(other).unused()).as("nothing waits any more").isEqualTo(unused);
        assertThat(told).containsExactly("told", " waited", " waited");
    }

    @Test
    void whatComesOfRequestsAndWhatWasLoadedForThemIsCounted() throws Exception {
        pool.setMembers(List.of(member("only")));
        for (Demand demand : List.of(CAT, CAT, DOG)) {
            Pool.Place place = take(demand);
            place.worked(System.nanoTime());
            place.giveBack();
            place.giveBack(); // says nothing new
        }
        take(DOG).giveBack(); // it went wrong
        take(DOG).leave(); // nothing was sent

        assertThat(work("only").made()).isEqualTo(3);
        assertThat(work("only").loads())
                .as("dog; nobody knows what it had before")
                .isEqualTo(1);
        assertThat(work("only").failed()).isEqualTo(1);
    }

    @Test
    void whoeverIsAnsweredFirstHasWaitedForTheLoad() throws Exception {
        pool.setMembers(List.of(member("only", 2)));
        pool.own("only", "dog", "dog");
        Demand quick = new Demand("", 0, "cat", 0.001);
        Pool.Place first = take(quick);
        Pool.Place second = take(quick);
        long sent = System.nanoTime();
        long load = Duration.ofMillis(300).toNanos();
        Awaitility.await().atMost(SOON).until(() -> System.nanoTime() - sent > load);

        second.worked(sent); // both were sent at once, and it came in front
        second.giveBack();
        first.worked(sent);
        first.giveBack();

        assertThat(work("only").loads()).isEqualTo(1);
        Learnt learnt = speeds.of("http://only", 1).orElseThrow();
        assertThat(learnt.loads()).isEqualTo(1);
        assertThat(learnt.switchSeconds()).isGreaterThan(0.25);
    }

    @Test
    void itIsRememberedWhenOneIsListedInAnotherWay() throws Exception {
        pool.setMembers(List.of(member("only")));
        take(CAT).giveBack();

        pool.setMembers(List.of(member("only", "cat")));
        assertThat(work("only").failed()).isEqualTo(1);

        pool.setMembers(List.of());
        assertThat(pool.states()).isEmpty();
    }

    @Test
    void whoFollowsIsToldNowAndOfEachOtherList() {
        Runnable follower = () -> told.add(pool.members().toString());
        pool.setMembers(List.of(member("first"), member("second")));
        List<Member> members = pool.members();
        pool.follow(follower);
        assertThat(told).containsExactly("[first (http://first), second (http://second)]");

        pool.setMembers(List.of(member("first"), member("second"))); // says nothing new
        assertThat(pool.members()).isSameAs(members);
        pool.setMembers(List.of(member("first", 2), member("second")));
        pool.setMembers(List.of(member("second")));
        pool.forget(follower);
        pool.setMembers(List.of());

        assertThat(told)
                .containsExactly(
                        "[first (http://first), second (http://second)]",
                        "[first (http://first), second (http://second)]",
                        "[second (http://second)]");
    }

    @Test
    void oneThatFailsIsNotUnused() throws Exception {
        pool.setMembers(List.of(member("only")));
        Pool.Place place = take(CAT);
        place.breaker().open("it is away");
        place.giveBack();

        var first = takeLater(() -> pool.waiting() > 1);
        Awaitility.await().atMost(SOON).until(() -> pool.waiting() == 1);
        var second = takeLater(first::isDone);

        assertThat(first.join()).isEmpty();
        assertThat(second.join()).isEmpty();
        assertThat(work("only").unused()).isZero();
        assertThat(work("only").failed()).isEqualTo(1);
    }
}
