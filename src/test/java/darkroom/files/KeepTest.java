package darkroom.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is kept, and what goes. */
final class KeepTest {
    private static final Instant NOW = Instant.parse("2026-11-26T00:00:00Z");

    /** Ten of 100 bytes, from now back to nine days ago; in no order. */
    private final List<Keep.Item> items = IntStream.of(3, 1, 4, 0, 5, 9, 2, 6, 8, 7)
            .mapToObj(
                    days -> new Keep.Item(List.of(Path.of("day" + days)), NOW.minus(Duration.ofDays(days)), () -> 100))
            .toList();

    @Test
    void byAge() throws IOException {
        assertThat(gone(new Keep(Duration.ofDays(7), Long.MAX_VALUE, Long.MAX_VALUE)))
                .containsExactlyInAnyOrder("day8", "day9");
    }

    @Test
    void byNumber() throws IOException {
        assertThat(gone(new Keep(null, 8, Long.MAX_VALUE))).containsExactlyInAnyOrder("day8", "day9");
        assertThat(gone(new Keep(null, 0, Long.MAX_VALUE))).hasSize(10);
    }

    @Test
    void bySize() throws IOException {
        assertThat(gone(new Keep(null, Long.MAX_VALUE, 850))).containsExactlyInAnyOrder("day8", "day9");
    }

    @Test
    void theStrictestCounts() throws IOException {
        assertThat(gone(new Keep(Duration.ofDays(7), 9, 300))).hasSize(7);
        assertThat(gone(new Keep(Duration.ofDays(1), 9, 300))).hasSize(8);
        assertThat(gone(Keep.ALL)).isEmpty();
    }

    private List<String> gone(Keep keep) throws IOException {
        return keep.tooMuch(items, NOW).stream()
                .map(item -> item.paths().get(0).toString())
                .toList();
    }
}
