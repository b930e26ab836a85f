package darkroom.camel;

import com.fasterxml.jackson.annotation.JsonInclude;
import darkroom.camel.component.Sending;
import darkroom.job.DefaultsFile;
import darkroom.job.Save;
import darkroom.job.Task;
import darkroom.json.Pointers;
import darkroom.picture.Infotext;
import darkroom.promptfile.JobPlan;
import darkroom.promptfile.Planner;
import darkroom.promptfile.PromptFile;
import darkroom.promptfile.PromptFileReader;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import darkroom.webui.TaskProgress;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What would be sent for a prompt file, and where each value of it comes from. Nobody is asked and nothing is written.
 *
 * @param promptFile its name
 * @param promptFileSha256 its hash
 * @param lane the lane it would be dropped into; empty for the drop folder itself, null if it is dropped nowhere
 * @param defaults the files that its defaults come from, what counts more first
 * @param operation which call it would be
 * @param save which way its pictures would take; null if as the payload says
 * @param payload what would be sent; each picture is replaced by its hash and size
 * @param origins where each value of the payload comes from, by its JSON pointer: {@code prompt file}, a preset, a lane,
 *     {@code drawn}, {@code infotext}, {@code task id}, or what decided about {@code save}
 * @param then what is made of the first picture, one after the other; missing if nothing is
 */
public record Explanation(
        String promptFile,
        String promptFileSha256,
        @Nullable String lane,
        List<DefaultsFile> defaults,
        String operation,
        @Nullable String save,
        Map<String, @Nullable Object> payload,
        Map<String, String> origins,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Then> then) {

    /**
     * What goes on from a picture.
     *
     * @param operation which call it would be
     * @param payload what would be sent; the picture in words
     */
    public record Then(String operation, Map<String, @Nullable Object> payload) {
        private static final String PICTURE = "the picture that was made before";

        static Then of(Task task) {
            boolean generates = task.operation().generates();
            Map<String, @Nullable Object> payload = PublishOutputs.payload(task);
            payload.put(generates ? "init_images" : "image", generates ? List.of(PICTURE) : PICTURE);
            return new Then(task.operation().word(), payload);
        }
    }

    /** Objects of which each member has an origin of its own. */
    private static final List<String> BY_NAME = List.of("override_settings", "alwayson_scripts");

    /** What the infotext calls the seeds. */
    private static final Map<String, String> SEEDS = Map.of("seed", "Seed", "subseed", "Variation seed");

    /** Reads prompt files as these settings say. The routes are loaded when a file names a destination. */
    public static PromptFileReader reader(Settings settings) {
        AtomicReference<Set<String>> destinations = new AtomicReference<>();
        return Assembly.reader(
                settings,
                () -> destinations.updateAndGet(known -> known == null ? RouteCheck.destinations(settings) : known));
    }

    /**
     * Explains an entry of a prompt file.
     *
     * @param sha256 the file's hash
     * @param name its name
     * @param lane the lane it would be dropped into; null if none
     */
    public static Explanation of(
            Settings settings, PromptFile prompt, String sha256, String name, @Nullable String lane)
            throws IOException {
        RandomGenerator random = new SecureRandom();
        Task task = planned(prompt, name, random);
        Save usual = Save.of(settings.text(Setting.SAVE)).orElse(Save.FETCH);
        Task sent = Sending.preview(task, usual, random);
        Save save = task.operation().generates() ? Sending.way(task, usual) : null;
        return new Explanation(
                name,
                sha256,
                lane,
                prompt.defaults(),
                task.operation().word(),
                save == null ? null : save.word(),
                PublishOutputs.payload(sent),
                new Origins(prompt, task, sent).all(),
                Stream.iterate(
                                task.then(),
                                then -> !then.isEmpty(),
                                then -> then.get(0).then())
                        .map(then -> Then.of(then.get(0)))
                        .toList());
    }

    private static Task planned(PromptFile prompt, String name, RandomGenerator random) throws IOException {
        List<Task> tasks = new ArrayList<>();
        new JobPlan(new Planner(random), name, tasks::add).add(prompt);
        return tasks.get(0);
    }

    /** Finds out where the values of a payload come from. */
    private record Origins(PromptFile prompt, Task planned, Task sent) {
        Map<String, String> all() {
            Map<String, String> origins = new LinkedHashMap<>();
            sent.settings().forEach((name, value) -> {
                if (BY_NAME.contains(name) && value instanceof Map<?, ?> members && !members.isEmpty()) {
                    members.keySet().forEach(key -> {
                        String member = String.valueOf(key);
                        origins.put(Pointers.member(Pointers.member("", name), member), origin(name, member));
                    });
                } else {
                    origins.put(Pointers.member("", name), origin(name, null));
                }
            });
            return origins;
        }

        private String origin(String name, @Nullable String member) {
            Object value = value(sent, name, member);
            if (name.equals(TaskProgress.ID) && !Objects.equals(value, value(planned, name, null))) {
                return "task id";
            }
            if (!Objects.equals(value, value(planned, name, member)) || isMissing(planned.settings(), name, member)) {
                return prompt.save() == null ? Setting.SAVE.key() : "job.save (" + from("/job/save", "/job") + ")";
            }
            if (member == null && !Objects.equals(value, prompt.settings().get(name))) {
                return isOfInfotext(name, value) ? "infotext" : "drawn";
            }
            String top = Pointers.member("", name);
            return member == null ? from(top, top) : from(Pointers.member(top, member), top);
        }

        private boolean isOfInfotext(String name, @Nullable Object value) {
            return !prompt.settings().containsKey(name)
                    && prompt.settings().get("infotext") instanceof String infotext
                    && Infotext.value(infotext, SEEDS.getOrDefault(name, name))
                            .filter(said -> said.equals(String.valueOf(value)))
                            .isPresent();
        }

        private String from(String pointer, String around) {
            Map<String, String> origins = prompt.origins();
            return origins.getOrDefault(pointer, origins.getOrDefault(around, "prompt file"));
        }

        private static boolean isMissing(Map<String, @Nullable Object> settings, String name, @Nullable String member) {
            return member == null
                    ? !settings.containsKey(name)
                    : !(settings.get(name) instanceof Map<?, ?> members && members.containsKey(member));
        }

        private static @Nullable Object value(Task task, String name, @Nullable String member) {
            Object value = task.settings().get(name);
            return member == null ? value : value instanceof Map<?, ?> members ? members.get(member) : null;
        }
    }
}
