package darkroom.job;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One prompt file, accepted.
 *
 * @param id unique: its name and the time it was accepted, for example {@code cat-20261122-014712}
 * @param name what a person calls it: {@code job.id}, or the file's name without its ending; safe in file names
 * @param lane the sub-folder it was dropped into, with {@code /} between levels; empty for the drop folder itself
 * @param fileName the prompt file's name as it was dropped
 * @param claim the claim it was taken by, unique for each file that was ever taken
 * @param sha256 SHA-256 of the prompt file, in lower-case hex
 * @param acceptedAt when it was accepted
 * @param tasks how many tasks it has
 * @param defaults the files that its defaults came from, what counts more first
 * @param priority higher goes first; 0 for most
 * @param trace the W3C {@code traceparent} that what is done for it belongs to; null if nobody traces it
 * @param deliver where its outputs go besides the output folder, decided when it was accepted
 * @param contactSheet how its pictures are shown together when it ends; null if they are not
 * @param labels what its author says about it, for whoever gets its outputs: short texts by name, in their order
 */
public record Job(
        String id,
        String name,
        String lane,
        String fileName,
        String claim,
        String sha256,
        Instant acceptedAt,
        int tasks,
        int priority,
        @Nullable String trace,
        List<DefaultsFile> defaults,
        List<Destination> deliver,
        @Nullable ContactSheet contactSheet,
        Map<String, String> labels) {

    public Job {
        defaults = defaults == null ? List.of() : List.copyOf(defaults); // none in what an earlier version wrote
        deliver = deliver == null ? List.of() : List.copyOf(deliver); // likewise
        labels = labels == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(labels)); // likewise
    }
}
