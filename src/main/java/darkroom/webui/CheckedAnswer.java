package darkroom.webui;

import darkroom.job.Problem;
import darkroom.picture.Picture;
import darkroom.picture.PictureFile;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An answer that was held against its task.
 *
 * @param pictures what came, in the WebUI's order
 * @param refused why it is not what was asked for; empty if it is
 * @param warnings differences that a property lets pass
 * @param unverified what the answer gave no evidence for, by the words of {@link Check}
 */
public record CheckedAnswer(
        List<Made> pictures, List<Problem> refused, List<String> warnings, List<String> unverified) {
    public CheckedAnswer {
        pictures = List.copyOf(pictures);
        refused = List.copyOf(refused);
        warnings = List.copyOf(warnings);
        unverified = List.copyOf(unverified);
    }

    /** The same with more warnings, and more that could not be verified. */
    public CheckedAnswer with(List<String> moreWarnings, List<String> moreUnverified) {
        return new CheckedAnswer(pictures, refused, joined(warnings, moreWarnings), joined(unverified, moreUnverified));
    }

    /** The same, refused for one more reason. */
    public CheckedAnswer refused(Problem reason) {
        return new CheckedAnswer(
                pictures, Stream.concat(refused.stream(), Stream.of(reason)).toList(), warnings, unverified);
    }

    private static List<String> joined(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).distinct().toList();
    }

    /** What a picture of an answer is. */
    public enum Kind {
        /** One of those asked for. */
        PICTURE,
        /** Several in one, put before the others ({@code index_of_first_image}). */
        GRID,
        /** What a script or an extension added behind them: a mask, a ControlNet map. */
        EXTRA,
        /** No picture, but a text about one. */
        TEXT;

        /** For names and receipts, for example {@code grid}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One picture of an answer.
     *
     * @param file where it is
     * @param picture what it is; null if it is not a whole picture, or a text
     * @param kind what it is there for
     * @param place its place among those of its kind, from 1
     * @param seed what it was made from; null if that is not known
     * @param infotext the WebUI's text about it; null if there is none
     */
    public record Made(
            PictureFile file,
            @Nullable Picture picture,
            Kind kind,
            int place,
            @Nullable BigInteger seed,
            @Nullable String infotext) {}
}
