package darkroom.picture;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a picture file.
 *
 * @param format how it is encoded
 * @param width in pixels, as it is shown if its EXIF data turn it; 0 if this format is not looked into
 * @param height in pixels, likewise
 * @param infotext the WebUI's text about it: the {@code parameters} chunk of a PNG, the EXIF user comment of a JPEG or
 *     WebP; null if there is none
 * @param pixels what its pixels are
 */
public record Picture(
        Format format, int width, int height, @Nullable String infotext, Pixels pixels) {

    /** What is known from the structure alone. */
    Picture(Format format, int width, int height, @Nullable String infotext) {
        this(format, width, height, infotext, Pixels.NOT_LOOKED_AT);
    }

    /** What is known about the pixels. */
    public enum Pixels {
        /** They were not unpacked, or can't be. */
        NOT_LOOKED_AT,
        /** All there, and all of one colour. */
        FLAT,
        /** All there, and not all the same. */
        VARIED
    }

    /** How a picture is encoded. */
    public enum Format {
        PNG("png"),
        JPEG("jpg"),
        WEBP("webp"),
        GIF("gif"),
        BMP("bmp"),
        TIFF("tiff"),
        AVIF("avif"),
        JXL("jxl");

        private final String extension;

        Format(String extension) {
            this.extension = extension;
        }

        /** The ending of file names, without the dot. */
        public String extension() {
            return extension;
        }

        /** For sentences, for example {@code PNG}. */
        public String word() {
            return name().toUpperCase(Locale.ROOT);
        }
    }

    /** True if the file was looked through to its end, so that a missing part, or a wrong checksum, would have been noticed. */
    public boolean checked() {
        return width > 0;
    }

    /** For sentences, for example {@code 512x768}. */
    public String size() {
        return width + "x" + height;
    }
}
