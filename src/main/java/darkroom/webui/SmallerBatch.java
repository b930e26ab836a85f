package darkroom.webui;

import darkroom.job.Task;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The same pictures, fewer at a time. Picture k is made from {@code seed} + k, or {@code subseed} + k with a {@code
 * subseed_strength}, counted over {@code n_iter} x {@code batch_size} (webui-api, section 2.2; captures 510 to 513): so with
 * as many pictures in all, seeds, order and names stay as they were.
 */
public final class SmallerBatch {
    /** What counts the pictures of a batch as frames of one animation, and makes it once for each of {@code n_iter}. */
    private static final List<String> COUNT_FRAMES = List.of("animatediff");

    private SmallerBatch() {}

    /**
     * Why a task can't be made in smaller batches than it asks for.
     *
     * @param dialect of its WebUI
     * @return words that go on from "as"; empty if it can
     */
    public static String obstacle(Task task, Dialect dialect) {
        Asked asked = new Asked(task);
        GpuLoad load = GpuLoad.of(task);
        if (!task.operation().generates()) {
            return task.operation().word() + " makes one picture at a time";
        }
        if (asked.hasScript()) {
            return "its script_name decides about batches itself";
        }
        if (asked.hasSeveralInitImages()) {
            return "it has several init images, which are one batch";
        }
        if (load.batch() == 0 || load.times() == 0) {
            return "it does not say how many pictures a batch has";
        }
        if (load.batch() == 1) {
            return "a batch is one picture already";
        }
        if (task.settings().get("alwayson_scripts") instanceof Map<?, ?> scripts
                && scripts.keySet().stream()
                        .anyMatch(name ->
                                COUNT_FRAMES.contains(String.valueOf(name).toLowerCase(Locale.ROOT)))) {
            return "its pictures are frames of one animation";
        }
        if (Quirk.NO_BATCHES.isOf(dialect)) {
            return dialect.title() + " knows no n_iter";
        }
        return "";
    }

    /** The largest number below a limit by which a batch can be divided without a rest; 1 at least. */
    public static int below(int batch, int limit) {
        int divisor = Math.max(1, Math.min(batch, limit - 1));
        while (batch % divisor != 0) {
            divisor--;
        }
        return divisor;
    }

    /**
     * A task with batches of another size, and as many more of them.
     *
     * @param batch a divisor of the one that it has; else the task stays as it is
     */
    public static Task of(Task task, int batch) {
        GpuLoad load = GpuLoad.of(task);
        if (batch < 1 || batch >= load.batch() || load.batch() % batch != 0 || load.times() == 0) {
            return task;
        }
        Map<String, @Nullable Object> settings = new LinkedHashMap<>(task.settings());
        settings.put("batch_size", batch);
        settings.put("n_iter", (long) load.times() * (load.batch() / batch));
        return task.withSettings(settings);
    }
}
