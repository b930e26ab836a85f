package darkroom.webui;

import darkroom.job.Extension;
import darkroom.job.Operation;
import darkroom.job.PayloadField;
import darkroom.job.Problem;
import darkroom.job.ProblemException;
import darkroom.job.Suggestion;
import darkroom.job.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a task names that its WebUI has to have: looked up before anything is made. What the WebUI might take is never
 * refused here; it is left to the WebUI, or to {@link AnswerCheck} when the pictures are there.
 */
public final class Named {
    private static final Pattern LORA = Pattern.compile("<lora:([^:>]+)[^>]*>");
    static final List<String> PROMPTS = List.of("prompt", "negative_prompt", "hr_prompt", "hr_negative_prompt");

    /** In {@code sd_vae}, beside what is on the list (webui-api, section 5.3). */
    private static final Set<String> AUTOMATIC_VAE = Set.of("Automatic", "auto");

    private static final String NO_VAE = "None";

    /** The page's words for no other checkpoint. */
    private static final Set<String> NO_CHECKPOINT = Set.of("use same checkpoint", "none");

    /** A script that shows nothing on the page is on no list, and may be named all the same. */
    private static final Set<String> UNLISTED = Set.of("comments");

    private final Task task;
    private final Asked asked;
    private final List<Wish> wishes = new ArrayList<>();

    /** What a WebUI has. */
    public interface Known {
        /**
         * One of its lists.
         *
         * @throws ProblemException if it does not give it
         * @throws IOException if it gives something else
         */
        <T> T get(Listing<T> list) throws IOException;

        /** Which program it is. */
        Dialect dialect();
    }

    /** Finds out what is missing. */
    @FunctionalInterface
    interface Judge {
        List<Problem> missing(Known known) throws IOException;
    }

    /** Something that is named. */
    public static final class Wish {
        private final Check check;
        private final boolean lookedAtAfterwards;
        private final boolean mild;
        private final Judge judge;

        private Wish(Check check, boolean lookedAtAfterwards, boolean mild, Judge judge) {
            this.check = check;
            this.lookedAtAfterwards = lookedAtAfterwards;
            this.mild = mild;
            this.judge = judge;
        }

        /** Whether what is missing is worth a warning, and not more. */
        public boolean isMild() {
            return mild;
        }

        /** What it is about. */
        public Check check() {
            return check;
        }

        /** Whether the answer tells what was used, so that nothing is lost if it can't be looked up. */
        public boolean lookedAtAfterwards() {
            return lookedAtAfterwards;
        }

        /**
         * What the WebUI does not have.
         *
         * @throws ProblemException if it does not give the list
         * @throws IOException if what it gives is no such list
         */
        public List<Problem> missing(Known known) throws IOException {
            return judge.missing(known);
        }
    }

    private Named(Task task) {
        this.task = task;
        this.asked = new Asked(task);
        if (task.operation().generates()) {
            styles();
            loras();
            sampler();
            scheduler();
            checkpoints();
            vae();
            scripts();
            UnitLook.of(task).forEach(look -> add(Check.EXTENSION, look));
        }
        upscalers();
        fields();
    }

    /**
     * Fields that are not among those that every WebUI of this kind has. One that is nearly the name of another is a mistake,
     * and refused; another may be meant for another WebUI, and is worth a warning.
     */
    private void fields() {
        Set<String> named = new LinkedHashSet<>(task.settings().keySet());
        named.removeIf(field -> PayloadField.of(field).isPresent()
                || Extension.of(field).isPresent()
                || field.equals("image")
                || field.equals("model"));
        if (named.isEmpty() || task.operation() == Operation.OPTIONS) {
            return;
        }
        add(Check.FIELD, known -> fields(known, named, true));
        wishes.add(new Wish(Check.FIELD, false, true, known -> fields(known, named, false)));
    }

    private List<Problem> fields(Known known, Set<String> named, boolean near) throws IOException {
        String path = Payload.path(task.operation());
        Set<String> fields = known.get(Listing.FIELDS).byPath().get(path);
        if (fields == null) {
            return List.of(); // it takes any
        }
        return named.stream()
                .filter(field -> !fields.contains(field))
                .filter(field -> Suggestion.closest(field, fields).isPresent() == near)
                .map(field -> missing(
                        Check.FIELD,
                        "the WebUI knows no field '" + field + "' of " + path
                                + ", and would pass it over without a word",
                        Suggestion.of(field, fields)))
                .toList();
    }

    /** All that a task names. */
    public static List<Wish> in(Task task) {
        return List.copyOf(new Named(task).wishes);
    }

    /** Whether any VAE will do. */
    static boolean isAutomatic(String vae) {
        return AUTOMATIC_VAE.contains(vae);
    }

    private void add(Check check, Judge judge) {
        wishes.add(new Wish(check, false, false, judge));
    }

    private void addLookedAtAfterwards(Check check, Judge judge) {
        wishes.add(new Wish(check, true, false, judge));
    }

    private void styles() {
        if (task.settings().get("styles") instanceof List<?> styles && !styles.isEmpty()) {
            Set<String> named = new LinkedHashSet<>();
            styles.forEach(style -> named.add(String.valueOf(style)));
            named.removeIf(String::isBlank);
            add(
                    Check.STYLE,
                    known -> leftOut(
                            Check.STYLE, named, known.get(Listing.STYLES).all()));
        }
    }

    private void loras() {
        Set<String> named = new LinkedHashSet<>();
        if (!Boolean.TRUE.equals(task.settings().get("disable_extra_networks"))) {
            PROMPTS.forEach(prompt -> loras(String.valueOf(task.settings().get(prompt)), named));
            for (Map<?, ?> unit : Extension.ADETAILER.units(task.settings())) {
                loras(String.valueOf(Extension.ADETAILER.get(unit, "prompt")), named);
                loras(String.valueOf(Extension.ADETAILER.get(unit, "negative_prompt")), named);
            }
        }
        named.removeIf(String::isBlank);
        if (!named.isEmpty()) {
            add(Check.LORA, known -> loras(known, named));
        }
    }

    /** Adds the LoRAs of a prompt. Behind its last '>' there is none, and to look for that would take the square of the length. */
    static void loras(String prompt, Set<String> named) {
        Matcher lora = LORA.matcher(prompt).region(0, prompt.lastIndexOf('>') + 1);
        while (lora.find()) {
            named.add(lora.group(1));
        }
    }

    private static List<Problem> loras(Known known, Set<String> named) throws IOException {
        List<Problem> missing =
                leftOut(Check.LORA, named, known.get(Listing.LORAS).all());
        if (missing.isEmpty() && Quirk.NO_LORA_IN_PROMPTS.isOf(known.dialect())) {
            return List.of(missing(
                    Check.LORA,
                    known.dialect().title() + " does not read LoRAs in prompts: it would leave out '"
                            + String.join("', '", named) + "' without a word",
                    "take them out of the prompt"));
        }
        return missing;
    }

    private static List<Problem> leftOut(Check check, Set<String> named, Set<String> known) {
        return named.stream()
                .filter(name -> !known.contains(name))
                .map(name -> missing(
                        check,
                        "the WebUI has no " + check.word() + " '" + name + "', and would leave it out without a word",
                        Suggestion.of(name, known)))
                .toList();
    }

    /** As the WebUI looks it up: exactly, or the name of a scheduler behind it (webui-api, section 2.5). */
    private void sampler() {
        String name = asWritten("sampler_name");
        String wish = name.isBlank() ? asWritten("sampler_index") : name;
        if (wish.isBlank() || asked.isLeftToInfotext(Check.SAMPLER)) {
            return;
        }
        addLookedAtAfterwards(Check.SAMPLER, known -> {
            Set<String> names = known.get(Listing.SAMPLERS).names();
            return names.contains(wish) || isCombined(wish, names, known)
                    ? List.of()
                    : replaced(Check.SAMPLER, wish, names, known);
        });
    }

    /** With its blanks, which the WebUI does not pass over. */
    private String asWritten(String field) {
        Object value = task.settings().get(field);
        return value == null ? "" : value.toString();
    }

    private static boolean isCombined(String wish, Set<String> samplers, Known known) throws IOException {
        for (String sampler : samplers) {
            if (wish.startsWith(sampler + " ")) {
                Listing.Names schedulers = known.get(Listing.SCHEDULERS);
                String rest = wish.substring(sampler.length() + 1);
                if (schedulers.all().contains(rest) || schedulers.aliases().contains(rest)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void scheduler() {
        String wish = asWritten("scheduler");
        if (!wish.isBlank()) {
            addLookedAtAfterwards(Check.SCHEDULER, known -> schedulers(wish, known));
        }
        String second = asWritten("hr_scheduler"); // nothing in an answer tells of it
        if (asked.isHires() && !second.isBlank() && !second.startsWith("Use same")) {
            add(Check.SCHEDULER, known -> schedulers(second, known));
        }
    }

    private List<Problem> schedulers(String wish, Known known) throws IOException {
        Set<String> names = known.get(Listing.SCHEDULERS).all();
        return names.contains(wish) ? List.of() : replaced(Check.SCHEDULER, wish, names, known);
    }

    private void checkpoints() {
        String wish = asked.checkpoint();
        if (!wish.isEmpty()) {
            addLookedAtAfterwards(Check.CHECKPOINT, known -> {
                List<Checkpoint> checkpoints = known.get(Listing.CHECKPOINTS);
                return checkpoints.stream().anyMatch(one -> one.mayAnswerTo(wish))
                        ? List.of()
                        : replaced(Check.CHECKPOINT, wish, titles(checkpoints), known);
            });
        }
        similarCheckpoint("refiner_checkpoint");
        if (asked.isHires()) {
            similarCheckpoint("hr_checkpoint_name");
        }
    }

    /** A part of the title will do here, and an unknown one is an error of the WebUI (webui-api, section 5.3). */
    private void similarCheckpoint(String field) {
        String wish = asked.text(field);
        if (wish.isEmpty() || NO_CHECKPOINT.contains(wish.toLowerCase(Locale.ROOT))) {
            return;
        }
        add(Check.CHECKPOINT, known -> {
            List<Checkpoint> checkpoints = known.get(Listing.CHECKPOINTS);
            boolean found = checkpoints.stream().anyMatch(one -> one.mayAnswerTo(wish) || one.isLike(wish));
            return found || !Quirk.REPLACES_UNKNOWN_NAMES.isOf(known.dialect())
                    ? List.of()
                    : List.of(missing(
                            Check.CHECKPOINT,
                            "the WebUI has no checkpoint '" + wish + "', which '" + field + "' names",
                            Suggestion.of(wish, titles(checkpoints))));
        });
    }

    private static List<String> titles(List<Checkpoint> checkpoints) {
        return checkpoints.stream().map(Checkpoint::title).toList();
    }

    private void vae() {
        String wish = asked.vae();
        if (!wish.isEmpty() && !isAutomatic(wish) && !wish.equals(NO_VAE)) {
            addLookedAtAfterwards(Check.VAE, known -> {
                Set<String> names = known.get(Listing.VAES).names();
                return names.contains(wish) ? List.of() : replaced(Check.VAE, wish, names, known);
            });
        }
        if (asked.override("forge_additional_modules") instanceof List<?> modules && !modules.isEmpty()) {
            add(Check.VAE, known -> modules(modules, known.get(Listing.MODULES).names()));
        }
    }

    /** Forge goes by the last part of a path. */
    private static List<Problem> modules(List<?> modules, Set<String> names) {
        return modules.stream()
                .map(String::valueOf)
                .filter(module -> !names.contains(
                        module.substring(Math.max(module.lastIndexOf('/'), module.lastIndexOf('\\')) + 1)))
                .map(module -> missing(
                        Check.VAE,
                        "the WebUI has no VAE or text encoder '" + module + "', which 'forge_additional_modules' names",
                        Suggestion.of(module, names)))
                .toList();
    }

    private void upscalers() {
        if (asked.isHires()) {
            upscaler("hr_upscaler", true);
        }
        if (task.operation() == Operation.EXTRAS) {
            upscaler("upscaler_1", false);
            upscaler("upscaler_2", false);
        }
    }

    private void upscaler(String field, boolean latent) {
        String wish = asked.text(field);
        if (wish.isEmpty()) {
            return;
        }
        add(Check.UPSCALER, known -> {
            Set<String> names = new LinkedHashSet<>(known.get(Listing.UPSCALERS).names());
            if (latent && !names.contains(wish)) {
                names.addAll(known.get(Listing.LATENT_MODES).names());
            }
            return names.contains(wish)
                    ? List.of()
                    : List.of(missing(
                            Check.UPSCALER,
                            "the WebUI has no upscaler '" + wish + "', which '" + field + "' names",
                            Suggestion.of(wish, names)));
        });
    }

    private void scripts() {
        String selected = asked.text("script_name");
        if (!selected.isEmpty()) {
            Object args = task.settings().get("script_args");
            int given = args instanceof List<?> list ? list.size() : 0;
            add(Check.SCRIPT, known -> new ScriptLook(known, selected, false).look("script_args", given));
        }
        if (task.settings().get("alwayson_scripts") instanceof Map<?, ?> scripts) {
            scripts.forEach((key, value) ->
                    add(Check.SCRIPT, known -> new ScriptLook(known, String.valueOf(key), true).look(value)));
        }
    }

    /** Looks one script up. */
    private final class ScriptLook {
        private final Known known;
        private final String name;
        private final boolean alwaysOn;
        private final boolean img2img = task.operation() == Operation.IMG2IMG;

        ScriptLook(Known known, String name, boolean alwaysOn) {
            this.known = known;
            this.name = name;
            this.alwaysOn = alwaysOn;
        }

        /** One that stands in {@code alwayson_scripts}. */
        List<Problem> look(@Nullable Object value) throws IOException {
            if (!(value instanceof Map<?, ?> object) || (!object.isEmpty() && !object.containsKey("args"))) {
                return List.of(missing(
                        Check.SCRIPT,
                        "'alwayson_scripts' gives '" + name + "' no \"args\", and the WebUI would not use the rest",
                        "write {\"" + name + "\": {\"args\": [...]}}"));
            }
            return look("args", object.get("args") instanceof List<?> args ? args.size() : 0);
        }

        List<Problem> look(String field, int given) throws IOException {
            List<Listing.Script> all = info();
            Listing.Script script = find(all, img2img, alwaysOn);
            if (script == null) {
                return isListed(all) ? List.of() : List.of(missing(Check.SCRIPT, whatIsMissing(all), hint(all)));
            }
            int takes = script.args().size();
            // what is too much for an always-on script is cut off, and what is too little left as it is; the arguments
            // of
            // a selectable one are put in the place of just as many (webui-api, section 2.2)
            if (alwaysOn ? given <= takes : given == takes) {
                return List.of();
            }
            return List.of(missing(
                    Check.SCRIPT,
                    "script '" + name + "' takes " + takes + " arguments, and '" + field + "' has " + given
                            + (alwaysOn ? ": the WebUI would drop the rest" : ": it would run with those of another"),
                    "GET /sdapi/v1/script-info names them, in their order"));
        }

        private List<Listing.Script> info() throws IOException {
            try {
                return known.get(Listing.SCRIPT_INFO);
            } catch (ProblemException | IOException e) {
                known.get(Listing.SCRIPTS); // an older one; if it has none of both, there is nothing to hold against
                return List.of();
            }
        }

        private Listing.@Nullable Script find(Collection<Listing.Script> all, boolean inImg2img, boolean isAlwaysOn) {
            return all.stream()
                    .filter(one -> one.is(name) && one.img2img() == inImg2img && one.alwaysOn() == isAlwaysOn)
                    .findFirst()
                    .orElse(null);
        }

        /** Some say nothing about themselves but their name. */
        private boolean isListed(List<Listing.Script> all) throws IOException {
            boolean saysMore = all.stream().anyMatch(one -> one.is(name) && one.img2img() == img2img);
            String lower = name.toLowerCase(Locale.ROOT);
            return !saysMore && (UNLISTED.contains(lower) || names(img2img).contains(lower));
        }

        private List<String> names(boolean inImg2img) throws IOException {
            return known.get(Listing.SCRIPTS).of(inImg2img);
        }

        private String whatIsMissing(List<Listing.Script> all) throws IOException {
            if (find(all, img2img, !alwaysOn) != null) {
                return alwaysOn
                        ? "script '" + name + "' has to be chosen, and is not always on"
                        : "script '" + name + "' is always on, and can't be chosen";
            }
            if (names(!img2img).contains(name.toLowerCase(Locale.ROOT))) {
                return "the WebUI has script '" + name + "' for " + (img2img ? "txt2img" : "img2img") + " only";
            }
            return "the WebUI has no script '" + name + "'";
        }

        private String hint(List<Listing.Script> all) throws IOException {
            if (find(all, img2img, !alwaysOn) != null) {
                return alwaysOn
                        ? "name it in 'script_name', and its arguments in 'script_args'"
                        : "write \"alwayson_scripts\": {\"" + name + "\": {\"args\": [...]}}";
            }
            return Suggestion.of(name, names(img2img)) + "; is its extension installed?";
        }
    }

    /** Others than A1111 and Forge read names in ways of their own, or take what is on no list. */
    private static List<Problem> replaced(Check check, String wish, Collection<String> names, Known known) {
        return Quirk.REPLACES_UNKNOWN_NAMES.isOf(known.dialect())
                ? List.of(missing(
                        check,
                        "the WebUI has no " + check.title() + " '" + wish
                                + "', and would go on without it, without a word",
                        Suggestion.of(wish, names)))
                : List.of();
    }

    private static Problem missing(Check check, String message, String hint) {
        return Problem.of(check.code(), message, hint + "; or let it pass with " + check.property() + "=warn");
    }
}
