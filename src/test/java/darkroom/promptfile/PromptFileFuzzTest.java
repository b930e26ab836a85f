package darkroom.promptfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import darkroom.Said;
import darkroom.files.Disk;
import darkroom.job.ProblemException;
import darkroom.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Prompt files that somebody made up.
 *
 * <pre>
 * root/drop/a.json         the prompt file, or a.yaml
 * root/drop/sketch.png     beside it
 * root/presets/plain.json
 * root/secret.png          not for it
 * root/staging/            where its attachments go
 * </pre>
 */
final class PromptFileFuzzTest {
    private static final int MANY = 20;
    private static final String PIXEL =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    private static @Nullable Path made;

    @FuzzTest(maxDuration = "4m")
    void json(byte[] bytes) throws IOException {
        read("a.json", bytes);
    }

    @FuzzTest(maxDuration = "4m")
    void yaml(byte[] bytes) throws IOException {
        read("a.yaml", bytes);
    }

    @FuzzTest(maxDuration = "4m")
    void lines(byte[] bytes) throws IOException {
        read("a.jsonl", bytes);
    }

    @FuzzTest(maxDuration = "4m")
    void table(byte[] bytes) throws IOException {
        read("a.csv", bytes);
    }

    @FuzzTest(maxDuration = "4m")
    void text(byte[] bytes) throws IOException {
        read("a.txt", bytes);
    }

    /** It is refused with a reason, or understood, and understood the same when it is written down and read again. */
    private static void read(String name, byte[] bytes) throws IOException {
        Path root = root();
        Path file = Files.write(root.resolve("drop").resolve(name), bytes);
        List<Path> before = outside(root);
        try {
            for (PromptFile read : read(root, file)) {
                if (read.attachments().isEmpty()) {
                    byte[] again = Json.mapper().writeValueAsBytes(read.settings());
                    Path copy = Files.write(root.resolve("staging/again.json"), again);
                    assertThat(Json.mapper()
                                    .writeValueAsString(read(root, copy).get(0).settings()))
                            .isEqualTo(Json.mapper().writeValueAsString(read.settings()));
                }
                read.attachments()
                        .forEach(
                                attachment -> assertThat(root.resolve("staging").resolve(attachment.file()))
                                        .isRegularFile());
            }
        } catch (ProblemException e) {
            Said.well(e);
        } finally {
            assertThat(outside(root)).isEqualTo(before);
            Disk.deleteTree(root.resolve("staging"));
            Files.delete(file);
        }
    }

    private static List<PromptFile> read(Path root, Path file) throws IOException {
        PromptFileLimits limits = new PromptFileLimits(
                20_000, 5_000, List.of(), Set.of("sd_vae"), 10_000, Path.of("src/test/resources/wildcards"));
        PromptFileReader reader = new PromptFileReader(
                limits, new Presets(root.resolve("presets"), Duration.ZERO), () -> Set.of("folder", "archive"));
        Files.createDirectories(root.resolve("staging"));
        List<PromptFile> some = new ArrayList<>();
        reader.read(file, Dropped.nowhere(root.resolve("drop")), root.resolve("staging"), entry -> {
            if (some.size() < MANY) {
                some.add(entry);
            }
        });
        return some;
    }

    private static List<Path> outside(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> !path.startsWith(root.resolve("staging")))
                    .sorted()
                    .toList();
        }
    }

    private static synchronized Path root() throws IOException {
        Path known = made;
        if (known == null) {
            known = Files.createTempDirectory("darkroom-fuzz");
            Path deleted = known;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    Disk.deleteTree(deleted);
                } catch (IOException e) {
                    throw Disk.unchecked(e);
                }
            }));
            byte[] pixel = Base64.getDecoder().decode(PIXEL);
            Files.createDirectories(known.resolve("drop"));
            Files.createDirectories(known.resolve("presets"));
            Files.write(known.resolve("drop/sketch.png"), pixel);
            Files.write(known.resolve("secret.png"), pixel);
            Files.writeString(known.resolve("presets/plain.json"), "{\"steps\": 20}", StandardCharsets.UTF_8);
            made = known;
        }
        return known;
    }
}
