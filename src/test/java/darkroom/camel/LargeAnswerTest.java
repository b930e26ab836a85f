package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.sandbox.SandboxSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An answer of 400 MB, in a process with a heap of 96 MB. */
final class LargeAnswerTest {
    private static final long MB = 1 << 20;

    @TempDir
    Path home;

    @ParameterizedTest
    @CsvSource({"1,300", "8,38"})
    void picturesNeedNotFitIntoMemory(int pictures, long megabytes) throws Exception {
        SandboxSettings settings =
                SandboxSettings.defaults().withPictureBytes(megabytes * MB).withPlainPictures(true);
        try (Bench bench = new Bench(home, settings)) {
            bench.drop("large.json", "{\"width\": 64, \"height\": 64, \"steps\": 1, \"n_iter\": " + pictures + "}");
            Process process = RecoveryTest.Program.run(home, bench, List.of("-Xmx96m", "-XX:+ExitOnOutOfMemoryError"));
            try {
                JsonNode manifest = bench.done("large.json");
                long bytes = 0;
                for (String name : Bench.names(manifest)) {
                    bytes += Files.size(bench.outputs(manifest).resolve(name));
                }
                assertThat(bytes).isGreaterThan(299 * MB); // 400 MB as base64
            } finally {
                process.destroy();
                process.waitFor();
            }
        }
    }
}
