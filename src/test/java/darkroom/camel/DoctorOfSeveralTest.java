package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.check.Finding;
import darkroom.check.Finding.Severity;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        return Doctor.examine(bench.settings(), true, finding -> {}).stream()
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

    @ParameterizedTest
    @CsvSource({"paused, is paused", "drained, is drained"})
    void oneThatIsGivenNothingIsNotedAndLeftAlone(String state, String said) throws Exception {
        list("", ", state: " + state);

        assertThat(about(second))
                .filteredOn(finding -> finding.message().startsWith(said))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
                    assertThat(finding.remedy()).contains("write state: on", file().toString());
                });
        assertThat(first.generations()).hasSize(1);
        assertThat(second.generations()).isEmpty();
        second.close(); // it may be off meanwhile
        assertThat(errors()).isEmpty();
    }

    @Test
    void whereAllAreGivenNothingThatIsAnError() throws Exception {
        list(", state: paused", ", state: drained");

        assertThat(errors())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("all WebUIs are paused or drained"));
    }

    @Test
    void thePauseOfTheInstallationIsNotedAndKept() throws Exception {
        list("", "");
        Path pause = Files.createDirectories(bench.data().resolve("work")).resolve(Pauses.FILE);
        Files.createFile(pause);

        assertThat(about(first)).anySatisfy(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.WARNING);
            assertThat(finding.remedy()).contains("delete " + pause);
        });
        assertThat(first.generations()).isEmpty();
    }

    @Test
    void aMistakeInTheListIsOneFindingThatSaysWhere() throws Exception {
        list("", ", wieght: 2");

        assertThat(errors()).singleElement().satisfies(finding -> {
            assertThat(finding.subject()).isEqualTo(Setting.WEBUIS.key());
            assertThat(finding.message())
                    .isEqualTo(file() + " line 2: 'wieght' is no field of a WebUI; did you mean 'weight'?");
        });
    }

    @Test
    void aListThatIsNamedAndNotThereIsOneFinding() throws Exception {
        assertThat(errors()).singleElement().satisfies(finding -> {
            assertThat(finding.subject()).isEqualTo(Setting.WEBUIS.key());
            assertThat(finding.message())
                    .isEqualTo(file() + ": there is no such file, and the command line names it as 'darkroom.webuis'");
            assertThat(finding.remedy())
                    .contains("write the list there", bench.sandbox().url().toString());
        });
    }

    @Test
    void thePasswordThatIsMissingBelongsIntoTheList() throws Exception {
        second.close();
        second = SandboxWebUi.start(PLAIN.withCredentials("me", "secret"));
        list("", "");

        assertThat(errors())
                .singleElement()
                .satisfies(finding -> assertThat(finding.remedy())
                        .isEqualTo("set auth: of " + second.url() + " in " + file()
                                + " to the user:password of its --api-auth"));

        list("", ", auth: \"me:secret\"");
        assertThat(errors()).isEmpty();
    }

    private List<Finding> errors() throws Exception {
        return Doctor.examine(bench.settings(), true, finding -> {}).stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .toList();
    }
}
