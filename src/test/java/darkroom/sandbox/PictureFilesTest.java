package darkroom.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

final class PictureFilesTest {
    private static final Picture OPAQUE = picture(37, 23, true);
    private static final Picture TRANSPARENT = picture(37, 23, false);

    @Test
    void aPngHasThePixelsThatWereDrawn() throws IOException {
        assertThat(pixels(Png.encode(OPAQUE, 0).bytes())).isEqualTo(pixels(OPAQUE));
        assertThat(pixels(Png.encode(TRANSPARENT, 0).bytes())).isEqualTo(pixels(TRANSPARENT));
    }

    @Test
    void aPngSaysWhatItIsIn_tEXt_IfThatIsLatin1_Else_iTXt() throws IOException {
        byte[] latin = Png.encode(OPAQUE.withText("parameters", "föx"), 0).bytes();
        byte[] other = Png.encode(OPAQUE.withText("parameters", "☃"), 0).bytes();

        assertThat(chunks(latin)).containsExactly("IHDR 37x23 8 bit colour 2", "tEXt parameters\0föx", "IDAT", "IEND");
        assertThat(chunks(other)).contains("iTXt parameters\0\0\0\0\0☃");
        assertThat(Png.texts(latin)).containsEntry("parameters", "föx");
        assertThat(Png.texts(other)).containsEntry("parameters", "☃");
        assertThat(ImageIO.read(new ByteArrayInputStream(other))).isNotNull();
    }

    @Test
    void aPaddedPngIsAsLargeAsAskedForAndStillAPicture() throws IOException {
        EncodedPicture padded = Png.encode(OPAQUE, 1_000_000);

        assertThat(padded.bytes()).hasSize((int) padded.length());
        assertThat(padded.length()).isBetween(1_000_000L, 1_001_000L);
        assertThat(pixels(padded.bytes())).isEqualTo(pixels(OPAQUE));
        assertThat(chunks(padded.bytes()))
                .startsWith("IHDR 37x23 8 bit colour 2", "IDAT", "paDd")
                .endsWith("IEND");
    }

    @Test
    void aPictureThatIsLargeAlreadyIsNotPadded() throws IOException {
        assertThat(Png.encode(OPAQUE, 10).bytes())
                .isEqualTo(Png.encode(OPAQUE, 0).bytes());
    }

    @Test
    void base64OfAnyLengthIsThatOfTheJdk() throws IOException {
        for (long size : new long[] {0, 65_000, 65_001, 65_002, 200_003}) {
            EncodedPicture file = Png.encode(OPAQUE, size);
            byte[] expected = Base64.getEncoder().encode(file.bytes());

            assertThat(file.base64().bytes()).isEqualTo(expected);
            assertThat(file.base64().length()).isEqualTo(expected.length);
        }
    }

    @Test
    void aJpegHasTheInfotextInItsExif() throws IOException {
        byte[] file = Jpeg.encode(OPAQUE, 90, "fox ☃");

        BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
        assertThat(image.getWidth()).isEqualTo(37);
        assertThat(Jpeg.comment(file)).isEqualTo("fox ☃");
        assertThat(Jpeg.comment(Jpeg.encode(OPAQUE, 90, null))).isNull();
    }

    /** TwelveMonkeys 3.12.0 reads exactly these bytes, and sees the pixels as they are in the pictures above. */
    @Test
    void aWebpIsTheOneThatAnotherDecoderWasShown() {
        assertThat(Hashes.sha256(Webp.encode(OPAQUE, "fox")))
                .isEqualTo("bd3cdb69d1d308aea8eedf1cf19760682f8bd50ab1bf45be52e73197af6f43ae");
        assertThat(Hashes.sha256(Webp.encode(TRANSPARENT, null)))
                .isEqualTo("93420938df812a055cc7ffc4f54170bc8d70d5901a25f4356ca1f48749b3969f");
    }

    private static List<String> chunks(byte[] file) {
        return PictureComparison.describe(Base64.getEncoder().encodeToString(file), UnaryOperator.identity()).stream()
                .distinct()
                .toList();
    }

    private static int[] pixels(byte[] file) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    private static int[] pixels(Picture picture) {
        return IntStream.range(0, picture.width() * picture.height())
                .map(i -> picture.at(i % picture.width(), i / picture.width()))
                .toArray();
    }

    private static Picture picture(int width, int height, boolean opaque) {
        int[] argb = IntStream.range(0, width * height)
                .map(i -> ((opaque ? 255 : i * 7 % 256) << 24) | (i * 12_345 & 0xFFFFFF))
                .toArray();
        return Picture.of(width, height, argb, opaque);
    }
}
