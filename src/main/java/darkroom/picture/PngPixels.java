package darkroom.picture;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The pixels of a PNG (W3C PNG, sections 7 to 10), inflated as they pass to see whether they are all there, and whether
 * they are all of one colour. They are counted and compared, not kept: neither memory nor time depend on what the header
 * claims.
 */
final class PngPixels {
    private static final int BUFFER = 64 * 1024;
    private static final int LAST_FILTER = 4;

    private final PngHeader header;
    private final Inflater inflater = new Inflater();
    private final Flat flat;
    private int pass = -1;
    private long rowLength;
    private long rowsLeft;
    private long leftInRow;

    /** Begins. */
    PngPixels(PngHeader header) {
        this.header = header;
        this.flat = new Flat(header.bitsPerPixel());
        nextPass();
    }

    private void nextPass() {
        while (rowsLeft == 0 && ++pass < header.passes()) {
            PngHeader.Pass next = header.pass(pass);
            if (next.columns() > 0 && next.rows() > 0) {
                rowLength = header.rowLength(next.columns());
                rowsLeft = next.rows();
                flat.beginPass(next.columns());
            }
        }
    }

    /** The next bytes of the IDAT chunks. */
    void accept(byte[] bytes, int offset, int length) throws PictureException {
        if (inflater.finished()) {
            return; // decoders ignore what follows
        }
        inflater.setInput(bytes, offset, length);
        byte[] buffer = new byte[BUFFER]; // not kept: an answer may have hundreds of pictures
        try {
            for (int n = inflater.inflate(buffer); n > 0; n = inflater.inflate(buffer)) {
                count(buffer, n);
            }
        } catch (DataFormatException e) {
            throw damaged("its pixels can't be unpacked");
        }
        if (inflater.needsDictionary()) {
            throw damaged("its pixels can't be unpacked");
        }
    }

    private void count(byte[] buffer, int n) throws PictureException {
        int at = 0;
        while (at < n) {
            if (leftInRow == 0) {
                if (rowsLeft == 0) {
                    throw damaged("the PNG has more pixels than it says");
                }
                int filter = buffer[at++] & 0xff;
                if (filter > LAST_FILTER) {
                    throw damaged("its pixels are nonsense");
                }
                leftInRow = rowLength - 1;
                flat.beginRow(filter, leftInRow);
            }
            int taken = (int) Math.min(n - at, leftInRow);
            flat.accept(buffer, at, taken);
            at += taken;
            leftInRow -= taken;
            if (leftInRow == 0) {
                rowsLeft--;
                nextPass();
            }
        }
    }

    /**
     * No more pixels come.
     *
     * @throws PictureException if some are missing
     */
    void end() throws PictureException {
        boolean complete = inflater.finished() && rowsLeft == 0;
        close();
        if (!complete) {
            throw damaged("the PNG has fewer pixels than it says");
        }
    }

    /** Whether all of them are the same, and more than one. Two places in a palette are two, whatever their colours. */
    boolean isFlat() {
        return flat.holds && (long) header.width() * header.height() > 1;
    }

    /** Gives back what is held outside of the heap. */
    void close() {
        inflater.end();
    }

    private static PictureException damaged(String how) {
        return new PictureException("is damaged: " + how);
    }

    /**
     * Whether all pixels are the first one. As long as they are, the row above and the pixel on the left, which a filter
     * refers to (section 9.2), are known without being kept; from the first other one on nothing is looked at.
     */
    private static final class Flat {
        private final int bits;
        private final int step;
        private final byte[] pixel;
        private boolean holds = true;
        private boolean begun;
        private boolean firstRow;
        private int filter;
        private long bytes;
        private long at;
        private int channel;
        private int padding;
        private int endAbove;

        Flat(int bitsPerPixel) {
            bits = bitsPerPixel;
            step = Math.max(1, bitsPerPixel / 8);
            pixel = new byte[step];
        }

        void beginPass(long columns) {
            firstRow = true;
            padding = (int) ((-columns * bits) & 7);
        }

        void beginRow(int rowFilter, long rowBytes) {
            filter = rowFilter;
            bytes = rowBytes;
            at = 0;
            channel = 0;
        }

        void accept(byte[] from, int offset, int length) {
            for (int i = offset; holds && i < offset + length; i++) {
                next(from[i] & 0xff);
            }
        }

        private void next(int filtered) {
            boolean last = at == bytes - 1;
            int same = pixel[channel] & 0xff;
            int left = at < step ? 0 : same;
            int above = firstRow ? 0 : (last && padding > 0) ? endAbove : same;
            int corner = at < step || firstRow ? 0 : same;
            int value = (filtered + predicted(left, above, corner)) & 0xff;
            if (!begun) {
                pixel[channel] = (byte) first(value);
                begun = channel == step - 1;
            }
            int unused = last ? (1 << padding) - 1 : 0;
            holds = ((value ^ pixel[channel]) & 0xff & ~unused) == 0;
            channel = channel == step - 1 ? 0 : channel + 1;
            at++;
            if (last) {
                endAbove = value;
                firstRow = false;
            }
        }

        /** A byte full of the pixel that it begins with. */
        private int first(int value) {
            if (bits >= 8) {
                return value;
            }
            int most = (1 << bits) - 1;
            return (value >>> (8 - bits)) * (0xff / most);
        }

        private int predicted(int left, int above, int corner) {
            return switch (filter) {
                case 1 -> left;
                case 2 -> above;
                case 3 -> (left + above) / 2;
                case 4 -> paeth(left, above, corner);
                default -> 0;
            };
        }

        private static int paeth(int left, int above, int corner) {
            int estimate = left + above - corner;
            int toLeft = Math.abs(estimate - left);
            int toAbove = Math.abs(estimate - above);
            int toCorner = Math.abs(estimate - corner);
            if (toLeft <= toAbove && toLeft <= toCorner) {
                return left;
            }
            return toAbove <= toCorner ? above : corner;
        }
    }
}
