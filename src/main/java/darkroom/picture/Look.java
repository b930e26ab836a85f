package darkroom.picture;

/**
 * How a picture is looked at while it passes.
 *
 * @param maxBytes most bytes of it
 * @param pixels whether the pixels of a PNG are unpacked, which finds missing and flat ones and takes most of the time that
 *     a picture needs; else it is its structure and its checksums that are verified
 */
public record Look(long maxBytes, boolean pixels) {
    /** At its pixels as well: for what strangers send, which may be a bomb. */
    public static Look atAll(long maxBytes) {
        return new Look(maxBytes, true);
    }

    /** At its structure. */
    public static Look atStructure(long maxBytes) {
        return new Look(maxBytes, false);
    }
}
