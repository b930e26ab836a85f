package darkroom.webui;

import darkroom.job.Extension;
import darkroom.job.Operation;
import darkroom.job.Problem;
import darkroom.job.ProblemException;
import darkroom.job.Suggestion;
import darkroom.job.Task;
import darkroom.picture.Infotext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks up what the units of an extension need: the extension itself, its models and preprocessors. An extension says in the
 * WebUI's log alone that it does not have something; its infotext claims that it was used.
 */
final class UnitLook {
    private static final String NONE = "None";

    private final Extension extension;
    private final boolean img2img;
    private final List<Map<?, ?>> units;

    private UnitLook(Extension extension, Task task) {
        this.extension = extension;
        this.img2img = task.operation() == Operation.IMG2IMG;
        this.units = extension.units(task.settings()).stream()
                .filter(extension::isOn)
                .toList();
    }

    /** One look for each thing that has to be asked for. */
    static List<Named.Judge> of(Task task) {
        List<Named.Judge> looks = new ArrayList<>();
        for (Extension extension : Extension.values()) {
            UnitLook look = new UnitLook(extension, task);
            if (look.units.isEmpty()) {
                continue;
            }
            looks.add(look::script);
            if (extension == Extension.CONTROLNET) {
                looks.add(look::models);
                looks.add(look::modules);
            } else {
                looks.add(look::detectors);
                looks.add(look::samplers);
                looks.add(look::checkpoints);
                looks.add(look::vaes);
            }
        }
        return looks;
    }

    private List<Problem> script(Named.Known known) throws IOException {
        if (Quirk.NO_SCRIPTS.isOf(known.dialect())) {
            return List.of(missing(
                    known.dialect().title() + " has no extensions, and would pass '" + extension.word()
                            + "' over without a word",
                    "take '" + extension.word() + "' out, or add a WebUI that has " + extension.title()));
        }
        Listing.ScriptNames names = known.get(Listing.SCRIPTS);
        if (names.as(extension.word(), img2img).isEmpty()) {
            boolean other = names.as(extension.word(), !img2img).isPresent();
            return List.of(missing(
                    other
                            ? "the WebUI has " + extension.title() + " for " + (img2img ? "txt2img" : "img2img")
                                    + " only"
                            : "the WebUI does not have the extension " + extension.title() + ", which '"
                                    + extension.word() + "' is for",
                    "install it there, or take '" + extension.word() + "' out"));
        }
        return tooMany(known);
    }

    /** What is too much is cut off without a word. */
    private List<Problem> tooMany(Named.Known known) throws IOException {
        Optional<Integer> arguments;
        try {
            arguments = known.get(Listing.SCRIPT_INFO).stream()
                    .filter(script -> script.is(extension.word()) && script.img2img() == img2img)
                    .map(script -> script.args().size())
                    .findFirst();
        } catch (ProblemException e) {
            return List.of(); // an older one
        }
        int before = extension == Extension.ADETAILER ? 2 : 0;
        if (arguments.isEmpty() || arguments.get() <= before || units.size() <= arguments.get() - before) {
            return List.of();
        }
        return List.of(missing(
                "there are " + units.size() + " units of " + extension.title() + ", and the WebUI would use "
                        + (arguments.get() - before),
                "have their number raised in the WebUI's settings, or take some out"));
    }

    private List<Problem> models(Named.Known known) throws IOException {
        Listing.Members models = known.get(Listing.CONTROLNET_MODELS);
        return missing("model", named("model", NONE), models, !Quirk.EXACT_UNIT_MODELS.isOf(known.dialect()));
    }

    /** Some preprocessors do all by themselves; the others need a model. */
    private List<Problem> modules(Named.Known known) throws IOException {
        Listing.Members modules = known.get(Listing.CONTROLNET_MODULES);
        List<Problem> problems = new ArrayList<>();
        Set<String> unknown = new LinkedHashSet<>(named("module", NONE));
        unknown.removeIf(module -> modules.find(module).isPresent());
        if (!unknown.isEmpty()) {
            Listing.Members shown = known.get(Listing.CONTROLNET_MODULES_AS_SHOWN);
            problems.addAll(
                    missing("module", unknown, shown, false).isEmpty()
                            ? List.of()
                            : missing("module", unknown, modules, false));
        }
        for (Map<?, ?> unit : units) {
            String model = text(unit, "model");
            String module = text(unit, "module");
            boolean needs = modules.needingModels()
                    .contains(modules.find(module.isEmpty() ? NONE : module).orElse(""));
            if ((model.isEmpty() || model.equalsIgnoreCase(NONE)) && needs) {
                problems.add(missing(
                        "a unit of ControlNet names no model, and module '" + (module.isEmpty() ? NONE : module)
                                + "' does nothing without one",
                        "name it in 'model'; GET " + Listing.CONTROLNET_MODELS.path() + " lists them"));
            }
        }
        return problems;
    }

    private List<Problem> detectors(Named.Known known) throws IOException {
        return missing("model", named("model", NONE), known.get(Listing.ADETAILER_MODELS), false);
    }

    private List<Problem> samplers(Named.Known known) throws IOException {
        List<Problem> problems = new ArrayList<>();
        Set<String> samplers = named("sampler", "Use same sampler");
        if (!samplers.isEmpty()) {
            problems.addAll(
                    missing("sampler", samplers, known.get(Listing.SAMPLERS).names()));
        }
        Set<String> schedulers = named("scheduler", "Use same scheduler");
        if (!schedulers.isEmpty()) {
            problems.addAll(missing(
                    "scheduler", schedulers, known.get(Listing.SCHEDULERS).all()));
        }
        return problems;
    }

    private List<Problem> checkpoints(Named.Known known) throws IOException {
        Set<String> named = named("checkpoint", "Use same checkpoint");
        if (named.isEmpty()) {
            return List.of();
        }
        List<Checkpoint> checkpoints = known.get(Listing.CHECKPOINTS);
        named.removeIf(name -> checkpoints.stream().anyMatch(one -> one.mayAnswerTo(name)));
        return missing(
                "checkpoint", named, checkpoints.stream().map(Checkpoint::title).toList());
    }

    private List<Problem> vaes(Named.Known known) throws IOException {
        Set<String> named = named("vae", "Use same VAE");
        named.removeIf(Named::isAutomatic);
        return named.isEmpty()
                ? List.of()
                : missing("vae", named, known.get(Listing.VAES).names());
    }

    /** What the units name in a field, but for what says that it is nothing in particular. */
    private Set<String> named(String field, String nothing) {
        Set<String> names = new LinkedHashSet<>();
        for (Map<?, ?> unit : units) {
            names.add(text(unit, field));
        }
        names.removeIf(name -> name.isBlank() || name.equalsIgnoreCase(nothing) || name.equalsIgnoreCase(NONE));
        return names;
    }

    private String text(Map<?, ?> unit, String field) {
        Object value = extension.get(unit, field);
        return value == null ? "" : value.toString();
    }

    /** @param parts whether a part of a name will do; sd-webui-controlnet takes the shortest that has it */
    private List<Problem> missing(String field, Set<String> named, Listing.Members known, boolean parts) {
        Set<String> unknown = new LinkedHashSet<>(named);
        unknown.removeIf(name -> known.find(name).isPresent() || (parts && isPart(name, known)));
        return missing(field, unknown, known.plain());
    }

    private static boolean isPart(String name, Listing.Members known) {
        String lower = name.toLowerCase(Locale.ROOT);
        return known.plain().stream()
                .anyMatch(one -> one.toLowerCase(Locale.ROOT).contains(lower));
    }

    private List<Problem> missing(String field, Set<String> named, Collection<String> known) {
        return named.stream()
                .filter(name -> !known.contains(name))
                .map(name -> missing(
                        "the WebUI has no '" + name + "', which '" + field + "' of a unit of " + extension.title()
                                + " names",
                        Suggestion.of(name, known)))
                .toList();
    }

    private static Problem missing(String message, String hint) {
        return Problem.of(
                Check.EXTENSION.code(),
                message,
                hint + "; or let it pass with " + Check.EXTENSION.property() + "=warn");
    }

    /**
     * What an infotext says about the units, held against what was asked for. An extension that failed says nothing, or so the
     * infotext is without a word about it.
     */
    static final class Told {
        private final Task task;
        private final String infotext;

        Told(Task task, String infotext) {
            this.task = task;
            this.infotext = infotext;
        }

        /** Whether there are any units. */
        static boolean isAsked(Task task) {
            return !UnitLook.of(task).isEmpty();
        }

        /** What differs, in sentences. */
        List<String> differences() {
            List<String> differences = new ArrayList<>();
            controlnet(differences);
            adetailer(differences);
            return differences;
        }

        /** They are numbered from 0, without those that are off. */
        private void controlnet(List<String> differences) {
            Extension extension = Extension.CONTROLNET;
            int number = 0;
            for (Map<?, ?> unit : extension.units(task.settings())) {
                if (!extension.isOn(unit)) {
                    continue;
                }
                String key = "ControlNet " + number++;
                Optional<String> said = Infotext.value(infotext, key);
                if (said.isEmpty()) {
                    differences.add(notUsed(extension, number));
                    continue;
                }
                for (String field : List.of("module", "model", "weight")) {
                    Object wish = extension.get(unit, field);
                    String name = Character.toUpperCase(field.charAt(0)) + field.substring(1);
                    Optional<String> used = Infotext.value(said.get(), name);
                    if (wish != null && used.isPresent() && !isSame(field, wish.toString(), used.get())) {
                        differences.add("asked for " + field + " '" + wish + "' in unit " + number
                                + " of ControlNet, the" + " WebUI says '" + WebUiErrors.shown(used.get()) + "'");
                    }
                }
            }
        }

        /** They are numbered from 1, with those that are off, and the first has no number. */
        private void adetailer(List<String> differences) {
            Extension extension = Extension.ADETAILER;
            int number = 0;
            for (Map<?, ?> unit : extension.units(task.settings())) {
                number++;
                if (!extension.isOn(unit)) {
                    continue;
                }
                String key = "ADetailer model" + (number == 1 ? "" : " " + ordinal(number));
                Optional<String> used = Infotext.value(infotext, key);
                String wish = String.valueOf(extension.get(unit, "model"));
                if (used.isEmpty()) {
                    differences.add(notUsed(extension, number));
                } else if (!isSame("model", wish, used.get())) {
                    differences.add("asked for model '" + wish + "' in unit " + number
                            + " of ADetailer, the WebUI says '" + WebUiErrors.shown(used.get()) + "'");
                }
            }
        }

        private static String ordinal(int number) {
            String ending = number % 100 / 10 == 1
                    ? "th"
                    : switch (number % 10) {
                        case 1 -> "st";
                        case 2 -> "nd";
                        case 3 -> "rd";
                        default -> "th";
                    };
            return number + ending;
        }

        private static String notUsed(Extension extension, int number) {
            return "unit " + number + " of " + extension.title() + " was not used: the WebUI says nothing about it";
        }

        private static boolean isSame(String field, String wish, String used) {
            if (field.equals("weight")) {
                Optional<Double> one = number(wish);
                Optional<Double> other = number(used);
                return one.isEmpty() || other.isEmpty() || Math.abs(one.get() - other.get()) < 1e-6;
            }
            String asked = Listing.Members.plain(wish).toLowerCase(Locale.ROOT);
            String got = Listing.Members.plain(used).toLowerCase(Locale.ROOT);
            return got.equals(asked);
        }

        private static Optional<Double> number(@Nullable String text) {
            try {
                return Optional.of(Double.valueOf(String.valueOf(text)));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
    }
}
