package darkroom.sandbox;

import java.util.Arrays;

/**
 * Draws what the sandbox has instead of a model: hills under a sky, by day or by night. The words choose the colours, the
 * seed chooses everything else; the same words, seed and size always give the same picture.
 */
final class Painter {
    private static final int VEIL_GRID = 4;

    /** More than one, so that there is sky in the water, and not only the foot of the hills. */
    private static final double STEEPNESS_OF_MIRROR = 2.4;

    private final boolean plain;

    /** @param plain only a gradient, in next to no time */
    Painter(boolean plain) {
        this.plain = plain;
    }

    Picture paint(String words, long seed, int width, int height) {
        Palette palette = Palette.of(words);
        return plain
                ? gradient(palette, seed, width, height)
                : new Scene(palette, new Noise(seed), width, height).draw();
    }

    /** With the label that says what it is, which has to be on everything that leaves the sandbox. */
    Picture sign(Picture picture, long seed) {
        return plain ? picture : Label.on(picture, seed);
    }

    /** From above to below, each seed a shade of its own. */
    private static Picture gradient(Palette palette, long seed, int width, int height) {
        int shade = (int) ((seed * 0x9E3779B97F4A7C15L) >>> 40) & 0x1F1F1F;
        int[] pixels = new int[width * height];
        for (int row = 0; row < height; row++) {
            int colour = Picture.mix(palette.zenith(), palette.horizon(), (double) row / height);
            Arrays.fill(pixels, row * width, (row + 1) * width, 0xFF000000 | (colour ^ shade));
        }
        return Picture.of(width, height, pixels, true);
    }

    /** One picture in the making. Places are shares of its height, so that a seed looks alike at every size. */
    private static final class Scene {
        private final Palette palette;
        private final Noise noise;
        private final int width;
        private final int height;
        private final double lightX;
        private final double lightY;
        private final double lightSize;
        private final double shore;
        private final double[][] ridges;
        private final double[] veil;
        private final int veilWidth;
        private final boolean night;
        private final int[] pixels;

        Scene(Palette palette, Noise noise, int width, int height) {
            this.palette = palette;
            this.noise = noise;
            this.width = width;
            this.height = height;
            pixels = new int[width * height];
            night = brightness(palette.sky()) < 0x50;
            lightX = noise.choice(1, 0.18, 0.82) * width / height;
            lightY = noise.choice(2, 0.16, 0.42);
            lightSize = noise.choice(3, 0.035, 0.075);
            shore = noise.choice(4) < 0.55 ? noise.choice(5, 0.76, 0.84) : 2;
            ridges = ridges(4 + (int) (noise.choice(6) * 3));
            veilWidth = width / VEIL_GRID + 2;
            veil = veil(veilWidth, height / VEIL_GRID + 2);
        }

        Picture draw() {
            for (int row = 0; row < height; row++) {
                double y = (row + 0.5) / height;
                for (int column = 0; column < width; column++) {
                    pixels[row * width + column] =
                            y > shore ? water(column, y) : land(column, row, y, ridges.length - 1);
                }
            }
            return Picture.of(width, height, pixels, true);
        }

        /** What is seen past all layers nearer than this one; the edge of a hill covers its pixels in part. */
        private int land(int column, int row, double y, int layer) {
            if (layer < 0) {
                return sky(column, row, y);
            }
            double below = y - ridges[layer][column];
            double cover = Math.max(0, Math.min(1, below * height + 0.5));
            int behind = cover < 1 ? land(column, row, y, layer - 1) : 0;
            return cover > 0 ? Picture.mix(behind, hill(layer, Math.max(0, below)), cover) : behind;
        }

        /** Hills are the darker the nearer, and stand in mist. */
        private int hill(int layer, double below) {
            double nearness = (layer + 1.0) / ridges.length;
            int colour = Picture.mix(palette.horizon(), palette.near(), 0.25 + 0.75 * nearness);
            double mist = Math.min(1, below * 3.2) * 0.45 * (1.15 - nearness);
            double rim = Math.exp(-below * 90) * 0.22 * (1.2 - nearness);
            return 0xFF000000 | Picture.mix(Picture.mix(colour, palette.horizon(), mist), palette.light(), rim);
        }

        private int sky(int column, int row, double y) {
            double low = Math.min(1, y / 0.62);
            int colour = low < 0.5
                    ? Picture.mix(palette.zenith(), palette.sky(), smooth(low * 2))
                    : Picture.mix(palette.sky(), palette.horizon(), smooth(low * 2 - 1));
            double distance = Math.hypot((column + 0.5) / height - lightX, y - lightY);
            if (night) {
                colour = Picture.mix(colour, palette.light(), star(column, row) * (1 - low) * smooth(distance * 5));
            }
            colour = Picture.mix(colour, palette.veil(), veilAt(column, row) * (night ? 0.75 : 0.6));
            double glow = 0.55 * Math.exp(-distance * 5) + 0.3 * Math.exp(-Math.max(0, distance - lightSize) * 26);
            double disc = smooth((lightSize - distance) * height / 1.5 + 0.5);
            return 0xFF000000 | Picture.mix(Picture.mix(colour, palette.light(), glow), palette.light(), disc);
        }

        /** What is above the shore, upside down, broken by ripples that grow towards us. */
        private int water(int column, double y) {
            double depth = (y - shore) / (1 - shore);
            double ripple = noise.fractal(column * 14.0 / width, y * 70 / (0.35 + depth), 2) - 0.5;
            int shift = (int) Math.round(ripple * (0.01 + 0.05 * depth) * height);
            int mirrored = (int) ((shore - (y - shore) * STEEPNESS_OF_MIRROR) * height) + shift;
            int across = Math.min(width - 1, Math.max(0, column + shift / 2));
            int last = (int) Math.floor(shore * height - 0.5);
            int above = pixels[Math.min(last, Math.max(0, mirrored)) * width + across];
            double glint =
                    Math.max(0, ripple - 0.14) * 1.6 * Math.exp(-Math.abs((double) column / height - lightX) * 3);
            int dark = Picture.mix(above & 0xFFFFFF, palette.near(), 0.22 + 0.3 * depth);
            return 0xFF000000 | Picture.mix(dark, palette.light(), Math.min(0.6, glint));
        }

        /** For each layer, far to near, how high each column reaches: a share of the height from above. */
        private double[][] ridges(int layers) {
            double[][] all = new double[layers][width];
            for (int layer = 0; layer < layers; layer++) {
                double nearness = (double) layer / (layers - 1);
                double base = 0.52 + 0.32 * nearness;
                double reach = noise.choice(20 + layer, 0.14, 0.26) * (1 - 0.45 * nearness);
                double pace = noise.choice(30 + layer, 1.5, 3.0) * (1 + 0.5 * nearness);
                for (int column = 0; column < width; column++) {
                    double x = (double) column / height;
                    double rise = noise.fractal(x * pace + 40 * layer, 3.7 * layer, 6);
                    double peak = 1 - Math.abs(2 * noise.fractal(x * pace * 0.7 + 90 * layer, 8.1, 3) - 1);
                    all[layer][column] =
                            base - reach * (0.75 * rise + 0.55 * peak * peak - 0.35) - trees(layer, layers, x);
                }
            }
            return all;
        }

        /** The nearest hill has trees: narrow peaks, in groups. */
        private double trees(int layer, int layers, double x) {
            if (layer < layers - 1) {
                return 0;
            }
            double place = x * 44;
            double tree = Math.floor(place);
            double stem = tree + 0.5 + 0.5 * (noise.at(tree * 2.31, 33.3) - 0.5);
            double tall = noise.at(tree * 1.37, 55.5);
            double width = 0.34 + 0.25 * tall;
            double group = smooth((noise.at(x * 3.1, 77.7) - 0.42) * 5);
            return 0.055 * group * (0.3 + tall) * Math.pow(Math.max(0, 1 - Math.abs(place - stem) / width), 1.3);
        }

        /** Northern lights in folds by night, streaks of cloud by day; on a coarse grid, since it is soft. */
        private double[] veil(int columns, int rows) {
            double[] grid = new double[columns * rows];
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    double x = (double) column * VEIL_GRID / height;
                    double y = (double) row * VEIL_GRID / height;
                    double warp = noise.fractal(x * 1.4 + 5, y * 1.4, 3);
                    grid[row * columns + column] = night ? aurora(x, y, warp) : cloud(x, y, warp);
                }
            }
            return grid;
        }

        private double aurora(double x, double y, double warp) {
            double fold = noise.fractal(x * 2.2 + warp * 2.4, 4.4, 3);
            double hem = 0.2 + 0.32 * fold;
            double above = hem - y;
            double curtain = above < 0 ? Math.exp(above * 34) : Math.exp(-above * 6.5);
            double strands = 0.45 + 0.55 * noise.fractal(x * 17 + warp * 5, y * 0.8, 2);
            return Math.min(0.9, curtain * strands * smooth(noise.fractal(x * 1.3 + 31, 9.9, 2) * 2.4 - 0.5));
        }

        private double cloud(double x, double y, double warp) {
            double mass = noise.fractal(x * 1.7 + warp * 1.2 + 11, y * 7.5 + warp * 1.6, 4);
            return smooth((mass - 0.47) * 3.4) * smooth(y * 5) * smooth((0.66 - y) * 4);
        }

        private double veilAt(int column, int row) {
            double x = (double) column / VEIL_GRID;
            double y = (double) row / VEIL_GRID;
            int left = (int) x;
            int top = (int) y;
            int at = top * veilWidth + left;
            double right = x - left;
            double down = y - top;
            double above = veil[at] * (1 - right) + veil[at + 1] * right;
            double below = veil[at + veilWidth] * (1 - right) + veil[at + veilWidth + 1] * right;
            return above * (1 - down) + below * down;
        }

        private double star(int column, int row) {
            int cell = Math.max(2, height / 170);
            int across = column / cell;
            int down = row / cell;
            double chance = noise.at(across * 1.618 + 0.5, down * 2.414 + 0.5);
            boolean centre = column % cell == cell / 2 && row % cell == cell / 2;
            return centre && chance > 0.86 ? (chance - 0.86) / 0.14 : 0;
        }

        private static double smooth(double share) {
            double within = Math.max(0, Math.min(1, share));
            return within * within * (3 - 2 * within);
        }

        private static int brightness(int colour) {
            return (((colour >> 16) & 0xFF) * 3 + ((colour >> 8) & 0xFF) * 6 + (colour & 0xFF)) / 10;
        }
    }
}
