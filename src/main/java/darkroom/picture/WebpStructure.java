package darkroom.picture;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A WebP (RFC 9649): the RIFF length, the chunks, the size from VP8, VP8L or VP8X. */
final class WebpStructure implements PictureProbe.Structure {
    private static final int FILE_HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int SIZE_BYTES = 10;

    private final byte[] small = new byte[FILE_HEADER];
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean begun;
    private boolean inChunk;
    private int filled;
    private String type = "";
    private long left;
    private long total;
    private long promised;
    private int width;
    private int height;
    private boolean pixels;
    private boolean turned;
    private @Nullable String infotext;

    @Override
    public void accept(byte[] bytes, int offset, int length) {
        total += length;
        int at = offset;
        int end = offset + length;
        while (at < end) {
            at += inChunk ? take(bytes, at, end) : fill(bytes, at, end);
        }
    }

    @Override
    public Picture end() throws PictureException {
        if (total < promised || inChunk) {
            throw new PictureException("is cut off: the WebP has " + total + " bytes of " + promised);
        }
        if (!pixels || width == 0) {
            throw new PictureException("is damaged: the WebP holds no pixels");
        }
        return new Picture(Picture.Format.WEBP, turned ? height : width, turned ? width : height, infotext);
    }

    private int fill(byte[] bytes, int at, int end) {
        int wanted = begun ? CHUNK_HEADER : FILE_HEADER;
        int n = Math.min(end - at, wanted - filled);
        System.arraycopy(bytes, at, small, filled, n);
        filled += n;
        if (filled == wanted) {
            filled = 0;
            long size = ByteBuffer.wrap(small).order(ByteOrder.LITTLE_ENDIAN).getInt(4) & 0xffffffffL;
            if (begun) {
                type = new String(small, 0, 4, StandardCharsets.ISO_8859_1);
                left = size + size % 2; // chunks are padded to even lengths
                inChunk = left > 0;
            } else {
                promised = size + 8;
                begun = true;
            }
        }
        return n;
    }

    private int take(byte[] bytes, int at, int end) {
        int n = (int) Math.min(end - at, left);
        int most = type.equals("EXIF") ? PictureProbe.MAX_TEXT : SIZE_BYTES;
        kept.write(bytes, at, Math.max(0, Math.min(n, most - kept.size())));
        left -= n;
        if (left == 0) {
            endOfChunk(kept.toByteArray());
            kept.reset();
            inChunk = false;
        }
        return n;
    }

    private void endOfChunk(byte[] chunk) {
        if (type.equals("EXIF")) {
            int skip = chunk.length > 6 && chunk[0] == 'E' && chunk[1] == 'x' ? 6 : 0;
            turned = Exif.isTurned(chunk, skip);
            infotext = Exif.userComment(chunk, skip);
            return;
        }
        if (chunk.length < SIZE_BYTES) {
            pixels |= type.equals("ANMF") || type.equals("ALPH");
            return;
        }
        ByteBuffer b = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case "VP8 " -> size(b.getShort(6) & 0x3fff, b.getShort(8) & 0x3fff, true);
            case "VP8L" -> size((b.getInt(1) & 0x3fff) + 1, (b.getInt(1) >>> 14 & 0x3fff) + 1, true);
            case "VP8X" -> size((b.getInt(4) & 0xffffff) + 1, (b.getInt(6) >>> 8 & 0xffffff) + 1, false);
            case "ANMF" -> pixels = true;
            default -> {
                // colour profile, XMP and what else there may be
            }
        }
    }

    private void size(int newWidth, int newHeight, boolean coded) {
        pixels |= coded;
        if (width == 0) { // the canvas (VP8X) comes first and counts
            width = newWidth;
            height = newHeight;
        }
    }
}
