package darkroom.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * WebP files of the simplest valid kind, since the JDK writes none: lossless, every sample in eight bits, so about as
 * large as the pixels in memory.
 */
final class Webp {
    private static final int SAMPLE_BITS = 8;
    private static final int EXIF_FLAG = 0x08;
    private static final int ALPHA_FLAG = 0x10;

    private Webp() {}

    /** The file; without a comment it has no EXIF. */
    static byte[] encode(Picture picture, @Nullable String comment) {
        var chunks = new ByteArrayOutputStream();
        try {
            if (comment != null) {
                chunks.write(chunk("VP8X", extendedHeader(picture)));
            }
            chunks.write(chunk("VP8L", lossless(picture)));
            if (comment != null) {
                chunks.write(chunk("EXIF", Jpeg.exif(comment)));
            }
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
        byte[] type = "WEBP".getBytes(StandardCharsets.US_ASCII);
        byte[] body = ByteBuffer.allocate(type.length + chunks.size())
                .put(type)
                .put(chunks.toByteArray())
                .array();
        return chunk("RIFF", body);
    }

    private static byte[] chunk(String type, byte[] body) {
        return ByteBuffer.allocate(8 + body.length + body.length % 2)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .putInt(body.length)
                .put(body)
                .array();
    }

    private static byte[] extendedHeader(Picture picture) {
        var out = new Bits();
        out.write(EXIF_FLAG | (picture.opaque() ? 0 : ALPHA_FLAG), 32);
        out.write(picture.width() - 1, 24);
        out.write(picture.height() - 1, 24);
        return out.bytes();
    }

    private static byte[] lossless(Picture picture) {
        var out = new Bits();
        out.write(0x2F, 8); // signature
        out.write(picture.width() - 1, 14);
        out.write(picture.height() - 1, 14);
        out.write(picture.opaque() ? 0 : 1, 1);
        out.write(0, 3); // version
        out.write(0, 3); // no transform, no colour cache, one set of prefix codes
        flatCode(out, 24); // green shares its alphabet with 24 lengths of repetitions, never used
        flatCode(out, 0);
        flatCode(out, 0);
        if (picture.opaque()) {
            out.write(0b101 | (0xFF << 3), 11); // simple, one symbol, of eight bits: 255
        } else {
            flatCode(out, 0);
        }
        out.write(0b0001, 4); // distances: simple, one symbol, of one bit: 0
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                pixel(out, picture.at(x, y), picture.opaque());
            }
        }
        return out.bytes();
    }

    /** A prefix code in which each of 256 samples is eight bits long, and the symbols after them do not occur. */
    private static void flatCode(Bits out, int unusedSymbols) {
        out.write(0, 1); // not simple
        out.write(12 - 4, 4); // lengths of the first 12 code-length codes follow, in the order of the format
        for (int lengthCode : new int[] {17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8}) {
            out.write(lengthCode == 0 || lengthCode == SAMPLE_BITS ? 1 : 0, 3);
        }
        out.write(0, 1); // a length for every symbol: 1 is eight bits, 0 is none
        for (int symbol = 0; symbol < 256; symbol++) {
            out.write(1, 1);
        }
        out.write(0, unusedSymbols);
    }

    private static void pixel(Bits out, int argb, boolean opaque) {
        sample(out, argb >> 8);
        sample(out, argb >> 16);
        sample(out, argb);
        if (!opaque) {
            sample(out, argb >> 24);
        }
    }

    /** Prefix codes are read from their highest bit on. */
    private static void sample(Bits out, int value) {
        out.write(Integer.reverse(value << 24), SAMPLE_BITS);
    }

    /** Bits, the lowest first. */
    private static final class Bits {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private long pending;
        private int count;

        void write(int value, int bits) {
            pending |= (value & ((1L << bits) - 1)) << count;
            count += bits;
            while (count >= 8) {
                bytes.write((int) pending);
                pending >>>= 8;
                count -= 8;
            }
        }

        byte[] bytes() {
            if (count > 0) {
                bytes.write((int) pending);
            }
            return bytes.toByteArray();
        }
    }
}
