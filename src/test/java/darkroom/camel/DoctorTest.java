package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.check.Finding;
import darkroom.check.Finding.Severity;
import darkroom.files.Disk;
import darkroom.sandbox.Fault;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code darkroom check} on installations that are right, and on some that are not. */
final class DoctorTest {
    private static final SandboxSettings PLAIN = SandboxSettings.defaults().withPlainPictures(true);

    @TempDir
    Path home;

    @Test
    void allIsWellAndNothingIsLeftBehind() throws Exception {
        try (Bench bench = mounted(PLAIN)) {
            List<Finding> findings = Doctor.examine(bench.settings(), true, finding -> {});

            assertThat(findings).extracting(Finding::severity).containsOnly(Severity.OK);
            assertThat(findings)
                    .extracting(Finding::message)
                    .anyMatch(
                            message -> message.matches(
                                    "answers after \\d+ ms: AUTOMATIC1111's WebUI, \\d+ samplers, 2 checkpoints, now sandboxDawn.*"))
                    .anyMatch(message ->
                            message.matches("made a picture of 64x64 in \\d+ ms, saved it, and it was found: "
                                    + home.resolve("webui/outputs") + ".*"));
            for (String folder : List.of("drop", "work", "outputs", "done", "failed", "cancelled", "intake")) {
                assertThat(bench.data().resolve(folder)).isEmptyDirectory();
            }
            assertThat(home.resolve("webui/outputs/txt2img-images/darkroom")).isEmptyDirectory();
        }
    }

    @Test
    void aServiceThatRunsIsNotDisturbed() throws Exception {
        try (Bench bench = mounted(PLAIN).start()) {
            assertThat(errors(bench)).isEmpty();
            assertThat(Disk.list(bench.data().resolve("failed"))).isEmpty();
        }
    }

    @Test
    void picturesThatAreNotHandedOutAreFoundOut() throws Exception {
        try (Bench bench = new Bench(home, PLAIN.withGradioAuth(true)).with(Setting.SAVE, "download")) {
            assertThat(errors(bench))
                    .singleElement()
                    .extracting(Finding::message)
                    .asString()
                    .contains("wants a login", "/file=");

            bench.restartSandbox(PLAIN);
            assertThat(Doctor.examine(bench.settings(), true, finding -> {}))
                    .extracting(Finding::message)
                    .anyMatch(message -> message.contains("it was found: /stable-diffusion-webui/outputs/"));
        }
    }

    @Test
    void aBrokenPresetIsFoundOut() throws Exception {
        Path presets = Files.createDirectory(home.resolve("presets"));
        Files.writeString(presets.resolve("good.yaml"), "steps: 1");
        Files.writeString(presets.resolve("inpaint.yaml"), "mask_blur: 1\njob: {operation: img2img}");
        Path bad = Files.writeString(presets.resolve("bad.yaml"), "steps: 0");
        try (Bench bench = mounted(PLAIN).with(Setting.PRESETS, presets.toString())) {
            assertThat(errors(bench))
                    .singleElement()
                    .satisfies(finding ->
                            assertThat(finding.message()).isEqualTo(bad + ", line 1, column 8, /steps: 'steps' is 0"));
            Files.delete(bad);
            assertThat(Doctor.examine(bench.settings(), false, finding -> {}))
                    .extracting(Finding::message)
                    .contains("presets: good, inpaint");
        }
    }

    @Test
    void aMountOfAnotherFolderIsFoundOut() throws Exception {
        Path wrong = Files.createDirectory(home.resolve("wrong"));
        try (Bench bench = mounted(PLAIN)
                .with(Setting.WEBUI_OUTPUTS, wrong.toString())
                .with(Setting.WEBUI_OUTPUTS_TIMEOUT, "200ms")) {
            assertThat(errors(bench)).singleElement().satisfies(finding -> {
                assertThat(finding.message()).contains(wrong.toString(), "no picture appeared");
                assertThat(finding.remedy()).contains("-v HOST-FOLDER:" + wrong);
            });
        }
    }

    @Test
    void flagsThatMatterAreNamed() throws Exception {
        try (Bench bench = mounted(PLAIN.withFreezeSettings(true))) {
            assertThat(Doctor.examine(bench.settings(), true, finding -> {}))
                    .filteredOn(finding -> finding.severity() == Severity.WARNING)
                    .extracting(Finding::message)
                    .anyMatch(message -> message.contains("was started with --freeze-settings"));
            assertThat(errors(bench)).isEmpty();
        }
    }

    @Test
    void aWebUiThatIsAwayOrClosedIsNamedWithWhatToDo() throws Exception {
        try (Bench bench = mounted(PLAIN.withApi(false))) {
            assertThat(errors(bench))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.remedy()).contains("--api"));
            bench.restartSandbox(PLAIN.withCredentials("me", "secret"));
            assertThat(errors(bench))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.remedy()).contains("darkroom.webui.auth"));
            bench.stopSandbox();
            assertThat(errors(bench))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.message()).contains("does not answer"));
        }
    }

    /** A WebUI that takes the request and never answers it; what is known before is told before. */
    @Timeout(60)
    @ParameterizedTest
    @ValueSource(strings = {"5", "1"}) // after one failure it is left alone, which no check waits for to end
    void aWebUiThatGoesSilentIsNotWaitedForAsLongAsAJobWould(String failures) throws Exception {
        try (Bench bench = new Bench(home, PLAIN).with(Setting.RETRY_BACKEND_FAILURES, failures)) {
            bench.sandbox().next(Fault.stall(Duration.ofMinutes(10)));
            List<String> before = new CopyOnWriteArrayList<>();
            List<Finding> findings = Doctor.examine(bench.settings(), Duration.ofSeconds(1), finding -> {
                if (bench.sandbox().requests().stream()
                        .noneMatch(request -> request.path().endsWith("txt2img"))) {
                    before.add(finding.message());
                }
            });

            assertThat(before).anyMatch(message -> message.startsWith("answers after"));
            assertThat(findings)
                    .filteredOn(finding -> finding.severity() == Severity.ERROR)
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.message())
                            .isEqualTo("made no picture within 1 s, the longest that a check waits, and is at work on"
                                    + " nothing that it tells of"));
        }
    }

    @Test
    @Timeout(60)
    void aWebUiThatIsBusyGetsAWarning() throws Exception {
        try (Bench bench = new Bench(home, PLAIN.withTimePerPicture(Duration.ofMinutes(10)))
                .with(Setting.WEBUI_RESPONSE_TIMEOUT, "700ms")) {
            assertThat(Doctor.examine(bench.settings(), true, finding -> {}))
                    .filteredOn(finding -> finding.severity() != Severity.OK)
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.severity()).isEqualTo(Severity.WARNING);
                        assertThat(finding.message())
                                .startsWith("made no picture within 700 ms (darkroom.webui.response-timeout), and says"
                                        + " that it is at work");
                    });
        }
    }

    @Test
    void aFolderThatCanNotBeWorkedInAndARouteThatCanNotBeLoadedAreNamed() throws Exception {
        try (Bench bench = mounted(PLAIN)) {
            Files.createDirectories(bench.data());
            Files.writeString(bench.data().resolve("done"), "a file where a folder should be");
            Path generate = bench.routes().resolve("generate.camel.yaml");
            Files.writeString(generate, Files.readString(generate).replace("- bean: # held", "- beann: # held"));

            assertThat(errors(bench)).extracting(Finding::subject).containsExactly("darkroom.done", "darkroom.routes");
        }
    }

    private List<Finding> errors(Bench bench) throws Exception {
        return Doctor.examine(bench.settings(), true, finding -> {}).stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .toList();
    }

    private Bench mounted(SandboxSettings settings) throws IOException {
        Path outputs = Files.createDirectories(home.resolve("webui/outputs"));
        return new Bench(home, settings.withDataFolder(home.resolve("webui")))
                .with(Setting.WEBUI_OUTPUTS, outputs.toString());
    }
}
