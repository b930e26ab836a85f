package darkroom.sandbox;

import java.util.Locale;

/** Says on a picture that it is a sandbox picture; with letters of its own, since a container need not have fonts. */
final class Label {
    private static final int LETTER_WIDTH = 5;
    private static final int LETTER_HEIGHT = 7;
    private static final String LETTERS = "ABDEKMNORSX-0123456789";

    /** Each letter from above, seven lines of five bits. */
    private static final long[] SHAPES = {
        0b01110_10001_10001_11111_10001_10001_10001L, // A
        0b11110_10001_10001_11110_10001_10001_11110L, // B
        0b11110_10001_10001_10001_10001_10001_11110L, // D
        0b11111_10000_10000_11110_10000_10000_11111L, // E
        0b10001_10010_10100_11000_10100_10010_10001L, // K
        0b10001_11011_10101_10101_10001_10001_10001L, // M
        0b10001_11001_10101_10011_10001_10001_10001L, // N
        0b01110_10001_10001_10001_10001_10001_01110L, // O
        0b11110_10001_10001_11110_10100_10010_10001L, // R
        0b01111_10000_10000_01110_00001_00001_11110L, // S
        0b10001_10001_01010_00100_01010_10001_10001L, // X
        0b00000_00000_00000_01110_00000_00000_00000L, // -
        0b01110_10001_10011_10101_11001_10001_01110L,
        0b00100_01100_00100_00100_00100_00100_01110L,
        0b01110_10001_00001_00110_01000_10000_11111L,
        0b11110_00001_00001_01110_00001_00001_11110L,
        0b00010_00110_01010_10010_11111_00010_00010L,
        0b11111_10000_11110_00001_00001_10001_01110L,
        0b00110_01000_10000_11110_10001_10001_01110L,
        0b11111_00001_00010_00100_01000_01000_01000L,
        0b01110_10001_10001_01110_10001_10001_01110L,
        0b01110_10001_10001_01111_00001_00010_01100L
    };

    private Label() {}

    /** In the lower corners, as much of it as there is room for. */
    static Picture on(Picture picture, long seed) {
        int size = Math.max(1, Math.min(picture.width(), picture.height()) / 256);
        int margin = 2 * LETTER_WIDTH * size;
        int room = picture.width() - margin;
        String number = "SEED " + seed;
        String maker = width("DARKROOM SANDBOX", size) <= room ? "DARKROOM SANDBOX" : "SANDBOX";
        if (width(maker, size) > room || picture.height() < 3 * LETTER_HEIGHT) {
            return picture;
        }
        int top = picture.height() - (LETTER_HEIGHT + LETTER_WIDTH) * size;
        Picture labelled = write(picture, maker, LETTER_WIDTH * size, top, size);
        boolean both = width(maker, size) + width(number, size) + margin <= room;
        return both
                ? write(labelled, number, picture.width() - LETTER_WIDTH * size - width(number, size), top, size)
                : labelled;
    }

    private static int width(String text, int size) {
        return (text.length() * (LETTER_WIDTH + 1) - 1) * size;
    }

    private static Picture write(Picture picture, String text, int left, int top, int size) {
        int width = width(text, size) + 2 * size;
        int height = (LETTER_HEIGHT + 2) * size;
        Picture strip = picture.cropped(left - size, top - size, width, height);
        int[] pixels = new int[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int column = Math.floorDiv(x, size) - 1;
                int row = Math.floorDiv(y, size) - 1;
                int colour = strip.at(x, y);
                if (isInk(text, column, row)) {
                    colour = Picture.mix(colour, 0xFFFFFFFF, 0.8);
                } else if (isInk(text, column - 1, row - 1)) {
                    colour = Picture.mix(colour, 0xFF000000, 0.55); // a shadow, to be read on any ground
                }
                pixels[y * width + x] = colour;
            }
        }
        return picture.pasted(Picture.of(width, height, pixels, true), left - size, top - size);
    }

    private static boolean isInk(String text, int column, int row) {
        int index = Math.floorDiv(column, LETTER_WIDTH + 1);
        int bit = Math.floorMod(column, LETTER_WIDTH + 1);
        if (index < 0 || index >= text.length() || bit == LETTER_WIDTH || row < 0 || row >= LETTER_HEIGHT) {
            return false;
        }
        int letter = LETTERS.indexOf(text.toUpperCase(Locale.ROOT).charAt(index));
        return letter >= 0 && ((SHAPES[letter] >> ((LETTER_HEIGHT - row) * LETTER_WIDTH - 1 - bit)) & 1) == 1;
    }
}
