package darkroom.sandbox;

/** Gaussian blur of a grey picture, along each axis by itself. */
final class Blur {
    private Blur() {}

    static Picture of(Picture grey, int sigmaX, int sigmaY) {
        return along(along(grey, sigmaX, 1, 0), sigmaY, 0, 1);
    }

    private static Picture along(Picture grey, int sigma, int stepX, int stepY) {
        if (sigma <= 0) {
            return grey;
        }
        int reach = (int) (2.5 * sigma + 0.5);
        int[] pixels = new int[grey.width() * grey.height()];
        for (int y = 0; y < grey.height(); y++) {
            for (int x = 0; x < grey.width(); x++) {
                double sum = 0;
                double total = 0;
                for (int offset = -reach; offset <= reach; offset++) {
                    double weight = Math.exp(-offset * offset / (2.0 * sigma * sigma));
                    int fromX = Math.max(0, Math.min(grey.width() - 1, x + offset * stepX));
                    int fromY = Math.max(0, Math.min(grey.height() - 1, y + offset * stepY));
                    sum += weight * (grey.at(fromX, fromY) & 0xFF);
                    total += weight;
                }
                int value = (int) Math.round(sum / total);
                pixels[y * grey.width() + x] = Picture.grey(value);
            }
        }
        return Picture.of(grey.width(), grey.height(), pixels, true);
    }
}
