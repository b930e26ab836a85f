package darkroom.promptfile.expansion;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a prompt file says about expansion, as it stands in {@code job}: untyped and unchecked. Null is what is not there.
 *
 * @param matrix fields and their values, of which every combination is made
 * @param zip fields and their values, which are taken row by row
 * @param count how often each is made
 * @param limit how many tasks its author thinks it can be, at most
 * @param expand {@link Expand}, by its word
 */
public record ExpansionRequest(
        @Nullable Object matrix,
        @Nullable Object zip,
        @Nullable Object count,
        @Nullable Object limit,
        @Nullable Object expand) {
    /** The members of {@code job} that it is made of. */
    public static final List<String> FIELDS = List.of("matrix", "zip", "count", "limit", "expand");

    /** That of a job. */
    public static ExpansionRequest of(Map<?, ?> job) {
        return new ExpansionRequest(
                job.get("matrix"), job.get("zip"), job.get("count"), job.get("limit"), job.get("expand"));
    }
}
