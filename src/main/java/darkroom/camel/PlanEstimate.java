package darkroom.camel;

import darkroom.promptfile.JobPlan;
import darkroom.promptfile.Planner;
import darkroom.promptfile.PromptFile;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a prompt file would cost: all that its entries stand for, counted one by one. Nobody is asked and nothing is written. */
public final class PlanEstimate {
    private final Settings settings;
    private final JobPlan plan;
    private final Cost cost = new Cost();

    /** Of nothing yet. */
    public PlanEstimate(Settings settings) {
        this.settings = settings;
        this.plan = new JobPlan(new Planner(new SecureRandom()), "plan", cost::add);
    }

    /**
     * Adds an entry.
     *
     * @throws darkroom.job.ProblemException if it becomes more tasks than are allowed
     */
    public void add(PromptFile entry) throws IOException {
        plan.add(entry);
    }

    /** As a JSON document. */
    public Map<String, @Nullable Object> document() throws IOException {
        Pace pace = Pace.of(settings.path(Setting.OUTPUTS));
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("tasks", cost.tasks());
        document.put("pictures", cost.pictures());
        document.put("models", cost.models());
        document.put("changesInFileOrder", cost.changes());
        document.put("seconds", cost.time(pace).map(Duration::toSeconds).orElse(null));
        document.put("bytes", cost.bytes(pace).orElse(null));
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
                cost.tasks(),
                cost.pictures(),
                cost.models(),
                cost.changes(),
                cost.time(pace)
                        .map(time -> "about " + Cost.words(time)
                                + ", if nothing else is to be made; by the latest receipts here, " + pace.tasks())
                        .orElse(unknown),
                cost.bytes(pace).map(bytes -> "about " + Cost.size(bytes)).orElse(unknown));
    }
}
