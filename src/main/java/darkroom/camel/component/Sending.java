package darkroom.camel.component;

import darkroom.job.AwayException;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Save;
import darkroom.job.Task;
import darkroom.webui.MountedOutputs;
import darkroom.webui.Stamp;
import darkroom.webui.TaskProgress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** How one task is sent: which way its pictures take, and what its payload needs for that. */
public final class Sending {
    private static final String OVERRIDES = "override_settings";

    private final Task task;
    private final @Nullable Save save;
    private final @Nullable Stamp stamp;

    private Sending(Task task, @Nullable Save save, @Nullable Stamp stamp) {
        this.task = task;
        this.save = save;
        this.stamp = stamp;
    }

    /**
     * Decides.
     *
     * @param usual what is usual at this WebUI; counts if neither the job nor the payload says anything
     * @param outputs the WebUI's outputs; null if they are not mounted
     * @throws AwayException if the mounted folder is not there now
     * @throws ProblemException if there is none
     */
    static Sending of(Task task, Save usual, @Nullable MountedOutputs outputs, RandomGenerator random) {
        if (!task.operation().generates()) {
            return new Sending(task, null, null); // nothing of it is saved by the WebUI
        }
        Save save = way(task, usual);
        if (save == Save.MOUNTED) {
            requireMounted(outputs);
        }
        return of(task, save, random);
    }

    /** Which way the pictures of a task take: as the job says, or else the payload (null), or else as is usual. */
    public static @Nullable Save way(Task task, Save usual) {
        boolean said =
                task.settings().containsKey("save_images") || task.settings().containsKey("send_images");
        return task.save() != null ? task.save() : said ? null : usual;
    }

    /** The task as it would be sent; whether the WebUI's outputs are mounted is not asked. */
    public static Task preview(Task task, Save usual, RandomGenerator random) {
        return task.operation().generates() ? of(task, way(task, usual), random).sent() : task;
    }

    private static Sending of(Task task, @Nullable Save save, RandomGenerator random) {
        boolean stamped = save != null && save != Save.FETCH;
        return new Sending(withId(task), save, stamped ? Stamp.of(task, random) : null);
    }

    /** The task with a name by which the WebUI can be asked about it, unless its author has given it one. */
    private static Task withId(Task task) {
        Object own = task.settings().get(TaskProgress.ID);
        if (own != null && !own.equals("")) {
            return task;
        }
        Map<String, @Nullable Object> settings = new LinkedHashMap<>(task.settings());
        settings.put(TaskProgress.ID, task.id());
        return task.withSettings(settings);
    }

    private static void requireMounted(@Nullable MountedOutputs outputs) {
        if (outputs == null) {
            throw new ProblemException(Problem.of(
                    ProblemCode.SAVED_NOT_FOUND,
                    "the pictures should be taken from where the WebUI saves them, and nobody said where that is",
                    "set darkroom.webui.outputs to the folder in which its outputs are mounted here, or use job.save"
                            + " \"fetch\""));
        }
        if (!outputs.isThere()) {
            throw new AwayException(Problem.of(
                    ProblemCode.SAVED_NOT_FOUND,
                    "the folder " + outputs.folder() + ", where the WebUI's outputs should be mounted, is not there",
                    "the job waits and goes on by itself when it is back; is the share mounted?"));
        }
    }

    /** The same as an earlier try was sent, with the mark of that one. */
    static Sending earlier(Task task, Save save, Stamp stamp) {
        return new Sending(withId(task), save, stamp);
    }

    /** Which way its pictures take; null as the payload says. */
    @Nullable
    Save way() {
        return save;
    }

    /** The options that the request overrides, and that have to be put back after it. */
    Set<String> options() {
        Set<String> options = new HashSet<>(stamp == null ? List.of() : Stamp.OPTIONS);
        Object stay = task.settings().get("override_settings_restore_afterwards");
        if (task.settings().get(OVERRIDES) instanceof Map<?, ?> own && !Boolean.FALSE.equals(stay)) {
            own.keySet().forEach(name -> options.add(String.valueOf(name)));
        }
        return options;
    }

    /** The mark by which the files are found; null if the request bears none. */
    @Nullable
    Stamp stamp() {
        return stamp;
    }

    /** Whether the pictures are taken from where the WebUI saves them, and which way; null if it sends them. */
    @Nullable
    Save saved() {
        return save == Save.MOUNTED || save == Save.DOWNLOAD ? save : null;
    }

    /** The same, with some more options that are to have these values for it alone. */
    Sending overriding(Map<String, String> values) {
        if (values.isEmpty()) {
            return this;
        }
        Map<String, @Nullable Object> overrides = new LinkedHashMap<>(values);
        if (task.settings().get(OVERRIDES) instanceof Map<?, ?> own) {
            own.forEach((name, value) -> overrides.put(String.valueOf(name), value));
        }
        Map<String, @Nullable Object> settings = new LinkedHashMap<>(task.settings());
        settings.put(OVERRIDES, overrides);
        return new Sending(task.withSettings(settings), save, stamp);
    }

    /** The same without a mark: the pictures come with the answer. */
    Sending fetched() {
        return new Sending(task, Save.FETCH, null);
    }

    /** The task with the payload that is sent. */
    Task sent() {
        if (stamp != null && save != null) {
            return stamp.on(task, save);
        }
        if (save == null || task.settings().get("send_images") == null) {
            return task; // as the payload has it; the WebUI sends unless it is told not to
        }
        Map<String, @Nullable Object> settings = new LinkedHashMap<>(task.settings());
        settings.put("send_images", true);
        return task.withSettings(settings);
    }
}
