package darkroom.finish;

/** What is too large to be unpacked, as its header says. */
final class PictureSize {
    private PictureSize() {}

    static void check(int width, int height, long maxPixels) throws ConversionException {
        if ((long) width * height > maxPixels) {
            throw new ConversionException(
                    "has " + width + "x" + height + " pixels, and darkroom.convert.max-pixels is " + maxPixels);
        }
    }
}
