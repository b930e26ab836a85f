package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which files each capture made on the real server, and which the sandbox makes. */
final class RecordedFiles {
    private static final Pattern TIMESTAMP = Pattern.compile("20\\d{12}");
    private static final String DAY = "outputs/txt2img-images/DAY/";
    private static final String GRIDS = "outputs/txt2img-grids/DAY/";

    /** What the notes of the captures say, where there is no list. */
    private static final Map<String, Set<String>> NOTED = Map.ofEntries(
            Map.entry("030", Set.of(DAY + "00000-1234.png")),
            Map.entry("031", Set.of(DAY + "myjob-123-1234.png")),
            Map.entry("033", Set.of(DAY + "myjob-123-1234.png")),
            Map.entry("034", Set.of(DAY + "myjob-124-1234.png")),
            Map.entry("036", Set.of(DAY + "myjob-125-1234.png")),
            Map.entry("037", Set.of(DAY + "00001-1234.png")),
            Map.entry("403", Set.of(DAY + "00029-500.png")),
            Map.entry("412", Set.of()),
            Map.entry("414", Set.of(DAY + "00030-700.png", GRIDS + "grid-0003.png")),
            Map.entry("416", Set.of(DAY + "00031-801.png", GRIDS + "grid-0004.png")),
            Map.entry("420", Set.of(DAY + "00032-900.png")),
            Map.entry("421", Set.of(DAY + "00033-901.png")),
            Map.entry("422", Set.of(DAY + "00034-902.png")),
            Map.entry("620", Set.of(DAY + "00000-1234.png")),
            Map.entry("622", Set.of(DAY + "00001-1234.png")),
            Map.entry("623", Set.of(DAY + "00000-1234.png")),
            Map.entry("624", Set.of(DAY + "00001-1234.png")),
            Map.entry("626", Set.of(DAY + "00000-1234.png")),
            Map.entry("704", Set.of(DAY + "myjob-123-1234.png")),
            Map.entry("705", Set.of(DAY + "myjob-123-1234.png")));

    private final Map<String, Set<String>> expected = new HashMap<>();
    private long recordedTime;
    private long time;

    RecordedFiles() {
        for (JsonNode entry : Capture.report("report-stamping")) {
            add(entry.get("slug").asText(), entry);
        }
        Capture.report("report-generation").properties().forEach(entry -> add(entry.getKey(), entry.getValue()));
    }

    /** The files written for a capture, by their paths below the data folder; null if that is not known. */
    @Nullable
    Set<String> expected(Capture capture) {
        JsonNode request = capture.request();
        boolean saves = request.path("body").path("save_images").asBoolean();
        Set<String> noted = NOTED.get(capture.number());
        if (capture.name().startsWith("555")) {
            recordedTime = Long.parseLong(capture.response()
                    .get("body")
                    .get("info")
                    .asText()
                    .replaceAll("(?s).*job_timestamp\": \"(\\d+).*", "$1"));
        }
        if (noted != null) {
            return noted;
        }
        Set<String> listed = expected.get(capture.name());
        if (listed != null) {
            return normalised(listed, recordedTime);
        }
        return saves ? null : Set.of();
    }

    /** The same of the sandbox. */
    Set<String> actual(Capture capture, Map<String, FileTime> before, Map<String, FileTime> after, String timestamp) {
        if (capture.name().startsWith("555")) {
            time = Long.parseLong(timestamp);
        }
        var written = new TreeSet<String>();
        after.forEach((path, when) -> {
            if (!when.equals(before.get(path))) {
                written.add(path);
            }
        });
        return normalised(written, time);
    }

    static Map<String, FileTime> snapshot(Path dataFolder) throws IOException {
        var files = new TreeMap<String, FileTime>();
        try (Stream<Path> all = Files.walk(dataFolder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String path = dataFolder.relativize(file).toString();
                if (!path.equals("config.json") && !path.equals("params.txt")) {
                    files.put(path, Files.getLastModifiedTime(file));
                }
            }
        }
        return files;
    }

    private void add(String name, JsonNode entry) {
        var files = new TreeSet<String>();
        entry.path("new_files").forEach(file -> files.add(cut(file.asText())));
        entry.path("overwritten").forEach(file -> files.add(cut(file.asText())));
        expected.put(name, files);
    }

    /** The server's folder had a path that was eight characters shorter, which names as long as can be still show. */
    private static String cut(String path) {
        return path.contains("a".repeat(100)) ? path.replaceFirst("a{8}", "") : path;
    }

    /** Days, numbers that count on from a year or from a time, and hashes of pixels are what they are today. */
    private static Set<String> normalised(Set<String> paths, long base) {
        var normalised = new TreeSet<String>();
        for (String path : paths) {
            String nextYear =
                    String.valueOf(LocalDate.now(ZoneId.systemDefault()).getYear() + 1);
            normalised.add(TIMESTAMP
                    .matcher(path.replaceAll("20\\d\\d-\\d\\d-\\d\\d", "DAY")
                            .replaceAll("/0(2027|" + nextYear + ")-", "/0YEAR-")
                            .replaceAll("myjob-[0-9a-f]{12}\\.png", "myjob-HASH.png"))
                    .replaceAll(number -> "T+" + (Long.parseLong(number.group()) - base)));
        }
        return normalised;
    }
}
