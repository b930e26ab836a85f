package darkroom.webui;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Optional;

/**
 * The memory of a WebUI's GPU, as {@code GET /sdapi/v1/memory} tells it (webui-api, section 1.5).
 *
 * @param total bytes that it has
 * @param free bytes that nobody uses just now; -1 if that is not told
 */
public record GpuMemory(long total, long free) {
    /** Where it is asked for; some cousins have no such path. */
    public static final String PATH = "/sdapi/v1/memory";

    /**
     * Reads the answer.
     *
     * @return empty if it says nothing about a GPU: on a CPU {@code cuda} holds an error (capture 013)
     */
    public static Optional<GpuMemory> of(JsonNode answer) {
        JsonNode system = answer.path("cuda").path("system");
        long total = system.path("total").asLong(0);
        return total > 0 ? Optional.of(new GpuMemory(total, system.path("free").asLong(-1))) : Optional.empty();
    }

    /** For example {@code 23.7 GiB, of which 1.2 GiB are free now}. */
    String words() {
        return shown(total) + (free < 0 || free > total ? "" : ", of which " + shown(free) + " are free now");
    }

    private static String shown(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", (double) bytes / (1 << 30));
    }
}
