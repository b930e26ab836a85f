package darkroom.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WholenessTest {
    /** With whatever may be cut in two: words, numbers, escapes, characters, a string that is passed over. */
    private static final String OBJECT = "{\"a\": [1.5e3, true, null, {}], \"\\u00fc\": \"日本 🗻 \\n\", \"long\": \""
            + "A\\\"}".repeat(40_000) + "\", \"end\": {\"b\": {}}}";

    private static final byte[] UTF_8 = OBJECT.getBytes(StandardCharsets.UTF_8);
    private static final byte[] UTF_8_MARKED = marked(StandardCharsets.UTF_8);
    private static final byte[] UTF_16_LE = marked(StandardCharsets.UTF_16LE);
    private static final byte[] UTF_16_BE = marked(StandardCharsets.UTF_16BE);

    @Property(tries = 500)
    void aPartIsCutOffAndAllOfItIsWhole(@ForAll @IntRange(max = 1 << 20) int cut, @ForAll boolean near)
            throws IOException {
        for (byte[] document : new byte[][] {UTF_8, UTF_8_MARKED, UTF_16_LE, UTF_16_BE}) {
            int length = near ? document.length - 1 - cut % 60 : cut % document.length;
            assertThat(of(Arrays.copyOf(document, length))).isEqualTo(Wholeness.CUT_OFF);
        }
    }

    @Property(tries = 120)
    void theBeginningIsCutOff(@ForAll @IntRange(max = 119) int length) throws IOException {
        for (byte[] document : new byte[][] {UTF_8, UTF_8_MARKED, UTF_16_LE, UTF_16_BE}) {
            assertThat(of(Arrays.copyOf(document, length))).isEqualTo(Wholeness.CUT_OFF);
        }
    }

    @Example
    void allOfItIsWhole() throws IOException {
        for (byte[] document : new byte[][] {UTF_8, UTF_8_MARKED, UTF_16_LE, UTF_16_BE}) {
            assertThat(of(document)).isEqualTo(Wholeness.WHOLE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1}", "1 ", "\"a\"", "{} x", "{}{", "{]", "{\"a\" 1", "nul{", "{\"a\": 01"})
    void whatIsNoObjectIsSomethingElse(String text) throws IOException {
        assertThat(of(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(Wholeness.OTHER);
    }

    private static byte[] marked(Charset charset) {
        return ("\uFEFF" + OBJECT).getBytes(charset);
    }

    private static Wholeness of(byte[] bytes) throws IOException {
        return Wholeness.of(new ByteArrayInputStream(bytes));
    }
}
