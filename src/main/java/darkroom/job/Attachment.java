package darkroom.job;

/**
 * A part of a payload that is kept in a file of its own until the request is sent: a picture, or a very long text.
 *
 * @param pointer where it belongs in the payload, as a JSON pointer (RFC 6901), for example {@code /init_images/0}
 * @param file the file, relative to the job's folder
 * @param form what the file holds
 * @param bytes size of the file
 * @param sha256 SHA-256 of the file, in lower-case hex
 * @param source what the prompt file called it: a path, or {@code inline}
 * @param width of a picture in pixels; 0 if unknown
 * @param height of a picture in pixels; 0 if unknown
 */
public record Attachment(
        String pointer, String file, Form form, long bytes, String sha256, String source, int width, int height) {

    /** The folder that the files are in, in that of the job. */
    public static final String FOLDER = "attachments";

    /** The same file in another place, where it is called something else. */
    public Attachment at(String otherPointer, String otherSource) {
        return new Attachment(otherPointer, file, form, bytes, sha256, otherSource, width, height);
    }

    /** What is given for the source of what came in the prompt file itself. */
    public static final String INLINE = "inline";

    /** What the file of an attachment holds. */
    public enum Form {
        /** A picture, which goes into the payload as base64. */
        PICTURE,
        /** The inside of a JSON string, escapes and all, which goes into the payload as it is. */
        JSON_TEXT
    }
}
