package darkroom.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every checksum may be right, and the pixels wrong. */
final class PngPixelsTest {
    private static final int RGB = 2;
    private static final int INDEXED = 3;

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_INT_RGB,
                BufferedImage.TYPE_INT_ARGB,
                BufferedImage.TYPE_BYTE_GRAY,
                BufferedImage.TYPE_USHORT_GRAY,
                BufferedImage.TYPE_BYTE_BINARY,
                BufferedImage.TYPE_BYTE_INDEXED
            })
    void picturesOfEveryKindAreWhole(int type) throws IOException {
        for (boolean interlaced : new boolean[] {false, true}) {
            for (int side = 1; side <= 17; side++) {
                byte[] png = written(new BufferedImage(side, 18 - side, type), interlaced);

                assertThat(probe(png).size()).isEqualTo(side + "x" + (18 - side));
            }
        }
    }

    @Test
    void pixelsMayComeInManyPieces() throws IOException {
        byte[] packed = packed(new byte[4 * 13]);
        ByteArrayOutputStream png = begun(4, 4, RGB);
        chunk(png, "IDAT", new byte[0]);
        for (byte b : packed) {
            chunk(png, "IDAT", new byte[] {b});
        }

        assertThat(probe(ended(png)).size()).isEqualTo("4x4");
    }

    @ParameterizedTest
    @CsvSource({
        "51, is damaged: the PNG has fewer pixels than it says",
        "53, is damaged: the PNG has more pixels than it says",
        "0, is damaged: the PNG has fewer pixels than it says"
    })
    void thereAreAsManyPixelsAsTheHeaderSays(int bytes, String why) {
        assertThatThrownBy(() -> probe(png(4, 4, packed(new byte[bytes]))))
                .isInstanceOf(PictureException.class)
                .hasMessage(why);
    }

    @Test
    void pixelsThatCanNotBeUnpackedAreNone() {
        byte[] noise = new byte[100];
        new Random(1).nextBytes(noise);
        byte[] packed = packed(new byte[4 * 13]);

        assertThatThrownBy(() -> probe(png(4, 4, noise))).hasMessage("is damaged: its pixels can't be unpacked");
        assertThatThrownBy(() -> probe(png(4, 4, Arrays.copyOf(packed, packed.length - 1))))
                .hasMessage("is damaged: the PNG has fewer pixels than it says");
        packed[packed.length - 1]++; // its own checksum
        assertThatThrownBy(() -> probe(png(4, 4, packed))).hasMessage("is damaged: its pixels can't be unpacked");
    }

    @Test
    void aRowBeginsWithAFilterThatThereIs() {
        byte[] pixels = new byte[4 * 13];
        pixels[13] = 4;
        assertThatCode(() -> probe(png(4, 4, packed(pixels)))).doesNotThrowAnyException();
        pixels[26] = 5;
        assertThatThrownBy(() -> probe(png(4, 4, packed(pixels)))).hasMessage("is damaged: its pixels are nonsense");
    }

    @Test
    void pixelsAreInOnePieceAndHaveTheirPalette() throws IOException {
        byte[] packed = packed(new byte[4 * 13]);
        ByteArrayOutputStream torn = begun(4, 4, RGB);
        chunk(torn, "IDAT", packed);
        chunk(torn, "tEXt", "a\0b".getBytes(StandardCharsets.US_ASCII));
        chunk(torn, "IDAT", new byte[0]);
        ByteArrayOutputStream pale = begun(4, 4, INDEXED);
        chunk(pale, "IDAT", packed(new byte[4 * 5]));

        assertThatThrownBy(() -> probe(ended(torn))).hasMessageContaining("not in one piece");
        assertThatThrownBy(() -> probe(ended(pale))).hasMessageContaining("has no palette");
    }

    @ParameterizedTest
    @CsvSource({"0,4,8,2", "4,0,8,2", "-4,4,8,2", "4,4,4,2", "4,4,8,1", "4,4,16,3", "4,4,0,0", "4,4,3,0"})
    void aHeaderThatNoPngHasIsNoticed(int width, int height, int depth, int colourType) {
        assertThatThrownBy(() -> {
                    ByteArrayOutputStream png = begun(width, height, depth, colourType);
                    chunk(png, "IDAT", packed(new byte[4 * 13]));
                    probe(ended(png));
                })
                .isInstanceOf(PictureException.class)
                .hasMessageStartingWith("is damaged");
    }

    @Test
    void aBombDoesNotGoOff() {
        assertThatThrownBy(() -> probe(png(100_000, 100_000, new byte[0])))
                .hasMessage("is not a picture: it claims to have 100000x100000 pixels");
        // a thousand times as many bytes as come, in vain after the first of them
        assertThatThrownBy(() -> probe(png(1, 1, packed(new byte[50_000_000]))))
                .hasMessage("is damaged: the PNG has more pixels than it says");
    }

    @Test
    void whatStandsBehindTheEndDoesNotMatter() throws IOException {
        byte[] png = png(4, 4, packed(new byte[4 * 13]));

        assertThat(probe(Arrays.copyOf(png, png.length + 70)).size()).isEqualTo("4x4");
    }

    private static Picture probe(byte[] bytes) throws IOException {
        PictureProbe probe = new PictureProbe();
        probe.update(bytes, 0, bytes.length);
        return probe.end();
    }

    private static byte[] png(int width, int height, byte[] packed) throws IOException {
        ByteArrayOutputStream png = begun(width, height, RGB);
        chunk(png, "IDAT", packed);
        return ended(png);
    }

    private static ByteArrayOutputStream begun(int width, int height, int colourType) throws IOException {
        return begun(width, height, 8, colourType);
    }

    private static ByteArrayOutputStream begun(int width, int height, int depth, int colourType) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.write("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        ByteBuffer header = ByteBuffer.allocate(13);
        header.putInt(width).putInt(height).put((byte) depth).put((byte) colourType);
        chunk(png, "IHDR", header.array());
        return png;
    }

    private static byte[] ended(ByteArrayOutputStream png) throws IOException {
        chunk(png, "IEND", new byte[0]);
        return png.toByteArray();
    }

    static void chunk(ByteArrayOutputStream png, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        png.write(ByteBuffer.allocate(4).putInt(data.length).array());
        png.write(name);
        png.write(data);
        png.write(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    private static byte[] packed(byte[] pixels) {
        Deflater deflater = new Deflater();
        deflater.setInput(pixels);
        deflater.finish();
        byte[] packed = new byte[pixels.length / 100 + 1000];
        int length = deflater.deflate(packed);
        deflater.end();
        return Arrays.copyOf(packed, length);
    }

    private static byte[] written(BufferedImage image, boolean interlaced) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        ImageWriteParam how = writer.getDefaultWriteParam();
        how.setProgressiveMode(interlaced ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), how);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
