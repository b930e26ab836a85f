package darkroom.sandbox;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The bytes of a picture file. A PNG may be padded to any size: with private, ancillary chunks ({@code paDd}) of noise
 * between its data and its end, which decoders pass over and which are made only while they are written.
 */
final class EncodedPicture implements Content {
    private static final int CHUNK = 64 * 1024;
    private static final int CHUNK_FRAME = 12; // length, type, CRC
    private static final byte[] TYPE = "paDd".getBytes(StandardCharsets.US_ASCII);

    private final byte[] head;
    private final long padding;
    private final byte[] tail;

    private EncodedPicture(byte[] head, long padding, byte[] tail) {
        this.head = head;
        this.padding = padding;
        this.tail = tail;
    }

    static EncodedPicture of(byte[] file) {
        return new EncodedPicture(file, 0, new byte[0]);
    }

    /** A PNG whose last chunk is separate; padded up to about {@code size} bytes if it is smaller. */
    static EncodedPicture padded(byte[] head, byte[] end, long size) {
        return new EncodedPicture(head, Math.max(0, size - head.length - end.length - CHUNK_FRAME), end);
    }

    @Override
    public long length() {
        long chunks = (padding + CHUNK - 1) / CHUNK;
        return head.length + padding + chunks * CHUNK_FRAME + tail.length;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(head);
        long noise = 0x9E3779B97F4A7C15L;
        for (long left = padding; left > 0; left -= CHUNK) {
            int length = (int) Math.min(left, CHUNK);
            ByteBuffer chunk = ByteBuffer.allocate(length + CHUNK_FRAME + Long.BYTES);
            chunk.putInt(length).put(TYPE);
            while (chunk.position() < length + 8) {
                noise ^= noise << 13; // xorshift: nothing compresses it
                noise ^= noise >>> 7;
                noise ^= noise << 17;
                chunk.putLong(noise);
            }
            var crc = new CRC32();
            crc.update(chunk.array(), 4, length + 4);
            chunk.position(length + 8).putInt((int) crc.getValue());
            out.write(chunk.array(), 0, chunk.position());
        }
        out.write(tail);
    }
}
