package darkroom.sandbox;

import java.util.Locale;

/** Sizes that no picture can have (captures 319, 320). */
final class Size {
    /** The side of the squares that the "model" thinks in. */
    static final int LATENT = 8;

    private static final long MAX_PIXELS = 4096L * 4096;

    private Size() {}

    static void check(int width, int height) {
        int columns = Math.floorDiv(width, LATENT);
        int rows = Math.floorDiv(height, LATENT);
        if (columns < 0 || rows < 0) {
            throw ApiError.python(
                    "RuntimeError",
                    "Trying to create tensor with negative dimension %d: [4, %d, %d]"
                            .formatted(rows < 0 ? rows : columns, rows, columns));
        }
        if (columns == 0 || rows == 0) {
            throw ApiError.python(
                    "RuntimeError",
                    ("Calculated padded input size per channel: (%d x %d). Kernel size: (3 x 3). "
                                    + "Kernel size can't be greater than actual input size")
                            .formatted(rows + 2, columns + 2));
        }
        checkMemory(width, height);
    }

    /** The size that really comes out: rounded down to whole squares (capture 321). */
    static int rounded(int side) {
        return side / LATENT * LATENT;
    }

    /** What no card has room for. */
    static void checkMemory(int width, int height) {
        if ((long) width * height > MAX_PIXELS) {
            throw outOfMemory((long) width * height * 64);
        }
    }

    /** What a card says that has not enough room. */
    static ApiError outOfMemory(long bytes) {
        return ApiError.python(
                "OutOfMemoryError",
                String.format(
                        Locale.ROOT, "CUDA out of memory. Tried to allocate %.2f GiB.", (double) bytes / (1 << 30)));
    }
}
