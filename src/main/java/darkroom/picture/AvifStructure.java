package darkroom.picture;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An AVIF, box by box (ISO/IEC 14496-12; 23008-12): their lengths, the size of the largest image in it, and the EXIF data, if they
 * come behind what describes them, as the usual programs write it.
 */
final class AvifStructure implements PictureProbe.Structure {
    private static final int HEADER = 8;
    private static final int LARGE_HEADER = 16;
    private static final int MOST_BOXES = 10_000;

    private final byte[] small = new byte[LARGE_HEADER];
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final ByteArrayOutputStream exif = new ByteArrayOutputStream();
    private long total;
    private int filled;
    private boolean inBox;
    private boolean toTheEnd;
    private boolean keep;
    private String type = "";
    private long left;
    private boolean pixels;
    private int width;
    private int height;
    private long exifFrom = -1;
    private long exifLength;

    @Override
    public void accept(byte[] bytes, int offset, int length) throws PictureException {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            int n = inBox ? take(bytes, at, end) : fill(bytes, at, end);
            at += n;
            total += n;
        }
    }

    @Override
    public Picture end() throws PictureException {
        if ((inBox && !toTheEnd) || filled > 0) {
            throw new PictureException("is cut off: the AVIF ends in " + (type.isEmpty() ? "its beginning" : type));
        }
        if (!pixels || width <= 0 || height <= 0) {
            throw new PictureException("is damaged: the AVIF holds no pixels");
        }
        byte[] block = exif.toByteArray();
        // four bytes say where the TIFF structure begins
        int from = block.length < 4 ? 0 : 4 + ByteBuffer.wrap(block).getInt();
        String infotext =
                from < 4 || from > block.length || block.length < exifLength ? null : Exif.userComment(block, from);
        return new Picture(Picture.Format.AVIF, width, height, infotext);
    }

    private int fill(byte[] bytes, int at, int end) throws PictureException {
        int wanted = filled >= HEADER ? LARGE_HEADER : HEADER;
        int n = Math.min(end - at, wanted - filled);
        System.arraycopy(bytes, at, small, filled, n);
        filled += n;
        if (filled < wanted) {
            return n;
        }
        ByteBuffer header = ByteBuffer.wrap(small);
        long size = header.getInt(0) & 0xffffffffL;
        type = new String(small, 4, 4, StandardCharsets.ISO_8859_1);
        if (size == 1 && filled == HEADER) {
            return n; // the length is behind
        }
        toTheEnd = size == 0;
        left = toTheEnd ? Long.MAX_VALUE : (size == 1 ? header.getLong(HEADER) : size) - filled;
        if (left < 0) {
            throw new PictureException("is damaged: a box of the AVIF has no proper length");
        }
        pixels |= type.equals("mdat");
        keep = type.equals("meta") && left <= PictureProbe.MAX_TEXT;
        filled = 0;
        inBox = left > 0;
        return n;
    }

    private int take(byte[] bytes, int at, int end) {
        int n = (int) Math.min(end - at, left);
        if (keep) {
            kept.write(bytes, at, n);
        } else if (exifFrom >= 0) {
            int from = (int) Math.max(0, Math.min(n, exifFrom - total));
            int to = (int) Math.max(from, Math.min(n, exifFrom + exifLength - total));
            exif.write(bytes, at + from, to - from);
        }
        left -= n;
        if (left == 0) {
            inBox = false;
            if (keep) {
                keep = false;
                try {
                    meta(ByteBuffer.wrap(kept.toByteArray()));
                } catch (IndexOutOfBoundsException | IllegalArgumentException | BufferUnderflowException e) {
                    // lengths that lead nowhere: what was found by then counts
                }
                kept.reset();
            }
        }
        return n;
    }

    private void meta(ByteBuffer meta) {
        meta.getInt(); // version
        Map<String, ByteBuffer> boxes = boxes(meta);
        ByteBuffer properties = boxes.get("iprp");
        if (properties != null) {
            sizes(properties);
        }
        int item = exifItem(boxes.get("iinf"));
        ByteBuffer places = boxes.get("iloc");
        if (item >= 0 && places != null) {
            place(places, item);
        }
    }

    /** The first box of each type, without its header. */
    private static Map<String, ByteBuffer> boxes(ByteBuffer in) {
        Map<String, ByteBuffer> found = new HashMap<>();
        for (int count = 0; in.remaining() >= HEADER && count < MOST_BOXES; count++) {
            ByteBuffer box = next(in);
            found.putIfAbsent(type(box), box.slice());
        }
        return found;
    }

    /** The next box, at its type; {@code in} goes on behind it. */
    private static ByteBuffer next(ByteBuffer in) {
        int size = in.getInt(in.position());
        if (size < HEADER || size > in.remaining()) {
            throw new IllegalArgumentException("a box of no proper length");
        }
        ByteBuffer box = in.slice(in.position() + 4, size - 4);
        in.position(in.position() + size);
        return box;
    }

    private static String type(ByteBuffer box) {
        byte[] name = new byte[4];
        box.get(name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }

    private void sizes(ByteBuffer properties) {
        ByteBuffer all = boxes(properties).get("ipco");
        for (int count = 0; all != null && all.remaining() >= HEADER && count < MOST_BOXES; count++) {
            ByteBuffer property = next(all);
            if (type(property).equals("ispe")) {
                property.getInt(); // version
                int wide = property.getInt();
                int high = property.getInt();
                if (wide > 0 && high > 0 && (long) wide * high > (long) width * height) {
                    width = wide;
                    height = high;
                }
            }
        }
    }

    /** The number of the item that is EXIF data; negative if there is none. */
    private static int exifItem(@Nullable ByteBuffer items) {
        if (items == null) {
            return -1;
        }
        boolean old = items.get() == 0;
        items.position(4);
        int count = old ? items.getShort() & 0xffff : items.getInt();
        for (int i = 0; i < Math.min(count, MOST_BOXES) && items.remaining() >= HEADER; i++) {
            ByteBuffer item = next(items);
            if (type(item).equals("infe")) {
                int version = item.get();
                item.position(item.position() + 3); // flags
                int id = version == 2 ? item.getShort() & 0xffff : item.getInt();
                item.getShort(); // protection
                if (version >= 2 && type(item).equals("Exif")) {
                    return id;
                }
            }
        }
        return -1;
    }

    private void place(ByteBuffer places, int wanted) {
        int version = places.get();
        places.position(4);
        int sizes = places.getShort() & 0xffff;
        int offsetSize = sizes >> 12;
        int lengthSize = sizes >> 8 & 0xf;
        int baseSize = sizes >> 4 & 0xf;
        int indexSize = version == 0 ? 0 : sizes & 0xf;
        int count = version < 2 ? places.getShort() & 0xffff : places.getInt();
        if (offsetSize + lengthSize == 0) {
            throw new IllegalArgumentException("places that say nothing");
        }
        for (int i = 0; i < Math.min(count, MOST_BOXES); i++) {
            int id = version < 2 ? places.getShort() & 0xffff : places.getInt();
            int method = version == 0 ? 0 : places.getShort() & 0xf;
            places.getShort(); // data reference
            long base = number(places, baseSize);
            int extents = places.getShort() & 0xffff;
            for (int e = 0; e < extents; e++) {
                number(places, indexSize);
                long from = base + number(places, offsetSize);
                long length = number(places, lengthSize);
                if (id == wanted && extents == 1 && method == 0 && length <= PictureProbe.MAX_TEXT) {
                    exifFrom = from;
                    exifLength = length;
                }
            }
        }
    }

    private static long number(ByteBuffer from, int bytes) {
        return switch (bytes) {
            case 0 -> 0;
            case 4 -> from.getInt() & 0xffffffffL;
            case 8 -> from.getLong();
            default -> throw new IllegalArgumentException("a number of " + bytes + " bytes");
        };
    }
}
