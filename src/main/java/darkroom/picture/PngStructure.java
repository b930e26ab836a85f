package darkroom.picture;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A PNG, chunk by chunk (W3C PNG, section 5): order, lengths, checksums, the pixels if that is wanted, and the text named
 * {@code parameters}.
 */
final class PngStructure implements PictureProbe.Structure {
    private static final int SIGNATURE = 8;
    private static final int HEADER = 8;
    private static final int CHECKSUM = 4;

    private enum Part {
        SIGNATURE,
        HEADER,
        DATA,
        CHECKSUM,
        END
    }

    private final boolean unpack;
    private final byte[] small = new byte[8];
    private final CRC32 crc = new CRC32();
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private Part part = Part.SIGNATURE;
    private int filled;
    private long left;
    private String type = "";
    private boolean keep;
    private @Nullable PngHeader about;
    private @Nullable PngPixels pixels;
    private long packed;
    private boolean palette;
    private boolean begun;
    private boolean over;
    private boolean turned;
    private @Nullable String infotext;

    /**
     * Begins.
     *
     * @param unpack whether the pixels are looked at
     */
    PngStructure(boolean unpack) {
        this.unpack = unpack;
    }

    @Override
    public void accept(byte[] bytes, int offset, int length) throws PictureException {
        try {
            read(bytes, offset, length);
        } catch (PictureException e) {
            close();
            throw e;
        }
    }

    private void read(byte[] bytes, int offset, int length) throws PictureException {
        int at = offset;
        int end = offset + length;
        while (at < end && part != Part.END) { // tools append to a PNG; decoders ignore it
            at += switch (part) {
                case SIGNATURE -> fill(bytes, at, end, SIGNATURE);
                case HEADER -> fill(bytes, at, end, HEADER);
                case DATA -> take(bytes, at, end);
                default -> fill(bytes, at, end, CHECKSUM);
            };
        }
    }

    @Override
    public Picture end() throws PictureException {
        if (part != Part.END || about == null) {
            close();
            throw new PictureException(
                    "is cut off: the PNG ends " + (type.isEmpty() ? "at once" : "in or behind " + type));
        }
        int width = turned ? about.height() : about.width();
        int height = turned ? about.width() : about.height();
        Picture.Pixels looked = pixels == null
                ? Picture.Pixels.NOT_LOOKED_AT
                : pixels.isFlat() ? Picture.Pixels.FLAT : Picture.Pixels.VARIED;
        return new Picture(Picture.Format.PNG, width, height, infotext, looked);
    }

    private void close() {
        if (pixels != null) {
            pixels.close();
        }
    }

    private int fill(byte[] bytes, int at, int end, int wanted) throws PictureException {
        int n = Math.min(end - at, wanted - filled);
        System.arraycopy(bytes, at, small, filled, n);
        filled += n;
        if (filled == wanted) {
            filled = 0;
            switch (part) {
                case SIGNATURE -> part = Part.HEADER;
                case HEADER -> header();
                default -> checksum();
            }
        }
        return n;
    }

    private void header() throws PictureException {
        ByteBuffer header = ByteBuffer.wrap(small);
        left = header.getInt() & 0xffffffffL;
        boolean first = type.isEmpty();
        type = new String(small, 4, 4, StandardCharsets.ISO_8859_1);
        if (left > Integer.MAX_VALUE || !type.chars().allMatch(Character::isLetter)) {
            throw new PictureException("is damaged: a PNG chunk has no proper name or length");
        }
        if (first != type.equals("IHDR") || (first && left != 13)) {
            throw new PictureException("is damaged: the PNG does not begin with its size");
        }
        beginOrEndPixels();
        keep = type.equals("IHDR") || (isAside() && left <= PictureProbe.MAX_TEXT);
        crc.reset();
        crc.update(small, 4, 4);
        part = left == 0 ? Part.CHECKSUM : Part.DATA;
    }

    /** Text, or what a camera says about itself. */
    private boolean isAside() {
        return (type.endsWith("Xt") && infotext == null) || type.equals("eXIf");
    }

    private void beginOrEndPixels() throws PictureException {
        palette |= type.equals("PLTE");
        if (about == null) {
            return; // the header itself
        }
        if (!type.equals("IDAT")) {
            if (begun && !over) {
                endPixels(about);
            }
            over = begun;
        } else if (over) {
            throw new PictureException("is damaged: the pixels of the PNG are not in one piece");
        } else if (about.indexed() && !palette) {
            throw new PictureException("is damaged: the PNG has no palette");
        } else {
            begun = true;
        }
    }

    private void endPixels(PngHeader header) throws PictureException {
        if (pixels != null) {
            pixels.end();
        } else if (header.areTooFew(packed)) {
            throw new PictureException("is damaged: the PNG has fewer pixels than it says");
        }
    }

    private int take(byte[] bytes, int at, int end) throws PictureException {
        int n = (int) Math.min(end - at, left);
        crc.update(bytes, at, n);
        if (keep) {
            kept.write(bytes, at, n);
        } else if (type.equals("IDAT")) {
            packed += n;
            if (pixels != null) {
                pixels.accept(bytes, at, n);
            }
        }
        left -= n;
        if (left == 0) {
            part = Part.CHECKSUM;
        }
        return n;
    }

    private void checksum() throws PictureException {
        if (ByteBuffer.wrap(small).getInt() != (int) crc.getValue()) {
            throw new PictureException("is damaged: the checksum of its " + type + " chunk is wrong");
        }
        if (keep) {
            look(kept.toByteArray());
            kept.reset();
        }
        part = Part.HEADER;
        if (type.equals("IEND")) {
            if (!begun) {
                throw new PictureException("is damaged: the PNG holds no pixels");
            }
            part = Part.END;
        }
    }

    private void look(byte[] chunk) throws PictureException {
        if (type.equals("IHDR")) {
            PngHeader header = PngHeader.of(ByteBuffer.wrap(chunk));
            about = header;
            pixels = unpack ? new PngPixels(header) : null;
            return;
        }
        if (type.equals("eXIf")) {
            turned = Exif.isTurned(chunk, 0);
            return;
        }
        int keyEnd = indexOfZero(chunk, 0);
        if (keyEnd < 0 || !"parameters".equals(new String(chunk, 0, keyEnd, StandardCharsets.ISO_8859_1))) {
            return;
        }
        infotext = switch (type) {
            case "tEXt" -> new String(chunk, keyEnd + 1, chunk.length - keyEnd - 1, StandardCharsets.ISO_8859_1);
            case "zTXt" -> new String(inflate(chunk, keyEnd + 2), StandardCharsets.ISO_8859_1);
            case "iTXt" -> internationalText(chunk, keyEnd);
            default -> null;
        };
    }

    private static @Nullable String internationalText(byte[] chunk, int keyEnd) {
        boolean compressed = chunk.length > keyEnd + 1 && chunk[keyEnd + 1] == 1;
        int languageEnd = indexOfZero(chunk, keyEnd + 3);
        int translatedEnd = languageEnd < 0 ? -1 : indexOfZero(chunk, languageEnd + 1);
        if (translatedEnd < 0) {
            return null;
        }
        int from = translatedEnd + 1;
        return compressed
                ? new String(inflate(chunk, from), StandardCharsets.UTF_8)
                : new String(chunk, from, chunk.length - from, StandardCharsets.UTF_8);
    }

    private static int indexOfZero(byte[] chunk, int from) {
        for (int i = Math.max(0, from); i < chunk.length; i++) {
            if (chunk[i] == 0) {
                return i;
            }
        }
        return -1;
    }

    /** What can be inflated, up to a limit: a text is a comfort, not worth a failure or much memory. */
    private static byte[] inflate(byte[] chunk, int from) {
        byte[] text = new byte[PictureProbe.MAX_TEXT];
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(chunk, Math.min(from, chunk.length), Math.max(0, chunk.length - from));
            int n = inflater.inflate(text);
            return Arrays.copyOf(text, n);
        } catch (DataFormatException e) {
            return new byte[0];
        } finally {
            inflater.end();
        }
    }
}
