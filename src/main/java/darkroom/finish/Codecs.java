package darkroom.finish;

import com.luciad.imageio.webp.WebPImageWriterSpi;
import darkroom.job.Convert;
import darkroom.picture.Picture;
import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.IIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.plugins.jpeg.JPEGImageWriteParam;
import javax.imageio.stream.FileImageOutputStream;
import javax.imageio.stream.ImageOutputStream;

/** Unpacks pictures and writes them in another format. Apart, so that Java's picture classes are loaded with the first one. */
final class Codecs {
    private static final int LARGEST_WEBP = 16_383;
    private static final int LARGEST_JPEG = 65_535;
    private static final float PERCENT = 100f;

    static {
        System.setProperty("java.awt.headless", "true");
        ImageIO.setUseCache(false);
    }

    private Codecs() {}

    /** Writes a JPEG; says whether there was something transparent, which is on white then. */
    static boolean jpeg(
            Path source, Picture about, Convert wish, long maxPixels, Metadata metadata, Path raw, Path target)
            throws IOException, ConversionException {
        limit(about, LARGEST_JPEG, "JPEG");
        BufferedImage image = Pixels.read(source, about.format(), maxPixels, 3);
        boolean onWhite = Pixels.isTransparent(image);
        if (image.getColorModel().hasAlpha()) {
            image = Pixels.onWhite(image);
        }
        jpeg(image, wish.effectiveQuality(), raw);
        boolean grey = image.getRaster().getNumBands() == 1;
        try (InputStream in = Files.newInputStream(raw);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(target))) {
            JpegSegments.copy(in, metadata.fitting(grey), out);
        }
        return onWhite;
    }

    /**
     * Writes a JPEG without metadata.
     *
     * @param quality from 1 to 100
     */
    static void jpeg(BufferedImage image, int quality, Path target) throws IOException, ConversionException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        JPEGImageWriteParam param = (JPEGImageWriteParam) writer.getDefaultWriteParam();
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionQuality(quality / PERCENT);
        param.setOptimizeHuffmanTables(true);
        write(writer, image, param, target);
    }

    /** Writes a WebP. */
    static boolean webp(
            Path source, Picture about, Convert wish, long maxPixels, Metadata metadata, Path raw, Path target)
            throws IOException, ConversionException {
        limit(about, LARGEST_WEBP, "WebP");
        BufferedImage image = Pixels.inColour(Pixels.read(source, about.format(), maxPixels, 4));
        ImageWriter writer = new WebPImageWriterSpi().createWriterInstance(null);
        ImageWriteParam param = writer.getDefaultWriteParam();
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionType(wish.lossless() ? "Lossless" : "Lossy");
        if (!wish.lossless()) {
            param.setCompressionQuality(wish.effectiveQuality() / PERCENT);
        }
        write(writer, image, param, raw);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target))) {
            WebpChunks.copy(raw, image.getWidth(), image.getHeight(), metadata.fitting(false), out);
        }
        return false;
    }

    /** Writes a PNG without metadata. */
    static void png(Path source, Picture about, long maxPixels, Path target) throws IOException, ConversionException {
        BufferedImage image = Pixels.read(source, about.format(), maxPixels, 4);
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        write(writer, image, writer.getDefaultWriteParam(), target);
    }

    private static void write(ImageWriter writer, BufferedImage image, ImageWriteParam param, Path file)
            throws IOException, ConversionException {
        Files.deleteIfExists(file); // it would be written over, not anew
        try (ImageOutputStream out = new FileImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), param);
        } catch (IIOException | RuntimeException e) {
            throw new ConversionException("can't be written: " + e.getMessage(), e);
        } finally {
            writer.dispose();
        }
    }

    private static void limit(Picture about, int most, String format) throws ConversionException {
        if (about.width() > most || about.height() > most) {
            throw new ConversionException(
                    "has " + about.size() + " pixels, and a " + format + " " + most + " at most in each direction");
        }
    }
}
