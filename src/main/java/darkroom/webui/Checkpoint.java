package darkroom.webui;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A checkpoint that a WebUI has (webui-api, section 5.3; {@code GET /sdapi/v1/sd-models}).
 *
 * @param title for example {@code model.safetensors [c22434f954]}
 * @param modelName for example {@code model}
 * @param hash the short hash, or empty while it is not known
 * @param sha256 the whole hash, or empty
 * @param fileName the path on the WebUI's own disk
 */
public record Checkpoint(String title, String modelName, String hash, String sha256, String fileName) {

    /** Reads the list that the WebUI gives. */
    public static List<Checkpoint> list(JsonNode models) {
        List<Checkpoint> list = new ArrayList<>();
        for (JsonNode model : models) {
            list.add(new Checkpoint(
                    model.path("title").asText(""),
                    model.path("model_name").asText(""),
                    model.path("hash").isTextual() ? model.path("hash").asText() : "",
                    model.path("sha256").isTextual() ? model.path("sha256").asText() : "",
                    model.path("filename").asText("")));
        }
        return list;
    }

    /** Whether the WebUI takes {@code wish} for this checkpoint; it compares exactly. */
    boolean answersTo(String wish) {
        String file = fileName.substring(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
        String bare = withoutHash(title);
        return Stream.of(title, modelName, hash, sha256, file, stem(file), bare, stem(bare), bare + " [" + hash + "]")
                .anyMatch(alias -> !alias.isEmpty() && alias.equals(wish));
    }

    /** Whether an answer that reports this name or hash was made with it. */
    boolean made(String name, String reportedHash) {
        boolean sameHash = !hash.isEmpty() && !reportedHash.isEmpty() && sameHash(hash, reportedHash);
        return sameHash || sameName(stem(lastPart(fileName)), name) || sameName(modelName, name);
    }

    /** Whether a wish, taken by itself, names what an answer reports: by hash if it has one, else by name. */
    static boolean agrees(String wish, String name, String reportedHash) {
        String hash = hashIn(wish);
        if (!hash.isEmpty() && !reportedHash.isEmpty()) {
            return sameHash(hash, reportedHash);
        }
        return sameName(stem(lastPart(withoutHash(wish))), name)
                || sameName(stem(withoutHash(wish)).replaceAll("[/\\\\]", "_"), name);
    }

    private static boolean sameName(String one, String other) {
        return !one.isEmpty() && one.equalsIgnoreCase(other);
    }

    private static boolean sameHash(String one, String other) {
        int length = Math.min(one.length(), other.length());
        return length >= 8 && one.regionMatches(true, 0, other, 0, length);
    }

    private static String hashIn(String wish) {
        String lower = wish.strip().toLowerCase(Locale.ROOT);
        if (lower.matches("[0-9a-f]{10}|[0-9a-f]{64}")) {
            return lower;
        }
        return lower.matches(".*\\[[0-9a-f]{10,64}]")
                ? lower.substring(lower.lastIndexOf('[') + 1, lower.length() - 1)
                : "";
    }

    private static String withoutHash(String wish) {
        return wish.replaceFirst("\\s*\\[[0-9A-Fa-f]+]\\s*$", "").strip();
    }

    private static String lastPart(String path) {
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }

    private static String stem(String file) {
        return file.replaceFirst("\\.(safetensors|ckpt|pth?|gguf|sft)$", "");
    }
}
