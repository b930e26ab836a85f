package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import darkroom.job.Attachment;
import darkroom.job.Operation;
import darkroom.job.Task;
import darkroom.picture.Look;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers to what is done with one picture: extras, interrogate, png-info. */
final class ExtrasAnswerTest {
    /** As large as the picture of the captures. */
    private static final Attachment IMAGE =
            new Attachment("/image", "1", Attachment.Form.PICTURE, 1, "", "inline", 64, 64);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "210-extra-lanczos,Lanczos,2,''", // 128x128
        "210-extra-lanczos,Lanczos,4,'asked for 256x256, got 128x128'",
        "210-extra-lanczos,Nearest,2,'asked for upscaler ''Nearest'', the WebUI says ''Postprocess upscale by: 2.0, Postprocess upscaler: Lanczos'''",
        "211-extra-none,Lanczos,2,'asked for 128x128, got 64x64'"
    })
    void aPictureIsAsLargeAsAsked(String capture, String upscaler, int by, String refused) throws IOException {
        Task task = task(Operation.EXTRAS, Map.of("upscaler_1", upscaler, "upscaling_resize", by));

        CheckedAnswer checked = check(task, Captures.answer(capture));

        assertThat(String.join(
                        "", checked.refused().stream().map(one -> one.message()).toList()))
                .isEqualTo(refused);
    }

    @Test
    void theTextOfThePictureStays() throws IOException {
        CheckedAnswer checked =
                check(task(Operation.EXTRAS, Map.of("upscaler_1", "Lanczos")), Captures.answer("210-extra-lanczos"));

        CheckedAnswer.Made made = checked.pictures().get(0);
        assertThat(made.seed()).isEqualTo(1234);
        assertThat(made.infotext()).startsWith("a red fox in snow\n");
    }

    @Test
    void anAnswerWithoutAPictureIsNone() throws IOException {
        CheckedAnswer checked = check(
                task(Operation.EXTRAS, Map.of("upscaler_1", "Lanczos")), "{\"html_info\": \"\", \"image\": null}");

        assertThat(checked.refused()).extracting(one -> one.code().word()).containsExactly("refused-empty");
    }

    @Test
    void whatFailedIsNoCaption() throws IOException {
        CheckedAnswer checked = check(task(Operation.INTERROGATE, Map.of()), "{\"caption\": \"a fox<error>\"}");

        assertThat(checked.refused()).extracting(one -> one.code().word()).containsExactly("refused-empty");
    }

    @Test
    void aTextIsNoLongerThanFitsIntoMemory() {
        String endless = "{\"caption\": \"" + "a".repeat(5 << 20) + "\"}";

        assertThatThrownBy(() -> check(task(Operation.INTERROGATE, Map.of()), endless))
                .isInstanceOf(AnswerReader.AnswerException.class)
                .hasMessageContaining("longer than");
        assertThat(folder).isEmptyDirectory();
    }

    private static Task task(Operation operation, Map<String, Object> settings) {
        return new Task("job", 1, 1, operation, null, null, settings, List.of(IMAGE));
    }

    private CheckedAnswer check(Task task, String answer) throws IOException {
        Answer read = new AnswerReader(folder, Look.atStructure(1 << 20))
                .read(task.operation(), new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)));
        return AnswerCheck.check(Map.of(), task, read, List::of);
    }
}
