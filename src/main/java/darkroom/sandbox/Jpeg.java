package darkroom.sandbox;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/** JPEG files with the infotext where the WebUI puts it: the EXIF field UserComment, in UTF-16 (capture 113c). */
final class Jpeg {
    private static final byte[] UNICODE = "UNICODE\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

    /** A big-endian TIFF with nothing but an Exif directory, and in it nothing but a UserComment of a length to fill in. */
    private static final byte[] TIFF = {
        'M',
        'M',
        0,
        42,
        0,
        0,
        0,
        8, // one directory follows
        0,
        1,
        (byte) 0x87,
        0x69,
        0,
        4,
        0,
        0,
        0,
        1,
        0,
        0,
        0,
        26,
        0,
        0,
        0,
        0, // its one entry points to the other
        0,
        1,
        (byte) 0x92,
        (byte) 0x86,
        0,
        7,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        40 // UserComment: undefined bytes, at 40
    };

    private static final int LENGTH_IN_TIFF = 32;

    private Jpeg() {}

    /** The file; without a comment it has no EXIF at all. */
    static byte[] encode(Picture picture, int quality, @Nullable String comment) {
        byte[] plain = pixels(picture, quality);
        return comment == null ? plain : insertAfterFirstSegment(plain, segment(comment));
    }

    /** EXIF with the comment as it is embedded in other containers, i.e. without the JPEG segment around it. */
    static byte[] exif(String comment) {
        byte[] text = comment.getBytes(StandardCharsets.UTF_16BE);
        return ByteBuffer.allocate(EXIF.length + TIFF.length + UNICODE.length + text.length)
                .put(EXIF)
                .put(TIFF)
                .put(UNICODE)
                .put(text)
                .putInt(EXIF.length + LENGTH_IN_TIFF, UNICODE.length + text.length)
                .array();
    }

    /** The comment of a JPEG that was written like this; null if there is none. */
    static @Nullable String comment(byte[] file) {
        for (int at = 0; at + UNICODE.length <= file.length; at++) {
            if (Arrays.equals(file, at, at + UNICODE.length, UNICODE, 0, UNICODE.length)) {
                int length = ByteBuffer.wrap(file).getInt(at - 8) - UNICODE.length;
                int start = at + UNICODE.length;
                return new String(
                        file, start, Math.max(0, Math.min(length, file.length - start)), StandardCharsets.UTF_16BE);
            }
        }
        return null;
    }

    private static byte[] pixels(Picture picture, int quality) {
        var image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                image.setRGB(x, y, picture.at(x, y));
            }
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        var bytes = new ByteArrayOutputStream();
        try (var out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam how = writer.getDefaultWriteParam();
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            how.setCompressionQuality(quality / 100f);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), how);
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static byte[] segment(String comment) {
        byte[] exif = exif(comment);
        if (exif.length + 2 > 0xFFFF) {
            throw ApiError.python("ValueError", "EXIF data is too long");
        }
        return ByteBuffer.allocate(4 + exif.length)
                .putShort((short) 0xFFE1)
                .putShort((short) (exif.length + 2))
                .put(exif)
                .array();
    }

    /** After the JFIF header, which must come first. */
    private static byte[] insertAfterFirstSegment(byte[] file, byte[] segment) {
        int split = 4 + (ByteBuffer.wrap(file).getShort(4) & 0xFFFF);
        return ByteBuffer.allocate(file.length + segment.length)
                .put(file, 0, split)
                .put(segment)
                .put(file, split, file.length - split)
                .array();
    }
}
