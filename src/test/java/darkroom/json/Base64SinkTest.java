package darkroom.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class Base64SinkTest {
    @Property(tries = 200)
    void whateverWasEncodedComesBack(
            @ForAll @IntRange(max = 200_000) int size,
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 70_000) int piece)
            throws IOException {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);

        assertThat(decoded(Base64.getEncoder().encodeToString(bytes), piece)).isEqualTo(bytes);
    }

    @Property(tries = 50)
    void lineBreaksAndEscapesAreNoPartOfIt(@ForAll @IntRange(max = 2000) int size, @ForAll long seed)
            throws IOException {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        String mime = Base64.getMimeEncoder().encodeToString(bytes);
        String escaped = mime.replace("\r\n", "\\r\\n")
                .replace("/", "\\/")
                .replace("=", "\\u003d")
                .replace("+", "\\u002B");

        assertThat(decoded(escaped, 1)).isEqualTo(bytes);
        assertThat(decoded("data:image/png;base64," + mime, 7)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "'data:image/png;base64,AQID',image/png",
        "'DATA:image/jpeg;charset=utf-8;base64,AQID',image/jpeg",
        "AQID,"
    })
    void aDataUriSaysWhatItHolds(String text, String mediaType) throws IOException {
        Base64Sink sink = new Base64Sink(new ByteArrayOutputStream());
        sink.write(text.getBytes(StandardCharsets.US_ASCII));
        sink.close();

        assertThat(sink.mediaType()).isEqualTo(mediaType);
    }

    @Test
    void paddingMayBeMissing() throws IOException {
        assertThat(decoded("AQ", 2)).containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A",
                "AQ=",
                "A*ID",
                "-_-_",
                "AQID\u00e9",
                "AQ==AQID",
                "data:image/png,AQID",
                "data:image/png;base64",
                "\\x",
                "\\u00e9",
                "AQ\\u00",
                "<html>"
            })
    void whatIsNotBase64IsSaidSo(String text) {
        assertThatThrownBy(() -> decoded(text, 3)).isInstanceOf(Base64Sink.Base64Exception.class);
    }

    @Test
    void anEndInTheMiddleOfManyBlocksIsNoticed() {
        String padded = Base64.getEncoder().encodeToString(new byte[48 * 1024 + 1]);

        assertThatThrownBy(() -> decoded(padded + padded, 1000)).isInstanceOf(Base64Sink.Base64Exception.class);
    }

    private static byte[] decoded(String text, int piece) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Base64Sink sink = new Base64Sink(out)) {
            for (int at = 0; at < bytes.length; at += piece) {
                sink.write(bytes, at, Math.min(piece, bytes.length - at));
            }
        }
        return out.toByteArray();
    }
}
