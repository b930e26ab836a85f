package darkroom.sandbox;

import java.util.SplittableRandom;

/** Makes a picture look as if the model had been stopped half-way. */
final class Unfinished {
    private Unfinished() {}

    /** The less of it is done, the more is noise. */
    static Picture of(Picture picture, long seed, double done) {
        var random = new SplittableRandom(seed);
        int[] pixels = new int[picture.width() * picture.height()];
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                int noise = 0xFF000000 | (random.nextInt() & 0xFFFFFF);
                pixels[y * picture.width() + x] = Picture.mix(picture.at(x, y), noise, 0.85 * (1 - done)) | 0xFF000000;
            }
        }
        return Picture.of(picture.width(), picture.height(), pixels, true);
    }
}
