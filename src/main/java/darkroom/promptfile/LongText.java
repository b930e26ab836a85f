package darkroom.promptfile;

import darkroom.files.Sha256;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.json.Base64Sink;
import darkroom.picture.PictureException;
import darkroom.picture.PictureProbe;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * The inside of a JSON string that is too long to be held, on its way into a file. Unless it is a picture, as arguments of
 * scripts are now and then, it takes room in the document like any other text.
 */
final class LongText extends FilterOutputStream {
    private final Path file;
    private final MessageDigest digest;
    private final String pointer;
    private final long maxPicture;
    private final Room room;
    private final PictureProbe probe = new PictureProbe(true);
    private final Base64Sink base64 = new Base64Sink(new Decoded());
    private boolean maybePicture = true;
    private long bytes;
    private @Nullable String sha256;

    /** Takes the string at a place in the document. */
    LongText(Path file, String pointer, long maxPicture, Room room) throws IOException {
        this(file, pointer, maxPicture, room, Sha256.digest());
    }

    private LongText(Path file, String pointer, long maxPicture, Room room, MessageDigest digest) throws IOException {
        super(new DigestOutputStream(Files.newOutputStream(file), digest));
        this.file = file;
        this.pointer = pointer;
        this.maxPicture = maxPicture;
        this.room = room;
        this.digest = digest;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (from[i] >= 0 && from[i] < ' ') {
                throw new ControlCharacterException();
            }
        }
        out.write(from, offset, length);
        bytes += length;
        if (!maybePicture) {
            room.take(length);
            return;
        }
        try {
            base64.write(from, offset, length);
        } catch (Base64Sink.Base64Exception | PictureException e) {
            isNoPicture();
        }
    }

    @Override
    public void close() throws IOException {
        super.close();
        if (sha256 != null) {
            return;
        }
        sha256 = Sha256.hex(digest);
        if (maybePicture) {
            try {
                base64.close();
                probe.end();
            } catch (Base64Sink.Base64Exception | PictureException e) {
                isNoPicture();
            }
        }
    }

    private void isNoPicture() {
        maybePicture = false;
        room.take(bytes);
    }

    Path file() {
        return file;
    }

    long bytes() {
        return bytes;
    }

    String sha256() {
        if (sha256 == null) {
            throw new IllegalStateException("still being written");
        }
        return sha256;
    }

    /** What the text is, if it is base64. */
    private final class Decoded extends OutputStream {
        private long decoded;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            probe.update(from, offset, length);
            decoded += length;
            if (decoded > maxPicture) {
                throw new ProblemException(new Problem(
                        ProblemCode.PICTURE_TOO_LARGE,
                        "the picture has more than " + maxPicture + " bytes",
                        "make it smaller, or ask for darkroom.pictures.max-size to be raised",
                        new Problem.Place(0, 0, pointer)));
            }
        }
    }

    /** JSON allows no control characters in strings; in those that it sees the parser notices. */
    static final class ControlCharacterException extends IOException {
        private static final long serialVersionUID = 1;

        ControlCharacterException() {
            super("a long text has a control character in it that is not escaped");
        }
    }
}
