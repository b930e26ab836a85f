package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.sandbox.Fault;
import darkroom.settings.Setting;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What receipts and names say is so. */
final class ReceiptsTest {
    @TempDir
    Path home;

    @Test
    void whatIsNoPictureIsNotNamedLikeOne() throws Exception {
        try (Bench bench = new Bench(home).with(Setting.CHECK_PICTURE, "warn").start()) {
            bench.sandbox().next(Fault.garbagePicture());
            bench.drop("a.json", "{\"width\": 64, \"height\": 64, \"steps\": 2, \"seed\": 7}");

            JsonNode output = bench.done("a.json").at("/receipts/0/outputs/0");

            assertThat(output.path("file").asText()).endsWith("-001-7.broken");
            assertThat(output.path("format").asText()).isEqualTo("broken");
        }
    }

    @ParameterizedTest
    @CsvSource({"true,it keeps them", "1,it keeps them", "\"yes\",it keeps them", "0,nothing was kept"})
    void itIsSaidWhoKeepsWhatIsNotSent(String save, String note) throws Exception {
        try (Bench bench = new Bench(home).start()) {
            bench.drop(
                    "a.json",
                    "{\"width\": 64, \"height\": 64, \"steps\": 2, \"send_images\": 0, \"save_images\": " + save + "}");

            assertThat(bench.done("a.json").at("/receipts/0/note").asText()).contains(note);
        }
    }
}
