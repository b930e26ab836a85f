package darkroom.job;

/**
 * A file that a job was accepted with: of defaults, or of words for the templates of its prompts.
 *
 * @param kind what it is for
 * @param name of the preset, of the lane, or of the wildcards; empty for the drop folder itself
 * @param file where it is: relative to the folder of presets or wildcards, or to the drop folder
 * @param sha256 SHA-256 of the file, in lower-case hex
 */
public record DefaultsFile(Kind kind, String name, String file, String sha256) {
    /** What a file of defaults is for. */
    public enum Kind {
        /** For the jobs that name it. */
        PRESET,
        /** For the jobs of a folder. */
        LANE,
        /** Words for the templates of prompts. */
        WILDCARD
    }

    /** As a person would call it, for example {@code preset poster}. */
    public String words() {
        return switch (kind) {
            case PRESET -> "preset " + name;
            case WILDCARD -> "wildcard " + name;
            case LANE -> name.isEmpty() ? "the drop folder" : "lane " + name;
        };
    }
}
