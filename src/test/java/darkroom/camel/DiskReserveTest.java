package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A disk that fills up, and is emptied. */
final class DiskReserveTest {
    private final AtomicLong free = new AtomicLong(2000);
    private final DiskReserve disk = new DiskReserve(List.of(Path.of("a"), Path.of("b")), 1000, this::free);

    @Test
    void itIsEnoughAgainWhenThereIsATenthMore() {
        assertThat(disk.isLow()).isFalse();
        free.set(999);
        Awaitility.await().until(disk::isLow);
        free.set(1050);
        Awaitility.await().during(Duration.ofMillis(1500)).until(disk::isLow);
        free.set(1100);
        Awaitility.await().until(() -> !disk.isLow());
    }

    @Test
    void zeroIsNoLimit() {
        free.set(0);
        assertThat(new DiskReserve(List.of(Path.of("b")), 0, this::free).isLow())
                .isFalse();
    }

    private long free(Path folder) throws IOException {
        if (folder.endsWith("a")) {
            throw new IOException("it is not there");
        }
        return free.get();
    }
}
