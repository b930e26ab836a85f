package darkroom.files;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much of something is kept. What is over any of the limits goes, the oldest first.
 *
 * @param age how long; null for ever
 * @param count how many; {@link Long#MAX_VALUE} for any number
 * @param bytes how many bytes in all; {@link Long#MAX_VALUE} for any number
 */
public record Keep(@Nullable Duration age, long count, long bytes) {
    /** Everything, for ever. */
    public static final Keep ALL = new Keep(null, Long.MAX_VALUE, Long.MAX_VALUE);

    /**
     * Something that is kept.
     *
     * @param paths files and folders that go together, in the order in which they go
     * @param since when it came
     * @param size how many bytes it takes up
     */
    public record Item(List<Path> paths, Instant since, Size size) {}

    /** How much something takes up. It is looked for only where somebody wants to know. */
    @FunctionalInterface
    public interface Size {
        long bytes() throws IOException;
    }

    /** Whether nothing ever goes. */
    public boolean isAll() {
        return equals(ALL);
    }

    /** What has to go. */
    public List<Item> tooMuch(List<Item> items, Instant now) throws IOException {
        List<Item> newestFirst = new ArrayList<>(items);
        newestFirst.sort(Comparator.comparing(Item::since).reversed());
        List<Item> gone = new ArrayList<>();
        Instant oldest = age == null ? Instant.MIN : now.minus(age);
        long n = 0;
        long sum = 0;
        for (Item item : newestFirst) {
            n++;
            sum += bytes == Long.MAX_VALUE ? 0 : item.size().bytes();
            if (n > count || sum > bytes || item.since().isBefore(oldest)) {
                gone.add(item);
            }
        }
        return gone;
    }
}
