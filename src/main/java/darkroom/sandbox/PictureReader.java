package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the pictures that requests carry, in the forms the WebUI takes and with its errors (captures 340-351). */
final class PictureReader {
    private static final int MAX_PIXELS = 64_000_000;

    private final Options options;

    PictureReader(Options options) {
        this.options = options;
    }

    /** A picture whose kind is known and whose pixels are not yet read: damage further on is found only then. */
    static final class Opened {
        private final byte[] file;

        private Opened(byte[] file) {
            this.file = file;
        }

        Picture load() {
            return pixels(file, true).withTexts(texts());
        }

        /** What the picture says of itself: the texts of a PNG, the EXIF comment of a JPEG as {@code parameters}. */
        Map<String, String> texts() {
            var texts = new LinkedHashMap<>(Png.texts(file));
            String comment = texts.isEmpty() ? Jpeg.comment(file) : null;
            if (comment != null) {
                texts.put("parameters", comment);
            }
            return texts;
        }
    }

    /** From base64 or a data URI. */
    Opened open(JsonNode encoded) {
        if (!encoded.isTextual()) {
            String type = encoded.isNull() ? "NoneType" : encoded.isNumber() ? "int" : "dict";
            throw ApiError.python("AttributeError", "'%s' object has no attribute 'startswith'".formatted(type));
        }
        return open(encoded.textValue());
    }

    Opened open(String encoded) {
        if (encoded.startsWith("http://") || encoded.startsWith("https://")) {
            // A real server fetches from public addresses; the sandbox fetches nothing.
            boolean allowed = options.flag("api_enable_requests");
            throw ApiError.http(500, allowed ? "Request to local resource not allowed" : "Requests not allowed");
        }
        byte[] file = pythonBase64(encoded.startsWith("data:image/") ? afterFirstParameter(encoded) : encoded);
        if (file == null) {
            throw ApiError.http(500, "Invalid encoded image");
        }
        pixels(file, false);
        return new Opened(file);
    }

    /** Python's {@code b64decode}: skips what is not in the alphabet, insists on the padding; null if that fails. */
    static byte @Nullable [] pythonBase64(String text) {
        String alphabet = text.replaceAll("[^A-Za-z0-9+/=]", "");
        int padding = alphabet.indexOf('=');
        String whole =
                padding < 0 ? alphabet : alphabet.substring(0, Math.min(alphabet.length(), (padding + 3) / 4 * 4));
        try {
            return whole.length() % 4 == 0 ? Base64.getDecoder().decode(whole) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** {@code data:image/png;base64,AAAA}: what follows the comma after the first semicolon, if they are where expected. */
    private static String afterFirstParameter(String uri) {
        String[] parts = uri.split(";", -1);
        String[] data = parts.length > 1 ? parts[1].split(",", -1) : new String[0];
        if (data.length < 2) {
            throw ApiError.python("IndexError", "list index out of range");
        }
        return data[1];
    }

    private static Picture pixels(byte[] file, boolean load) {
        ImageReader reader = null;
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw ApiError.http(500, "Invalid encoded image");
            }
            reader = readers.next();
            reader.setInput(in, true, true);
            if ((long) reader.getWidth(0) * reader.getHeight(0) > MAX_PIXELS) {
                throw ApiError.http(500, "Invalid encoded image"); // Pillow calls it a decompression bomb
            }
            return load ? picture(reader.read(0)) : Picture.filled(1, 1, 0);
        } catch (IOException | RuntimeException e) {
            if (e instanceof ApiError known) {
                throw known;
            }
            throw load
                    ? ApiError.python("OSError", "image file is truncated")
                    : ApiError.http(500, "Invalid encoded image");
        } finally {
            if (reader != null) {
                reader.dispose();
            }
        }
    }

    private static Picture picture(BufferedImage image) {
        int[] argb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        return Picture.of(
                image.getWidth(),
                image.getHeight(),
                argb,
                !image.getColorModel().hasAlpha());
    }
}
