package darkroom.camel.intake;

import darkroom.files.SafeName;

/** Names of files that somebody sent along. */
final class PictureName {
    private PictureName() {}

    /** Whether a name is that of a file, and no path, whatever stands in it. */
    static boolean isOne(String name) {
        String spaceless = name.replace(' ', '_');
        return SafeName.of(spaceless, SafeName.MAX_BYTES).equals(spaceless);
    }
}
