package darkroom.finish;

import org.jspecify.annotations.Nullable;

/** What a picture file says besides its pixels, as far as it is carried over. Its arrays are nobody's to change. */
final class Metadata {
    static final Metadata NONE = new Metadata(null, null, null);

    /** Most bytes of one of them; what is longer is not taken for it. */
    static final int MOST = 1 << 20;

    private final byte @Nullable [] exif;
    private final byte @Nullable [] xmp;
    private final byte @Nullable [] icc;

    /**
     * What was found.
     *
     * @param exif a TIFF structure
     * @param xmp an XMP packet
     * @param icc a colour profile
     */
    Metadata(byte @Nullable [] exif, byte @Nullable [] xmp, byte @Nullable [] icc) {
        this.exif = exif;
        this.xmp = xmp;
        this.icc = icc;
    }

    /** A TIFF structure. */
    byte @Nullable [] exif() {
        return exif;
    }

    /** An XMP packet. */
    byte @Nullable [] xmp() {
        return xmp;
    }

    /** A colour profile. */
    byte @Nullable [] icc() {
        return icc;
    }

    Metadata withExif(byte @Nullable [] other) {
        return new Metadata(other, xmp, icc);
    }

    Metadata withXmp(byte @Nullable [] other) {
        return new Metadata(exif, other, icc);
    }

    Metadata withIcc(byte @Nullable [] other) {
        return new Metadata(exif, xmp, other);
    }

    /** Without a colour profile of grey, which does not fit pixels in red, green and blue, and the other way round. */
    Metadata fitting(boolean grey) {
        boolean profileOfGrey = icc != null && icc.length > 20 && icc[16] == 'G' && icc[17] == 'R';
        return icc == null || grey == profileOfGrey ? this : withIcc(null);
    }
}
