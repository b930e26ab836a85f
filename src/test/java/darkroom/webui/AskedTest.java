package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.job.Operation;
import darkroom.job.Task;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What follows from a payload for the answer to it. */
final class AskedTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Answer NOTHING_SAID = Answer.of(List.of(), Answer.NO_INFO);

    /** {@code wrong} is what comes out if the second pass, or the rule for it, is left out. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "`width`: 64|64x512|64x64",
                "`width`: 60, `height`: 64|60x64|56x64",
                "`enable_hr`: true|none|",
                "`enable_hr`: true, `hr_scale`: 1.5|768x768|512x512",
                "`enable_hr`: true, `width`: 64, `height`: 64|128x128|64x64",
                "`enable_hr`: false, `hr_scale`: 4, `width`: 64, `height`: 64|64x64|256x256",
                "`enable_hr`: true, `hr_scale`: 1.1, `width`: 512, `height`: 768|560x840|512x768",
                "`enable_hr`: true, `hr_scale`: 1.1, `width`: 512, `height`: 768|563x844|512x840",
                "`enable_hr`: `yes`, `hr_scale`: 1.15, `width`: 100, `height`: 100|112x112|100x100",
                "`enable_hr`: true, `hr_resize_x`: 1000, `hr_resize_y`: 600|1000x600|512x512",
                "`enable_hr`: true, `hr_resize_x`: 1000, `hr_resize_y`: 601|1000x600|1000x592",
                "`enable_hr`: true, `hr_resize_x`: 1000, `hr_resize_y`: 601|1000x608|1008x608",
                "`enable_hr`: true, `hr_resize_x`: 1024, `width`: 512, `height`: 768|1024x1536|512x768",
                "`enable_hr`: true, `hr_resize_y`: 1000, `width`: 512, `height`: 768|664x1000|680x1000",
                "`enable_hr`: true, `hr_resize_y`: 1024, `hr_scale`: 9|1024x1024|512x512",
                "`firstphase_width`: 64, `width`: 128|none|"
            })
    void theSizeIsThatOfTheLastPass(String fields, String right, String wrong) throws IOException {
        Asked asked = asked(fields, Operation.TXT2IMG);

        assertThat(asked.size(NOTHING_SAID).isPresent()).isEqualTo(!right.equals("none"));
        asked.size(NOTHING_SAID).ifPresent(size -> {
            assertThat(fits(size, right)).isTrue();
            assertThat(fits(size, wrong)).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"enable_hr\": true, \"hr_scale\": 2",
                "\"enable_hr\": true, \"hr_resize_x\": 100, \"hr_resize_y\": 100",
                "\"firstphase_width\": 32, \"firstphase_height\": 32"
            })
    void img2imgKnowsNoSecondPass(String fields) throws IOException {
        Asked asked = asked(fields + ", \"width\": 64, \"height\": 64", Operation.IMG2IMG);

        assertThat(asked.size(NOTHING_SAID)).hasToString("Optional[64x64]");
        assertThat(asked(fields, Operation.IMG2IMG).size(NOTHING_SAID)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1024,1024x1024", "0,1024x512"})
    void aSideThatNobodyNamedIsTheOneThatIsReported(int height, String size) throws IOException {
        JsonNode info = MAPPER.createObjectNode().put("height", height);

        assertThat(asked("`width`: 1024", Operation.TXT2IMG).size(Answer.of(List.of(), info)))
                .hasToString("Optional[" + size + "]");
    }

    @ParameterizedTest
    @CsvSource({"true,true", "1,true", "`on`,true", "`Yes`,true", "`T`,true", "0,false", "`no`,false", "null,false"})
    void whatCountsAsTrueIsTheWebUisChoice(String value, boolean saves) throws IOException {
        assertThat(asked("`save_images`: " + value, Operation.TXT2IMG).saves()).isEqualTo(saves);
    }

    private static boolean fits(Asked.Size size, String picture) {
        String[] sides = picture.split("x", -1);
        return size.is(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
    }

    private static Asked asked(String fields, Operation operation) throws IOException {
        String json = "{" + fields.replace('`', '"') + "}";
        return new Asked(new Task(
                "job", 1, 1, operation, null, null, MAPPER.readValue(json, new TypeReference<>() {}), List.of()));
    }
}
