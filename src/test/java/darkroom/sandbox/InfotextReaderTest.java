package darkroom.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

final class InfotextReaderTest {
    @Test
    void entriesAreTextsAndSizesAreTakenApart() {
        JsonNode entries = InfotextReader.parse("a fox\nin snow\nNegative prompt: bad\nworse\n"
                + "Steps: 4, Sampler: Euler a, Size: 64x48, Lora hashes: \"a: 1, b: 2\", Version: 1.10.1");

        assertThat(entries.get("Prompt").asText()).isEqualTo("a fox\nin snow");
        assertThat(entries.get("Negative prompt").asText()).isEqualTo("bad\nworse");
        assertThat(entries.get("Steps")).hasToString("\"4\"");
        assertThat(entries.get("Size-1").asText()).isEqualTo("64");
        assertThat(entries.get("Size-2").asText()).isEqualTo("48");
        assertThat(entries.get("Lora hashes").asText()).isEqualTo("a: 1, b: 2");
    }

    @Test
    void aLastLineWithFewEntriesBelongsToThePrompt() {
        assertThat(InfotextReader.parse("a fox\ncolour: red, mood: good")
                        .get("Prompt")
                        .asText())
                .isEqualTo("a fox\ncolour: red, mood: good");
    }
}
