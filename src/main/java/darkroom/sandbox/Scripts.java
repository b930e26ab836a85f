package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The scripts that requests may name (captures 121, 316-318). Only one of them does something. */
final class Scripts {
    private final JsonNode info;
    private final JsonNode names;

    Scripts(JsonNode info, JsonNode names) {
        this.info = info;
        this.names = names;
    }

    /** Whether a selectable script is asked for. An unknown one is 422, one that the sandbox can't run 500. */
    boolean isSelected(@Nullable String name, boolean img2img) {
        if (name == null) {
            return false;
        }
        JsonNode script = find(name, img2img);
        if (script == null || script.path("is_alwayson").asBoolean()) {
            throw unknown(name);
        }
        if (!name.toLowerCase(Locale.ROOT).equals(PromptMatrix.NAME)) {
            throw ApiError.python("NotImplementedError", "the sandbox WebUI does not run script '" + name + "'");
        }
        return true;
    }

    /** Refuses what may not stand in {@code alwayson_scripts}; what it asks of a script is not imitated. */
    void checkAlwaysOn(JsonNode alwaysOn, boolean img2img) {
        alwaysOn.properties().forEach(entry -> {
            String name = entry.getKey();
            JsonNode script = find(name, img2img);
            if (script == null && !isListed(name, img2img)) {
                throw unknown(name);
            }
            if (script != null && !script.path("is_alwayson").asBoolean()) {
                throw ApiError.http(422, "Cannot have a selectable script in the always on scripts params");
            }
            if (entry.getValue().isNull()
                    || entry.getValue().isNumber()
                    || entry.getValue().isBoolean()) {
                throw ApiError.python("TypeError", "argument of type 'NoneType' is not iterable");
            }
        });
    }

    private @Nullable JsonNode find(String name, boolean img2img) {
        for (JsonNode script : info) {
            if (script.path("name").asText().equalsIgnoreCase(name)
                    && script.path("is_img2img").asBoolean() == img2img) {
                return script;
            }
        }
        return null;
    }

    /** Some scripts are listed but say nothing about themselves. */
    private boolean isListed(String name, boolean img2img) {
        for (JsonNode listed : names.path(img2img ? "img2img" : "txt2img")) {
            if (listed.asText().equalsIgnoreCase(name)) {
                return true;
            }
        }
        return name.equalsIgnoreCase("comments");
    }

    private static ApiError unknown(String name) {
        return ApiError.http(422, "Script '" + name + "' not found");
    }
}
