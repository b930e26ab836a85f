package darkroom.finish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import darkroom.job.Convert;
import darkroom.picture.Picture;
import darkroom.picture.PictureProbe;
import java.awt.Color;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures of all kinds, and what becomes of them. */
final class PictureConverterTest {
    private static final String INFOTEXT =
            "a fox \ud83e\udd8a\nNegative prompt: caf\u00e9\nSteps: 2, Seed: 5, Size: 40x30";
    private static final byte[] OTHER_XMP = """
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
            <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="x"/></rdf:RDF></x:xmpmeta>""".getBytes(StandardCharsets.UTF_8);

    private final PictureConverter converter = new PictureConverter(1_000_000, 1, "avifenc", Duration.ofMinutes(1));

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rgb",
                "rgba",
                "grey",
                "grey-alpha",
                "grey16",
                "rgb16",
                "palette",
                "palette-alpha",
                "bits",
                "jpeg"
            })
    void everyKindOfPixelsStaysWhatItIs(String kind) throws Exception {
        Path source = file(kind);
        int[] wanted = pixel(source);

        for (String wish : List.of("webp:lossless", "jpeg:100")) {
            PictureConverter.Converted converted = convert(source, wish);

            assertThat(converted.picture().size()).isEqualTo("40x30");
            assertThat(converted.picture().infotext()).isEqualTo(kind.equals("jpeg") ? null : INFOTEXT);
            int[] there = pixel(converted.file().path());
            boolean jpeg = wish.startsWith("jpeg");
            for (int colour = 0; colour < 3; colour++) {
                int value = jpeg ? (wanted[colour] * wanted[3] + 255 * (255 - wanted[3])) / 255 : wanted[colour];
                assertThat(there[colour]).isCloseTo(value, offset(jpeg ? 12 : 1));
            }
            assertThat(there[3]).isEqualTo(jpeg ? 255 : wanted[3]);
        }
    }

    @Test
    void aColourProfileAndXmpGoAlong() throws Exception {
        byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        packed.writeBytes("linear\0\0".getBytes(StandardCharsets.ISO_8859_1));
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
            deflater.write(profile);
        }
        Path source = withChunks(png(rgb()), chunk("iCCP", packed.toByteArray()), xmpChunk());
        int raw = new Color(200, 40, 20).getRGB();

        Path jpeg = convert(source, "jpeg:100").file().path();
        Path webp = convert(source, "webp:lossless").file().path();

        assertThat(JpegSegments.read(Files.newInputStream(jpeg)).icc()).isEqualTo(profile);
        assertThat(JpegSegments.read(Files.newInputStream(jpeg)).xmp()).isEqualTo(OTHER_XMP);
        assertThat(WebpChunks.read(webp).icc()).isEqualTo(profile);
        assertThat(WebpChunks.read(webp).xmp()).isEqualTo(OTHER_XMP);
        // the values themselves; the profile says what they mean
        assertThat(ImageIO.read(webp.toFile()).getRGB(3, 3)).isEqualTo(raw);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg:80", "webp:80"})
    void whatIsMarkedSaysItOnceAndKeepsItsPixels(String format) throws Exception {
        Path source = withChunks(png(rgb()), infotextChunk(), xmpChunk());
        if (!format.equals("png")) {
            source = convert(source, format).file().path();
        }

        Path target = folder.resolve("marked");
        assertThat(converter.mark(source, look(source), SourceType.GENERATED, target))
                .isNotNull();

        String text = Files.readString(target, StandardCharsets.ISO_8859_1);
        assertThat(text).containsOnlyOnce(SourceType.GENERATED.uri() + "<").containsOnlyOnce("dc:format=\"x\"");
        assertThat(look(target).infotext()).isEqualTo(INFOTEXT);
        BufferedImage before = ImageIO.read(source.toFile());
        BufferedImage after = ImageIO.read(target.toFile());
        assertThat(after.getRGB(0, 0, 40, 30, null, 0, 40)).isEqualTo(before.getRGB(0, 0, 40, 30, null, 0, 40));
        assertThat(converter.mark(target, look(target), SourceType.COMPOSITE, folder.resolve("again")))
                .as("it says something about that already")
                .isNull();
    }

    /** All but the new chunk is there as it was, in its order, before the pixels. */
    @Test
    void aMarkedPngHasOneChunkMore() throws Exception {
        byte[] before = withText(png(rgb()));
        Path source = Files.write(folder.resolve("a.png"), before);

        converter.mark(source, look(source), SourceType.GENERATED, folder.resolve("marked"));

        List<String> chunks = chunks(Files.readAllBytes(folder.resolve("marked")));
        int xmp = chunks.indexOf(chunks.stream()
                .filter(one -> one.startsWith("iTXt"))
                .reduce((a, b) -> b)
                .orElseThrow());
        assertThat(xmp).isEqualTo(chunks.indexOf(firstIdat(chunks)) - 1);
        chunks.remove(xmp);
        assertThat(chunks).isEqualTo(chunks(before));
    }

    @Test
    void whatIsTooLargeIsKnownByItsHeader() throws Exception {
        Path bomb = Files.write(
                folder.resolve("bomb.png"), png(new BufferedImage(30_000, 100, BufferedImage.TYPE_BYTE_BINARY)));

        for (String wish : List.of("jpeg", "webp", "avif")) {
            assertThatThrownBy(() -> convert(bomb, wish))
                    .isInstanceOf(ConversionException.class)
                    .hasMessageContaining("30000x100")
                    .hasMessageContaining("max-pixels");
        }
        PictureConverter generous = new PictureConverter(Integer.MAX_VALUE, 1, "avifenc", Duration.ofMinutes(1));
        assertThatThrownBy(() -> generous.convert(bomb, look(bomb), wish("webp"), null, folder.resolve("x")))
                .hasMessageContaining("16383");
        byte[] large = png(rgb());
        ByteBuffer.wrap(large).putInt(16, 40_000).putInt(20, 40_000);
        CRC32 crc = new CRC32();
        crc.update(large, 12, 17);
        ByteBuffer.wrap(large).putInt(29, (int) crc.getValue());
        Path huge = Files.write(folder.resolve("huge.png"), large);
        Picture about = new Picture(Picture.Format.PNG, 40_000, 40_000, null, Picture.Pixels.NOT_LOOKED_AT);
        assertThatThrownBy(() -> generous.convert(huge, about, wish("jpeg"), null, folder.resolve("x")))
                .isInstanceOf(ConversionException.class)
                .hasMessageContaining("memory");
    }

    @Test
    void pixelsThatAreNotThereAreAReason() throws Exception {
        List<String> chunks = chunks(png(rgb()));
        ByteArrayOutputStream noise = new ByteArrayOutputStream();
        noise.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        for (String one : chunks) {
            byte[] content = one.substring(4).getBytes(StandardCharsets.ISO_8859_1);
            noise.writeBytes(
                    chunk(one.substring(0, 4), one.startsWith("IDAT") ? new byte[] {9, 9, 9, 9, 9, 9, 9, 9} : content));
        }
        Path broken = Files.write(folder.resolve("broken.png"), noise.toByteArray());

        assertThatThrownBy(() -> convert(broken, "webp"))
                .isInstanceOf(ConversionException.class)
                .hasMessageContaining("can't be unpacked");
        assertThat(folder).isDirectoryNotContaining("glob:**.raw");
    }

    @Test
    void anInfotextThatAJpegHasNoRoomForIsAReason() throws Exception {
        Path source = Files.write(folder.resolve("a.png"), png(rgb()));
        Picture about = new Picture(Picture.Format.PNG, 40, 30, "x".repeat(40_000), Picture.Pixels.NOT_LOOKED_AT);

        assertThatThrownBy(() -> converter.convert(source, about, wish("jpeg"), null, folder.resolve("b.jpg")))
                .isInstanceOf(ConversionException.class)
                .hasMessageContaining("80052 bytes");
        assertThat(converter
                        .convert(source, about, wish("webp"), null, folder.resolve("b.webp"))
                        .picture()
                        .infotext())
                .hasSize(40_000);
    }

    @Test
    void aProgramThatDoesNotEndIsEndedAndOneThatFailsIsQuoted() throws Exception {
        Path source = Files.write(folder.resolve("a.png"), png(rgb()));
        Path slow = program("exec sleep 60");
        PictureConverter impatient = new PictureConverter(1_000_000, 1, slow.toString(), Duration.ofMillis(300));
        assertThatThrownBy(() -> impatient.convert(source, look(source), wish("avif"), null, folder.resolve("b.avif")))
                .isInstanceOf(ConversionException.class)
                .hasMessageContaining("longer than")
                .hasMessageContaining("darkroom.convert.timeout");

        Path failing =
                program("env | cut -d= -f1 | sort | tr '\\n' ' '; echo; echo 'ERROR: no such thing' >&2; exit 3");
        PictureConverter unlucky = new PictureConverter(1_000_000, 1, failing.toString(), Duration.ofSeconds(20));
        assertThatThrownBy(() -> unlucky.convert(source, look(source), wish("avif"), null, folder.resolve("b.avif")))
                .isInstanceOf(ConversionException.class)
                .hasMessageContaining("ERROR: no such thing");
        assertThat(PictureConverter.missing(folder.resolve("nothing").toString()))
                .containsExactly(Convert.Format.AVIF);
        assertThat(PictureConverter.missing(slow.toString())).isEmpty();
    }

    /** Red, green, blue and alpha as they are in the file: Java would turn grey into another one. */
    private static int[] pixel(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        if (image.getColorModel() instanceof IndexColorModel
                || image.getRaster().getDataBuffer().getDataType() == DataBuffer.TYPE_INT) {
            Color colour = new Color(image.getRGB(3, 3), true);
            return new int[] {colour.getRed(), colour.getGreen(), colour.getBlue(), colour.getAlpha()};
        }
        int[] samples = image.getRaster().getPixel(3, 3, (int[]) null);
        int[] pixel = new int[4];
        boolean alpha = samples.length % 2 == 0;
        int scale = image.getRaster().getTransferType() == DataBuffer.TYPE_USHORT ? 257 : 1;
        for (int colour = 0; colour < 3; colour++) {
            pixel[colour] = samples[samples.length < 3 ? 0 : colour] / scale;
        }
        pixel[3] = alpha ? samples[samples.length - 1] / scale : 255;
        return pixel;
    }

    private PictureConverter.Converted convert(Path source, String wish) throws Exception {
        return converter.convert(
                source, look(source), wish(wish), null, folder.resolve("converted-" + wish.replace(':', '-')));
    }

    private static Convert wish(String text) {
        return Convert.of(text).orElseThrow();
    }

    private Path program(String lines) throws IOException {
        Path file = Files.createTempFile(folder, "program", "");
        Files.writeString(file, "#!/bin/sh\n" + lines + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Picture look(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return PictureProbe.lookThrough(in);
        }
    }

    private Path file(String kind) throws IOException {
        if (kind.equals("jpeg")) {
            Path file = folder.resolve("source.jpg");
            ImageIO.write(rgb(), "jpeg", file.toFile());
            return file;
        }
        return Files.write(
                folder.resolve("source.png"),
                withText(png(
                        switch (kind) {
                            case "rgb" -> rgb();
                            case "rgba" ->
                                filled(
                                        new BufferedImage(40, 30, BufferedImage.TYPE_INT_ARGB),
                                        new Color(200, 40, 20, 90));
                            case "grey" -> samples(DataBuffer.TYPE_BYTE, 120);
                            case "grey-alpha" -> samples(DataBuffer.TYPE_BYTE, 120, 200);
                            case "grey16" -> samples(DataBuffer.TYPE_USHORT, 120 * 257);
                            case "rgb16" -> samples(DataBuffer.TYPE_USHORT, 200 * 257, 40 * 257, 20 * 257);
                            case "palette" ->
                                filled(
                                        new BufferedImage(40, 30, BufferedImage.TYPE_BYTE_INDEXED),
                                        new Color(204, 51, 0));
                            case "palette-alpha" -> {
                                byte[] values = {0, (byte) 200};
                                IndexColorModel palette =
                                        new IndexColorModel(1, 2, values, values, values, new byte[] {0, 99});
                                BufferedImage image =
                                        new BufferedImage(40, 30, BufferedImage.TYPE_BYTE_BINARY, palette);
                                for (int i = 0; i < 1200; i++) {
                                    image.getRaster().setSample(i % 40, i / 40, 0, 1);
                                }
                                yield image;
                            }
                            default -> filled(new BufferedImage(40, 30, BufferedImage.TYPE_BYTE_BINARY), Color.WHITE);
                        })));
    }

    private static BufferedImage rgb() {
        return filled(new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB), new Color(200, 40, 20));
    }

    private static BufferedImage samples(int type, int... values) {
        boolean alpha = values.length == 2;
        int space = values.length < 3 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB;
        ComponentColorModel model =
                new ComponentColorModel(ColorSpace.getInstance(space), alpha, false, alpha ? 3 : 1, type);
        WritableRaster raster = Raster.createInterleavedRaster(type, 40, 30, values.length, null);
        for (int i = 0; i < 1200; i++) {
            raster.setPixel(i % 40, i / 40, values);
        }
        return new BufferedImage(model, raster, false, null);
    }

    private static BufferedImage filled(BufferedImage image, Color colour) {
        for (int i = 0; i < 1200; i++) {
            image.setRGB(i % 40, i / 40, colour.getRGB());
        }
        return image;
    }

    private static byte[] png(BufferedImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    private static byte[] withText(byte[] png) throws IOException {
        return insert(png, infotextChunk());
    }

    private static byte[] infotextChunk() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes("parameters\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
        text.writeBytes(INFOTEXT.getBytes(StandardCharsets.UTF_8));
        return chunk("iTXt", text.toByteArray());
    }

    private static byte[] xmpChunk() throws IOException {
        ByteArrayOutputStream xmp = new ByteArrayOutputStream();
        xmp.writeBytes("XML:com.adobe.xmp\0\1\0\0\0".getBytes(StandardCharsets.ISO_8859_1)); // compressed
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(xmp)) {
            deflater.write(OTHER_XMP);
        }
        return chunk("iTXt", xmp.toByteArray());
    }

    private Path withChunks(byte[] png, byte[]... chunks) throws IOException {
        byte[] all = png;
        for (byte[] chunk : chunks) {
            all = insert(all, chunk);
        }
        return Files.write(folder.resolve("chunks.png"), all);
    }

    /** Behind the header. */
    private static byte[] insert(byte[] png, byte[] chunk) {
        int at = 8 + 12 + 13;
        return ByteBuffer.allocate(png.length + chunk.length)
                .put(png, 0, at)
                .put(chunk)
                .put(png, at, png.length - at)
                .array();
    }

    private static byte[] chunk(String type, byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(type.getBytes(StandardCharsets.ISO_8859_1));
        crc.update(content);
        return ByteBuffer.allocate(12 + content.length)
                .putInt(content.length)
                .put(type.getBytes(StandardCharsets.ISO_8859_1))
                .put(content)
                .putInt((int) crc.getValue())
                .array();
    }

    private static List<String> chunks(byte[] png) {
        List<String> chunks = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(png).position(8);
        while (in.hasRemaining()) {
            byte[] chunk = new byte[in.getInt() + 4];
            in.get(chunk);
            in.getInt();
            chunks.add(new String(chunk, StandardCharsets.ISO_8859_1));
        }
        return chunks;
    }

    private static String firstIdat(List<String> chunks) {
        return chunks.stream().filter(one -> one.startsWith("IDAT")).findFirst().orElseThrow();
    }
}
