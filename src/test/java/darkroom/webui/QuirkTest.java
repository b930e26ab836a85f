package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.job.Attachment;
import darkroom.job.Operation;
import darkroom.job.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The table of differences, and what of it is decided from a task alone. */
final class QuirkTest {
    @Test
    void theManualShowsTheTable() throws IOException {
        List<String> table = Arrays.stream(Quirk.values()).map(QuirkTest::row).toList();

        assertThat(Files.readAllLines(Path.of("docs/webuis.md")))
                .as("docs/webuis.md; the right rows are:%n%s", String.join("\n", table))
                .containsSequence(table);
        assertThat(Files.readString(Path.of("docs/webuis.md")))
                .contains(Arrays.stream(Dialect.values())
                        .map(dialect -> "| " + dialect.title() + " |")
                        .toList());
    }

    private static String row(Quirk quirk) {
        String who = quirk.dialects().stream().map(Dialect::title).collect(Collectors.joining(", "));
        return "| " + quirk.what() + " | " + who + " | " + quirk.remedy() + " | " + quirk.section() + " |";
    }

    @Test
    void aSecondPassIsSentWithWhatForgeNeeds() {
        Task task = Quirk.complete(task(Operation.TXT2IMG, Map.of("enable_hr", true, "cfg_scale", 5.5)));

        assertThat(task.settings())
                .containsEntry("hr_additional_modules", List.of("Use same choices"))
                .containsEntry("hr_cfg", 5.5);
    }

    @Test
    void whatATaskSaysItselfIsLeftAsItIs() {
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        settings.put("enable_hr", true);
        settings.put("hr_additional_modules", List.of("ae.safetensors"));
        settings.put("hr_cfg", 1);
        settings.put("cfg_scale", 7);

        assertThat(Quirk.complete(task(Operation.TXT2IMG, settings)).settings()).isEqualTo(settings);
    }

    @Test
    void whatHasNoSecondPassIsSentAsItIs() {
        Task plain = task(Operation.TXT2IMG, Map.of("cfg_scale", 7));
        Task img2img = task(Operation.IMG2IMG, Map.of("enable_hr", true));

        assertThat(Quirk.complete(plain)).isSameAs(plain);
        assertThat(Quirk.complete(img2img)).isSameAs(img2img);
    }

    private static Task task(Operation operation, Map<String, @Nullable Object> settings) {
        return new Task("job", 1, 1, operation, null, null, settings, List.<Attachment>of());
    }
}
