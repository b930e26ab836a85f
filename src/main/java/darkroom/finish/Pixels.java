package darkroom.finish;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import darkroom.picture.Picture;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/**
 * Unpacks pictures into memory, as far as there is room: how much that takes is known from the header, and a picture for which
 * there is none is refused before.
 */
final class Pixels {
    /** The part of Java's memory that a picture may take: the rest is the service's. */
    private static final int PART = 2;

    private Pixels() {}

    /**
     * All pixels of a picture as red, green and blue with 8 bits each, and an alpha channel if it has one, or as grey if it is
     * that; the values as they are in the file, whatever its colour profile.
     *
     * @param maxPixels what is refused above
     * @param ownBytes how many bytes for each pixel the caller takes besides
     * @throws ConversionException if it is too large, or can't be unpacked
     */
    static BufferedImage read(Path file, Picture.Format format, long maxPixels, int ownBytes)
            throws IOException, ConversionException {
        return read(file, format, (reader, width, height) -> {
            PictureSize.check(width, height, maxPixels);
            int bytes = bytesPerPixel(reader);
            boolean asItIs = bytes <= 4 && bytes != 2;
            checkMemory((long) width * height, bytes + (asItIs ? 0 : 4) + ownBytes);
            return plain(reader.read(0));
        });
    }

    /**
     * A picture of which only every n-th row and column is kept, so that it is at least as large as wanted, where it can be, and
     * less than twice as large.
     *
     * @param width the wanted width
     * @param height the wanted height
     * @param maxPixels what is refused above
     * @throws ConversionException if it is too large, or can't be unpacked
     */
    static BufferedImage thumbnail(Path file, Picture.Format format, int width, int height, long maxPixels)
            throws IOException, ConversionException {
        return read(file, format, (reader, fullWidth, fullHeight) -> {
            PictureSize.check(fullWidth, fullHeight, maxPixels);
            int step = Math.max(1, Math.min(fullWidth / width, fullHeight / height));
            boolean whole = format == Picture.Format.WEBP; // its reader unpacks all of it first
            long pixels = whole
                    ? (long) fullWidth * fullHeight
                    : ((long) fullWidth / step + 1) * (fullHeight / step + 1) + 4L * fullWidth;
            checkMemory(pixels, whole ? 8 : bytesPerPixel(reader) + 4);
            ImageReadParam param = reader.getDefaultReadParam();
            param.setSourceSubsampling(step, step, 0, 0);
            return plain(reader.read(0, param));
        });
    }

    /** What is done with a reader that has read the header. */
    private interface Use {
        BufferedImage with(ImageReader reader, int width, int height) throws IOException, ConversionException;
    }

    private static BufferedImage read(Path file, Picture.Format format, Use use)
            throws IOException, ConversionException {
        ImageReader reader = reader(format);
        try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
            reader.setInput(in, true, true);
            return use.with(reader, reader.getWidth(0), reader.getHeight(0));
        } catch (IIOException | RuntimeException e) { // the JDK's readers throw all kinds of them at what is damaged
            throw new ConversionException("can't be unpacked: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }

    private static ImageReader reader(Picture.Format format) throws IOException, ConversionException {
        return switch (format) {
            case PNG -> ImageIO.getImageReadersByFormatName("png").next();
            case JPEG -> ImageIO.getImageReadersByFormatName("jpeg").next();
            case WEBP -> new WebPImageReaderSpi().createReaderInstance(null);
            default ->
                throw new ConversionException("is a " + format.word() + ", and only PNG, JPEG and WebP are unpacked");
        };
    }

    private static int bytesPerPixel(ImageReader reader) throws IOException {
        ImageTypeSpecifier type = reader.getImageTypes(0).next();
        return Math.max(1, (type.getColorModel().getPixelSize() + 7) / 8);
    }

    private static void checkMemory(long pixels, int bytes) throws ConversionException {
        long room = Runtime.getRuntime().maxMemory() / PART;
        long needed = pixels * bytes;
        if (needed > room) {
            throw new ConversionException("would take " + mb(needed) + " of memory, and there are " + mb(room)
                    + " for it; give Java more, such as JAVA_OPTS=-Xmx"
                    + Math.max(512, 2 * needed / (1 << 20) / 256 * 256 + 256)
                    + "m");
        }
    }

    private static String mb(long bytes) {
        return (bytes >> 20) + " MB";
    }

    /** The same pixels with a colour model that nobody converts them by. */
    private static BufferedImage plain(BufferedImage image) {
        ColorModel model = image.getColorModel();
        WritableRaster raster = image.getRaster();
        int bands = raster.getNumBands();
        boolean bytes = raster.getSampleModel() instanceof PixelInterleavedSampleModel
                && raster.getTransferType() == DataBuffer.TYPE_BYTE;
        if (bytes && !(model instanceof IndexColorModel) && bands != 2) {
            return new BufferedImage(model(bands), raster, false, null);
        }
        boolean alpha = model.hasAlpha();
        BufferedImage plain = blank(image.getWidth(), image.getHeight(), alpha);
        WritableRaster to = plain.getRaster();
        int[] row = new int[image.getWidth() * (alpha ? 4 : 3)];
        for (int y = 0; y < image.getHeight(); y++) {
            if (model instanceof IndexColorModel palette) {
                ofPalette(raster, palette, y, alpha, row);
            } else {
                ofSamples(raster, y, alpha, row);
            }
            to.setPixels(0, y, image.getWidth(), 1, row);
        }
        return plain;
    }

    private static void ofPalette(Raster raster, IndexColorModel palette, int y, boolean alpha, int[] row) {
        int at = 0;
        for (int x = 0; x < raster.getWidth(); x++) {
            int colour = palette.getRGB(raster.getSample(x, y, 0));
            row[at++] = colour >> 16 & 0xff;
            row[at++] = colour >> 8 & 0xff;
            row[at++] = colour & 0xff;
            if (alpha) {
                row[at++] = colour >>> 24;
            }
        }
    }

    private static void ofSamples(Raster raster, int y, boolean alpha, int[] row) {
        int bands = raster.getNumBands();
        int most = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
        int[] samples = raster.getPixels(0, y, raster.getWidth(), 1, (int[]) null);
        int at = 0;
        for (int x = 0; x < raster.getWidth(); x++) {
            int from = x * bands;
            for (int colour = 0; colour < 3; colour++) {
                row[at++] = to8(samples[bands < 3 ? from : from + colour], most);
            }
            if (alpha) {
                row[at++] = to8(samples[from + bands - 1], most);
            }
        }
    }

    private static int to8(int sample, int most) {
        return (int) ((sample * 255L + most / 2) / most);
    }

    private static ColorModel model(int bands) {
        int space = bands == 1 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB;
        boolean alpha = bands == 4;
        return new ComponentColorModel(
                ColorSpace.getInstance(space),
                alpha,
                false,
                alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
                DataBuffer.TYPE_BYTE);
    }

    /** A picture in red, green and blue. */
    static BufferedImage blank(int width, int height, boolean alpha) {
        int[] offsets = alpha ? new int[] {0, 1, 2, 3} : new int[] {0, 1, 2};
        int bands = offsets.length;
        WritableRaster raster = Raster.createInterleavedRaster(
                DataBuffer.TYPE_BYTE, width, height, width * bands, bands, offsets, null);
        return new BufferedImage(model(bands), raster, false, null);
    }

    /** In red, green and blue also if it is grey. */
    static BufferedImage inColour(BufferedImage image) {
        if (image.getRaster().getNumBands() > 1) {
            return image;
        }
        BufferedImage coloured = blank(image.getWidth(), image.getHeight(), false);
        int[] row = new int[image.getWidth() * 3];
        for (int y = 0; y < image.getHeight(); y++) {
            ofSamples(image.getRaster(), y, false, row);
            coloured.getRaster().setPixels(0, y, image.getWidth(), 1, row);
        }
        return coloured;
    }

    /** Whether any pixel lets something behind it through. */
    static boolean isTransparent(BufferedImage image) {
        if (!image.getColorModel().hasAlpha()) {
            return false;
        }
        int[] row = new int[image.getWidth()];
        for (int y = 0; y < image.getHeight(); y++) {
            for (int alpha : image.getRaster().getSamples(0, y, image.getWidth(), 1, 3, row)) {
                if (alpha != 0xff) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The same on white, without an alpha channel. */
    static BufferedImage onWhite(BufferedImage image) {
        BufferedImage flat = blank(image.getWidth(), image.getHeight(), false);
        int width = image.getWidth();
        int[] from = new int[width * 4];
        int[] to = new int[width * 3];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRaster().getPixels(0, y, width, 1, from);
            for (int x = 0; x < width; x++) {
                int alpha = from[4 * x + 3];
                for (int colour = 0; colour < 3; colour++) {
                    to[3 * x + colour] = (from[4 * x + colour] * alpha + 255 * (255 - alpha) + 127) / 255;
                }
            }
            flat.getRaster().setPixels(0, y, width, 1, to);
        }
        return flat;
    }
}
