package darkroom.camel.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class BreakerTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final List<Breaker.Failing> pauses = new ArrayList<>();
    private int recovered;

    private Breaker breaker(int failures, Duration pause, Duration longest) {
        return new Breaker("test", failures, pause, longest, new Breaker.Listener() {
            @Override
            public void failing(Breaker.Failing failing) {
                pauses.add(failing);
            }

            @Override
            public void recovered(Breaker.Failing was) {
                recovered++;
            }
        });
    }

    private static void fail(Breaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(breaker.permits()).isTrue();
            breaker.failed("failure " + (i + 1));
        }
    }

    @Test
    void opensAfterFailuresInARow() {
        Breaker breaker = breaker(3, HOUR, HOUR);
        fail(breaker, 2);
        breaker.succeeded();
        fail(breaker, 2);
        assertThat(breaker.state()).isEmpty();
        fail(breaker, 1);

        assertThat(breaker.permits()).isFalse();
        assertThat(breaker.state())
                .hasValueSatisfying(failing -> assertThat(failing.why()).isEqualTo("failure 1"));
        assertThat(pauses).hasSize(1);
    }

    @Test
    void afterAPauseLetsOneThroughAfterTheOther() {
        Breaker breaker = breaker(1, Duration.ofMillis(20), HOUR);
        fail(breaker, 1);
        Awaitility.await().until(breaker::permits);

        assertThat(breaker.permits()).isFalse();
        breaker.succeeded();
        assertThat(breaker.permits()).isTrue();
        assertThat(breaker.permits()).isTrue();
        assertThat(recovered).isEqualTo(1);
    }

    @Test
    void pausesGrowToTheLongest() {
        Breaker breaker = breaker(1, Duration.ofMillis(10), Duration.ofMillis(100));
        fail(breaker, 1);
        for (int i = 0; i < 6; i++) {
            Awaitility.await().until(breaker::permits);
            breaker.failed("again");
        }

        assertThat(pauses).hasSize(7);
        for (int i = 0; i < 4; i++) {
            assertThat(pauses.get(i).pause().toMillis()).isBetween((long) (8 << i), (long) (12 << i));
        }
        assertThat(pauses.get(6).pause()).isBetween(Duration.ofMillis(80), Duration.ofMillis(120));
        assertThat(pauses)
                .extracting(Breaker.Failing::since)
                .containsOnly(pauses.get(0).since());
    }

    @Test
    void severalThatFindItGoneAtOnceMakeNoLongerPause() {
        Breaker breaker = breaker(5, Duration.ofMillis(100), HOUR);
        for (int i = 0; i < 10; i++) {
            breaker.open("gone");
        }

        assertThat(pauses).hasSize(1);
        assertThat(pauses.get(0).pause()).isLessThan(Duration.ofMillis(120));
        Awaitility.await().until(breaker::permits);
        breaker.open("gone again");
        assertThat(pauses).hasSize(2);
        assertThat(pauses.get(1).pause()).isGreaterThan(Duration.ofMillis(160));
    }

    @Test
    void whatEndsWithoutAWordMakesRoomForAnother() {
        Breaker breaker = breaker(1, HOUR, HOUR);
        fail(breaker, 1);
        breaker.tryNow();

        assertThat(breaker.permits()).isTrue();
        assertThat(breaker.permits()).isFalse();
        breaker.released();
        assertThat(breaker.permits()).isTrue();
    }

    @Test
    void whatBeganBeforeTheFailuresEndsThemIfItGoesWell() {
        Breaker breaker = breaker(2, HOUR, HOUR);
        assertThat(breaker.permits()).isTrue();
        fail(breaker, 2);
        assertThat(breaker.permits()).isFalse();

        breaker.succeeded();

        assertThat(breaker.permits()).isTrue();
        assertThat(breaker.state()).isEmpty();
    }

    @Test
    void whatFailsAgainAndAgainCountsOnce() {
        Breaker breaker = breaker(2, HOUR, HOUR);
        for (int i = 0; i < 5; i++) {
            assertThat(breaker.permits()).isTrue();
            breaker.failed("one", "why");
        }
        assertThat(breaker.state()).isEmpty();

        breaker.failed("another", "why");
        assertThat(breaker.state()).isPresent();

        breaker.tryNow();
        assertThat(breaker.permits()).isTrue();
        breaker.failed("one", "why"); // which says nothing new
        assertThat(breaker.permits()).isTrue();
        breaker.failed("a third", "why");
        assertThat(breaker.permits()).isFalse();
    }

    @Test
    void withoutALimitNothingIsTooMuch() {
        Breaker breaker = breaker(0, HOUR, HOUR);
        fail(breaker, 100);

        assertThat(breaker.permits()).isTrue();
        assertThat(breaker.state()).isEmpty();
    }
}
