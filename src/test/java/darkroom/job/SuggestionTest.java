package darkroom.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SuggestionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "darkroom.webui.ulr|did you mean 'darkroom.webui.url'?",
                "DARKROOM.WEBUI.URL|did you mean 'darkroom.webui.url'?",
                "darkroom.web.auth|did you mean 'darkroom.webui.auth'?",
                "something|known are darkroom.webui.url, darkroom.webui.auth"
            })
    void theNearestWordIsMeant(String word, String hint) {
        assertThat(Suggestion.of(word, List.of("darkroom.webui.url", "darkroom.webui.auth")))
                .isEqualTo(hint);
    }
}
