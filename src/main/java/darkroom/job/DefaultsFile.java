package darkroom.job;

/**
 * A file whose defaults a job was accepted with.
 *
 * @param kind what it is for
 * @param name of the preset, or of the lane; empty for the drop folder itself
 * @param file where it is: relative to the folder of presets, or to the drop folder
 * @param sha256 SHA-256 of the file, in lower-case hex
 */
public record DefaultsFile(Kind kind, String name, String file, String sha256) {
    /** What a file of defaults is for. */
    public enum Kind {
        /** For the jobs that name it. */
        PRESET,
        /** For the jobs of a folder. */
        LANE
    }

    /** As a person would call it, for example {@code preset poster}. */
    public String words() {
        return kind == Kind.PRESET ? "preset " + name : name.isEmpty() ? "the drop folder" : "lane " + name;
    }
}
