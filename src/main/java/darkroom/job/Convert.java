package darkroom.job;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The format that pictures are converted to after they were made.
 *
 * @param format which one
 * @param quality from 1 to 100; null for what is usual with the format, or if it is lossless
 * @param lossless whether no pixel changes
 * @param keep whether the picture that the WebUI made is an output as well
 */
public record Convert(Format format, @Nullable Integer quality, boolean lossless, boolean keep) {
    /** Pictures stay what they are. */
    public static final Convert NONE = new Convert(Format.NONE, null, false, false);

    private static final String LOSSLESS = "lossless";
    private static final String KEEP = "keep";
    private static final Pattern QUALITY = Pattern.compile("[1-9]\\d?|100");

    /** A format. */
    public enum Format {
        NONE(0),
        JPEG(90),
        WEBP(85),
        AVIF(70);

        private final int usualQuality;

        Format(int usualQuality) {
            this.usualQuality = usualQuality;
        }

        /** The word used in prompt files and properties, for example {@code webp}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The quality if nobody says one. */
        public int usualQuality() {
            return usualQuality;
        }

        /** Whether there is a kind of it in which no pixel changes. */
        public boolean mayBeLossless() {
            return this == WEBP || this == AVIF;
        }

        /** The format of this word; {@code jpg} is one as well. */
        public static Optional<Format> of(String word) {
            return Arrays.stream(values())
                    .filter(format -> format.word().equals(word.equals("jpg") ? "jpeg" : word))
                    .findFirst();
        }

        /** All words. */
        public static List<String> words() {
            return Arrays.stream(values()).map(Format::word).toList();
        }
    }

    /**
     * Reads the short form: a format and, behind colons, a quality, {@code lossless}, {@code keep}.
     *
     * @param text for example {@code webp}, {@code jpeg:90} or {@code avif:lossless:keep}
     * @return empty if it is not one
     */
    public static Optional<Convert> of(String text) {
        List<String> words = new ArrayList<>(List.of(text.split(":", -1)));
        Optional<Format> format = Format.of(words.remove(0));
        Integer quality = null;
        boolean lossless = false;
        boolean keep = false;
        for (String word : words) {
            if (word.equals(LOSSLESS) && !lossless) {
                lossless = true;
            } else if (word.equals(KEEP) && !keep) {
                keep = true;
            } else if (QUALITY.matcher(word).matches() && quality == null) {
                quality = Integer.valueOf(word);
            } else {
                return Optional.empty();
            }
        }
        if (format.isEmpty()
                || (format.get() == Format.NONE && !words.isEmpty())
                || (lossless && (quality != null || !format.get().mayBeLossless()))) {
            return Optional.empty();
        }
        return Optional.of(new Convert(format.get(), quality, lossless, keep));
    }

    /** Whether anything is to be done. */
    public boolean asks() {
        return format != Format.NONE;
    }

    /** The quality that counts, from 1 to 100. */
    public int effectiveQuality() {
        return quality == null ? format.usualQuality() : quality;
    }
}
