package darkroom.job;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How the pictures of a job are shown together on a sheet.
 *
 * @param columns how many pictures are beside each other; 0 if there is no sheet
 * @param width of each, in pixels
 * @param caption what is below each: a text with the tokens {@code [index]}, {@code [seed]}, {@code [name]}; may be empty
 */
public record ContactSheet(int columns, int width, String caption) {
    /** None is made. */
    public static final ContactSheet NONE = new ContactSheet(0, 0, "");

    /** What is made if nothing is said about it. */
    public static final ContactSheet USUAL = new ContactSheet(6, 256, "[index] [seed]");

    /** The tokens of a caption. */
    public static final List<String> TOKENS = List.of("index", "seed", "name");

    public static final int MOST_COLUMNS = 20;
    public static final int LEAST_WIDTH = 64;
    public static final int MOST_WIDTH = 1024;

    /** What a sheet may be wide, in pixels. */
    public static final int MOST_ACROSS = 8192;

    public static final int LONGEST_CAPTION = 100;

    private static final Pattern SHORT = Pattern.compile("([1-9]\\d?)(?:x([1-9]\\d{1,3}))?");

    /** Whether one is made. */
    public boolean asks() {
        return columns > 0;
    }

    /** Whether columns and width are within limits. */
    public boolean fits() {
        return columns >= 1
                && columns <= MOST_COLUMNS
                && width >= LEAST_WIDTH
                && width <= MOST_WIDTH
                && columns * width <= MOST_ACROSS;
    }

    /**
     * Reads the short form of a property: {@code true}, {@code false}, columns, or columns and the width of each.
     *
     * @param text for example {@code 6} or {@code 6x256}
     * @return empty if it is not one, or not within limits
     */
    public static Optional<ContactSheet> of(String text) {
        if (text.equals("true")) {
            return Optional.of(USUAL);
        }
        if (text.equals("false")) {
            return Optional.of(NONE);
        }
        var sizes = SHORT.matcher(text);
        if (!sizes.matches()) {
            return Optional.empty();
        }
        int width = sizes.group(2) == null ? USUAL.width : Integer.parseInt(sizes.group(2));
        return Optional.of(new ContactSheet(Integer.parseInt(sizes.group(1)), width, USUAL.caption))
                .filter(ContactSheet::fits);
    }
}
