package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.sandbox.Generation;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lane with a backlog does not stand in the way of others. */
final class LaneSharesTest {
    private static final String SMALL = "{\"width\": 64, \"height\": 64, \"steps\": 1}";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void prepare() throws Exception {
        bench = new Bench(
                home, SandboxSettings.defaults().withPlainPictures(true).withTimePerPicture(Duration.ofMillis(100)));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private void drop(String lane, int jobs) throws IOException {
        for (int i = 0; i < jobs; i++) {
            bench.drop(lane + "/" + lane + i + ".json", SMALL);
        }
    }

    private List<String> made() {
        return bench.sandbox().generations().stream()
                .map(Generation::taskId)
                .map(task -> task.replaceFirst("\\d.*", ""))
                .toList();
    }

    @Test
    void whatComesLaterInAnotherLaneDoesNotWaitForABacklog() throws Exception {
        drop("bulk", 300);
        bench.start();
        Bench.await("the backlog fills all", () -> made().size() > 50);
        drop("other", 5);
        int before = made().size();

        Bench.await(
                "the others are done",
                () -> made().stream().filter("other"::equals).count() == 5);

        List<String> made = made();
        assertThat(made.lastIndexOf("other") - before).isLessThan(40);
    }

    @Test
    void lanesThatWantMoreThanThereIsGetTheirShares() throws Exception {
        bench.with(Setting.SCHEDULE_SHARES, "big=3");
        drop("big", 150);
        drop("small", 150);
        bench.start();

        Bench.await("much is made", () -> made().size() >= 80);

        long big = made().subList(20, 80).stream().filter("big"::equals).count();
        assertThat(big).isBetween(38L, 52L); // 45 of 60
    }
}
