package darkroom.picture;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Pictures that somebody made up. */
final class PictureFuzzTest {
    private static final List<String> CHUNKS =
            List.of("IHDR", "PLTE", "IDAT", "tEXt", "zTXt", "iTXt", "eXIf", "IEND", "quXt", "gAMA");

    /** It comes to the same however it is cut, and what is no picture is said to be none. */
    @FuzzTest(maxDuration = "3m")
    void probe(byte[] bytes) {
        Object whole = look(bytes, Math.max(1, bytes.length));
        assertThat(look(bytes, 1)).isEqualTo(whole);
        assertThat(look(bytes, 7)).isEqualTo(whole);
    }

    /** The same for a PNG whose checksums are right. */
    @FuzzTest(maxDuration = "3m")
    void png(FuzzedDataProvider data) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        while (data.remainingBytes() > 0) {
            byte[] type = data.pickValue(CHUNKS).getBytes(StandardCharsets.ISO_8859_1);
            byte[] chunk = data.consumeBytes(data.consumeInt(0, 200));
            CRC32 crc = new CRC32();
            crc.update(type);
            crc.update(chunk);
            png.writeBytes(ByteBuffer.allocate(4).putInt(chunk.length).array());
            png.writeBytes(type);
            png.writeBytes(chunk);
            png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
        }
        probe(png.toByteArray());
    }

    /** What a camera, or somebody else, wrote. */
    @FuzzTest(maxDuration = "2m")
    void exif(byte[] bytes) {
        String comment = Exif.userComment(bytes, 0);
        assertThat(comment == null ? 0 : comment.length()).isLessThanOrEqualTo(bytes.length);
        Exif.isTurned(bytes, 0);
    }

    /** A value is a part of the text that it was found in. */
    @FuzzTest(maxDuration = "2m")
    void infotext(FuzzedDataProvider data) {
        String key = data.consumeBoolean() ? "Seed" : data.consumeString(10);
        String text = data.consumeString(2000);
        Optional<String> value = Infotext.value(text, key);
        value.ifPresent(found -> assertThat(text).contains(found));
        String other = data.consumeRemainingAsString();
        assertThat(Infotext.difference(text, other).key()).isNotEmpty();
    }

    private static @Nullable Object look(byte[] bytes, int step) {
        PictureProbe probe = new PictureProbe(true);
        try {
            for (int at = 0; at < bytes.length; at += step) {
                probe.update(bytes, at, Math.min(step, bytes.length - at));
            }
            Picture picture = probe.end();
            assertThat(picture.width()).isNotNegative();
            assertThat(picture.height()).isNotNegative();
            return picture;
        } catch (PictureException e) {
            return e.getMessage();
        }
    }
}
