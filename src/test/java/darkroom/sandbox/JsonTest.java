package darkroom.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonTest {
    @ParameterizedTest
    @CsvSource({
        "7, 7.0",
        "0.6, 0.6",
        "-2.5, -2.5",
        "0, 0.0",
        "0.0001, 0.0001",
        "0.00001, 1e-05",
        "1e22, 1e+22",
        "1234567.5, 1234567.5"
    })
    void floatsReadAsPythonWritesThem(double value, String expected) {
        assertThat(Json.str(value)).isEqualTo(expected);
    }

    /** What Python 3.11 says of each of these. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\"      | Expecting ':' delimiter | 4 | 1",
                "{\"a\" 1}   | Expecting ':' delimiter | 5 | 1",
                "{\"a\":}    | Expecting value | 5 | 1",
                "{\"a\":1,}  | Expecting property name enclosed in double quotes | 7 | 1",
                "{\"a\":1 \"b\":2} | Expecting ',' delimiter | 7 | 1",
                "[1,,2]      | Expecting value | 3 | 1",
                "[1 2]       | Expecting ',' delimiter | 3 | 1",
                "[1,]        | Expecting value | 3 | 1",
                "nul         | Expecting value | 0 | 1",
                "\"abc       | Unterminated string starting at | 0 | 1",
                "`\"a\nb\"`  | Invalid control character at | 2 | 1",
                "\"\\x\"     | Invalid \\escape | 1 | 1",
                "\"\\u12g4\" | Invalid \\uXXXX escape | 2 | 1",
                "1 2         | Extra data | 2 | 1",
                "01          | Extra data | 1 | 1",
                "[-]         | Expecting value | 1 | 1",
                "{'a':1}     | Expecting property name enclosed in double quotes | 1 | 1",
                "`{\"ä\":1,\n  ☃}` | Expecting property name enclosed in double quotes | 10 | 2",
                "{\"😀\":1 2} | Expecting ',' delimiter | 7 | 1"
            })
    void brokenJsonIsExplainedAsPythonExplainsIt(String json, String message, int position, int line) {
        JsonNode problem = JsonSyntax.error(json).reply().status() == 422 ? problem(json) : Json.object();

        assertThat(problem.at("/ctx/msg").asText()).isEqualTo(message);
        assertThat(problem.at("/loc/1").asInt()).isEqualTo(position);
        assertThat(problem.at("/ctx/lineno").asInt()).isEqualTo(line);
        assertThat(problem.at("/ctx/doc").asText()).isEqualTo(json);
    }

    @Test
    void infoIsWrittenInAsciiWithBlanks() {
        assertThat(Json.dumps(Json.object().put("a", "ä").put("b", 1))).isEqualTo("{\"a\": \"\\u00E4\", \"b\": 1}");
    }

    @Test
    void aPictureMayBeOneLongText() throws Exception {
        String json = "\"" + "A".repeat(30_000_000) + "\"";

        assertThat(Json.MAPPER.readTree(json).asText()).hasSize(30_000_000);
    }

    private static JsonNode problem(String json) {
        try {
            return JsonSyntax.error(json).reply().json().at("/detail/0");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
