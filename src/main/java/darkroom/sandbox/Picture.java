package darkroom.sandbox;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A picture in memory: colours with opacity, and the texts that travel with it. */
final class Picture {
    private final int width;
    private final int height;
    private final int[] argb;
    private final boolean opaque;
    private final Map<String, String> texts;

    private Picture(int width, int height, int[] argb, boolean opaque, Map<String, String> texts) {
        this.width = width;
        this.height = height;
        this.argb = argb;
        this.opaque = opaque;
        this.texts = texts;
    }

    /** Takes the pixels over: row by row, each 0xAARRGGBB; an opaque picture has no use for the opacity. */
    static Picture of(int width, int height, int[] argb, boolean opaque) {
        return new Picture(width, height, argb, opaque, Map.of());
    }

    static Picture filled(int width, int height, int argb) {
        int[] pixels = new int[width * height];
        Arrays.fill(pixels, argb);
        return of(width, height, pixels, argb >>> 24 == 0xFF);
    }

    Picture withText(String keyword, String text) {
        var more = new LinkedHashMap<>(texts);
        more.put(keyword, text);
        return new Picture(width, height, argb, opaque, more);
    }

    Picture withTexts(Map<String, String> texts) {
        return new Picture(width, height, argb, opaque, new LinkedHashMap<>(texts));
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** False: the picture is stored with an alpha channel. */
    boolean opaque() {
        return opaque;
    }

    /** What goes into text chunks, in this order; the infotext has the keyword {@code parameters}. */
    Map<String, String> texts() {
        return texts;
    }

    int at(int x, int y) {
        return argb[y * width + x];
    }

    /** The brightness of a pixel, 0 to 255, as Pillow converts to {@code L}. */
    int luma(int x, int y) {
        int colour = at(x, y);
        return (299 * ((colour >> 16) & 0xFF) + 587 * ((colour >> 8) & 0xFF) + 114 * (colour & 0xFF)) / 1000;
    }

    /** The pixels as Pillow's {@code tobytes}: three bytes each, four with opacity. */
    byte[] samples() {
        int channels = opaque ? 3 : 4;
        byte[] samples = new byte[width * height * channels];
        for (int i = 0; i < argb.length; i++) {
            samples[i * channels] = (byte) (argb[i] >> 16);
            samples[i * channels + 1] = (byte) (argb[i] >> 8);
            samples[i * channels + 2] = (byte) argb[i];
            if (!opaque) {
                samples[i * channels + 3] = (byte) (argb[i] >> 24);
            }
        }
        return samples;
    }

    /** Stretched or shrunk, with soft edges between pixels. */
    Picture resized(int newWidth, int newHeight) {
        if (newWidth == width && newHeight == height) {
            return this;
        }
        int[] pixels = new int[newWidth * newHeight];
        for (int y = 0; y < newHeight; y++) {
            double sourceY = clamp((y + 0.5) * height / newHeight - 0.5, height - 1);
            for (int x = 0; x < newWidth; x++) {
                pixels[y * newWidth + x] = between(clamp((x + 0.5) * width / newWidth - 0.5, width - 1), sourceY);
            }
        }
        return new Picture(newWidth, newHeight, pixels, opaque, texts);
    }

    /** The part from (x, y) on; what lies outside this picture is transparent black. */
    Picture cropped(int left, int top, int newWidth, int newHeight) {
        int[] pixels = new int[newWidth * newHeight];
        for (int y = 0; y < newHeight; y++) {
            for (int x = 0; x < newWidth; x++) {
                boolean inside = left + x >= 0 && left + x < width && top + y >= 0 && top + y < height;
                pixels[y * newWidth + x] = inside ? at(left + x, top + y) : 0;
            }
        }
        return new Picture(newWidth, newHeight, pixels, opaque, texts);
    }

    /** With another picture laid over it, its upper left corner at (left, top). */
    Picture pasted(Picture other, int left, int top) {
        int[] pixels = argb.clone();
        for (int y = Math.max(0, -top); y < other.height && top + y < height; y++) {
            for (int x = Math.max(0, -left); x < other.width && left + x < width; x++) {
                pixels[(top + y) * width + left + x] = other.at(x, y);
            }
        }
        return new Picture(width, height, pixels, opaque, texts);
    }

    /** On a background, if it has transparent parts. */
    Picture flattened(int background) {
        int[] pixels = argb.clone();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = 0xFF000000 | mix(background, argb[i], (argb[i] >>> 24) / 255.0);
        }
        return new Picture(width, height, pixels, true, texts);
    }

    /** An opaque grey, 0 to 255. */
    static int grey(int value) {
        return 0xFF000000 | (value << 16) | (value << 8) | value;
    }

    /** A colour between two: 0 is the first, 1 the second. */
    static int mix(int first, int second, double share) {
        int weight = (int) Math.round(share * 256);
        int alpha = mix8(first >>> 24, second >>> 24, weight);
        int red = mix8((first >> 16) & 0xFF, (second >> 16) & 0xFF, weight);
        int green = mix8((first >> 8) & 0xFF, (second >> 8) & 0xFF, weight);
        return (alpha << 24) | (red << 16) | (green << 8) | mix8(first & 0xFF, second & 0xFF, weight);
    }

    private static int mix8(int first, int second, int weight) {
        return first + (((second - first) * weight) >> 8);
    }

    private int between(double x, double y) {
        int left = (int) x;
        int top = (int) y;
        int right = Math.min(left + 1, width - 1);
        int bottom = Math.min(top + 1, height - 1);
        int above = mix(at(left, top), at(right, top), x - left);
        return mix(above, mix(at(left, bottom), at(right, bottom), x - left), y - top);
    }

    private static double clamp(double value, int max) {
        return Math.max(0, Math.min(value, max));
    }
}
