package darkroom.picture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the bytes of a picture as they pass and says at the end what they were, and whether they were whole.
 *
 * <p>A PNG is checked chunk by chunk with its checksums, and its pixels are unpacked if that is wanted; a JPEG is checked
 * from marker to marker, a WebP and an AVIF by their lengths. Other formats are only recognised, by their headers. Memory does not
 * depend on the size of the picture.
 */
public final class PictureProbe {
    /** What is kept of a text or of metadata at most, in bytes. */
    static final int MAX_TEXT = 1 << 20;

    private static final int HEAD = 32;
    private static final int SHOWN = 16;

    private final boolean pixels;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private @Nullable Structure structure;

    /**
     * Begins.
     *
     * @param pixels whether the pixels of a PNG are unpacked: most of the time that a picture takes
     */
    public PictureProbe(boolean pixels) {
        this.pixels = pixels;
    }

    /**
     * Looks through a picture by its structure.
     *
     * @param in is read to its end, or to where it is no picture any more; not closed
     * @throws PictureException if it is none, or not a whole one
     */
    public static Picture lookThrough(InputStream in) throws IOException, PictureException {
        PictureProbe probe = new PictureProbe(false);
        byte[] block = new byte[64 * 1024];
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            probe.update(block, 0, n);
        }
        return probe.end();
    }

    /** How one format is looked through. */
    interface Structure {
        void accept(byte[] bytes, int offset, int length) throws PictureException;

        Picture end() throws PictureException;
    }

    /**
     * The next bytes.
     *
     * @throws PictureException as soon as they can't be part of a picture
     */
    public void update(byte[] bytes, int offset, int length) throws PictureException {
        int used = 0;
        if (structure == null) {
            used = Math.min(length, HEAD - head.size());
            head.write(bytes, offset, used);
            if (head.size() < HEAD) {
                return;
            }
            begin();
        }
        if (structure != null) {
            structure.accept(bytes, offset + used, length - used);
        }
    }

    /**
     * Says what the picture was.
     *
     * @throws PictureException if it was none, or not a whole one
     */
    public Picture end() throws PictureException {
        Structure begun = structure == null ? begin() : structure;
        return begun.end();
    }

    private Structure begin() throws PictureException {
        byte[] bytes = head.toByteArray();
        Structure begun = of(bytes, pixels);
        structure = begun;
        begun.accept(bytes, 0, bytes.length);
        return begun;
    }

    private static Structure of(byte[] head, boolean pixels) throws PictureException {
        if (starts(head, 0, "\u0089PNG\r\n\u001a\n")) {
            return new PngStructure(pixels);
        }
        if (starts(head, 0, "\u00ff\u00d8\u00ff")) {
            return new JpegStructure();
        }
        if (starts(head, 0, "RIFF") && starts(head, 8, "WEBP")) {
            return new WebpStructure();
        }
        Picture.Format recognised = Header.formatOf(head);
        if (recognised == Picture.Format.AVIF) {
            return new AvifStructure();
        }
        if (recognised != null) {
            return new Recognised(recognised);
        }
        throw new PictureException(head.length == 0 ? "is empty" : "is not a picture: " + looksLike(head));
    }

    static boolean starts(byte[] head, int at, String what) {
        byte[] wanted = what.getBytes(StandardCharsets.ISO_8859_1);
        return head.length >= at + wanted.length
                && Arrays.equals(head, at, at + wanted.length, wanted, 0, wanted.length);
    }

    private static String looksLike(byte[] head) {
        StringBuilder shown = new StringBuilder("it starts with ");
        boolean text = true;
        for (byte b : head) {
            text &= b >= ' ' && b < 0x7f;
        }
        if (text) {
            return shown.append('\'')
                    .append(new String(head, 0, Math.min(SHOWN, head.length), StandardCharsets.US_ASCII))
                    .append('\'')
                    .toString();
        }
        for (int i = 0; i < Math.min(8, head.length); i++) {
            shown.append(String.format("%02x ", head[i]));
        }
        return shown.toString().strip();
    }

    /** A format that is known by its header and not looked into. */
    private record Recognised(Picture.Format format) implements Structure {
        @Override
        public void accept(byte[] bytes, int offset, int length) {
            // nothing is known about what follows
        }

        @Override
        public Picture end() {
            return new Picture(format, 0, 0, null);
        }
    }
}
