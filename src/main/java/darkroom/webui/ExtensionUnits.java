package darkroom.webui;

import darkroom.job.Attachment;
import darkroom.job.AwayException;
import darkroom.job.Extension;
import darkroom.job.Operation;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import darkroom.json.Pointers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts the units of extensions, which a task has by name, where a WebUI takes them: into {@code alwayson_scripts}, under the
 * name by which that one lists the script, in the form that the extension wants. Sources are named in {@link Extension}.
 */
public final class ExtensionUnits {
    private static final String SCRIPTS = "alwayson_scripts";
    private static final String ENABLED = "enabled";
    private static final String SKIP = "skip_img2img";
    private static final String MASK = "mask";

    /** ControlNet is switched on by its author's word for it; what these numbers mean is forgotten in later versions. */
    private static final Map<String, List<String>> CONTROLNET_WORDS = Map.of(
            "resize_mode", List.of("Just Resize", "Crop and Resize", "Resize and Fill"),
            "control_mode", List.of("Balanced", "My prompt is more important", "ControlNet is more important"),
            "hr_option", List.of("Both", "Low res only", "High res only"));

    /** What ADetailer heeds only if another field says so. */
    private static final Map<String, String> ADETAILER_SWITCHES = Map.ofEntries(
            Map.entry("inpaint_width", "use_inpaint_width_height"),
            Map.entry("inpaint_height", "use_inpaint_width_height"),
            Map.entry("steps", "use_steps"),
            Map.entry("cfg_scale", "use_cfg_scale"),
            Map.entry("checkpoint", "use_checkpoint"),
            Map.entry("vae", "use_vae"),
            Map.entry("sampler", "use_sampler"),
            Map.entry("scheduler", "use_sampler"),
            Map.entry("noise_multiplier", "use_noise_multiplier"),
            Map.entry("clip_skip", "use_clip_skip"));

    private final Task task;
    private final Named.Known known;
    private final Map<String, @Nullable Object> settings;
    private final Map<String, @Nullable Object> scripts = new LinkedHashMap<>();
    private final Map<String, String> moved = new LinkedHashMap<>();

    private ExtensionUnits(Task task, Named.Known known) {
        this.task = task;
        this.known = known;
        this.settings = new LinkedHashMap<>(task.settings());
        if (settings.get(SCRIPTS) instanceof Map<?, ?> own) {
            own.forEach((name, args) -> scripts.put(String.valueOf(name), args));
        }
    }

    /**
     * The task as a WebUI takes it. An extension that it does not list is left out, which {@link Named} has refused before, or
     * let pass.
     *
     * @param known what the WebUI has; what it does not tell is sent as the author has it
     * @throws AwayException if it can't be reached
     */
    public static Task compiled(Task task, Named.Known known) {
        boolean none = true;
        for (Extension extension : Extension.values()) {
            none &= !task.settings().containsKey(extension.word());
        }
        return none || !task.operation().generates() ? task : new ExtensionUnits(task, known).compiled();
    }

    private Task compiled() {
        for (Extension extension : Extension.values()) {
            List<Map<?, ?>> units = extension.units(task.settings());
            settings.remove(extension.word());
            Optional<String> script = units.isEmpty() ? Optional.empty() : script(extension);
            script.ifPresent(name -> scripts.put(name, arguments(extension, name, units)));
        }
        if (!scripts.isEmpty()) {
            settings.put(SCRIPTS, scripts);
        }
        List<Attachment> attachments = new ArrayList<>();
        for (Attachment attachment : task.attachments()) {
            String to = moved(attachment.pointer());
            if (to != null) {
                attachments.add(attachment.at(to, attachment.source()));
            }
        }
        return task.with(settings, attachments);
    }

    /** As the WebUI lists it; empty if it does not. */
    private Optional<String> script(Extension extension) {
        Listing.ScriptNames names = get(Listing.SCRIPTS);
        if (names == null) {
            return Optional.of(extension.word());
        }
        return names.as(extension.word(), task.operation() == Operation.IMG2IMG);
    }

    private Map<String, @Nullable Object> arguments(Extension extension, String script, List<Map<?, ?>> units) {
        List<@Nullable Object> args = new ArrayList<>();
        if (extension == Extension.ADETAILER) {
            args.add(true);
            args.add(units.stream().anyMatch(unit -> Boolean.TRUE.equals(extension.get(unit, SKIP))));
        }
        String at = Pointers.member("/" + SCRIPTS, script) + "/args/";
        for (int i = 0; i < units.size(); i++) {
            args.add(arguments(extension, units.get(i), "/" + extension.word() + "/" + i, at + args.size()));
        }
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        arguments.put("args", args);
        return arguments;
    }

    private Map<String, @Nullable Object> arguments(Extension extension, Map<?, ?> unit, String from, String to) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        unit.forEach((key, value) -> {
            String name = String.valueOf(key);
            String plain = extension.plain(name);
            if (extension == Extension.ADETAILER && plain.equals(SKIP)) {
                return; // it is said once for all units
            }
            String own = plain.equals(MASK) && Quirk.MASK_IMAGE.isOf(known.dialect()) ? "mask_image" : plain;
            fields.put(own, meant(extension, plain, value));
            moved.put(Pointers.member(from, name), Pointers.member(to, sent(extension, own)));
        });
        if (extension == Extension.CONTROLNET) {
            fields.putIfAbsent(ENABLED, true);
        } else {
            for (String field : List.copyOf(fields.keySet())) {
                String use = ADETAILER_SWITCHES.get(field);
                if (use != null) {
                    fields.putIfAbsent(use, true);
                }
            }
            if (fields.containsKey("scheduler")) {
                fields.putIfAbsent("sampler", "Use same sampler");
            }
        }
        Map<String, @Nullable Object> sent = new LinkedHashMap<>();
        fields.forEach((name, value) -> sent.put(sent(extension, name), value));
        return sent;
    }

    private static String sent(Extension extension, String name) {
        return extension == Extension.ADETAILER ? extension.own(name) : name;
    }

    private @Nullable Object meant(Extension extension, String field, @Nullable Object value) {
        if (extension == Extension.ADETAILER) {
            return field.equals("model") && value instanceof String model
                    ? spelt(Listing.ADETAILER_MODELS, model)
                    : value;
        }
        List<String> words = CONTROLNET_WORDS.getOrDefault(field, List.of());
        if (value instanceof Number number && number.intValue() >= 0 && number.intValue() < words.size()) {
            return words.get(number.intValue());
        }
        if (value instanceof String text) {
            return switch (field) {
                case "model" -> spelt(Listing.CONTROLNET_MODELS, text);
                case "module" -> spelt(Listing.CONTROLNET_MODULES, text);
                default ->
                    words.stream().filter(text::equalsIgnoreCase).findFirst().orElse(text);
            };
        }
        return value;
    }

    /** As the WebUI lists it; Forge knows a model by its name and hash alone. */
    private String spelt(Listing<Listing.Members> list, String name) {
        Listing.Members members = get(list);
        return members == null ? name : members.find(name).orElse(name);
    }

    private <T> @Nullable T get(Listing<T> list) {
        try {
            return known.get(list);
        } catch (AwayException e) {
            throw e;
        } catch (ProblemException | IOException e) {
            return null;
        }
    }

    /** Where an attachment belongs now; null if its unit is not sent. */
    private @Nullable String moved(String pointer) {
        for (Map.Entry<String, String> one : moved.entrySet()) {
            String from = one.getKey();
            if (pointer.equals(from) || pointer.startsWith(from + "/")) {
                return one.getValue() + pointer.substring(from.length());
            }
        }
        String top = pointer.substring(1).split("/", -1)[0];
        return Extension.of(top).isPresent() ? null : pointer;
    }

    /** All that a WebUI has to have for them. */
    static List<String> names(Task task) {
        List<String> names = new ArrayList<>();
        for (Extension extension : Extension.values()) {
            for (Map<?, ?> unit : extension.units(task.settings())) {
                names.add(extension.word());
                names.add(String.valueOf(extension.get(unit, "module")));
                names.add(String.valueOf(extension.get(unit, "model")));
            }
        }
        return names;
    }

    /** Whether ADetailer is to work on the init image itself, so that next to nothing is made of it. */
    static boolean skipsImg2img(Task task) {
        return task.operation() == Operation.IMG2IMG
                && Extension.ADETAILER.units(task.settings()).stream()
                        .anyMatch(unit -> Boolean.TRUE.equals(Extension.ADETAILER.get(unit, SKIP)));
    }
}
