package darkroom.promptfile;

import darkroom.promptfile.PictureFinder.Found;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the masks of pictures are called: as the pictures are, in a folder of their own; or as a rule says in which {@code *} stands
 * for the picture's name without its ending.
 *
 * @param folder where they are; null if beside the pictures
 * @param before what their names have before that of the picture
 * @param after what they have behind it, without the ending
 * @param ending how they end; null for that of any picture
 */
record Masks(
        @Nullable Found folder,
        String before,
        String after,
        @Nullable String ending) {
    private static final List<String> ENDINGS =
            List.of(".png", ".webp", ".jpg", ".jpeg", ".PNG", ".WEBP", ".JPG", ".JPEG");

    /** Those in a folder, named as the pictures are. */
    static Masks in(Found folder) {
        return new Masks(folder, "", "", null);
    }

    /**
     * Those that are named by a rule.
     *
     * @param rule the last part of a path, with one star in it
     */
    static Masks named(String rule, @Nullable Found folder) {
        int star = rule.indexOf('*');
        String behind = rule.substring(star + 1);
        String ending = PictureFinder.isPicture(behind) ? behind.substring(behind.lastIndexOf('.')) : null;
        String after = ending != null
                ? behind.substring(0, behind.length() - ending.length())
                : behind.endsWith(".*") ? behind.substring(0, behind.length() - 2) : behind;
        return new Masks(folder, rule.substring(0, star), after, ending);
    }

    /** Whether each picture would be its own mask. */
    boolean isThePicture() {
        return folder == null && before.isEmpty() && after.isEmpty();
    }

    /** Whether a file is a mask, whatever picture it is for. */
    boolean isMask(Path file) {
        if (folder != null
                && !file.resolveSibling("").normalize().equals(folder.file().normalize())) {
            return false;
        }
        String name = file.getFileName().toString();
        String end = ending == null ? name.substring(Math.max(0, name.lastIndexOf('.'))) : ending;
        return name.length() >= before.length() + after.length() + end.length()
                && name.startsWith(before)
                && name.endsWith(after + end);
    }

    /** The mask of a picture, if there is one. */
    Optional<Found> of(Found picture) {
        for (Found candidate : candidates(picture)) {
            if (Files.exists(candidate.file())) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** Where the mask of a picture is looked for first. */
    String expected(Found picture) {
        return candidates(picture).get(0).name();
    }

    private List<Found> candidates(Found picture) {
        List<Found> candidates = new ArrayList<>();
        String stem = before + picture.stem() + after;
        for (String end : ending == null ? ENDINGS : List.of(ending)) {
            candidates.add(
                    folder == null
                            ? picture.sibling(stem + end)
                            : new Found(
                                    folder.root(), (folder.name().isEmpty() ? "" : folder.name() + "/") + stem + end));
        }
        return candidates;
    }
}
