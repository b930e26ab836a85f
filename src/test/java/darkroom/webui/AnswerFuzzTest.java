package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import darkroom.Said;
import darkroom.files.Disk;
import darkroom.job.Attachment;
import darkroom.job.Operation;
import darkroom.job.Task;
import darkroom.json.FewTokens;
import darkroom.json.Json;
import darkroom.picture.Look;
import darkroom.picture.PictureFile;
import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Answers that somebody made up. */
final class AnswerFuzzTest {
    private static final long MAX_PICTURE = 2000;
    private static final Map<String, Object> SETTINGS = Map.of(
            "steps",
            3,
            "seed",
            5,
            "width",
            64,
            "height",
            64,
            "sampler_name",
            "Euler",
            "scheduler",
            "Karras",
            "override_settings",
            Map.of("sd_model_checkpoint", "dawn", "sd_vae", "x"));

    /** It can't be read, and nothing is left of it; or it can be checked, whatever is in it. */
    @FuzzTest(maxDuration = "4m")
    void answer(byte[] bytes) throws IOException {
        for (Operation operation : Operation.values()) {
            if (operation != Operation.OPTIONS) {
                answer(operation, bytes);
            }
        }
    }

    private static void answer(Operation operation, byte[] bytes) throws IOException {
        Path folder = Files.createTempDirectory("darkroom-fuzz");
        try {
            Answer answer = new AnswerReader(folder, new Look(MAX_PICTURE, true))
                    .read(operation, new ByteArrayInputStream(bytes));
            List<PictureFile> pictures =
                    answer.pictures().stream().filter(Objects::nonNull).toList();
            assertThat(Disk.list(folder)).hasSize(pictures.size());
            for (PictureFile picture : pictures) {
                assertThat(Files.size(picture.path())).isLessThanOrEqualTo(MAX_PICTURE + 64 * 1024);
            }
            Task task = new Task("job", 1, 1, operation, null, null, SETTINGS, List.<Attachment>of());
            CheckedAnswer checked = AnswerCheck.check(Map.of(), task, answer, () -> Checkpoint.list(answer.info()));
            checked.refused().forEach(Said::well);
            checked.pictures().forEach(made -> assertThat(made.place()).isPositive());
            answer.infotextValue("Seed");
        } catch (AnswerReader.AnswerException e) {
            assertThat(e.getMessage()).isNotBlank();
            assertThat(Disk.list(folder)).isEmpty();
        } finally {
            Disk.deleteTree(folder);
        }
    }

    /** Whatever is told about progress makes one short line. */
    @FuzzTest(maxDuration = "2m")
    void progress(byte[] bytes) throws IOException {
        JsonNode told;
        try {
            told = Json.mapper().readTree(new FewTokens(Json.mapper().createParser(bytes), bytes.length + 2));
        } catch (JsonProcessingException | CharConversionException e) {
            return;
        }
        if (told == null) {
            return;
        }
        TaskProgress task = TaskProgress.of(told);
        assertThat(task.percent()).isBetween(0, 100);
        assertThat(task.secondsLeft()).isNotNegative();
        assertThat(task.words()).hasSizeLessThan(80).matches(Said::isPlain);
        Optional<ProgressReport> all = ProgressReport.of(told);
        all.ifPresent(report -> {
            assertThat(report.percent()).isBetween(0, 100);
            assertThat(report.words()).hasSizeLessThan(80).matches(Said::isPlain);
        });
        ProgressReport.wasInterrupted(told, "20261126");
    }

    /** Whatever an error says, it becomes a sentence. */
    @FuzzTest(maxDuration = "2m")
    void error(FuzzedDataProvider data) {
        int status = data.consumeInt(300, 999);
        String location = data.consumeString(200);
        String body = data.consumeRemainingAsString();
        Said.well(WebUiErrors.translate(status, body, "http://127.0.0.1:7860/x", location, SaidAt.SETTINGS));
        Said.well(WebUiErrors.translateFile(status, body, "http://127.0.0.1:7860/file=x", location, SaidAt.SETTINGS));
    }

    /** A list is read, or it is an {@link IOException}. */
    @FuzzTest(maxDuration = "2m")
    void list(byte[] bytes) {
        for (Listing<?> list : List.of(
                Listing.STYLES,
                Listing.SAMPLERS,
                Listing.SCHEDULERS,
                Listing.CHECKPOINTS,
                Listing.SCRIPT_INFO,
                Listing.SCRIPTS)) {
            try {
                assertThat(list.read(new ByteArrayInputStream(bytes))).isNotNull();
            } catch (IOException e) {
                assertThat(e.getMessage()).isNotNull();
            }
        }
    }

    /** A name is that of a file with this stamp only if all of it is. */
    @FuzzTest(maxDuration = "2m")
    void stamp(byte[] bytes) {
        Stamp stamp = new Stamp("cat-0123abcd");
        Path file;
        try {
            file = Path.of("/outputs", new String(bytes, StandardCharsets.UTF_8));
        } catch (InvalidPathException e) {
            return;
        }
        stamp.read(file).ifPresent(saved -> {
            assertThat(saved.path()).isEqualTo(file);
            assertThat(saved.number()).isNotNegative();
            String name = file.getFileName().toString();
            assertThat(name.contains("cat-0123abcd_") || name.startsWith("grid-"))
                    .isTrue();
        });
    }
}
