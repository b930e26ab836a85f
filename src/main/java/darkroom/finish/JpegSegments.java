package darkroom.finish;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A JPEG segment by segment (ITU-T T.81, annex B): its metadata, and the same file with others. Its pixels pass as they are. */
final class JpegSegments {
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] XMP = "http://ns.adobe.com/xap/1.0/\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] ICC = "ICC_PROFILE\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int APP0 = 0xe0;
    private static final int APP1 = 0xe1;
    private static final int APP2 = 0xe2;
    private static final int START_OF_SCAN = 0xda;

    /** Most bytes of a segment, without its length. */
    private static final int LONGEST = 0xffff - 2;

    private JpegSegments() {}

    /**
     * Reads the metadata.
     *
     * @param in a JPEG that was looked through; not closed
     */
    static Metadata read(InputStream in) throws IOException {
        Metadata[] found = {Metadata.NONE};
        ByteArrayOutputStream profile = new ByteArrayOutputStream();
        header(in, (marker, segment) -> {
            if (marker == APP1 && starts(segment, EXIF)) {
                found[0] = found[0].withExif(behind(segment, EXIF.length));
            } else if (marker == APP1 && starts(segment, XMP)) {
                found[0] = found[0].withXmp(behind(segment, XMP.length));
            } else if (marker == APP2 && starts(segment, ICC) && profile.size() < Metadata.MOST) {
                profile.writeBytes(behind(segment, ICC.length + 2)); // its place, and how many there are
            }
        });
        return profile.size() == 0 ? found[0] : found[0].withIcc(profile.toByteArray());
    }

    /**
     * Copies a JPEG, with this metadata in place of what it has of each kind.
     *
     * @param in a JPEG; not closed
     * @param metadata what is null stays as it is
     * @throws ConversionException if it is too long for a JPEG
     */
    static void copy(InputStream in, Metadata metadata, OutputStream out) throws IOException, ConversionException {
        byte[] exif = segment(EXIF, metadata.exif(), "an infotext");
        byte[] xmp = segment(XMP, metadata.xmp(), "XMP");
        InputStream buffered = new BufferedInputStream(in);
        boolean[] written = {false};
        out.write(new byte[] {(byte) 0xff, (byte) 0xd8});
        int scan = header(buffered, (marker, segment) -> {
            if (marker != APP0 && !written[0]) { // behind that of JFIF, where everybody looks for it
                written[0] = true;
                write(out, APP1, exif);
                write(out, APP1, xmp);
                writeProfile(out, metadata.icc());
            }
            boolean replaced = (marker == APP1 && exif != null && starts(segment, EXIF))
                    || (marker == APP1 && xmp != null && starts(segment, XMP))
                    || (marker == APP2 && metadata.icc() != null && starts(segment, ICC));
            if (!replaced) {
                write(out, marker, segment);
            }
        });
        out.write(0xff);
        out.write(scan);
        buffered.transferTo(out);
    }

    /** Takes a segment. */
    private interface Taker {
        void take(int marker, byte[] segment) throws IOException;
    }

    /** All segments before the pixels; returns the marker that these begin with, which was read. */
    private static int header(InputStream in, Taker taker) throws IOException {
        DataInputStream data = new DataInputStream(in);
        data.skipNBytes(2);
        while (true) {
            int marker = data.readUnsignedByte();
            while (marker == 0xff) {
                marker = data.readUnsignedByte();
            }
            if (marker == START_OF_SCAN) {
                return marker;
            }
            int length = data.readUnsignedShort() - 2;
            if (length < 0) {
                throw new IOException("a JPEG segment has no proper length");
            }
            byte[] segment = data.readNBytes(length);
            taker.take(marker, segment);
        }
    }

    private static byte @Nullable [] segment(byte[] name, byte @Nullable [] content, String what)
            throws ConversionException {
        if (content == null) {
            return null;
        }
        if (name.length + content.length > LONGEST) {
            throw new ConversionException("has " + what + " of " + content.length + " bytes, and a JPEG has room for "
                    + (LONGEST - name.length));
        }
        byte[] segment = Arrays.copyOf(name, name.length + content.length);
        System.arraycopy(content, 0, segment, name.length, content.length);
        return segment;
    }

    private static void write(OutputStream out, int marker, byte @Nullable [] segment) throws IOException {
        if (segment != null) {
            int length = segment.length + 2;
            out.write(new byte[] {(byte) 0xff, (byte) marker, (byte) (length >> 8), (byte) length});
            out.write(segment);
        }
    }

    private static void writeProfile(OutputStream out, byte @Nullable [] icc) throws IOException {
        if (icc == null) {
            return;
        }
        int room = LONGEST - ICC.length - 2;
        int parts = (icc.length + room - 1) / room;
        for (int part = 0; part < parts; part++) {
            int from = part * room;
            int n = Math.min(room, icc.length - from);
            byte[] segment = Arrays.copyOf(ICC, ICC.length + 2 + n);
            segment[ICC.length] = (byte) (part + 1);
            segment[ICC.length + 1] = (byte) parts;
            System.arraycopy(icc, from, segment, ICC.length + 2, n);
            write(out, APP2, segment);
        }
    }

    private static boolean starts(byte[] segment, byte[] name) {
        return segment.length >= name.length && Arrays.equals(segment, 0, name.length, name, 0, name.length);
    }

    private static byte[] behind(byte[] segment, int from) {
        return Arrays.copyOfRange(segment, Math.min(from, segment.length), segment.length);
    }
}
