package darkroom.webui;

import darkroom.picture.Picture;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What each member of {@code images} is there for. The WebUI does not say; it follows from how many infotexts and seeds
 * there are (webui-api, section 2.7), and if that is not enough, from the infotexts in the pictures themselves.
 */
final class Members {
    private final Answer answer;
    private final Asked asked;
    private final List<@Nullable Picture> pictures;
    private final boolean known;
    private final List<Integer> made;

    /**
     * Finds out.
     *
     * @param pictures what each of them is; null if it is not known
     */
    Members(Answer answer, Asked asked, List<@Nullable Picture> pictures) {
        this.answer = answer;
        this.asked = asked;
        this.pictures = pictures;
        List<Integer> behind =
                IntStream.range(answer.grids(), pictures.size()).boxed().toList();
        List<Integer> signed =
                behind.stream().filter(index -> ownText(index) != null).toList();
        if (asked.hasScript() || answer.made() == behind.size()) {
            known = true;
            made = behind;
        } else if (!answer.saved() && signed.size() == answer.made()) {
            known = true;
            made = signed;
        } else {
            // what a ControlNet saw comes behind all pictures, but a mask comes behind its own one
            known = answer.saved() || !asked.hasMask() || answer.made() <= 1;
            made = known ? behind.subList(0, answer.made()) : behind;
        }
    }

    /** Whether pictures can be told from what was added; if not, all pass for pictures, and no seed is known. */
    boolean areKnown() {
        return known;
    }

    /** How many pictures were made. */
    int count() {
        return known ? made.size() : answer.made();
    }

    /** Which of the pictures it is, from 0; -1 if it is a grid, or something that was added. */
    int rank(int index) {
        return made.indexOf(index);
    }

    /** What it was made from; for a grid the seed of its first picture; null if that is not known. */
    @Nullable
    BigInteger seed(int index) {
        List<BigInteger> seeds = answer.seeds();
        if (index < answer.grids()) {
            return seeds.isEmpty() ? asked.seed().orElse(null) : seeds.get(0);
        }
        int rank = rank(index);
        if (!known || rank < 0) {
            return null;
        }
        if (seeds.isEmpty()) {
            return made.size() == 1 ? asked.seed().orElse(null) : null;
        }
        return belong(seeds.size()) ? seeds.get(rank) : null;
    }

    /** The WebUI's text about it; null if there is none. */
    @Nullable
    String infotext(int index) {
        if (index < answer.grids()) {
            return answer.infotext(index - answer.grids()).orElse(ownText(index));
        }
        String told = told(index);
        return told == null ? ownText(index) : told;
    }

    /** What the answer, and it alone, tells about a picture that was planned; null if that is not known. */
    @Nullable
    String told(int index) {
        int rank = rank(index);
        boolean told = known && rank >= 0 && belong(answer.reported().orElse(0));
        return told ? answer.infotext(rank).orElse(null) : null;
    }

    /** Whether so many seeds or texts are one for each picture, in their order; an interruption takes the last ones. */
    private boolean belong(int number) {
        return number == made.size() || (number > made.size() && !asked.hasScript());
    }

    /** What a picture tells about itself; null if it tells nothing. */
    @Nullable
    String ownText(int index) {
        Picture picture = pictures.get(index);
        String text = picture == null ? null : picture.infotext();
        return text == null || text.isBlank() ? null : text;
    }
}
