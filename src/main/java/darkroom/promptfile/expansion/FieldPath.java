package darkroom.promptfile.expansion;

import darkroom.json.Pointers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where in the settings of a task an axis puts its values. */
final class FieldPath {
    private final String pointer;
    private final List<String> names;

    private FieldPath(String pointer, List<String> names) {
        this.pointer = pointer;
        this.names = names;
    }

    /**
     * Reads the name of an axis.
     *
     * @param name a JSON pointer if it begins with a slash, else a field
     */
    static FieldPath of(String name) {
        if (!name.startsWith("/")) {
            return new FieldPath(Pointers.member("", name), List.of(name));
        }
        return new FieldPath(
                name,
                Arrays.stream(name.substring(1).split("/", -1))
                        .map(Pointers::name)
                        .toList());
    }

    /** As a JSON pointer. */
    String pointer() {
        return pointer;
    }

    /** The field of the payload that it is, or is in. */
    String field() {
        return names.get(0);
    }

    /** Whether it is a field of the payload, rather than in one. */
    boolean isField() {
        return names.size() == 1;
    }

    /** Whether one of them is the other, or in it. */
    boolean overlaps(FieldPath other) {
        int both = Math.min(names.size(), other.names.size());
        return names.subList(0, both).equals(other.names.subList(0, both));
    }

    /** Why a value can't be put there; null if it can. Objects that are missing are made, lists are not. */
    @Nullable
    String obstacle(Map<String, @Nullable Object> settings) {
        Object at = settings;
        String here = "";
        for (String name : names) {
            if (at instanceof List<?> list) {
                if (!name.matches("0|[1-9]\\d{0,8}") || Integer.parseInt(name) >= list.size()) {
                    return "'" + here + "' is a list of " + list.size() + ", which has no '" + name + "'";
                }
                at = list.get(Integer.parseInt(name));
            } else if (at instanceof Map<?, ?> object) {
                at = object.get(name);
            } else if (at != null) {
                return "'" + here + "' is a value, which has no fields";
            }
            here = Pointers.member(here, name);
        }
        return null;
    }

    /** Puts a value there. What it is in is copied, and nothing else. */
    void put(Map<String, @Nullable Object> settings, @Nullable Object value) {
        settings.put(names.get(0), replaced(settings.get(names.get(0)), 1, value));
    }

    private @Nullable Object replaced(@Nullable Object old, int level, @Nullable Object value) {
        if (level == names.size()) {
            return value;
        }
        String name = names.get(level);
        if (old instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list);
            int i = Integer.parseInt(name);
            copy.set(i, replaced(copy.get(i), level + 1, value));
            return copy;
        }
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        if (old instanceof Map<?, ?> object) {
            object.forEach((key, member) -> copy.put(String.valueOf(key), member));
        }
        copy.put(name, replaced(copy.get(name), level + 1, value));
        return copy;
    }
}
