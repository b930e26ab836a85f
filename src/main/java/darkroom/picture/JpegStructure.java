package darkroom.picture;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A JPEG, from marker to marker (ITU-T T.81, annex B): a frame with a size, a scan, an end. */
final class JpegStructure implements PictureProbe.Structure {
    private static final byte[] EXIF = {'E', 'x', 'i', 'f', 0, 0};
    private static final int APP1 = 0xe1;
    private static final int START_OF_SCAN = 0xda;
    private static final int END_OF_IMAGE = 0xd9;

    private enum Part {
        START,
        MARKER,
        LENGTH,
        SEGMENT,
        SCAN,
        END
    }

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private Part part = Part.START;
    private int seen;
    private int marker;
    private int left;
    private boolean afterFf;
    private int width;
    private int height;
    private boolean scan;
    private boolean turned;
    private @Nullable String infotext;

    @Override
    public void accept(byte[] bytes, int offset, int length) throws PictureException {
        int at = offset;
        int end = offset + length;
        while (at < end && part != Part.END) { // cameras and tools append to a JPEG; decoders ignore it
            switch (part) {
                case SEGMENT -> at += segment(bytes, at, end);
                case SCAN -> at += scan(bytes, at, end);
                default -> one(bytes[at++] & 0xff);
            }
        }
    }

    @Override
    public Picture end() throws PictureException {
        if (part != Part.END) {
            throw new PictureException("is cut off: the JPEG has no end");
        }
        if (width == 0 || height == 0 || !scan) {
            throw new PictureException("is damaged: the JPEG holds no pixels");
        }
        return new Picture(Picture.Format.JPEG, turned ? height : width, turned ? width : height, infotext);
    }

    private void one(int b) throws PictureException {
        switch (part) {
            case START -> {
                if (++seen == 2) {
                    part = Part.MARKER;
                }
            }
            case MARKER -> marker(b);
            default -> length(b);
        }
    }

    private void marker(int b) throws PictureException {
        if (!afterFf) {
            if (b != 0xff) {
                throw new PictureException("is damaged: a JPEG marker is missing");
            }
            afterFf = true;
        } else if (b != 0xff) { // any number of 0xff may precede a marker
            afterFf = false;
            marker = b;
            seen = 0;
            left = 0;
            part = b == END_OF_IMAGE ? Part.END : Part.LENGTH;
        }
    }

    private void length(int b) throws PictureException {
        left = left << 8 | b;
        if (++seen < 2) {
            return;
        }
        left -= 2;
        if (left < 0) {
            throw new PictureException("is damaged: a JPEG segment has no proper length");
        }
        part = Part.SEGMENT;
        if (left == 0) {
            endOfSegment();
        }
    }

    private int segment(byte[] bytes, int at, int end) {
        int n = Math.min(end - at, left);
        if (isFrame() || marker == APP1) {
            kept.write(bytes, at, n);
        }
        left -= n;
        if (left == 0) {
            endOfSegment();
        }
        return n;
    }

    private boolean isFrame() {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private void endOfSegment() {
        byte[] segment = kept.toByteArray();
        kept.reset();
        if (isFrame() && segment.length >= 5) {
            height = ((segment[1] & 0xff) << 8) | (segment[2] & 0xff);
            width = ((segment[3] & 0xff) << 8) | (segment[4] & 0xff);
        } else if (marker == APP1 && isExif(segment)) {
            turned = Exif.isTurned(segment, EXIF.length);
            infotext = Exif.userComment(segment, EXIF.length);
        }
        scan |= marker == START_OF_SCAN;
        part = marker == START_OF_SCAN ? Part.SCAN : Part.MARKER;
    }

    private static boolean isExif(byte[] segment) {
        return segment.length > EXIF.length && Arrays.equals(segment, 0, EXIF.length, EXIF, 0, EXIF.length);
    }

    /** Skips coded pixels; in them 0xff is followed by 0 or a restart marker. */
    private int scan(byte[] bytes, int at, int end) throws PictureException {
        int i = at;
        while (i < end) {
            int b = bytes[i++] & 0xff;
            if (afterFf && b != 0 && b != 0xff && (b < 0xd0 || b > 0xd7)) {
                part = Part.MARKER;
                marker(b);
                break;
            }
            afterFf = b == 0xff;
        }
        return i - at;
    }
}
