package darkroom.webui;

import darkroom.job.Save;
import darkroom.job.Task;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Marks one request, so that the files which the WebUI saves for it can be told from all others: its answer names none
 * (webui-api, section 3.5). A folder of its own keeps numbers and names of other requests away; the word is in the file
 * names as well.
 *
 * @param word letters, digits and hyphens; a pattern has no tokens for them and a file system no objections
 */
public record Stamp(String word) {
    /** The folder, in each of the WebUI's output folders, that holds one for each stamp. */
    private static final String FOLDER = "darkroom";

    private static final int LONGEST_NAME = 28;
    private static final String OVERRIDES = "override_settings";
    private static final String ENDING = "\\.(?:png|jpg|jpeg|webp)";
    private static final Pattern GRID = Pattern.compile("grid-(\\d{1,9})(?:-.*)?" + ENDING);

    /** The options that a stamp sets for a request. */
    public static final List<String> OPTIONS = List.of(
            "samples_save",
            "export_for_4chan",
            "directories_filename_pattern",
            "samples_filename_pattern",
            "save_to_dirs",
            "grid_save_to_dirs",
            "save_images_add_number",
            "save_images_replace_action",
            "grid_extended_filename");

    /** How a grid is called whose number is the first one and all of its name. */
    static final String GRID_NAME = "grid-0000";

    /** A new one for a try of a task; another try gets another, as the WebUI may still be busy with the first. */
    public static Stamp of(Task task, RandomGenerator random) {
        String name = task.id().replaceAll("[^A-Za-z0-9]+", "-").replaceAll("^-|-$", "");
        String end = name.substring(Math.max(0, name.length() - LONGEST_NAME)).replaceAll("^-", "");
        return new Stamp(end + "-" + String.format("%08x", random.nextInt()));
    }

    /** The folder of its files, below each of the WebUI's output folders. */
    public String path() {
        return FOLDER + "/" + word;
    }

    /**
     * The task as it is sent.
     *
     * @param save which way its pictures take; {@link Save#BOTH} sends them with the answer, too, and with {@link
     *     Save#DOWNLOAD} names follow from seeds: {@link #name}
     */
    public Task on(Task task, Save save) {
        Map<String, @Nullable Object> overrides = new LinkedHashMap<>();
        overrides.put("export_for_4chan", false); // a smaller copy of large pictures; the request may ask for it
        overrides.putAll(overrides(task));
        overrides.put("directories_filename_pattern", path());
        // a number in front keeps pictures of equal seeds apart; behind the seed a token that means nothing for a
        // single picture vanishes together with its underscore (captures 510, 511)
        overrides.put("samples_filename_pattern", word + "_[seed]_[generation_number]");
        overrides.put("samples_save", true);
        overrides.put("save_to_dirs", true);
        overrides.put("grid_save_to_dirs", true);
        overrides.put("save_images_add_number", save != Save.DOWNLOAD);
        if (save == Save.DOWNLOAD) {
            overrides.put("grid_extended_filename", false);
        }
        overrides.put("save_images_replace_action", "Add number suffix");
        Map<String, @Nullable Object> settings = new LinkedHashMap<>(task.settings());
        settings.put("save_images", true);
        settings.put("send_images", save == Save.BOTH);
        settings.put(OVERRIDES, overrides);
        return task.withSettings(settings);
    }

    /** The options that a task overrides itself; empty if none. */
    static Map<String, @Nullable Object> overrides(Task task) {
        Map<String, @Nullable Object> overrides = new LinkedHashMap<>();
        if (task.settings().get(OVERRIDES) instanceof Map<?, ?> own) {
            own.forEach((name, value) -> overrides.put(String.valueOf(name), value));
        }
        return overrides;
    }

    /**
     * The name of a picture that was saved without a number in front, without its ending.
     *
     * @param number its place among all of the request, from 1
     * @param planned how many they are
     */
    String name(BigInteger seed, int number, int planned) {
        return word + "_" + seed + (planned > 1 ? "_" + number : "");
    }

    /** What a saved file is, by its name. */
    enum Kind {
        PICTURE,
        GRID,
        /** The same picture before something was done to it, a mask, a smaller copy. */
        EXTRA
    }

    /**
     * A file with this stamp.
     *
     * @param path where it is
     * @param kind what it is
     * @param number the number in front of its name: the order in which files were saved
     * @param seed the seed in its name; empty for a grid
     */
    record Saved(Path path, Kind kind, int number, String seed) {}

    /** What a file in a folder of this stamp is; empty if it is not a picture of it. */
    Optional<Saved> read(Path file) {
        String name = String.valueOf(file.getFileName());
        Matcher grid = GRID.matcher(name);
        if (grid.matches()) {
            return Optional.of(new Saved(file, Kind.GRID, Integer.parseInt(grid.group(1)), ""));
        }
        Matcher saved = Pattern.compile("(\\d{1,9})-" + Pattern.quote(word) + "_(-?\\d+)(?:_\\d+)?(-[^.]*)?" + ENDING)
                .matcher(name);
        return saved.matches()
                ? Optional.of(new Saved(
                        file,
                        saved.group(3) == null ? Kind.PICTURE : Kind.EXTRA,
                        Integer.parseInt(saved.group(1)),
                        saved.group(2)))
                : Optional.empty();
    }
}
