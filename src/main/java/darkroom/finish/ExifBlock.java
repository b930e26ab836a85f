package darkroom.finish;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes the EXIF data in which a WebUI looks for the infotext of a JPEG, WebP or AVIF: a user comment in UTF-16, as its own
 * library, piexif, writes it.
 */
final class ExifBlock {
    private static final byte[] UNICODE = "UNICODE\0".getBytes(StandardCharsets.US_ASCII);
    private static final short LONG = 4;
    private static final short UNDEFINED = 7;
    private static final int EXIF_IFD = 0x8769;
    private static final int USER_COMMENT = 0x9286;
    private static final int HEADER = 8;
    private static final int DIRECTORY_OF_ONE = 2 + 12 + 4;

    private ExifBlock() {}

    /** A TIFF structure (EXIF 2.3, section 4.5) that says this and nothing else. */
    static byte[] of(String infotext) {
        byte[] text = infotext.getBytes(StandardCharsets.UTF_16BE);
        int comment = HEADER + 2 * DIRECTORY_OF_ONE;
        ByteBuffer tiff = ByteBuffer.allocate(comment + UNICODE.length + text.length);
        tiff.put((byte) 'M').put((byte) 'M').putShort((short) 42).putInt(HEADER);
        directory(tiff, EXIF_IFD, LONG, 1, HEADER + DIRECTORY_OF_ONE);
        directory(tiff, USER_COMMENT, UNDEFINED, UNICODE.length + text.length, comment);
        return tiff.put(UNICODE).put(text).array();
    }

    private static void directory(ByteBuffer tiff, int tag, short type, int count, int value) {
        tiff.putShort((short) 1)
                .putShort((short) tag)
                .putShort(type)
                .putInt(count)
                .putInt(value);
        tiff.putInt(0); // there is none behind it
    }
}
