package darkroom.webui;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import darkroom.job.Problem;
import darkroom.job.Suggestion;
import darkroom.job.Task;
import darkroom.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a task names that its WebUI has to have, and would leave out without a word: prompt styles and LoRAs (webui-api,
 * section 5.4; captures 330 and 332).
 */
public final class Named {
    private static final Pattern LORA = Pattern.compile("<lora:([^:>]+)[^>]*>");
    private static final List<String> PROMPTS = List.of("prompt", "negative_prompt", "hr_prompt", "hr_negative_prompt");

    private final Map<Check, Set<String>> names = new LinkedHashMap<>();

    private Named(Task task) {
        Map<String, @Nullable Object> settings = task.settings();
        if (settings.get("styles") instanceof List<?> styles) {
            styles.forEach(style -> add(Check.STYLE, String.valueOf(style)));
        }
        if (!Boolean.TRUE.equals(settings.get("disable_extra_networks"))) {
            for (String prompt : PROMPTS) {
                Matcher lora = LORA.matcher(String.valueOf(settings.get(prompt)));
                while (lora.find()) {
                    add(Check.LORA, lora.group(1));
                }
            }
        }
    }

    private void add(Check what, String name) {
        if (!name.isBlank()) {
            names.computeIfAbsent(what, key -> new LinkedHashSet<>()).add(name);
        }
    }

    /** What a task names, by what it is. */
    public static Map<Check, Set<String>> in(Task task) {
        return Collections.unmodifiableMap(new Named(task).names);
    }

    /** Where the WebUI lists what it has. */
    public static String list(Check what) {
        return switch (what) {
            case STYLE -> "/sdapi/v1/prompt-styles";
            case LORA -> "/sdapi/v1/loras";
            default -> throw new IllegalArgumentException("there is no list for " + what);
        };
    }

    @JsonIgnoreProperties(ignoreUnknown = true) // the metadata of a LoRA may be very long
    private record Entry(@Nullable String name, @Nullable String alias) {}

    /** Reads such a list: all names by which something may be called. */
    public static Set<String> read(InputStream list) throws IOException {
        Set<String> known = new TreeSet<>();
        for (Entry entry : Json.mapper().readValue(list, Entry[].class)) {
            if (entry.name != null) {
                known.add(entry.name);
            }
            if (entry.alias != null) {
                known.add(entry.alias);
            }
        }
        return known;
    }

    /** The names that are not known, as problems. */
    public static List<Problem> missing(Check what, Set<String> named, Set<String> known) {
        List<Problem> missing = new ArrayList<>();
        for (String name : named) {
            if (!known.contains(name)) {
                missing.add(Problem.of(
                        what.code(),
                        "the WebUI has no " + what.word() + " '" + name + "', and would leave it out without a word",
                        Suggestion.of(name, known) + "; or let it pass with " + what.property() + "=warn"));
            }
        }
        return missing;
    }
}
