package darkroom.promptfile;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import darkroom.job.PayloadField;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Suggestion;
import darkroom.json.Json;
import darkroom.json.Pointers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Fields of an entry that come as texts, by their names or as JSON pointers: cells of a table, flags of a prompt. */
final class Cells {
    /** What is a number in JSON. */
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d{0,300})(\\.\\d{1,300})?([eE][+-]?\\d{1,3})?");

    private static final ObjectReader JSON = Json.mapper()
            .reader()
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    private static final Set<String> YES = Set.of("true", "on", "yes", "t", "y", "1");
    private static final Set<String> NO = Set.of("false", "off", "no", "f", "n", "0");

    private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    private final Map<String, Problem.Place> places = new HashMap<>();

    /** The pointer that a column or flag stands for: itself, or that of the payload field of this name. */
    static String pointer(String name, Problem.Place place) {
        if (name.startsWith("/")) {
            return name;
        }
        if (PayloadField.of(name).isPresent() || name.equals("image")) {
            return Pointers.member("", name);
        }
        throw new ProblemException(new Problem(
                ProblemCode.UNKNOWN_FIELD,
                Shown.of(name) + " is no field of a payload that is known here",
                Suggestion.of(name, PayloadField.names()) + "; /" + name + " is sent as it is",
                place));
    }

    /** Takes one. */
    void put(String pointer, String text, Problem.Place place) {
        Problem.Place at = new Problem.Place(place.line(), place.column(), pointer);
        String[] names = pointer.substring(1).split("/", -1);
        Map<String, @Nullable Object> object = fields;
        StringBuilder around = new StringBuilder();
        for (int i = 0; i < names.length - 1; i++) {
            String name = Pointers.name(names[i]);
            around.append('/').append(names[i]);
            places.putIfAbsent(around.toString(), new Problem.Place(place.line(), place.column(), around.toString()));
            object = members(object, name, at);
        }
        String last = Pointers.name(names[names.length - 1]);
        if (object.containsKey(last)) {
            throw wrong(pointer + " is given twice", "give it once", at);
        }
        object.put(last, value(pointer, text, at));
        places.put(pointer, at);
    }

    @SuppressWarnings("unchecked") // made here
    private static Map<String, @Nullable Object> members(
            Map<String, @Nullable Object> object, String name, Problem.Place at) {
        Object inner = object.computeIfAbsent(name, key -> new LinkedHashMap<String, @Nullable Object>());
        if (!(inner instanceof Map<?, ?> map)) {
            throw wrong(at.shownPointer() + " is within something that is no object", "give one of the two", at);
        }
        return (Map<String, @Nullable Object>) map;
    }

    private static @Nullable Object value(String pointer, String text, Problem.Place at) {
        Optional<PayloadField> field =
                pointer.indexOf('/', 1) < 0 ? PayloadField.of(Pointers.name(pointer.substring(1))) : Optional.empty();
        if (field.isEmpty()) {
            return literal(text, at);
        }
        return switch (field.get().type()) {
            case TEXT -> text;
            case WHOLE, NUMBER -> NUMBER.matcher(text.strip()).matches() ? literal(text, at) : text; // is checked later
            case YES_NO -> yesNo(text);
            case LIST ->
                text.strip().startsWith("[")
                        ? literal(text, at)
                        : list(text, field.get().name());
            case OBJECT -> literal(text, at);
        };
    }

    private static Object yesNo(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        return YES.contains(lower) ? true : NO.contains(lower) ? false : text;
    }

    /** Styles and arguments one beside the other; a picture's name may hold a comma. */
    private static List<@Nullable Object> list(String text, String field) {
        List<@Nullable Object> list = new ArrayList<>();
        for (String member : field.equals("init_images") ? new String[] {text} : text.split(",", -1)) {
            list.add(member.strip());
        }
        return list;
    }

    /** What is JSON means what it does there; all else is a text. */
    private static @Nullable Object literal(String text, Problem.Place at) {
        String bare = text.strip();
        boolean json = bare.startsWith("{")
                || bare.startsWith("[")
                || bare.equals("true")
                || bare.equals("false")
                || bare.equals("null")
                || NUMBER.matcher(bare).matches();
        if (!json) {
            return text;
        }
        try {
            return JSON.readValue(bare, Object.class);
        } catch (IOException e) {
            throw wrong("this begins like JSON, and is none: " + Shown.of(text), "mend it, or put it in quotes", at);
        }
    }

    private static ProblemException wrong(String what, String hint, Problem.Place at) {
        return new ProblemException(new Problem(ProblemCode.WRONG_TYPE, what, hint, at));
    }

    /** The entry that they make. */
    PromptDocument document(Attachments attachments) {
        return PromptDocument.of(fields, places, attachments);
    }
}
