package darkroom.camel;

import darkroom.job.Task;
import darkroom.promptfile.JobPlan;
import darkroom.webui.GpuWork;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What tasks will take, added up; none is kept. */
final class Cost {
    /** So many are told apart. */
    private static final int MOST_MODELS = 1000;

    private static final double USUAL_SIDE = 512;

    private final Set<String> models = new HashSet<>();
    private @Nullable String before;
    private long tasks;
    private long changes;
    private long pictures;
    private double pixels;
    private double seconds;

    /** Adds a task, and those that follow it. */
    void add(Task task) {
        one(task);
        task.following().forEach(this::one);
    }

    private void one(Task task) {
        GpuWork work = GpuWork.of(task);
        long made = JobPlan.pictures(task);
        tasks++;
        pictures += made;
        pixels += made * side(task, "width") * side(task, "height");
        seconds += work.seconds();
        if (task.operation().generates()) {
            String model = work.model();
            changes += before != null && !before.equals(model) ? 1 : 0;
            before = model;
            if (models.size() < MOST_MODELS) {
                models.add(model);
            }
        }
    }

    private static double side(Task task, String field) {
        return task.settings().get(field) instanceof Number side && side.doubleValue() > 0
                ? side.doubleValue()
                : USUAL_SIDE;
    }

    long tasks() {
        return tasks;
    }

    long pictures() {
        return pictures;
    }

    /** How many checkpoints there are, with their VAEs and refiners. */
    int models() {
        return models.size();
    }

    /** How often the checkpoint changes if the tasks are made in their order. */
    long changes() {
        return changes;
    }

    /** How long all WebUIs together would take, if nothing else is to be made; empty if nothing is known. */
    Optional<Duration> time(Pace pace) {
        return pace.time(seconds);
    }

    /** How many bytes the pictures would have; empty if nothing is known. */
    Optional<Long> bytes(Pace pace) {
        return pace.bytes(pixels);
    }

    /** A time, for people. */
    static String words(Duration time) {
        long seconds = Math.max(1, time.toSeconds());
        return seconds < 120
                ? seconds + " s"
                : seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }

    /** A number of bytes, for people. */
    static String size(long bytes) {
        return bytes < 10_000_000
                ? Math.max(1, bytes / 1000) + " kB"
                : bytes < 10_000_000_000L ? bytes / 1_000_000 + " MB" : bytes / 1_000_000_000 + " GB";
    }
}
