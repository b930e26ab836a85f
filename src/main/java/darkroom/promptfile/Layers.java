package darkroom.promptfile;

import darkroom.job.Attachment;
import darkroom.job.DefaultsFile;
import darkroom.job.Extension;
import darkroom.job.Operation;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.json.Pointers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A prompt file laid over the files that its defaults come from. Field by field, the file that counts more wins; the
 * fields of {@link #BY_NAME}, and {@code job.labels}, are put together from what each file has in them. A null takes a default away.
 */
final class Layers {
    /** Objects whose members are settings of their own: options, scripts, what Darkroom is told. */
    private static final Set<String> BY_NAME = Set.of("override_settings", "alwayson_scripts", "job");

    /** The WebUI finds scripts by their name in lower case. */
    private static final String SCRIPTS = "/alwayson_scripts";

    private static final String SCRIPT_NAME = "script_name";

    /**
     * Fields that decide the same thing. The WebUI has its own order among them (webui-api, sections 2.2 to 2.4), so a
     * default must be gone when a job says it the other way. Arguments belong to the script that they were meant for.
     */
    private static final Map<String, List<String>> SAME = Map.ofEntries(
            Map.entry(SCRIPT_NAME, List.of("script_args")),
            Map.entry("sampler_name", List.of("sampler_index")),
            Map.entry("sampler_index", List.of("sampler_name")),
            Map.entry("hr_scale", List.of("hr_resize_x", "hr_resize_y")),
            Map.entry("hr_resize_x", List.of("hr_scale")),
            Map.entry("hr_resize_y", List.of("hr_scale")),
            Map.entry("mask_blur", List.of("mask_blur_x", "mask_blur_y")),
            Map.entry("mask_blur_x", List.of("mask_blur")),
            Map.entry("mask_blur_y", List.of("mask_blur")));

    /**
     * One of the files.
     *
     * @param document what it says
     * @param attachments what was set aside from it
     * @param file where it is
     * @param folder where its pictures are looked for
     * @param defaults what it is; null for the prompt file itself
     */
    record Layer(
            PromptDocument document,
            Attachments attachments,
            Path file,
            Path folder,
            @Nullable DefaultsFile defaults) {

        /** One of what lies beside a picture. */
        boolean isBeside(Layer own) {
            return defaults == null && !equals(own);
        }

        String words(Layer own) {
            return isBeside(own)
                    ? "sidecar " + file.getFileName()
                    : defaults == null ? "prompt file" : defaults.words();
        }
    }

    private final List<Layer> layers;

    /** The prompt file; before it is what counts more. */
    private final Layer own;

    /** Whether others are laid over the same prompt file. */
    private final boolean shared;

    private final Map<String, Layer> origins = new LinkedHashMap<>();
    private Map<String, @Nullable Object> fields = new LinkedHashMap<>();

    /**
     * Lays them over each other.
     *
     * @param layers the prompt file first, then what counts less and less
     */
    Layers(List<Layer> layers) {
        this(layers, layers.get(0), false);
    }

    private Layers(List<Layer> layers, Layer own, boolean shared) {
        this.layers = List.copyOf(layers);
        this.own = own;
        this.shared = shared;
        Operation operation = layers.stream()
                .flatMap(layer -> asked(layer).stream())
                .findFirst()
                .orElseGet(() -> operationOf(firstWithFields(layers.subList(layers.indexOf(own), layers.size()))));
        for (int i = layers.size() - 1; i >= 0; i--) {
            Layer layer = layers.get(i);
            Map<String, @Nullable Object> said =
                    new LinkedHashMap<>(layer.document().fields());
            if (layer.defaults() != null) {
                said.remove("$schema"); // for the editor of that file
                if (operationOf(layer) != operation) {
                    said.keySet().retainAll(Set.of("job"));
                }
            }
            forgetTheSame(said);
            fields = lay(said, fields, "", layer);
        }
    }

    /** What is nothing but a name of a preset leaves it to that. */
    private static Layer firstWithFields(List<Layer> layers) {
        return layers.stream()
                .filter(layer -> !Set.of("job", "$schema")
                        .containsAll(layer.document().fields().keySet()))
                .findFirst()
                .orElse(layers.get(0));
    }

    /**
     * What the fields of a file are for; all that generates is one. Defaults for something else stay out of a job, but for
     * what they tell Darkroom: a lane's steps are no option of the WebUI, and have no meaning for a picture to be enlarged.
     */
    private static Operation operationOf(Layer layer) {
        Map<String, @Nullable Object> said = layer.document().fields();
        boolean extras = said.keySet().stream().anyMatch(Operations.OF_EXTRAS::contains)
                || (said.containsKey("image") && !said.containsKey("prompt"));
        return asked(layer).orElse(extras ? Operation.EXTRAS : Operation.TXT2IMG);
    }

    private static Optional<Operation> asked(Layer layer) {
        Object asked = layer.document().fields().get("job") instanceof Map<?, ?> job ? job.get("operation") : null;
        return Optional.ofNullable(asked)
                .flatMap(word -> Operation.of(word.toString()))
                .map(operation -> operation.generates() ? Operation.TXT2IMG : operation);
    }

    private void forgetTheSame(Map<String, @Nullable Object> said) {
        said.forEach((name, value) -> {
            if (value instanceof Map<?, ?> scripts && name.equals("alwayson_scripts")) {
                scripts.keySet().forEach(script -> forgetUnits(script.toString().toLowerCase(Locale.ROOT)));
            }
            if (value != null && Extension.of(name).isPresent()) {
                forgetScript(name);
            }
            if (value != null || name.equals(SCRIPT_NAME)) {
                for (String other : sameAs(name)) {
                    fields.remove(other);
                    forget("/" + other);
                }
            }
        });
    }

    /** The fields that decide the same thing as this one. */
    static List<String> sameAs(String name) {
        return SAME.getOrDefault(name, List.of());
    }

    /** A script takes the place of units of the same extension, which a default gives by name. */
    private void forgetUnits(String script) {
        if (Extension.of(script).isPresent() && fields.remove(script) != null) {
            forget("/" + script);
        }
    }

    private void forgetScript(String extension) {
        if (fields.get("alwayson_scripts") instanceof Map<?, ?> scripts) {
            Map<String, @Nullable Object> others = new LinkedHashMap<>();
            scripts.forEach((key, value) -> {
                String script = String.valueOf(key);
                if (script.equalsIgnoreCase(extension)) {
                    forget(Pointers.member(SCRIPTS, script));
                } else {
                    others.put(script, value);
                }
            });
            fields.put("alwayson_scripts", others);
        }
    }

    /** What is said, then what is left of the defaults. */
    private Map<String, @Nullable Object> lay(Map<?, ?> said, Map<?, ?> below, String pointer, Layer layer) {
        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        Map<String, @Nullable Object> rest = new LinkedHashMap<>();
        below.forEach((name, value) -> rest.put(String.valueOf(name), value));
        for (Map.Entry<?, ?> member : said.entrySet()) {
            String name = String.valueOf(member.getKey());
            Object value = member.getValue();
            String at = Pointers.member(pointer, name);
            String same = pointer.equals(SCRIPTS) ? spelled(name, rest) : name;
            boolean isDefault = rest.containsKey(same);
            Object fallback = rest.remove(same);
            boolean byName = (pointer.isEmpty() && BY_NAME.contains(name)) || at.equals(Labels.POINTER);
            boolean together = byName && value instanceof Map;
            if (!together || !(fallback instanceof Map)) {
                forget(Pointers.member(pointer, same));
            }
            if (value == null && isDefault && !layer.document().isSetAside(at)) {
                continue; // what it takes away is the default
            }
            origins.put(at, layer);
            result.put(
                    name,
                    together
                            ? lay((Map<?, ?>) value, fallback instanceof Map<?, ?> map ? map : Map.of(), at, layer)
                            : value);
        }
        rest.forEach(result::putIfAbsent);
        return result;
    }

    private static String spelled(String name, Map<String, @Nullable Object> rest) {
        return rest.keySet().stream().filter(name::equalsIgnoreCase).findFirst().orElse(name);
    }

    private void forget(String pointer) {
        origins.keySet().removeIf(at -> at.equals(pointer) || at.startsWith(pointer + "/"));
    }

    /** The same, for one of several pictures: with what lies beside it, what counts more first. */
    Layers under(List<Layer> beside) {
        List<Layer> all = new ArrayList<>(beside);
        all.addAll(layers);
        return new Layers(all, own, true);
    }

    /** All files, what counts more first. */
    List<Layer> all() {
        return layers;
    }

    /** The prompt file. */
    Layer own() {
        return own;
    }

    /** Where a field stands in the file that it came from, or else what it is in. */
    Problem.Place nearestPlace(String pointer) {
        return origin(pointer).document().nearestPlace(pointer);
    }

    /** Whether a value is in a file beside the picture. */
    boolean isBeside(String pointer) {
        return origin(pointer).isBeside(own);
    }

    /** Whether a value is in the prompt file, or beside its picture, and is not a default. */
    boolean isSaid(String pointer) {
        return origins.containsKey(pointer) && origin(pointer).defaults() == null;
    }

    /** What they say together. */
    Map<String, @Nullable Object> fields() {
        return fields;
    }

    /** The file that a value came from; the prompt file for what is nowhere. */
    Layer origin(String pointer) {
        for (String at = pointer; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
            Layer layer = origins.get(at);
            if (layer != null) {
                return layer;
            }
        }
        return own;
    }

    /** Whether a value came from a file. */
    boolean isFrom(Layer layer, String pointer) {
        return origin(pointer).equals(layer);
    }

    /** Which file each value came from, in words. */
    Map<String, String> origins() {
        Map<String, String> words = new LinkedHashMap<>();
        origins.forEach((pointer, layer) -> words.put(pointer, layer.words(own)));
        return words;
    }

    /** The files that defaults came from. */
    List<DefaultsFile> defaults() {
        return layers.stream().map(Layer::defaults).filter(Objects::nonNull).toList();
    }

    /** What was set aside and is still wanted; pictures that are named are added to it. */
    Attachments attachments() throws IOException {
        Attachments merged = own.attachments().others(pointer -> origin(pointer).folder());
        for (Layer layer : layers) {
            for (Attachment attachment : layer.attachments().collected()) {
                if (isFrom(layer, attachment.pointer())) {
                    merged.add(attachment);
                } else if (layer.defaults() == null && !shared) { // another entry may want that of a default
                    merged.delete(attachment);
                }
            }
        }
        return merged;
    }

    /** The same problems, with the file that has to be mended, if it is not the prompt file. */
    List<Problem> attributed(List<Problem> problems) {
        List<Problem> attributed = new ArrayList<>();
        for (Problem problem : problems) {
            Layer layer = problem.place() == null ? own : origin(problem.place().pointer());
            attributed.add(
                    layer.isBeside(own)
                            ? beside(layer.file(), problem)
                            : layer.defaults() == null ? problem : in(layer.file(), problem));
        }
        return attributed;
    }

    /** What is wrong in a file beside a picture. */
    static Problem beside(Path file, Problem problem) {
        String where = problem.where();
        return Problem.of(
                problem.code(),
                Shown.of(String.valueOf(file.getFileName()))
                        + (where.isEmpty() ? ": " : ", " + where)
                        + problem.message(),
                problem.hint());
    }

    /** What is wrong in a file with defaults is not the author's mistake, but for what does not fit their own file. */
    static Problem in(Path file, Problem problem) {
        String where = problem.where();
        return Problem.of(
                problem.code() == ProblemCode.OPERATION_MISMATCH ? problem.code() : ProblemCode.PRESET_BROKEN,
                file + (where.isEmpty() ? ": " : ", " + where) + problem.message(),
                problem.hint());
    }
}
