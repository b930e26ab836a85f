package darkroom.promptfile.expansion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code docs/expansion.md} has prompt files, and below each the tasks that it makes. */
final class ExpansionDocTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern EXAMPLE = Pattern.compile("```json\n(.*?)```\n\n```tasks\n(.*?)```", Pattern.DOTALL);

    record Example(String file, List<String> tasks) {}

    static Stream<Example> examples() throws IOException {
        List<Example> examples = new ArrayList<>();
        Matcher matcher = EXAMPLE.matcher(Files.readString(Path.of("docs/expansion.md")));
        while (matcher.find()) {
            examples.add(new Example(matcher.group(1), matcher.group(2).lines().toList()));
        }
        assertThat(examples).hasSize(7);
        return examples.stream();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void makesWhatThePageSays(Example example) {
        Expansion expansion = ExpansionTest.expansion(example.file(), ExpansionLimits.of(100), Expand.NONE);
        assertThat(LongStream.range(0, expansion.count()).mapToObj(i -> tree(expansion.at(i))))
                .containsExactlyElementsOf(
                        example.tasks().stream().map(ExpansionDocTest::tree).toList());
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    private static JsonNode tree(Object settings) {
        return JSON.valueToTree(settings);
    }
}
