package darkroom.finish;

import darkroom.job.Convert;
import darkroom.picture.Look;
import darkroom.picture.Picture;
import darkroom.picture.PictureException;
import darkroom.picture.PictureFile;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Converts pictures to other formats, with what they say about themselves, and writes into them that they were generated. A
 * picture has to be unpacked to be converted: few are at a time, and none for which there is no room.
 *
 * <p>Nothing of Java's own picture classes is loaded before the first one is converted.
 */
public final class PictureConverter {
    private final long maxPixels;
    private final Semaphore room;
    private final Avifenc avif;
    private final String avifenc;

    /**
     * A converter.
     *
     * @param maxPixels pictures with more are refused
     * @param atATime how many may be unpacked at a time
     * @param avifenc the program that writes AVIF: its name, or a path
     * @param timeout how long that may take
     */
    public PictureConverter(long maxPixels, int atATime, String avifenc, Duration timeout) {
        this.maxPixels = maxPixels;
        this.room = new Semaphore(atATime, true);
        this.avifenc = avifenc;
        this.avif = new Avifenc(avifenc, timeout);
    }

    /** The formats that can't be written on this machine. */
    public Set<Convert.Format> missing() {
        return missing(avifenc);
    }

    /** The formats that can't be written on this machine, if that is the program for AVIF. */
    public static Set<Convert.Format> missing(String avifenc) {
        return Avifenc.find(avifenc).isPresent() ? Set.of() : Set.of(Convert.Format.AVIF);
    }

    /** Whether a picture is in the wanted format already. */
    public static boolean is(Picture.Format format, Convert.Format wanted) {
        return format.name().equals(wanted.name());
    }

    /**
     * A converted picture.
     *
     * @param file where it is, looked through
     * @param picture what it is
     * @param onWhite whether it had transparent pixels, which are on white now
     */
    public record Converted(PictureFile file, Picture picture, boolean onWhite) {}

    /**
     * Converts a picture.
     *
     * @param source where it is
     * @param about what it is
     * @param wish the format, and how
     * @param type what is written into it about its origin; null for nothing
     * @param target where the converted one goes; a file there is replaced. Files whose names begin like its own are used
     *     beside it
     * @throws ConversionException if it can't be converted, and never will be
     * @throws IOException if a file can't be read or written
     */
    public Converted convert(Path source, Picture about, Convert wish, @Nullable SourceType type, Path target)
            throws IOException, ConversionException {
        if (!about.checked() || about.format() == Picture.Format.AVIF) {
            throw new ConversionException(
                    "is a " + about.format().word() + ", and only PNG, JPEG and WebP are converted");
        }
        PictureSize.check(about.width(), about.height(), maxPixels);
        Metadata metadata = metadata(source, about, type);
        Path raw = target.resolveSibling(target.getFileName() + ".raw");
        acquire();
        try {
            boolean onWhite = switch (wish.format()) {
                case JPEG -> Codecs.jpeg(source, about, wish, maxPixels, metadata, raw, target);
                case WEBP -> Codecs.webp(source, about, wish, maxPixels, metadata, raw, target);
                case AVIF -> avif(source, about, wish, metadata, raw, target);
                case NONE -> throw new IllegalArgumentException("nothing to do");
            };
            return checked(about, target, onWhite);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
            throw new ConversionException(
                    "can't be written as " + wish.format().word() + ": its library does not work here ("
                            + e.getMessage() + ")",
                    e);
        } finally {
            room.release();
            Files.deleteIfExists(raw);
        }
    }

    /**
     * Copies a picture and writes into the copy that it was generated; its pixels stay as they are.
     *
     * @param target a file there is replaced
     * @return null if it says something about that already
     * @throws ConversionException if that can't be written into pictures of this format
     */
    public @Nullable Converted mark(Path source, Picture about, SourceType type, Path target)
            throws IOException, ConversionException {
        byte[] existing = read(source, about.format()).xmp();
        byte[] xmp = Xmp.with(existing, type);
        if (xmp == existing) {
            return null;
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(source));
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(target))) {
            switch (about.format()) {
                case PNG -> PngChunks.copy(in, xmp, out);
                case JPEG -> JpegSegments.copy(in, Metadata.NONE.withXmp(xmp), out);
                case WEBP -> WebpChunks.copy(source, about.width(), about.height(), Metadata.NONE.withXmp(xmp), out);
                default ->
                    throw new ConversionException("is a " + about.format().word());
            }
        }
        return checked(about, target, false);
    }

    private static Metadata read(Path source, Picture.Format format) throws IOException, ConversionException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(source))) {
            return switch (format) {
                case PNG -> PngChunks.read(in);
                case JPEG -> JpegSegments.read(in);
                case WEBP -> WebpChunks.read(source);
                default ->
                    throw new ConversionException(
                            "is a " + format.word() + ", and only PNG, JPEG and WebP can say where they come from");
            };
        }
    }

    private static Metadata metadata(Path source, Picture about, @Nullable SourceType type)
            throws IOException, ConversionException {
        Metadata found = read(source, about.format());
        String infotext = about.infotext();
        Metadata metadata = found.exif() == null && infotext != null ? found.withExif(ExifBlock.of(infotext)) : found;
        return type == null ? metadata : metadata.withXmp(Xmp.with(metadata.xmp(), type));
    }

    private boolean avif(Path source, Picture about, Convert wish, Metadata metadata, Path raw, Path target)
            throws IOException, ConversionException {
        boolean readable = about.format() != Picture.Format.WEBP;
        String name = raw.getFileName() + (about.format() == Picture.Format.JPEG ? ".jpg" : ".png"); // which it goes by
        Path named = raw.resolveSibling(name);
        try {
            if (readable) {
                Files.deleteIfExists(named);
                link(source, named);
            } else {
                Codecs.png(source, about, maxPixels, named);
            }
            avif.encode(
                    target.toAbsolutePath().resolveSibling(""),
                    name,
                    wish,
                    metadata,
                    Objects.requireNonNull(target.getFileName()).toString());
        } finally {
            Files.deleteIfExists(named);
        }
        return false;
    }

    /** The same picture under another name. */
    public static void link(Path source, Path name) throws IOException {
        try {
            Files.createLink(name, source);
        } catch (IOException | UnsupportedOperationException e) { // on another file system, or one without links
            Files.copy(source, name);
        }
    }

    /** What was written is read again: the same size, the same infotext, whole. */
    private static Converted checked(Picture about, Path target, boolean onWhite)
            throws IOException, ConversionException {
        PictureFile file = PictureFile.existing(target, null, Look.atStructure(Long.MAX_VALUE));
        try {
            Picture picture = file.picture();
            if (picture.width() != about.width() || picture.height() != about.height()) {
                throw new ConversionException("has " + about.size() + " pixels, and became one with " + picture.size());
            }
            if (!Objects.equals(picture.infotext(), about.infotext())) {
                throw new ConversionException("would lose its infotext");
            }
            return new Converted(file, picture, onWhite);
        } catch (PictureException e) {
            throw new ConversionException("did not become one that can be read: it " + e.getMessage(), e);
        }
    }

    /** What is done with an unpacked picture. */
    interface Unpacked<T> {
        T get() throws IOException, ConversionException;
    }

    /** Does something with a picture that has to be unpacked, when there is room for it. */
    <T> T inTurn(Unpacked<T> work) throws IOException, ConversionException {
        acquire();
        try {
            return work.get();
        } finally {
            room.release();
        }
    }

    long maxPixels() {
        return maxPixels;
    }

    Avifenc avif() {
        return avif;
    }

    private void acquire() throws IOException {
        try {
            room.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another picture was converted");
        }
    }
}
