package darkroom.webui;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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

    /** It is a path, and a hash. */
    private static final int LONGEST_TITLE = 5000;

    /** Reads the list that the WebUI gives. */
    public static List<Checkpoint> list(JsonNode models) {
        List<Checkpoint> list = new ArrayList<>();
        for (JsonNode model : models) {
            String title = model.path("title").asText("");
            if (!title.isEmpty() && title.length() < LONGEST_TITLE) {
                list.add(new Checkpoint(
                        title,
                        model.path("model_name").asText(""),
                        model.path("hash").isTextual() ? model.path("hash").asText() : "",
                        model.path("sha256").isTextual() ? model.path("sha256").asText() : "",
                        model.path("filename").asText("")));
            }
        }
        return list;
    }

    /** The one that the WebUI takes a wish for; empty if it has none of that name. */
    public static Optional<Checkpoint> meant(String wish, List<Checkpoint> checkpoints) {
        return checkpoints.stream().filter(one -> one.answersTo(wish)).findFirst();
    }

    /** Whether two names mean the same; one has many, and its title changes when its hash becomes known. */
    public static boolean isSame(String one, String other, List<Checkpoint> checkpoints) {
        return one.equals(other) || checkpoints.stream().anyMatch(each -> each.answersTo(one) && each.answersTo(other));
    }

    /** What an answer says about a wish, taken by itself. */
    enum Verdict {
        /** It was made with the checkpoint that is wished for. */
        SAME,
        /** It was made with another one. */
        OTHER,
        /** Probably the same; but A1111 passes over a name that is not exactly one of those it knows. */
        LIKELY,
        /** Names and hashes can't be compared. */
        UNKNOWN
    }

    /**
     * Whether the WebUI takes {@code wish} for this checkpoint; it compares exactly. Only the hash of eight digits that may
     * stand behind a name is passed over: no list has it.
     */
    boolean answersTo(String wish) {
        if (wish.length() >= LONGEST_TITLE) {
            return false;
        }
        String wished = wish.replaceFirst("\\s*\\[[0-9a-f]{8}]$", "");
        String path = withoutHash(title); // from the folder of models on
        String name = stem(lastPart(path));
        String file = path.equals(stem(path)) ? path + ending(fileName) : path; // SD.Next's titles have no ending
        return Stream.of(title, path, file, modelName, name, hash, sha256, path + marked(hash), name + marked(hash))
                .anyMatch(alias -> !alias.isEmpty() && alias.equals(wished));
    }

    /**
     * Whether the WebUI might take {@code wish} for this checkpoint, as far as its list tells: the hash of eight digits is
     * on no list, and another one appears on it when the checkpoint is loaded for the first time.
     */
    boolean mayAnswerTo(String wish) {
        boolean hashMayCome =
                hash.isEmpty() && sha256.isEmpty() && !hashIn(wish).isEmpty();
        return answersTo(wish) || wish.matches("[0-9a-f]{8}") || hashMayCome;
    }

    /** Whether {@code wish} is a part of the title, which is enough for a refiner or a second pass. */
    boolean isLike(String wish) {
        return title.contains(wish) || title.contains(withoutHash(wish));
    }

    /** Whether an answer that reports this name or hash was made with it. */
    boolean made(String name, String reportedHash) {
        if (!hash.isEmpty() && !reportedHash.isEmpty()) {
            return sameHash(hash, reportedHash);
        }
        return !name.isEmpty() && (name.equals(stem(lastPart(fileName))) || name.equals(modelName));
    }

    /**
     * Holds a wish against what an answer reports. Equal hashes are proof, and so is a name that needs no more than itself
     * to be found; the hash of eight digits that older versions used is another one, and can't be compared.
     */
    static Verdict verdict(String wish, String name, String reportedHash) {
        String hash = hashIn(wish);
        if (!hash.isEmpty() && !reportedHash.isEmpty()) {
            return sameHash(hash, reportedHash) ? Verdict.SAME : Verdict.OTHER;
        }
        if (wish.equals(name)) {
            return Verdict.SAME;
        }
        String named = withoutHash(wish);
        if (name.isEmpty() || named.isEmpty() || isHash(wish)) {
            return Verdict.UNKNOWN;
        }
        String flat = stem(named).replaceAll("[/\\\\]", "_").toLowerCase(Locale.ROOT); // the name of one in a folder
        String reported = name.toLowerCase(Locale.ROOT);
        boolean alike = flat.equals(reported) || flat.endsWith("_" + reported);
        return alike ? Verdict.LIKELY : Verdict.OTHER;
    }

    /** A wish without the hash and the ending that it may have: most ways to name one checkpoint are the same then. */
    public static String plain(String wish) {
        return stem(withoutHash(wish.strip()));
    }

    private static boolean sameHash(String one, String other) {
        int length = Math.min(one.length(), other.length());
        return length >= 8 && one.regionMatches(true, 0, other, 0, length);
    }

    /** The beginning of a SHA-256 in a wish, or empty. */
    private static String hashIn(String wish) {
        if (wish.matches("[0-9a-f]{10}|[0-9a-f]{64}")) {
            return wish;
        }
        return wish.matches("(?s).*\\[[0-9a-f]{10,64}]")
                ? wish.substring(wish.lastIndexOf('[') + 1, wish.length() - 1)
                : "";
    }

    private static boolean isHash(String wish) {
        return wish.matches("[0-9a-f]{8}|[0-9a-f]{10}|[0-9a-f]{64}");
    }

    private static String withoutHash(String title) {
        return title.replaceFirst("\\s*\\[[0-9A-Fa-f]+]$", "");
    }

    private static String marked(String hash) {
        return hash.isEmpty() ? "" : " [" + hash + "]";
    }

    private static String lastPart(String path) {
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }

    private static String ending(String file) {
        return file.substring(stem(file).length());
    }

    private static String stem(String file) {
        return file.replaceFirst("\\.(safetensors|ckpt|pth?|gguf|sft)$", "");
    }
}
