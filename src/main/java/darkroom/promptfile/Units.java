package darkroom.promptfile;

import darkroom.job.Extension;
import darkroom.job.Operation;
import darkroom.job.PayloadField;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.Suggestion;
import darkroom.json.Pointers;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The units of extensions that an entry gives by name. An extension says in the WebUI's log alone what it can't use, and the
 * picture comes without it; so a unit is looked at as closely as its extension would.
 */
final class Units {
    private final PromptDocument document;
    private final Map<String, @Nullable Object> settings;
    private final Attachments attachments;
    private final List<Problem> problems;

    /** Those that stand without a list around them, as the only one. */
    private final List<Extension> alone = new ArrayList<>();

    private Units(
            PromptDocument document,
            Map<String, @Nullable Object> settings,
            Attachments attachments,
            List<Problem> problems) {
        this.document = document;
        this.settings = settings;
        this.attachments = attachments;
        this.problems = problems;
    }

    /**
     * Makes a list of the units of each extension, finds their pictures, and says what is wrong with them.
     *
     * @param settings those of the entry; changed
     * @param problems what is wrong is added
     */
    static void read(
            PromptDocument document,
            Operation operation,
            Map<String, @Nullable Object> settings,
            Attachments attachments,
            List<Problem> problems)
            throws IOException {
        Units units = new Units(document, settings, attachments, problems);
        for (Extension extension : Extension.values()) {
            if (settings.containsKey(extension.word())) {
                units.read(extension, operation);
            }
        }
    }

    /** The field of a unit that a pointer leads to; empty if it leads elsewhere. */
    static Optional<UnitField> field(String pointer) {
        String[] names = pointer.split("/", -1);
        return names.length == 4
                ? Extension.of(names[1]).flatMap(extension -> UnitField.of(extension, Pointers.name(names[3])))
                : Optional.empty();
    }

    /** Holds a value of an axis against the field of a unit that it goes to. */
    static void checkAxis(String pointer, @Nullable Object value, List<Problem> problems) {
        Extension extension =
                Extension.of(pointer.substring(1).split("/", -1)[0]).orElseThrow();
        Optional<UnitField> field = field(pointer);
        if (field.isEmpty() || field.get().type() == UnitField.Type.PICTURE) {
            problems.add(Problem.of(
                    ProblemCode.AXIS_BROKEN,
                    Shown.of(pointer) + " can't be an axis",
                    "name one field of one unit, and no picture, such as /" + extension.word()
                            + (extension == Extension.CONTROLNET ? "/0/weight" : "/0/confidence")));
        } else if (!field.get().accepts(value) || !field.get().inRange(value)) {
            problems.add(wrong(extension, field.get(), value, new Problem.Place(0, 0, pointer)));
        }
    }

    private void read(Extension extension, Operation operation) throws IOException {
        Object given = settings.remove(extension.word());
        String top = "/" + extension.word();
        if (given == null && !document.isSetAside(top)) {
            return;
        }
        if (!operation.generates()) {
            problem(
                    ProblemCode.OPERATION_MISMATCH,
                    "it is about " + operation.word() + ", and the file has units of " + extension.title(),
                    "take '" + extension.word() + "' out, or ask for txt2img or img2img",
                    top);
            return;
        }
        List<@Nullable Object> units = units(extension, given);
        if (units == null) {
            problem(
                    ProblemCode.WRONG_TYPE,
                    "'" + extension.word() + "' is " + Shown.of(given),
                    "use a unit, such as {\"model\": \"…\"}, or a list of units",
                    top);
            return;
        }
        if (settings.get("alwayson_scripts") instanceof Map<?, ?> scripts
                && scripts.keySet().stream().anyMatch(name -> extension.word().equalsIgnoreCase(name.toString()))) {
            problem(
                    ProblemCode.UNIT_BROKEN,
                    extension.title() + " is given by name and in 'alwayson_scripts' as well",
                    "leave one of the two out",
                    top);
        }
        List<@Nullable Object> read = new ArrayList<>();
        for (int i = 0; i < units.size(); i++) {
            read.add(unit(extension, operation, units.get(i), i));
        }
        settings.put(extension.word(), read);
    }

    /** A list; or one unit; or what columns of a table make, {@code /controlnet/0/weight}. Null if it is something else. */
    private @Nullable List<@Nullable Object> units(Extension extension, @Nullable Object given) {
        if (given instanceof List<?> list) {
            return new ArrayList<>(list);
        }
        if (!(given instanceof Map<?, ?> object)) {
            return null;
        }
        List<@Nullable Object> numbered = new ArrayList<>();
        while (object.containsKey(String.valueOf(numbered.size()))) {
            numbered.add(object.get(String.valueOf(numbered.size())));
        }
        if (!numbered.isEmpty() && numbered.size() == object.size()) {
            return numbered;
        }
        alone.add(extension);
        attachments.move("/" + extension.word() + "/", "/" + extension.word() + "/0/");
        return new ArrayList<>(List.of(object));
    }

    private Map<String, @Nullable Object> unit(
            Extension extension, Operation operation, @Nullable Object given, int index) throws IOException {
        String at = alone.contains(extension) ? "/" + extension.word() : "/" + extension.word() + "/" + index;
        Map<String, @Nullable Object> unit = new LinkedHashMap<>();
        if (!(given instanceof Map<?, ?> fields)) {
            problem(
                    ProblemCode.WRONG_TYPE,
                    "a unit of " + extension.title() + " is " + Shown.of(given),
                    "use an object, such as {\"model\": \"…\"}",
                    at);
            return unit;
        }
        Map<String, String> seen = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : fields.entrySet()) {
            String name = String.valueOf(entry.getKey());
            String pointer = Pointers.member(at, name);
            String other = seen.put(extension.plain(name), name);
            if (other != null) {
                problem(
                        ProblemCode.UNIT_BROKEN,
                        "'" + other + "' and " + Shown.of(name) + " of a unit of " + extension.title()
                                + " are the same",
                        "leave one of the two out",
                        pointer);
            }
            Optional<UnitField> field = UnitField.of(extension, name);
            if (field.isEmpty()) {
                problem(
                        ProblemCode.UNKNOWN_FIELD,
                        "a unit of " + extension.title() + " has no field " + Shown.of(name),
                        Suggestion.of(extension.plain(name), UnitField.names(extension)),
                        pointer);
                continue;
            }
            boolean setAside = entry.getValue() == null && document.isSetAside(pointer);
            if (entry.getValue() == null && !setAside) {
                continue; // as if it were not there
            }
            unit.put(name, value(extension, field.get(), entry.getValue(), setAside, pointer, index));
        }
        checkWhole(extension, operation, unit, seen, at);
        return unit;
    }

    private @Nullable Object value(
            Extension extension, UnitField field, @Nullable Object value, boolean setAside, String pointer, int index)
            throws IOException {
        if (setAside) {
            if (field.type() != UnitField.Type.PICTURE
                    && field.type() != UnitField.Type.TEXTS
                    && (field.type() != UnitField.Type.TEXT || !field.choices().isEmpty())) {
                problem(
                        ProblemCode.WRONG_TYPE,
                        "'" + field.name() + "' of a unit of " + extension.title() + " is a very long text",
                        field.hint(),
                        pointer);
            }
            return null;
        }
        if (!field.accepts(value) || !field.inRange(value)) {
            if (field.type() != UnitField.Type.TEXTS || !isSetAsideWithin(value, pointer)) {
                problems.add(wrong(extension, field, value, document.nearestPlace(pointer)));
            }
            return value;
        }
        if (field.type() == UnitField.Type.PICTURE && value instanceof String picture) {
            String name = pointer.substring(pointer.lastIndexOf('/'));
            attachments
                    .add(picture, "/" + extension.word() + "/" + index + name, document.nearestPlace(pointer))
                    .ifPresent(problems::add);
            return null;
        }
        return value;
    }

    /** A list of texts, some of which are so long that they are kept in files. */
    private boolean isSetAsideWithin(@Nullable Object value, String pointer) {
        if (!(value instanceof List<?> list)) {
            return false;
        }
        for (int i = 0; i < list.size(); i++) {
            if (!(list.get(i) instanceof String) && !document.isSetAside(pointer + "/" + i)) {
                return false;
            }
        }
        return true;
    }

    private static Problem wrong(Extension extension, UnitField field, @Nullable Object value, Problem.Place place) {
        return new Problem(
                field.accepts(value) ? ProblemCode.OUT_OF_RANGE : ProblemCode.WRONG_TYPE,
                "'" + field.name() + "' of a unit of " + extension.title() + " is " + Shown.of(value),
                field.hint(),
                place);
    }

    /** Without what it needs, a unit does nothing. */
    private void checkWhole(
            Extension extension,
            Operation operation,
            Map<String, @Nullable Object> unit,
            Map<String, String> seen,
            String at) {
        if (!extension.isOn(unit)) {
            return;
        }
        if (extension == Extension.ADETAILER && !unit.containsKey(seen.getOrDefault("model", ""))) {
            problem(
                    ProblemCode.UNIT_BROKEN,
                    "a unit of ADetailer names no model, and would do nothing",
                    "name what finds the faces or hands, such as {\"model\": \"face_yolov8n.pt\"}",
                    at);
        }
        if (extension == Extension.CONTROLNET) {
            boolean input = unit.containsKey(seen.getOrDefault("image", "")) || unit.containsKey("ipadapter_input");
            if (!input && (operation == Operation.TXT2IMG || seen.containsKey("mask"))) {
                problem(
                        ProblemCode.UNIT_BROKEN,
                        "a unit of ControlNet has no picture to go by",
                        "name it in 'image'; with img2img and without a 'mask' it may be left out, and the init image is taken",
                        at);
            }
            Optional<BigDecimal> start = PayloadField.number(extension.get(unit, "guidance_start"));
            Optional<BigDecimal> end = PayloadField.number(extension.get(unit, "guidance_end"));
            if (start.orElse(BigDecimal.ZERO).compareTo(end.orElse(BigDecimal.ONE)) > 0) {
                problem(
                        ProblemCode.UNIT_BROKEN,
                        "a unit of ControlNet begins after its end: 'guidance_start' is above 'guidance_end'",
                        "let 'guidance_start' be the smaller one; both are shares of the steps, from 0 to 1",
                        at);
            }
        }
    }

    private void problem(ProblemCode code, String message, String hint, String pointer) {
        problems.add(new Problem(code, message, hint, document.nearestPlace(pointer)));
    }
}
