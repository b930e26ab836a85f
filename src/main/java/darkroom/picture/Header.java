package darkroom.picture;

import static darkroom.picture.PictureProbe.starts;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Recognises formats that are not looked into: by their signature, and by a size or an offset that makes sense. */
final class Header {
    private static final int LONGEST_SIDE = 1 << 16;

    private Header() {}

    /**
     * The format that begins so.
     *
     * @param head the first 32 bytes, or as many as there are
     * @return null if there is none
     */
    static Picture.@Nullable Format formatOf(byte[] head) {
        ByteBuffer b = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        if (head.length > 13 && (starts(head, 0, "GIF87a") || starts(head, 0, "GIF89a"))) {
            return b.getShort(6) != 0 && b.getShort(8) != 0 ? Picture.Format.GIF : null;
        }
        if (head.length >= 26 && starts(head, 0, "BM")) {
            return isBmp(b) ? Picture.Format.BMP : null;
        }
        if (head.length > 8 && (starts(head, 0, "II*\0") || starts(head, 0, "MM\0*"))) {
            b.order(head[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            return Integer.toUnsignedLong(b.getInt(4)) >= 8 ? Picture.Format.TIFF : null; // behind this header
        }
        if (head.length >= 16 && starts(head, 4, "ftypavi")) {
            int box = Integer.reverseBytes(b.getInt(0));
            return box >= 16 && box <= 1024 ? Picture.Format.AVIF : null;
        }
        if (starts(head, 0, "\0\0\0\u000cJXL \r\n\u0087\n") || isJxl(head)) {
            return Picture.Format.JXL;
        }
        return null;
    }

    /** A header of a known length, and two sides behind it; the first kind has short ones. */
    private static boolean isBmp(ByteBuffer b) {
        int header = b.getInt(14);
        boolean old = header == 12;
        long width = old ? b.getShort(18) & 0xffff : b.getInt(18);
        long height = old ? b.getShort(20) & 0xffff : Math.abs((long) b.getInt(22)); // negative: from the top down
        return (old || (header >= 40 && header <= 124))
                && b.getInt(10) >= 14 + header
                && isSide(width)
                && isSide(height);
    }

    private static boolean isSide(long pixels) {
        return pixels > 0 && pixels <= LONGEST_SIDE;
    }

    /** A bare codestream (ISO/IEC 18181-1, annex D): the first side is packed into bits, from the lowest up. */
    private static boolean isJxl(byte[] head) {
        if (head.length < 12 || !starts(head, 0, "\u00ff\n")) {
            return false;
        }
        long bits = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
        boolean small = (bits & 1) == 1;
        int selector = (int) (bits >> 1 & 3);
        int length = new int[] {9, 13, 18, 30}[selector];
        return small || isSide(1 + (bits >> 3 & (1L << length) - 1));
    }
}
