package darkroom.camel;

import darkroom.job.Task;
import darkroom.promptfile.JobPlan;
import darkroom.promptfile.Planner;
import darkroom.promptfile.PromptFile;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import darkroom.webui.GpuWork;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a prompt file would cost: all that its entries stand for, counted one by one. Nobody is asked and nothing is written. */
public final class PlanEstimate {
    /** So many are told apart. */
    private static final int MOST_MODELS = 1000;

    private static final double USUAL_SIDE = 512;

    private final Settings settings;
    private final JobPlan plan;
    private final Set<String> models = new LinkedHashSet<>();
    private @Nullable String before;
    private long changes;
    private long pictures;
    private double pixels;
    private double seconds;

    /** Of nothing yet. */
    public PlanEstimate(Settings settings) {
        this.settings = settings;
        this.plan = new JobPlan(new Planner(new SecureRandom()), "plan", task -> {
            add(task);
            task.following().forEach(this::add);
        });
    }

    /**
     * Adds an entry.
     *
     * @throws darkroom.job.ProblemException if it becomes more tasks than are allowed
     */
    public void add(PromptFile entry) throws IOException {
        plan.add(entry);
    }

    private void add(Task task) {
        GpuWork work = GpuWork.of(task);
        long made = JobPlan.pictures(task);
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

    /** As a JSON document. */
    public Map<String, @Nullable Object> document() throws IOException {
        Pace pace = Pace.of(settings.path(Setting.OUTPUTS));
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("tasks", plan.tasks());
        document.put("pictures", pictures);
        document.put("models", models.size());
        document.put("changesInFileOrder", changes);
        document.put("seconds", pace.time(seconds).map(Duration::toSeconds).orElse(null));
        document.put("bytes", pace.bytes(pixels).orElse(null));
        document.put("learntFromTasks", pace.tasks());
        return document;
    }

    /** As lines of text. */
    public String words() throws IOException {
        Pace pace = Pace.of(settings.path(Setting.OUTPUTS));
        String unknown = "unknown: nothing was made here yet";
        return String.format(
                Locale.ROOT,
                "  tasks        %,d%n"
                        + "  pictures     %,d%n"
                        + "  checkpoints  %,d, with their VAEs and refiners; %,d changes in the order of the file, which Darkroom"
                        + " keeps few%n"
                        + "  time         %s%n"
                        + "  disk         %s%n",
                plan.tasks(),
                pictures,
                models.size(),
                changes,
                pace.time(seconds)
                        .map(time -> "about " + words(time)
                                + ", if nothing else is to be made; by the latest receipts here, " + pace.tasks())
                        .orElse(unknown),
                pace.bytes(pixels).map(bytes -> "about " + size(bytes)).orElse(unknown));
    }

    private static String words(Duration time) {
        long seconds = Math.max(1, time.toSeconds());
        return seconds < 120
                ? seconds + " s"
                : seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }

    private static String size(long bytes) {
        return bytes < 10_000_000
                ? Math.max(1, bytes / 1000) + " kB"
                : bytes < 10_000_000_000L ? bytes / 1_000_000 + " MB" : bytes / 1_000_000_000 + " GB";
    }
}
