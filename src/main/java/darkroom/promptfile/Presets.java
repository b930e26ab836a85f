package darkroom.promptfile;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The presets of an installation: files in the format of the prompt file, or in YAML, in one folder. Their names are those
 * of the files without the ending; what is not in the folder's listing is not one.
 *
 * @param folder where they are; it may be missing
 * @param settle how long a preset, or a file with a lane's defaults, must have been still
 */
public record Presets(Path folder, Duration settle) {
    private static final Pattern FILE = Pattern.compile("([^.].*)[.](json|yaml|yml)");

    /**
     * All their names.
     *
     * @throws IOException if the folder is there and can't be read
     */
    public List<String> names() throws IOException {
        return List.copyOf(files().keySet());
    }

    /**
     * All files by the name of their preset. Links are followed: a configuration that is mounted may be full of them.
     *
     * @throws IOException if the folder is there and can't be read
     */
    Map<String, List<Path>> files() throws IOException {
        Map<String, List<Path>> files = new TreeMap<>();
        try (DirectoryStream<Path> listing = Files.newDirectoryStream(folder)) {
            for (Path file : listing) {
                Matcher name = FILE.matcher(file.getFileName().toString());
                if (name.matches() && Files.isRegularFile(file)) {
                    files.computeIfAbsent(name.group(1), key -> new ArrayList<>())
                            .add(file);
                }
            }
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return files;
    }
}
