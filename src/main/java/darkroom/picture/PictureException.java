package darkroom.picture;

import java.io.IOException;

/** The bytes are not a whole picture. The message finishes the sentence "the picture …". */
public final class PictureException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean encoding;

    PictureException(String message) {
        this(message, false);
    }

    private PictureException(String message, boolean encoding) {
        super(message);
        this.encoding = encoding;
    }

    static PictureException encoding(IOException e) {
        return new PictureException("is not standard base64 (RFC 4648, section 4): " + e.getMessage(), true);
    }

    /** True if it is about the base64 that the picture came in, not about the picture. */
    boolean isEncoding() {
        return encoding;
    }
}
