package darkroom.camel.component;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.job.Operation;
import darkroom.job.Task;
import darkroom.webui.GpuLimit;
import darkroom.webui.GpuLoad;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is remembered of a GPU, and for how long. */
final class GpuLimitsTest {
    private long now = Long.MAX_VALUE - 5; // nanoseconds may run over
    private final GpuLimits limits = new GpuLimits(() -> now);

    private static GpuLoad load(int batch, int side) {
        return GpuLoad.of(new Task(
                "job",
                1,
                1,
                Operation.TXT2IMG,
                null,
                null,
                Map.of("batch_size", batch, "width", side, "height", side),
                List.of()));
    }

    @Test
    void theMostThatWentWellAndTheLeastThatDidNot() {
        limits.wentWell(load(2, 64));
        limits.wentWell(load(1, 64));
        limits.tooMuch(load(8, 64));
        limits.tooMuch(load(4, 64));
        limits.tooMuch(load(6, 64));

        assertThat(limits.of(load(1, 64))).isEqualTo(new GpuLimit(2, 4));
        assertThat(limits.of(load(1, 72))).isEqualTo(GpuLimit.UNKNOWN);

        limits.wentWell(load(4, 64));
        assertThat(limits.of(load(1, 64))).isEqualTo(new GpuLimit(4, 0));
    }

    @Test
    void whatWasTooMuchIsForgottenAfterAWhileAndOnARestart() {
        limits.wentWell(load(2, 64));
        limits.tooMuch(load(4, 64));
        now += GpuLimits.REMEMBERED.toNanos();
        limits.wentWell(load(2, 64)); // tells nothing new about 4
        assertThat(limits.of(load(1, 64))).isEqualTo(new GpuLimit(2, 4));
        now += 1;
        assertThat(limits.of(load(1, 64))).isEqualTo(new GpuLimit(2, 0));

        limits.tooMuch(load(4, 64));
        assertThat(limits.of(load(1, 64))).isEqualTo(new GpuLimit(2, 4));
        limits.forgetTooMuch();
        assertThat(limits.of(load(1, 64))).isEqualTo(new GpuLimit(2, 0));
    }

    @Test
    void asManyKindsAsFitAreRemembered() {
        for (int i = 0; i <= GpuLimits.MOST_KINDS; i++) {
            limits.tooMuch(load(4, 64 + 8 * i));
            limits.of(load(4, 64)); // asked for again and again
        }

        assertThat(limits.of(load(4, 64)).least()).isEqualTo(4);
        assertThat(limits.of(load(4, 72)).least()).isZero();
        assertThat(limits.of(load(4, 80)).least()).isEqualTo(4);
    }
}
