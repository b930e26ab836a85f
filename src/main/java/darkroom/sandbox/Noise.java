package darkroom.sandbox;

/** Smooth noise: the same seed and place always give the same value, near places give near values. */
final class Noise {
    private final int seed;

    Noise(long seed) {
        this.seed = (int) (seed ^ (seed >>> 32)) * 0x27D4EB2F + 0x165667B1;
    }

    /** One value of no place in particular, 0 to 1: the {@code index}-th choice that a seed makes. */
    double choice(int index) {
        return (hash(index, 0x5BD1E995) >>> 8) / (double) (1 << 24);
    }

    /** A choice between two bounds. */
    double choice(int index, double from, double to) {
        return from + (to - from) * choice(index);
    }

    /** Between 0 and 1, a bump every unit. */
    double at(double x, double y) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double right = ease(x - left);
        double down = ease(y - top);
        double above = corner(left, top) * (1 - right) + corner(left + 1, top) * right;
        double below = corner(left, top + 1) * (1 - right) + corner(left + 1, top + 1) * right;
        return above * (1 - down) + below * down;
    }

    /** Between 0 and 1, with ever finer and fainter detail. */
    double fractal(double x, double y, int octaves) {
        double sum = 0;
        double weight = 0.5;
        double total = 0;
        double scale = 1;
        for (int octave = 0; octave < octaves; octave++) {
            sum += weight * at(x * scale + 17.3 * octave, y * scale - 9.1 * octave);
            total += weight;
            weight *= 0.5;
            scale *= 2.03; // not 2, lest the bumps of all octaves meet
        }
        return sum / total;
    }

    private double corner(int x, int y) {
        return (hash(x, y) >>> 8) / (double) (1 << 24);
    }

    private int hash(int x, int y) {
        int mixed = seed + x * 0x9E3779B1 + y * 0x85EBCA77;
        mixed ^= mixed >>> 15;
        mixed *= 0x2C1B3C6D;
        mixed ^= mixed >>> 12;
        mixed *= 0x297A2D39;
        return mixed ^ (mixed >>> 15);
    }

    private static double ease(double share) {
        return share * share * share * (share * (share * 6 - 15) + 10);
    }
}
