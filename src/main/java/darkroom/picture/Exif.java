package darkroom.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads EXIF data: the user comment, where the WebUI writes the infotext of a JPEG or WebP, and the orientation, which it
 * applies to init images.
 */
final class Exif {
    private static final int EXIF_IFD = 0x8769;
    private static final int USER_COMMENT = 0x9286;
    private static final int ORIENTATION = 0x0112;
    private static final int ENTRY = 12;

    private Exif() {}

    /**
     * The user comment.
     *
     * @param bytes holds a TIFF structure (EXIF 2.3, section 4.5)
     * @param from where that begins
     * @return null if there is none, or if it can't be read
     */
    static @Nullable String userComment(byte[] bytes, int from) {
        if (bytes.length < from + 8) {
            return null;
        }
        try {
            ByteBuffer tiff = tiff(bytes, from);
            int exif = find(tiff, tiff.getInt(4), EXIF_IFD);
            int entry = exif < 0 ? -1 : find(tiff, tiff.getInt(exif + 8), USER_COMMENT);
            return entry < 0 ? null : comment(tiff, entry);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            return null; // offsets that lead nowhere
        }
    }

    /**
     * Whether the picture is shown lying on its side: its width is the height of what is stored.
     *
     * @param bytes holds a TIFF structure
     * @param from where that begins
     */
    static boolean isTurned(byte[] bytes, int from) {
        if (bytes.length < from + 8) {
            return false;
        }
        try {
            ByteBuffer tiff = tiff(bytes, from);
            int entry = find(tiff, tiff.getInt(4), ORIENTATION);
            int orientation = entry < 0 ? 1 : tiff.getShort(entry + 8);
            return orientation >= 5 && orientation <= 8;
        } catch (IndexOutOfBoundsException e) {
            return false; // offsets that lead nowhere
        }
    }

    private static ByteBuffer tiff(byte[] bytes, int from) {
        ByteBuffer tiff = ByteBuffer.wrap(bytes, from, bytes.length - from).slice();
        return tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    }

    private static int find(ByteBuffer tiff, int directory, int tag) {
        int entries = tiff.getShort(directory) & 0xffff;
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + i * ENTRY;
            if ((tiff.getShort(entry) & 0xffff) == tag) {
                return entry;
            }
        }
        return -1;
    }

    private static @Nullable String comment(ByteBuffer tiff, int entry) {
        int length = tiff.getInt(entry + 4);
        tiff.position(tiff.getInt(entry + 8));
        if (length < 0 || length > tiff.remaining()) {
            return null; // a length that is not so
        }
        byte[] value = new byte[length];
        tiff.get(value);
        if (value.length < 8) {
            return "";
        }
        String code = new String(value, 0, 8, StandardCharsets.ISO_8859_1);
        Charset charset = code.startsWith("UNICODE") ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_8;
        return new String(value, 8, value.length - 8, charset);
    }
}
