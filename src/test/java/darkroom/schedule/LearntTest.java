package darkroom.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class LearntTest {
    private static Learnt after(Learnt learnt, int answers, double work, double seconds) {
        Learnt now = learnt;
        for (int i = 0; i < answers; i++) {
            now = now.answered(work, seconds, "photo", "photo");
        }
        return now;
    }

    @Test
    void theFirstAnswerCountsUntilThereIsAnother() {
        Learnt cold = Learnt.nothing(1).answered(10, 50, "", "");
        Learnt learnt = cold.answered(10, 0.5, "", "");

        assertThat(cold.speed()).isCloseTo(0.2, within(1e-9));
        assertThat(learnt.speed()).isCloseTo(20, within(1e-9));
        assertThat(learnt.switchSeconds()).isEqualTo(10);
    }

    @Test
    void thenTheMeanCountsOfWhichNoAnswerTurnsMuch() {
        Learnt learnt = after(Learnt.nothing(1), 20, 10, 5);

        assertThat(learnt.answered(10, 50, "photo", "photo").speed()).isBetween(1.2, 2.0);
        assertThat(after(learnt, 10, 10, 50).speed()).isBetween(0.2, 0.3); // what lasts is noticed
    }

    @Test
    void aLoadIsWhatItTakesLonger() {
        Learnt learnt = after(Learnt.nothing(1), 3, 10, 5).answered(10, 8, "photo", "drawing");

        assertThat(learnt.switchSeconds()).isCloseTo(3, within(1e-9));
        assertThat(learnt.speed()).isCloseTo(2, within(1e-9));
        assertThat(learnt.answered(10, 10, "drawing", "photo").switchSeconds()).isCloseTo(4, within(1e-9));
    }

    @Test
    void whatMayHaveLoadedSomethingOrNotShowsNothing() {
        Learnt learnt = Learnt.nothing(2);

        assertThat(learnt.answered(10, 1, "", "photo")).isEqualTo(learnt);
    }

    @Test
    void oneThatWasAwayMayHaveAnotherCardWhichIsNoticedAtOnce() {
        Learnt before = after(Learnt.nothing(1), 100, 10, 5).answered(10, 25, "photo", "drawing");
        Learnt now = after(before.earlier(), 4, 10, 0.5);

        assertThat(before.earlier().speed()).isEqualTo(before.speed());
        assertThat(now.speed()).isBetween(11.0, 20.0); // from 2 to 20
        assertThat(now.answered(10, 1, "drawing", "photo").switchSeconds()).isLessThan(11); // from 20
    }

    @Test
    void whatIsNoSpeedIsRefused() {
        assertThatThrownBy(() -> new Learnt(0, 1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Learnt(Double.NaN, 1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Learnt(1, Double.POSITIVE_INFINITY, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Learnt.nothing(1).answered(10, 0, "", "").speed()).isFinite();
    }
}
