package darkroom.picture;

import darkroom.files.Sha256;
import darkroom.json.Base64Sink;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A picture on its way into a file: hashed, measured and looked through as it passes, in constant memory.
 *
 * <p>A picture that turns out to be broken is written all the same, so that somebody can look at what came; one that is
 * too large is not written beyond the limit.
 */
public final class PictureFile extends OutputStream {
    private final Path path;
    private final @Nullable String origin;
    private final Look look;
    private final OutputStream out;
    private final MessageDigest digest = Sha256.digest();
    private @Nullable PictureProbe probe;
    private long bytes;
    private @Nullable PictureException broken;
    private @Nullable Picture picture;
    private @Nullable String sha256;

    /**
     * Creates the file.
     *
     * @param path must not exist
     * @param look how it is looked at, and what is written at most
     */
    public PictureFile(Path path, Look look) throws IOException {
        this(path, null, look);
    }

    /**
     * Creates the file for a picture that somebody else keeps as well.
     *
     * @param path must not exist
     * @param origin where it is for them, in their words; null if nobody keeps it, or nobody here knows
     * @param look how it is looked at, and what is written at most
     */
    public PictureFile(Path path, @Nullable String origin, Look look) throws IOException {
        this(path, origin, look, Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    private PictureFile(Path path, @Nullable String origin, Look look, OutputStream out) {
        this.path = path;
        this.origin = origin;
        this.look = look;
        this.out = out;
        this.probe = new PictureProbe(look.pixels());
    }

    /**
     * Copies a picture that somebody else keeps.
     *
     * @param origin where it is
     * @param path must not exist
     * @param look how it is looked at, and what is written at most
     */
    public static PictureFile copy(Path origin, Path path, Look look) throws IOException {
        return read(origin, new PictureFile(path, origin.toString(), look));
    }

    /**
     * Looks through a picture that is in its file already.
     *
     * @param path where it is
     * @param origin where somebody else keeps it; null if nobody does. The same as {@code path} if it is to stay there
     * @param look how it is looked at, and what counts as too large
     */
    public static PictureFile existing(Path path, @Nullable Path origin, Look look) throws IOException {
        String keptAt = origin == null ? null : origin.toString();
        return read(path, new PictureFile(path, keptAt, look, OutputStream.nullOutputStream()));
    }

    private static PictureFile read(Path from, PictureFile picture) throws IOException {
        try (InputStream in = Files.newInputStream(from);
                picture) {
            in.transferTo(picture);
        }
        return picture;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        bytes += length;
        if (tooLarge()) {
            return;
        }
        out.write(from, offset, length);
        digest.update(from, offset, length);
        if (broken == null && probe != null) {
            try {
                probe.update(from, offset, length);
            } catch (PictureException e) {
                broken = e;
            }
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
        if (sha256 == null) {
            sha256 = Sha256.hex(digest);
            conclude();
        }
    }

    /** What was needed to look at it is not kept: an answer may have hundreds. */
    private void conclude() {
        PictureProbe done = probe;
        probe = null;
        if (broken == null && done != null && !tooLarge()) {
            try {
                picture = done.end();
            } catch (PictureException e) {
                broken = e;
            }
        }
    }

    /**
     * A way in for a picture that arrives as base64 in a JSON string. What is not base64 is remembered like any other
     * damage, and the rest of it is passed over; closing it closes the picture.
     */
    public static final class Encoded extends OutputStream {
        private final PictureFile picture;
        private final Base64Sink base64;

        /** Decodes into {@code picture}. */
        public Encoded(PictureFile picture) {
            this.picture = picture;
            this.base64 = new Base64Sink(picture);
        }

        /** What is decoded into. */
        public PictureFile picture() {
            return picture;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            if (picture.broken == null || !picture.broken.isEncoding()) {
                try {
                    base64.write(from, offset, length);
                } catch (Base64Sink.Base64Exception e) {
                    picture.broken = PictureException.encoding(e);
                }
            }
        }

        @Override
        public void close() throws IOException {
            try {
                base64.close();
            } catch (Base64Sink.Base64Exception e) {
                picture.broken = PictureException.encoding(e);
            }
        }
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Where somebody else, the WebUI, keeps it as well; null if nobody does, or nobody here knows. */
    public @Nullable String origin() {
        return origin;
    }

    /** Whether it is somebody else's file, which stays where it is. */
    public boolean isInPlace() {
        return path.toString().equals(origin);
    }

    /** How many bytes came, also if not all were written. */
    public long bytes() {
        return bytes;
    }

    /** True if more came than the limit allows. */
    public boolean tooLarge() {
        return bytes > look.maxBytes();
    }

    /** How many bytes are written at most. */
    public long maxBytes() {
        return look.maxBytes();
    }

    /** The hash of what was written, in lower-case hex; call it after {@link #close}. */
    public String sha256() {
        if (sha256 == null) {
            throw new IllegalStateException("still being written");
        }
        return sha256;
    }

    /**
     * What it is; call it after {@link #close}.
     *
     * @throws PictureException if it is not a whole picture
     */
    public Picture picture() throws PictureException {
        if (broken != null) {
            throw broken;
        }
        if (picture == null) {
            throw new PictureException("is cut off");
        }
        return picture;
    }

    /** How many characters the text in it has; 0 before {@link #close}, and if it is not a whole picture. */
    public int textLength() {
        return picture == null || picture.infotext() == null
                ? 0
                : picture.infotext().length();
    }
}
