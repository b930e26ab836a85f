package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * One request to a real WebUI and its answer, as recorded.
 *
 * @param name of its file, e.g. {@code 031-leak-override}
 * @param note what is remarkable about it
 */
record Capture(String name, String note, JsonNode request, JsonNode response) {

    /** All of them, in the order in which they were recorded. */
    static List<Capture> all() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(Capture::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Capture named(String name) {
        return read(folder().resolve(name + ".json"));
    }

    /** What was noted down beside the captures, e.g. which files appeared. */
    static JsonNode report(String name) {
        return json(folder().resolve("reports").resolve(name + ".json"));
    }

    String number() {
        return name.substring(0, name.indexOf('-'));
    }

    private static Capture read(Path file) {
        JsonNode capture = json(file);
        String fileName = file.getFileName().toString();
        return new Capture(
                fileName.substring(0, fileName.length() - ".json".length()),
                capture.path("note").asText(),
                capture.get("request"),
                capture.get("response"));
    }

    private static JsonNode json(Path file) {
        try {
            return Json.MAPPER.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder() {
        try {
            return Path.of(Capture.class.getResource("/captures").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
