package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The WebUI's settings, and who may change which (captures 002, 360-367, 620-628).
 *
 * <p>What is known only by its default is not in the dictionary. That shows in three places: a restore after a job passes
 * such keys over, so that the first override of one leaks (captures 030-037); whole numbers are answered as {@code 1}
 * until they are set, then as {@code 1.0}; and {@code config.json} holds the dictionary only.
 */
final class Options {
    private static final Set<String> NOT_BY_API =
            Set.of("api_enable_requests", "api_forbid_local_requests", "api_useragent");

    /** What {@code --hide-ui-dir-config} hides. */
    private static final Set<String> HIDDEN = Set.of(
            "samples_filename_pattern",
            "save_images_add_number",
            "save_images_replace_action",
            "grid_zip_filename_pattern",
            "directories_filename_pattern",
            "directories_max_prompt_words",
            "outdir_samples",
            "outdir_txt2img_samples",
            "outdir_img2img_samples",
            "outdir_extras_samples",
            "outdir_grids",
            "outdir_txt2img_grids",
            "outdir_img2img_grids",
            "outdir_save",
            "outdir_init_images",
            "temp_dir",
            "clean_temp_dir_at_start");

    private final Map<String, JsonNode> defaults = new LinkedHashMap<>();
    private final Map<String, JsonNode> dictionary = new LinkedHashMap<>();
    private final ObjectNode infotextNames;
    private final ObjectNode extensions;
    private final SandboxSettings settings;
    private final Path config;

    Options(SandboxSettings settings, Path config) {
        this.settings = settings;
        this.config = config;
        ObjectNode known = Json.resource("options.json");
        infotextNames = known.withObject("infotext");
        extensions = known.withObject("extensions");
        known.withObject("defaults")
                .properties()
                .forEach(option -> defaults.put(option.getKey(), here(option.getValue())));
        load();
        // Extensions put theirs into the dictionary when they register them: these never leak.
        extensions.properties().forEach(option -> dictionary.putIfAbsent(option.getKey(), option.getValue()));
    }

    synchronized JsonNode get(String key) {
        JsonNode value = dictionary.get(key);
        return value != null ? value : defaults.getOrDefault(key, NullNode.getInstance());
    }

    String text(String key) {
        return get(key).asText();
    }

    /** Whether Python would take the value for true. */
    boolean flag(String key) {
        JsonNode value = get(key);
        if (value.isTextual() || value.isContainerNode()) {
            return !value.asText().isEmpty() || !value.isEmpty();
        }
        return value.asBoolean() || value.asDouble() != 0;
    }

    double number(String key) {
        return get(key).asDouble(
                        defaults.getOrDefault(key, NullNode.getInstance()).asDouble());
    }

    /** Whether the key is in the dictionary, rather than known by its default only. */
    synchronized boolean isSet(String key) {
        return dictionary.containsKey(key);
    }

    /** Which option an infotext sets with which label, e.g. {@code Clip skip}. */
    ObjectNode infotextNames() {
        return infotextNames;
    }

    /** Changes an option as an API request does: what may not be changed stays, without a word; unknown is a KeyError. */
    synchronized void set(String key, JsonNode value) {
        JsonNode old = dictionary.getOrDefault(key, NullNode.getInstance());
        if (same(old, value)) {
            return;
        }
        if (!defaults.containsKey(key) && !extensions.has(key)) {
            throw ApiError.python("KeyError", ServerPaths.repr(key));
        }
        if (key.endsWith("_explanation") || NOT_BY_API.contains(key)) {
            return;
        }
        if (!settings.freezeSettings() && isHidden(key)) {
            return;
        }
        put(key, value);
    }

    /** The values of those of the keys that are in the dictionary: what a restore will bring back. */
    synchronized Map<String, JsonNode> remember(Iterable<String> keys) {
        var remembered = new LinkedHashMap<String, JsonNode>();
        for (String key : keys) {
            JsonNode value = dictionary.get(key);
            if (value != null) {
                remembered.put(key, value);
            }
        }
        return remembered;
    }

    /** Brings back what {@link #remember} found; unlike {@link #set} this fails where a change is forbidden (capture 623). */
    synchronized void restore(Map<String, JsonNode> remembered) {
        remembered.forEach((key, value) -> {
            if (!settings.freezeSettings() && isHidden(key)) {
                throw ApiError.python(
                        "RuntimeError", "not possible to set " + ServerPaths.repr(key) + " because it is restricted");
            }
            put(key, value);
        });
    }

    /** Written by the server itself, past all rules: which checkpoint is loaded. */
    synchronized void note(String key, String value) {
        dictionary.put(key, TextNode.valueOf(value));
    }

    /** The answer of GET: every option, in order, of the type of its default. */
    synchronized ObjectNode answer() {
        ObjectNode answer = Json.object();
        defaults.forEach((key, value) -> answer.set(key, answered(key, value)));
        if (settings.ui()) {
            extensions
                    .properties()
                    .forEach(option -> answer.set(option.getKey(), answered(option.getKey(), option.getValue())));
        }
        return answer;
    }

    /** Writes the dictionary, with the overrides of a job that is running, into {@code config.json}. */
    synchronized void save() {
        if (settings.freezeSettings()) {
            throw ApiError.python("AssertionError", "saving settings is disabled");
        }
        try {
            Json.MAPPER.writerWithDefaultPrettyPrinter().writeValue(config.toFile(), dictionary);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void put(String key, JsonNode value) {
        if (settings.freezeSettings()) {
            throw ApiError.python("AssertionError", "changing settings is disabled");
        }
        dictionary.put(key, value);
    }

    private boolean isHidden(String key) {
        return settings.hideUiDirConfig() && HIDDEN.contains(key);
    }

    private JsonNode answered(String key, JsonNode defaultValue) {
        JsonNode value = dictionary.get(key);
        if (value == null || value.isNull() || defaultValue.isNull()) {
            return value == null ? defaultValue : value;
        }
        FieldType type = defaultValue.isNumber()
                ? FieldType.NUMBER
                : defaultValue.isTextual()
                        ? FieldType.STRING
                        : defaultValue.isBoolean() ? FieldType.BOOLEAN : FieldType.ARRAY;
        JsonNode coerced = type.coerce(value);
        if (coerced == null) {
            String problem = type.message() + " (type=" + type.errorType() + ")";
            throw ApiError.python(
                    "ValidationError", "1 validation error for Options\nresponse -> " + key + "\n  " + problem);
        }
        return coerced;
    }

    private void load() {
        if (Files.exists(config)) {
            try {
                Json.MAPPER
                        .readTree(config.toFile())
                        .properties()
                        .forEach(option -> dictionary.put(option.getKey(), option.getValue()));
            } catch (IOException e) {
                throw new UncheckedIOException("config.json can't be read", e);
            }
        }
    }

    /** The recorded defaults name the folder of the server they were recorded from. */
    private JsonNode here(JsonNode value) {
        String recorded = "/stable-diffusion-webui/";
        return value.asText().startsWith(recorded)
                ? TextNode.valueOf(value.asText().replace(recorded, settings.serverRoot() + "/"))
                : value;
    }

    /** Python's equality: 1 equals 1.0. */
    static boolean same(JsonNode a, JsonNode b) {
        boolean numbers = a.isNumber() && b.isNumber();
        return numbers ? a.doubleValue() == b.doubleValue() : a.equals(b);
    }
}
