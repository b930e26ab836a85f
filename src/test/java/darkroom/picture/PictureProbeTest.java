package darkroom.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import javax.imageio.ImageIO;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PictureProbeTest {
    /** One lossless pixel. */
    private static final byte[] WEBP = Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");

    private static final int EXIF_SIZE = 56;

    @ParameterizedTest
    @CsvSource({"png,PNG", "jpg,JPEG"})
    void aWholePictureIsKnownByFormatAndSize(String format, Picture.Format expected) throws IOException {
        Picture picture = probe(picture(format, 37, 21), 1);

        assertThat(picture).isEqualTo(new Picture(expected, 37, 21, null));
        assertThat(picture.checked()).isTrue();
    }

    @Test
    void aWebpIsKnownToo() throws IOException {
        assertThat(probe(WEBP, 3)).isEqualTo(new Picture(Picture.Format.WEBP, 1, 1, null));
    }

    @Property(tries = 100)
    void piecesDoNotMatter(@ForAll @IntRange(min = 1, max = 500) int piece) throws IOException {
        assertThat(probe(picture("png", 30, 30), piece).size()).isEqualTo("30x30");
        assertThat(probe(picture("jpg", 30, 30), piece).size()).isEqualTo("30x30");
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg"})
    void whereverItIsCutOffItIsNotWhole(String format) throws IOException {
        byte[] whole = picture(format, 20, 20);

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> probe(cut, 64))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(PictureException.class);
        }
    }

    @Test
    void aCutOffWebpIsNotWhole() {
        assertThatThrownBy(() -> probe(Arrays.copyOf(WEBP, WEBP.length - 3), 64))
                .isInstanceOf(PictureException.class)
                .hasMessageStartingWith("is cut off");
    }

    @Test
    void noByteOfAPngCanBeAnotherUnnoticed() throws IOException {
        byte[] whole = picture("png", 12, 12);

        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x10;
            assertThatThrownBy(() -> probe(damaged, 64)).as("byte %d", i).isInstanceOf(PictureException.class);
        }
    }

    @Property(tries = 300)
    void anythingElseIsNoPicture(@ForAll @Size(max = 300) byte[] bytes) {
        // two bytes and a size that may be anything: half of what begins so is a JPEG XL as far as can be told
        Assume.that(bytes.length < 2 || bytes[0] != (byte) 0xff || bytes[1] != '\n');

        assertThatThrownBy(() -> probe(bytes, 100)).isInstanceOf(PictureException.class);
    }

    @ParameterizedTest
    @CsvSource({"gif,GIF", "bmp,BMP", "tiff,TIFF"})
    void otherFormatsAreRecognisedByTheirHeaders(String format, Picture.Format expected) throws IOException {
        assertThat(probe(picture(format, 37, 21), 5)).isEqualTo(new Picture(expected, 0, 0, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GIF89a",
                "GIF89a\0\0\u0001\0\0\0\0\0",
                "BM",
                "BM and other words that begin so",
                "II*\0",
                "MM\0*\0\0\0\1........",
                "\0\0\0\0ftypavif....",
                "\0\0\0\fJXL ........",
                "\u00ff\n",
                "\u00ff\n\u00fe\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff"
            })
    void aSignatureAloneIsNoPicture(String bytes) {
        assertThatThrownBy(() -> probe(bytes.getBytes(StandardCharsets.ISO_8859_1), 7))
                .isInstanceOf(PictureException.class)
                .hasMessageStartingWith("is not a picture");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\0\0\0\fJXL \r\n\u0087\n....", "\u00ff\n\u00f8?\0...........", "\u00ff\n\u0007?\0..........."})
    void newerFormatsAreRecognisedToo(String bytes) throws IOException {
        assertThat(probe(bytes.getBytes(StandardCharsets.ISO_8859_1), 7).checked())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1,30x20", "3,30x20", "5,20x30", "6,20x30", "8,20x30", "9,30x20"})
    void aPictureOnItsSideIsMeasuredAsItIsShown(int orientation, String size) throws IOException {
        byte[] exif = HexFormat.of()
                .parseHex("4d4d002a00000008" + "0001" + "011200030000000100" + "%02x".formatted(orientation) + "0000"
                        + "00000000");
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        byte[] plain = picture("png", 30, 20);
        png.write(plain, 0, 33);
        PngPixelsTest.chunk(png, "eXIf", exif);
        png.write(plain, 33, plain.length - 33);
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        plain = picture("jpg", 30, 20);
        jpeg.write(plain, 0, 2);
        jpeg.write(new byte[] {(byte) 0xff, (byte) 0xe1, 0, (byte) (8 + exif.length), 'E', 'x', 'i', 'f', 0, 0});
        jpeg.write(exif);
        jpeg.write(plain, 2, plain.length - 2);

        assertThat(probe(png.toByteArray(), 11).size()).isEqualTo(size);
        assertThat(probe(jpeg.toByteArray(), 11).size()).isEqualTo(size);
    }

    @Test
    void aPageOfTextIsShownAsWhatItIs() {
        assertThatThrownBy(() -> probe("<html><head><title>502</title>".getBytes(StandardCharsets.US_ASCII), 9))
                .hasMessage("is not a picture: it starts with '<html><head><tit'");
    }

    @Test
    void metadataThatLeadsNowhereIsPassedOver() throws IOException {
        byte[] exif = new byte[60];
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            random.nextBytes(exif);
            System.arraycopy("Exif\0\0II*\0".getBytes(StandardCharsets.ISO_8859_1), 0, exif, 0, 10);
            String comment = Exif.userComment(exif, 6);
            assertThat(comment == null || comment.length() < 100).isTrue();
        }
    }

    @Property
    void whateverMetadataSayTheyAreRead(@ForAll int length, @ForAll int offset, @ForAll boolean little) {
        String read = Exif.userComment(exif(length, offset, little), 0);

        assertThat(read == null || (length >= 0 && length <= EXIF_SIZE)).isTrue();
        assertThat(Exif.isTurned(exif(length, offset, little), 0)).isFalse();
    }

    @Test
    void aCommentIsReadUnlessItClaimsToBeLongerThanAllThereIs() {
        assertThat(Exif.userComment(exif(12, 44, true), 0)).isEqualTo("abcd");
        assertThat(Exif.userComment(exif(-1, 44, true), 0)).isNull(); // 0xffffffff
        assertThat(Exif.userComment(exif(13, 44, true), 0)).isNull();
    }

    /** One directory that leads to another, in which there is a comment. */
    private static byte[] exif(int length, int offset, boolean little) {
        ByteBuffer tiff = ByteBuffer.allocate(EXIF_SIZE).order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        tiff.putShort((short) (little ? 0x4949 : 0x4d4d)).putShort((short) 42).putInt(8);
        tiff.putShort((short) 1).putShort((short) 0x8769).putShort((short) 4);
        tiff.putInt(1).putInt(26).putInt(0);
        tiff.putShort((short) 1).putShort((short) 0x9286).putShort((short) 7);
        tiff.putInt(length).putInt(offset).putInt(0);
        return tiff.put("ASCII\0\0\0abcd".getBytes(StandardCharsets.US_ASCII)).array();
    }

    private static Picture probe(byte[] bytes, int piece) throws IOException {
        PictureProbe probe = new PictureProbe(false);
        for (int at = 0; at < bytes.length; at += piece) {
            probe.update(bytes, at, Math.min(piece, bytes.length - at));
        }
        return probe.end();
    }

    static byte[] picture(String format, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(7);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, random.nextInt());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, format, out);
        return out.toByteArray();
    }
}
