package darkroom.picture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InfotextTest {
    private static final String INFOTEXT = "a fox, Steps: many\nNegative prompt: Seed: none\n"
            + "Steps: 4, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.0, Size: 64x64, "
            + "Lora hashes: \"a: 1, b: 2\", Model hash: c22434f954, Model: tinyA, Version: 1.10.1";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Steps|4",
                "Sampler|DPM++ 2M",
                "Schedule type|Karras",
                "Lora hashes|a: 1, b: 2",
                "Model|tinyA",
                "Version|1.10.1",
                "Seed|"
            })
    void valuesAreFoundInTheLastLine(String key, String value) {
        assertThat(Infotext.value(INFOTEXT, key).orElse(null)).isEqualTo(value);
    }

    @Test
    void aPromptThatLooksLikeOneIsNoLastLine() {
        assertThat(Infotext.value("a cat, Seed: 5, tall", "Seed")).isEmpty();
        assertThat(Infotext.value("a cat\nSteps: 3, Seed: 5", "Seed")).isEmpty();
        assertThat(Infotext.value("a cat\nSteps: 3, Seed: 5, Size: 8x8", "Seed"))
                .contains("5");
    }

    @Test
    void theFirstParameterThatDiffersIsNamed() {
        assertThat(Infotext.difference(INFOTEXT, INFOTEXT.replace("Steps: 4,", "Steps: 5,")))
                .isEqualTo(new Infotext.Difference("Steps", "4", "5"));
        assertThat(Infotext.difference(INFOTEXT, INFOTEXT + ", Clip skip: 2"))
                .isEqualTo(new Infotext.Difference("Clip skip", "", "2"));
        assertThat(Infotext.difference(INFOTEXT, "another " + INFOTEXT).key()).isEqualTo("prompt");
    }

    @Test
    void thePromptsAreToldApart() {
        String last = "\nSteps: 20, Sampler: Euler a, CFG scale: 7";

        assertThat(Infotext.prompts("a\nb\nNegative prompt: c\nd" + last))
                .isEqualTo(new Infotext.Prompts("a\nb", "c\nd"));
        assertThat(Infotext.prompts("a" + last)).isEqualTo(new Infotext.Prompts("a", ""));
        assertThat(Infotext.prompts("Negative prompt: c" + last)).isEqualTo(new Infotext.Prompts("", "c"));
        assertThat(Infotext.prompts(last)).isEqualTo(new Infotext.Prompts("", ""));
        assertThat(Infotext.prompts("a\nSteps: 20")).isEqualTo(new Infotext.Prompts("a\nSteps: 20", ""));
    }
}
