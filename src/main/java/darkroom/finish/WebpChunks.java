package darkroom.finish;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A WebP chunk by chunk (RFC 9649): its metadata, and the same file with others. Its pixels pass as they are. */
final class WebpChunks {
    private static final int FILE_HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int MOST_CHUNKS = 100_000;
    private static final int PROFILE = 0x20;
    private static final int ALPHA = 0x10;
    private static final int EXIF = 0x08;
    private static final int XMP = 0x04;
    private static final Set<String> ASIDE = Set.of("ICCP", "EXIF", "XMP ", "VP8X");

    private final RandomAccessFile in;
    private final List<Chunk> chunks = new ArrayList<>();

    /** Where a chunk is. */
    private record Chunk(String type, long from, long length) {}

    private WebpChunks(RandomAccessFile in) throws IOException {
        this.in = in;
        long end = in.length();
        for (long at = FILE_HEADER; at + CHUNK_HEADER <= end && chunks.size() < MOST_CHUNKS; ) {
            byte[] header = bytes(at, CHUNK_HEADER);
            String type = new String(header, 0, 4, StandardCharsets.ISO_8859_1);
            long length = whole(header, 4) & 0xffffffffL;
            chunks.add(new Chunk(type, at + CHUNK_HEADER, Math.min(length, end - at - CHUNK_HEADER)));
            at += CHUNK_HEADER + length + length % 2;
        }
    }

    /**
     * Reads the metadata.
     *
     * @param file a WebP that was looked through
     */
    static Metadata read(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            WebpChunks webp = new WebpChunks(in);
            byte[] exif = webp.content("EXIF");
            boolean prefixed = exif != null && exif.length > 6 && exif[0] == 'E' && exif[1] == 'x';
            return new Metadata(
                    exif != null && prefixed ? Arrays.copyOfRange(exif, 6, exif.length) : exif,
                    webp.content("XMP "),
                    webp.content("ICCP"));
        }
    }

    /**
     * Copies a WebP, with this metadata in place of what it has of each kind.
     *
     * @param file a WebP
     * @param width its width, in pixels
     * @param height its height, in pixels
     * @param metadata what is null stays as it is
     */
    static void copy(Path file, int width, int height, Metadata metadata, OutputStream out) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            new WebpChunks(in).copy(width, height, metadata, out);
        }
    }

    private void copy(int width, int height, Metadata others, OutputStream out) throws IOException {
        byte[] icc = others.icc() == null ? content("ICCP") : others.icc();
        byte[] exif = others.exif() == null ? content("EXIF") : others.exif();
        byte[] xmp = others.xmp() == null ? content("XMP ") : others.xmp();
        List<Chunk> pixels =
                chunks.stream().filter(chunk -> !ASIDE.contains(chunk.type())).toList();
        long size = 4 + CHUNK_HEADER + 10 + sizeOf(icc) + sizeOf(exif) + sizeOf(xmp);
        for (Chunk chunk : pixels) {
            size += CHUNK_HEADER + padded(chunk.length());
        }
        ByteBuffer header = ByteBuffer.allocate(FILE_HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.put("RIFF".getBytes(StandardCharsets.ISO_8859_1)).putInt((int) size);
        out.write(header.put("WEBP".getBytes(StandardCharsets.ISO_8859_1)).array());
        ByteBuffer canvas = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
        canvas.put(
                (byte) (flags() | (icc == null ? 0 : PROFILE) | (exif == null ? 0 : EXIF) | (xmp == null ? 0 : XMP)));
        put24(canvas.position(4), width - 1);
        put24(canvas, height - 1);
        write("VP8X", canvas.array(), out);
        write("ICCP", icc, out);
        for (Chunk chunk : pixels) {
            header(chunk.type(), chunk.length(), out);
            pass(chunk, out);
        }
        write("EXIF", exif, out);
        write("XMP ", xmp, out);
    }

    /** What an extended file says of itself, or whether a simple one has transparent pixels. */
    private int flags() throws IOException {
        Optional<Chunk> extended = find("VP8X");
        if (extended.isPresent()) {
            return bytes(extended.get().from(), 1)[0] & ~(PROFILE | EXIF | XMP);
        }
        Optional<Chunk> lossless = find("VP8L");
        boolean alpha = lossless.isPresent()
                && (whole(bytes(lossless.get().from() + 1, 4), 0) >>> 28 & 1) == 1; // behind the sizes
        return alpha || find("ALPH").isPresent() ? ALPHA : 0;
    }

    private Optional<Chunk> find(String type) {
        return chunks.stream().filter(chunk -> chunk.type().equals(type)).findFirst();
    }

    private byte @Nullable [] content(String type) throws IOException {
        Optional<Chunk> chunk = find(type).filter(found -> found.length() > 0 && found.length() <= Metadata.MOST);
        return chunk.isEmpty()
                ? null
                : bytes(chunk.get().from(), (int) chunk.get().length());
    }

    private byte[] bytes(long from, int length) throws IOException {
        byte[] bytes = new byte[length];
        in.seek(from);
        in.readFully(bytes);
        return bytes;
    }

    private static int whole(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    }

    private void pass(Chunk chunk, OutputStream out) throws IOException {
        byte[] block = new byte[64 * 1024];
        in.seek(chunk.from());
        for (long left = chunk.length(); left > 0; ) {
            int n = in.read(block, 0, (int) Math.min(block.length, left));
            if (n < 0) {
                throw new EOFException();
            }
            out.write(block, 0, n);
            left -= n;
        }
        pad(chunk.length(), out);
    }

    private static void write(String type, byte @Nullable [] content, OutputStream out) throws IOException {
        if (content != null) {
            header(type, content.length, out);
            out.write(content);
            pad(content.length, out);
        }
    }

    private static void header(String type, long length, OutputStream out) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(CHUNK_HEADER).order(ByteOrder.LITTLE_ENDIAN);
        out.write(header.put(type.getBytes(StandardCharsets.ISO_8859_1))
                .putInt((int) length)
                .array());
    }

    private static void pad(long length, OutputStream out) throws IOException {
        if (length % 2 == 1) {
            out.write(0);
        }
    }

    private static long sizeOf(byte @Nullable [] content) {
        return content == null ? 0 : CHUNK_HEADER + padded(content.length);
    }

    private static long padded(long length) {
        return length + length % 2;
    }

    private static void put24(ByteBuffer to, int value) {
        to.put((byte) value).put((byte) (value >> 8)).put((byte) (value >> 16));
    }
}
