package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.job.Operation;
import darkroom.job.Task;
import darkroom.picture.Look;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the WebUI saved; over HTTP, with all that may go wrong, in {@code MountedTest}. */
final class MountedOutputsTest {
    private static final Stamp STAMP = new Stamp("cat-1");

    @TempDir
    Path home;

    private Path into;
    private JsonNode info;

    @BeforeEach
    void aPictureAndItsMask() throws IOException {
        into = Files.createDirectory(home.resolve("into"));
        JsonNode answer = new ObjectMapper().readTree(Captures.answer("204-i2i-return-mask"));
        info = new ObjectMapper().readTree(answer.get("info").asText());
        Path saved = Files.createDirectories(home.resolve("outputs/img2img-images/" + STAMP.path()));
        byte[] picture = Base64.getDecoder().decode(answer.at("/images/0").asText());
        Files.write(saved.resolve("00000-cat-1_1234-mask.png"), picture);
        Files.write(saved.resolve("00001-cat-1_1234.png"), picture);
    }

    @Test
    void picturesAreKnownByTheirNames() throws Exception {
        Answer answer = take(MountedOutputs.Take.COPY);

        assertThat(answer.pictures()).hasSize(2);
        assertThat(answer.made()).isEqualTo(1);
        assertThat(answer.saved()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = MountedOutputs.Take.class,
            names = {"COPY", "LINK", "LEAVE"})
    void anEarlierTryIsOverwritten(MountedOutputs.Take how) throws Exception {
        take(how);

        assertThat(take(how).pictures()).hasSize(2);
    }

    private Answer take(MountedOutputs.Take how) throws Exception {
        Task task = new Task("cat", 1, 1, Operation.TXT2IMG, null, null, Map.of("seed", 1234), List.of());
        return new MountedOutputs(home.resolve("outputs"), "", how, Duration.ZERO, Look.atStructure(1 << 20))
                .take(STAMP, task, Answer.of(List.of(), info), into);
    }
}
