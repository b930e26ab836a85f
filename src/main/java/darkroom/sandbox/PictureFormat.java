package darkroom.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns pictures into files of the format that an option names, as answers and as files on disk want them. */
final class PictureFormat {
    private static final Set<String> JPEG = Set.of("jpg", "jpeg");

    private final Options options;
    private final long pictureBytes;

    PictureFormat(Options options, long pictureBytes) {
        this.options = options;
        this.pictureBytes = pictureBytes;
    }

    /** For an answer: in the format of the option {@code samples_format} at this moment (captures 110, 111, 113c). */
    EncodedPicture encode(Picture picture) {
        String format = options.text("samples_format").toLowerCase(Locale.ROOT);
        String comment = picture.texts().getOrDefault("parameters", "");
        if (format.equals("png")) {
            return Png.encode(picture, pictureBytes);
        }
        if (JPEG.contains(format) || format.equals("webp")) {
            return lossy(picture, format, comment);
        }
        throw ApiError.http(500, "Invalid image format");
    }

    /** For a file with this extension, without its dot; infotexts are kept unless {@code enable_pnginfo} is off. */
    EncodedPicture encode(Picture picture, String extension, @Nullable String infotext) {
        String format = extension.toLowerCase(Locale.ROOT);
        String comment = options.flag("enable_pnginfo") ? infotext : null;
        if (format.equals("png")) {
            Picture bare = picture.withTexts(Map.of());
            return Png.encode(comment == null ? bare : bare.withText("parameters", comment), pictureBytes);
        }
        if (JPEG.contains(format) || format.equals("webp")) {
            return lossy(picture, format, comment);
        }
        throw ApiError.python("KeyError", ServerPaths.repr("." + extension));
    }

    /** A small PNG as the previews have it. */
    static String base64Png(Picture picture) {
        try {
            return new String(Png.encode(picture, 0).base64().bytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EncodedPicture lossy(Picture picture, String format, @Nullable String comment) {
        int quality = (int) Math.max(1, Math.min(100, options.number("jpeg_quality")));
        return EncodedPicture.of(
                JPEG.contains(format) ? Jpeg.encode(picture, quality, comment) : Webp.encode(picture, comment));
    }
}
