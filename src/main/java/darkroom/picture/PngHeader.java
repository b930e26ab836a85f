package darkroom.picture;

import java.nio.ByteBuffer;

/**
 * What the IHDR chunk of a PNG says (W3C PNG, section 11.2.1).
 *
 * @param width in pixels
 * @param height in pixels
 * @param bitsPerPixel 1 to 64; from 8 up whole bytes
 * @param indexed whether a pixel is a place in a palette
 * @param interlaced whether the pixels come in the seven passes of Adam7
 */
record PngHeader(int width, int height, int bitsPerPixel, boolean indexed, boolean interlaced) {
    /** What would be unpacked at most. More takes seconds, and is not a picture that anybody could open. */
    private static final long MOST = 4L << 30;

    /** What a byte of DEFLATE can become at most: 258 bytes for two bits (RFC 1951, section 3.2.5). */
    private static final int MOST_FOR_ONE = 1032;

    private static final int INDEXED = 3;

    /** For each pass of Adam7: its first column and row, and the steps between columns and rows. */
    private static final int[][] ADAM7 = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

    /**
     * Some rows of pixels that come one after the other.
     *
     * @param columns pixels in each
     * @param rows how many
     */
    record Pass(long columns, long rows) {}

    /**
     * Reads it.
     *
     * @param header the data of the chunk
     * @throws PictureException if there is no such picture
     */
    static PngHeader of(ByteBuffer header) throws PictureException {
        int depth = header.get(8);
        int type = header.get(9);
        boolean known = header.get(10) == 0 && header.get(11) == 0 && (header.get(12) & ~1) == 0;
        PngHeader read = new PngHeader(
                header.getInt(0),
                header.getInt(4),
                depth * channels(type, depth),
                type == INDEXED,
                header.get(12) == 1);
        if (read.width <= 0 || read.height <= 0 || read.bitsPerPixel == 0 || !known) {
            throw new PictureException("is damaged: the PNG does not say what its pixels are");
        }
        if ((double) read.height * read.rowLength(read.width) > MOST) {
            throw new PictureException(
                    "is not a picture: it claims to have " + read.width + "x" + read.height + " pixels");
        }
        return read;
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
    long rowLength(long pixels) {
        return 1 + (pixels * bitsPerPixel + 7) / 8;
    }

    int passes() {
        return steps().length;
    }

    /** One of the passes, from 0; a small picture has nothing in some. */
    Pass pass(int number) {
        int[] at = steps()[number];
        return new Pass((width - at[0] + at[2] - 1L) / at[2], (height - at[1] + at[3] - 1L) / at[3]);
    }

    private int[][] steps() {
        return interlaced ? ADAM7 : ONE_PASS;
    }

    /** Whether so few packed bytes can't be all pixels, however well they pack. */
    boolean areTooFew(long packed) {
        return packed < height * rowLength(width) / MOST_FOR_ONE; // those of Adam7 are no fewer
    }
}
