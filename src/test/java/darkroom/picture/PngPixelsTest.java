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
import java.util.function.IntFunction;
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

/** Every checksum may be right, and the pixels wrong: what is found by unpacking them, and what without. */
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
                assertThat(probe(png).pixels()).isEqualTo(Picture.Pixels.FLAT);
                assertThat(unpackedNot(png).size()).isEqualTo(side + "x" + (18 - side));
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

    /** Of one colour, whatever it is, by every filter that a writer may choose; and with one pixel that is another. */
    @ParameterizedTest
    @CsvSource({
        "8,2", "16,2", "8,6", "16,6", "1,0", "2,0", "4,0", "8,0", "16,0", "8,4", "16,4", "1,3", "2,3", "4,3", "8,3"
    })
    void onePixelOfAnotherColourIsEnough(int depth, int colourType) throws IOException {
        Random random = new Random(depth * 10L + colourType);
        for (int round = 0; round < 300; round++) {
            boolean interlaced = round % 3 == 0;
            int width = 1 + random.nextInt(19);
            int height = 1 + random.nextInt(19);
            int bits = depth * new int[] {1, 0, 3, 1, 2, 0, 4}[colourType];
            byte[] pixel = new byte[(bits + 7) / 8];
            random.nextBytes(pixel);
            byte[] other = pixel.clone();
            other[random.nextInt(other.length)] ^= (byte) (0x80 >>> random.nextInt(Math.min(8, bits)));
            int odd = random.nextInt(width * height);

            byte[] flat = filtered(random, width, height, depth, colourType, interlaced, at -> pixel);
            byte[] varied =
                    filtered(random, width, height, depth, colourType, interlaced, at -> at == odd ? other : pixel);

            boolean several = width * height > 1;
            assertThat(probe(flat).pixels())
                    .as("%dx%d, round %d", width, height, round)
                    .isEqualTo(several ? Picture.Pixels.FLAT : Picture.Pixels.VARIED);
            assertThat(probe(varied).pixels())
                    .as("%dx%d, pixel %d, round %d", width, height, odd, round)
                    .isEqualTo(Picture.Pixels.VARIED);
            assertThat(unpackedNot(flat).pixels()).isEqualTo(Picture.Pixels.NOT_LOOKED_AT);
        }
    }

    /** A wrong checksum is noticed in any case; what was cut short before the checksums were made, only by unpacking. */
    @Test
    void withoutUnpackingTheChecksumsDecide() throws IOException {
        byte[] pixels = new byte[64 * (1 + 3 * 64)];
        new Random(1).nextBytes(pixels);
        for (int row = 0; row < 64; row++) {
            pixels[row * (1 + 3 * 64)] = 0;
        }
        byte[] packed = packed(pixels);
        byte[] cutShort = png(64, 64, Arrays.copyOf(packed, packed.length / 2));
        byte[] damaged = png(64, 64, packed);
        damaged[damaged.length / 2] ^= 1;
        byte[] none = png(64, 64, new byte[0]);

        assertThat(unpackedNot(cutShort).size()).isEqualTo("64x64");
        assertThatThrownBy(() -> probe(cutShort)).hasMessage("is damaged: the PNG has fewer pixels than it says");
        assertThatThrownBy(() -> unpackedNot(damaged))
                .hasMessage("is damaged: the checksum of its IDAT chunk is wrong");
        assertThatThrownBy(() -> unpackedNot(Arrays.copyOf(damaged, 100))).hasMessageStartingWith("is cut off");
        assertThatThrownBy(() -> unpackedNot(none)).hasMessage("is damaged: the PNG has fewer pixels than it says");
        // the best that can be packed: nothing that is whole is taken for too little
        assertThat(unpackedNot(png(5000, 5000, packed(new byte[5000 * 15001]))).size())
                .isEqualTo("5000x5000");
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
        return probe(bytes, true);
    }

    private static Picture unpackedNot(byte[] bytes) throws IOException {
        return probe(bytes, false);
    }

    private static Picture probe(byte[] bytes, boolean pixels) throws IOException {
        PictureProbe probe = new PictureProbe(pixels);
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

    /** A PNG written by the book (W3C PNG, sections 7 to 9), each row with a filter by lot. */
    private static byte[] filtered(
            Random random,
            int width,
            int height,
            int depth,
            int colourType,
            boolean interlaced,
            IntFunction<byte[]> pixelAt)
            throws IOException {
        int[][] passes = interlaced
                ? new int[][] {
                    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
                }
                : new int[][] {{0, 0, 1, 1}};
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        int bits = depth * new int[] {1, 0, 3, 1, 2, 0, 4}[colourType];
        int step = Math.max(1, bits / 8);
        for (int[] pass : passes) {
            byte[] above = null;
            for (int y = pass[1]; y < height && pass[0] < width; y += pass[3]) {
                int columns = (width - pass[0] + pass[2] - 1) / pass[2];
                byte[] row = new byte[(columns * bits + 7) / 8];
                random.nextBytes(row); // what stands in the unused bits of the last byte is anybody's
                for (int i = 0; i < columns; i++) {
                    byte[] pixel = pixelAt.apply(y * width + pass[0] + i * pass[2]);
                    if (bits >= 8) {
                        System.arraycopy(pixel, 0, row, i * step, step);
                    } else {
                        int shift = 8 - bits - (i * bits) % 8;
                        int mask = (1 << bits) - 1;
                        int value = (pixel[0] & 0xff) >>> (8 - bits);
                        row[i * bits / 8] = (byte) ((row[i * bits / 8] & ~(mask << shift)) | (value << shift));
                    }
                }
                int filter = random.nextInt(5);
                rows.write(filter);
                for (int i = 0; i < row.length; i++) {
                    int left = i < step ? 0 : row[i - step] & 0xff;
                    int up = above == null ? 0 : above[i] & 0xff;
                    int corner = i < step || above == null ? 0 : above[i - step] & 0xff;
                    rows.write((row[i] & 0xff) - predicted(filter, left, up, corner));
                }
                above = row;
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.write("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        ByteBuffer header = ByteBuffer.allocate(13);
        header.putInt(width)
                .putInt(height)
                .put((byte) depth)
                .put((byte) colourType)
                .put(12, (byte) (interlaced ? 1 : 0));
        chunk(png, "IHDR", header.array());
        if (colourType == INDEXED) {
            chunk(png, "PLTE", new byte[3 << depth]);
        }
        chunk(png, "IDAT", packed(rows.toByteArray()));
        return ended(png);
    }

    private static int predicted(int filter, int a, int b, int c) {
        int p = a + b - c;
        return switch (filter) {
            case 1 -> a;
            case 2 -> b;
            case 3 -> (a + b) / 2;
            case 4 ->
                Math.abs(p - a) <= Math.abs(p - b) && Math.abs(p - a) <= Math.abs(p - c)
                        ? a
                        : Math.abs(p - b) <= Math.abs(p - c) ? b : c;
            default -> 0;
        };
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
        byte[] packed = new byte[pixels.length + 1000];
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
