package darkroom.picture;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HexFormat;

/** Whether a file ends as a picture of its format does: cheap, for files that somebody else may still be writing. */
public final class PictureEnd {
    private static final int LOOKED_AT = 12;
    private static final String PNG = "89504e470d0a1a0a";
    private static final String PNG_END = "0000000049454e44ae426082";
    private static final String JPEG = "ffd8ff";
    private static final String JPEG_END = "ffd9";
    private static final String RIFF = "52494646";

    private PictureEnd() {}

    /**
     * Looks at both ends of a file.
     *
     * @return false if it is too short, or ends otherwise; true also for formats that are not known here
     */
    public static boolean isThere(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long size = in.length();
            if (size < LOOKED_AT) {
                return false;
            }
            byte[] start = new byte[LOOKED_AT];
            byte[] end = new byte[LOOKED_AT];
            in.readFully(start);
            in.seek(size - LOOKED_AT);
            in.readFully(end);
            String head = HexFormat.of().formatHex(start);
            String tail = HexFormat.of().formatHex(end);
            if (head.startsWith(PNG)) {
                return tail.equals(PNG_END);
            }
            if (head.startsWith(JPEG)) {
                return tail.endsWith(JPEG_END);
            }
            return !head.startsWith(RIFF) || size >= 8 + riffSize(start);
        }
    }

    private static long riffSize(byte[] start) {
        return Integer.toUnsignedLong(
                ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt(4));
    }
}
