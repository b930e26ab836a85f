package darkroom.finish;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Metadata that somebody made up: it is read and copied, or refused, and nothing else happens. */
final class FinishFuzzTest {
    @FuzzTest(maxDuration = "2m")
    void png(byte[] bytes) throws ConversionException {
        try {
            Metadata found = PngChunks.read(new ByteArrayInputStream(bytes));
            assertThat(length(found.icc())).isLessThanOrEqualTo(2 * Metadata.MOST);
            PngChunks.copy(new ByteArrayInputStream(bytes), new byte[10], new ByteArrayOutputStream());
        } catch (IOException e) {
            // cut off
        }
    }

    @FuzzTest(maxDuration = "2m")
    void jpeg(byte[] bytes) {
        try {
            JpegSegments.read(new ByteArrayInputStream(bytes));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            JpegSegments.copy(new ByteArrayInputStream(bytes), new Metadata(new byte[4], new byte[4], null), out);
            assertThat(JpegSegments.read(new ByteArrayInputStream(out.toByteArray()))
                            .icc())
                    .isEqualTo(
                            JpegSegments.read(new ByteArrayInputStream(bytes)).icc());
        } catch (IOException | ConversionException e) {
            // cut off
        }
    }

    @FuzzTest(maxDuration = "2m")
    void webp(byte[] bytes) throws IOException {
        Path file = Files.createTempFile("fuzz", ".webp");
        try {
            Files.write(file, bytes);
            Metadata found = WebpChunks.read(file);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            WebpChunks.copy(file, 1, 1, Metadata.NONE.withXmp(new byte[] {1}), out);
            Files.write(file, out.toByteArray());
            assertThat(WebpChunks.read(file).xmp()).containsExactly(1);
            assertThat(WebpChunks.read(file).icc()).isEqualTo(found.icc());
        } catch (IOException e) {
            // cut off
        } finally {
            Files.delete(file);
        }
    }

    @FuzzTest(maxDuration = "1m")
    void xmp(FuzzedDataProvider data) {
        byte[] existing = data.consumeRemainingAsBytes();
        String packet = new String(Xmp.with(existing, SourceType.GENERATED), StandardCharsets.UTF_8);
        assertThat(Xmp.with(packet.getBytes(StandardCharsets.UTF_8), SourceType.COMPOSITE))
                .isEqualTo(packet.getBytes(StandardCharsets.UTF_8));
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
