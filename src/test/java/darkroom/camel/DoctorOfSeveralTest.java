package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.check.Finding;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code darkroom check} where several WebUIs share the work. */
@Timeout(120)
final class DoctorOfSeveralTest {
    private static final SandboxSettings PLAIN = SandboxSettings.defaults().withPlainPictures(true);

    @TempDir
    Path home;

    private Bench bench;
    private SandboxWebUi first;
    private SandboxWebUi second;

    @BeforeEach
    void prepare() throws IOException {
        bench = new Bench(home).with(Setting.WEBUIS, file().toString());
        first = SandboxWebUi.start(PLAIN);
        second = SandboxWebUi.start(PLAIN);
    }

    @AfterEach
    void stop() {
        bench.close();
        first.close();
        second.close();
    }

    private Path file() {
        return home.resolve("webuis.yaml");
    }

    /** Both are listed, each with more fields. */
    private void list(String ofFirst, String ofSecond) throws IOException {
        Files.writeString(
                file(),
                "- {url: " + first.url() + ", name: first" + ofFirst + "}\n" + "- {url: " + second.url()
                        + ", name: second" + ofSecond + "}\n");
    }

    private List<Finding> about(SandboxWebUi webUi) throws Exception {
        return Doctor.examine(bench.settings(), true).stream()
                .filter(finding -> finding.subject().equals(webUi.url().toString()))
                .toList();
    }

    @Test
    void eachMakesItsPictureWhateverItsLanesAndCheckpoints() throws Exception {
        list("", ", lanes: [posters], checkpoints: [nobody_has_this]");

        assertThat(about(second))
                .extracting(Finding::message)
                .anyMatch(message -> message.startsWith("made a picture of 64x64"));
        assertThat(first.generations()).hasSize(1);
        assertThat(second.generations()).hasSize(1);
    }
}
