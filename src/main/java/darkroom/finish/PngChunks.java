package darkroom.finish;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** A PNG chunk by chunk (W3C PNG, section 5): its metadata, and the same file with other XMP. Its pixels pass as they are. */
final class PngChunks {
    private static final int SIGNATURE = 8;
    private static final int CHECKSUM = 4;
    private static final byte[] XMP =
            "XML:com.adobe.xmp\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1); // not compressed, no language
    private static final byte[] XMP_KEY = "XML:com.adobe.xmp\0".getBytes(StandardCharsets.ISO_8859_1);

    private PngChunks() {}

    /**
     * Reads the metadata.
     *
     * @param in a PNG that was looked through; not closed
     */
    static Metadata read(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        data.skipNBytes(SIGNATURE);
        Metadata found = Metadata.NONE;
        for (String type = ""; !type.equals("IEND"); ) {
            long length = data.readInt() & 0xffffffffL;
            type = type(data.readInt());
            boolean wanted = length <= Metadata.MOST && (type.equals("iTXt") || type.equals("iCCP"));
            byte[] chunk = wanted ? data.readNBytes((int) length) : null;
            data.skipNBytes(chunk == null ? length + CHECKSUM : CHECKSUM);
            if (chunk != null && type.equals("iCCP")) {
                found = found.withIcc(profile(chunk));
            } else if (chunk != null && isXmp(chunk)) {
                found = found.withXmp(text(chunk));
            }
        }
        return found;
    }

    /**
     * Copies a PNG, with this XMP in place of what it has.
     *
     * @param in a PNG that was looked through; not closed
     */
    static void copy(InputStream in, byte[] xmp, OutputStream out) throws IOException {
        DataInputStream data = new DataInputStream(in);
        out.write(data.readNBytes(SIGNATURE));
        boolean written = false;
        byte[] block = new byte[64 * 1024];
        for (String type = ""; !type.equals("IEND"); ) {
            int length = data.readInt();
            int name = data.readInt();
            type = type(name);
            if (type.equals("IDAT") && !written) {
                write("iTXt", concat(XMP, xmp), out);
                written = true;
            }
            byte[] begin = type.equals("iTXt") ? data.readNBytes(Math.min(length, XMP_KEY.length)) : new byte[0];
            long left = (length & 0xffffffffL) - begin.length + CHECKSUM;
            if (Arrays.equals(begin, XMP_KEY)) {
                data.skipNBytes(left);
                continue;
            }
            out.write(ByteBuffer.allocate(8).putInt(length).putInt(name).array());
            out.write(begin);
            while (left > 0) {
                int n = data.read(block, 0, (int) Math.min(block.length, left));
                if (n < 0) {
                    throw new EOFException();
                }
                out.write(block, 0, n);
                left -= n;
            }
        }
        data.transferTo(out); // what tools append
    }

    private static void write(String type, byte[] content, OutputStream out) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(content);
        out.write(ByteBuffer.allocate(4).putInt(content.length).array());
        out.write(name);
        out.write(content);
        out.write(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    private static String type(int name) {
        return new String(ByteBuffer.allocate(4).putInt(name).array(), StandardCharsets.ISO_8859_1);
    }

    private static boolean isXmp(byte[] chunk) {
        return chunk.length > XMP_KEY.length && Arrays.equals(chunk, 0, XMP_KEY.length, XMP_KEY, 0, XMP_KEY.length);
    }

    private static byte @Nullable [] text(byte[] chunk) {
        boolean packed = chunk[XMP_KEY.length] == 1;
        int from = behindZero(chunk, behindZero(chunk, XMP_KEY.length + 2)); // behind language and translated key
        return packed ? inflate(chunk, from) : Arrays.copyOfRange(chunk, from, chunk.length);
    }

    /** A name, a zero, a method, and the profile. */
    private static byte @Nullable [] profile(byte[] chunk) {
        return inflate(chunk, behindZero(chunk, 0) + 1);
    }

    /** Behind the next zero, or the end. */
    private static int behindZero(byte[] chunk, int from) {
        int at = from;
        while (at < chunk.length && chunk[at] != 0) {
            at++;
        }
        return Math.min(at + 1, chunk.length);
    }

    /** Null if that is too long, or nothing. */
    private static byte @Nullable [] inflate(byte[] packed, int from) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(packed, Math.min(from, packed.length), Math.max(0, packed.length - from));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] block = new byte[8192];
            for (int n = inflater.inflate(block); n > 0; n = inflater.inflate(block)) {
                out.write(block, 0, n);
                if (out.size() > Metadata.MOST) {
                    return null;
                }
            }
            return inflater.finished() && out.size() > 0 ? out.toByteArray() : null;
        } catch (DataFormatException e) {
            return null;
        } finally {
            inflater.end();
        }
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }
}
