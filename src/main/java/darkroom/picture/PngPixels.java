package darkroom.picture;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The pixels of a PNG (W3C PNG, sections 7 to 10), inflated as they pass to see whether they are all there. They are
 * counted, not kept: neither memory nor time depend on what the header claims.
 */
final class PngPixels {
    /** What is inflated at most. More takes seconds, and is not a picture that anybody could open. */
    private static final long MOST = 4L << 30;

    private static final int BUFFER = 64 * 1024;
    private static final int LAST_FILTER = 4;
    private static final int INDEXED = 3;

    /** For each pass of Adam7: its first column and row, and the steps between columns and rows. */
    private static final int[][] ADAM7 = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

    private final int width;
    private final int height;
    private final int bitsPerPixel;
    private final boolean indexed;
    private final int[][] passes;
    private final Inflater inflater = new Inflater();
    private int pass = -1;
    private long rowLength;
    private long rowsLeft;
    private long leftInRow;

    /**
     * Begins.
     *
     * @param header the data of the IHDR chunk
     * @throws PictureException if there is no such picture
     */
    PngPixels(ByteBuffer header) throws PictureException {
        width = header.getInt(0);
        height = header.getInt(4);
        int depth = header.get(8);
        bitsPerPixel = depth * channels(header.get(9), depth);
        indexed = header.get(9) == INDEXED;
        boolean known = header.get(10) == 0 && header.get(11) == 0 && (header.get(12) & ~1) == 0;
        if (width <= 0 || height <= 0 || bitsPerPixel == 0 || !known) {
            throw new PictureException("is damaged: the PNG does not say what its pixels are");
        }
        if ((double) height * rowLength(width) > MOST) {
            throw new PictureException("is not a picture: it claims to have " + width + "x" + height + " pixels");
        }
        passes = header.get(12) == 0 ? ONE_PASS : ADAM7;
        nextPass();
    }

    /** How many values a pixel has; 0 if there are none of this type and depth. */
    private static int channels(int colourType, int depth) {
        boolean eightUp = depth == 8 || depth == 16;
        boolean upToEight = depth == 1 || depth == 2 || depth == 4 || depth == 8;
        return switch (colourType) {
            case 0 -> eightUp || upToEight ? 1 : 0;
            case 2 -> eightUp ? 3 : 0;
            case INDEXED -> upToEight ? 1 : 0;
            case 4 -> eightUp ? 2 : 0;
            case 6 -> eightUp ? 4 : 0;
            default -> 0;
        };
    }

    /** A filter byte and the pixels. */
    private long rowLength(long pixels) {
        return 1 + (pixels * bitsPerPixel + 7) / 8;
    }

    private void nextPass() {
        while (rowsLeft == 0 && ++pass < passes.length) {
            int[] at = passes[pass];
            long columns = (width - at[0] + at[2] - 1L) / at[2];
            long rows = (height - at[1] + at[3] - 1L) / at[3];
            if (columns > 0 && rows > 0) { // a small picture has nothing in some passes
                rowLength = rowLength(columns);
                rowsLeft = rows;
            }
        }
    }

    /** Whether a pixel is a place in a palette. */
    boolean needPalette() {
        return indexed;
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
                if ((buffer[at] & 0xff) > LAST_FILTER) {
                    throw damaged("its pixels are nonsense");
                }
                leftInRow = rowLength;
            }
            int taken = (int) Math.min(n - at, leftInRow);
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

    /** Gives back what is held outside of the heap. */
    void close() {
        inflater.end();
    }

    private static PictureException damaged(String how) {
        return new PictureException("is damaged: " + how);
    }
}
