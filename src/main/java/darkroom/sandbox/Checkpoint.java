package darkroom.sandbox;

import java.nio.charset.StandardCharsets;

/**
 * A model file that the sandbox pretends to have, e.g. {@code dawn.safetensors}.
 *
 * @param fileName with its extension, relative to the model folder; unique
 * @param sha256 64 lower-case hex digits; the first 10 are the short hash that titles, {@code info} and infotexts show
 */
public record Checkpoint(String fileName, String sha256) {
    public Checkpoint {
        if (!fileName.matches("[^/\\\\]+\\.[a-z]+")) {
            throw new IllegalArgumentException("'" + fileName + "' is not a file name with an extension");
        }
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("'" + sha256 + "' is not a sha256 in lower-case hex");
        }
    }

    /** A checkpoint whose hash follows from its name, so that it is the same in every run. */
    public static Checkpoint named(String fileName) {
        return new Checkpoint(fileName, Hashes.sha256(fileName.getBytes(StandardCharsets.UTF_8)));
    }

    /** The name as {@code info.sd_model_name} and infotexts have it: without extension. */
    public String name() {
        return fileName.substring(0, fileName.lastIndexOf('.'));
    }

    /** The first ten digits of the hash. */
    public String shortHash() {
        return sha256.substring(0, 10);
    }
}
