package darkroom.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Documents and base64 that somebody made up. */
final class JsonFuzzTest {
    private static final JsonFactory JSON =
            JsonFactory.builder().disable(JsonFactory.Feature.CHARSET_DETECTION).build();

    /** One that a strict parser reads is whole, and loses that with its last byte. */
    @FuzzTest(maxDuration = "2m")
    void wholeness(byte[] bytes) throws IOException {
        Wholeness found = Wholeness.of(new ByteArrayInputStream(bytes));
        boolean utf16 = bytes.length > 0 && (bytes[0] == (byte) 0xfe || bytes[0] == (byte) 0xff);
        if (utf16 || starts(bytes, 0xef, 0xbb, 0xbf)) {
            return;
        }
        if (isObject(bytes)) {
            assertThat(found).isEqualTo(Wholeness.WHOLE);
        }
        if (found == Wholeness.WHOLE) {
            int end = bytes.length;
            while (bytes[end - 1] != '}' && bytes[end - 1] != ']') {
                end--;
            }
            assertThat(Wholeness.of(new ByteArrayInputStream(bytes, 0, end - 1)))
                    .isEqualTo(Wholeness.CUT_OFF);
        }
    }

    /** It comes to the same however it is cut, and to what the JDK makes of it. */
    @FuzzTest(maxDuration = "2m")
    void base64(byte[] bytes) throws IOException {
        Object whole = decoded(bytes, Math.max(1, bytes.length));
        assertThat(decoded(bytes, 1)).isEqualTo(whole);
        try {
            byte[] expected = Base64.getDecoder().decode(bytes);
            assertThat(whole).isEqualTo(Arrays.toString(expected));
        } catch (IllegalArgumentException e) {
            // perhaps white space, an escape, a prefix
        }
    }

    /** What a parser sees and what was taken out are together what there was. */
    @FuzzTest(maxDuration = "2m")
    void diverted(byte[] bytes) throws IOException {
        List<String> expected = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(bytes)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                expected.add(token + " " + parser.getText());
            }
        } catch (JsonProcessingException e) {
            expected = null;
        }
        List<String> found = new ArrayList<>();
        try (DivertedStrings diverted = new DivertedStrings(new ByteArrayInputStream(bytes), new Kept());
                JsonParser parser = JSON.createParser(diverted)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                ByteArrayOutputStream behind = (ByteArrayOutputStream)
                        (token == JsonToken.VALUE_STRING ? diverted.behind(parser.getText()) : null);
                found.add(token + " "
                        + (behind == null ? parser.getText() : unescaped(behind.toString(StandardCharsets.UTF_8))));
            }
            if (expected != null) {
                assertThat(found).isEqualTo(expected);
            }
        } catch (JsonProcessingException e) {
            assertThat(expected)
                    .as("what is no JSON any more: %s", e.getMessage())
                    .isNull();
        }
    }

    private static String unescaped(String inside) throws IOException {
        try (JsonParser parser = JSON.createParser('"' + inside + '"')) {
            parser.nextToken();
            return parser.getText();
        }
    }

    private static boolean isObject(byte[] bytes) throws IOException {
        try (JsonParser parser = JSON.createParser(bytes)) {
            boolean object = parser.nextToken() == JsonToken.START_OBJECT;
            parser.skipChildren();
            return object && parser.nextToken() == null;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static boolean starts(byte[] bytes, int... with) {
        for (int i = 0; i < with.length; i++) {
            if (bytes.length <= i || bytes[i] != (byte) with[i]) {
                return false;
            }
        }
        return true;
    }

    private static String decoded(byte[] bytes, int step) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Base64Sink sink = new Base64Sink(out)) {
            for (int at = 0; at < bytes.length; at += step) {
                sink.write(bytes, at, Math.min(step, bytes.length - at));
            }
        } catch (Base64Sink.Base64Exception e) {
            return "not base64"; // where it is noticed depends on the blocks
        }
        return Arrays.toString(out.toByteArray());
    }

    /** Five bytes may stay, everywhere. */
    private static final class Kept implements DivertedStrings.Diversion {
        @Override
        public int keep(String pointer) {
            return 5;
        }

        @Override
        public OutputStream open(String pointer) {
            return new ByteArrayOutputStream();
        }
    }
}
