package darkroom.promptfile.expansion;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one or several are picked from: the options of a variant, or the values of a wildcard. Those of weight 0 are none. */
abstract class Choices {
    private double @Nullable [] weightsUpTo;

    abstract int size();

    abstract double weight(int i);

    /** How many texts one makes. */
    abstract long count(int i);

    /** Most chars that one makes. */
    abstract long longest();

    /** Whether all weights are the same. */
    abstract boolean isEven();

    /** Whether each makes one text. */
    abstract boolean isPlain();

    /** Whether the number of each decides all of its text. */
    abstract boolean isCounted();

    abstract void write(Part by, int i, Draft draft, long number);

    /** One of all, by weight. */
    int draw(Draft draft) {
        if (isEven()) {
            return (int) draft.below((long) size());
        }
        double[] upTo = weightsUpTo();
        double drawn = draft.below(upTo[upTo.length - 1]);
        int i = Arrays.binarySearch(upTo, drawn);
        return Math.min(i < 0 ? -i - 1 : i + 1, upTo.length - 1);
    }

    private double[] weightsUpTo() {
        double[] upTo = weightsUpTo;
        if (upTo == null) {
            upTo = new double[size()];
            double sum = 0;
            for (int i = 0; i < upTo.length; i++) {
                sum += weight(i);
                upTo[i] = sum;
            }
            weightsUpTo = upTo;
        }
        return upTo;
    }

    /** The options of a variant. */
    static final class OfParts extends Choices {
        private final Part[] parts;
        private final double[] weights;

        OfParts(Part[] parts, double[] weights) {
            this.parts = parts;
            this.weights = weights;
        }

        Part first() {
            return parts[0];
        }

        @Override
        int size() {
            return parts.length;
        }

        @Override
        double weight(int i) {
            return weights[i];
        }

        @Override
        long count(int i) {
            return parts[i].count();
        }

        @Override
        long longest() {
            return Arrays.stream(parts).mapToLong(Part::longest).max().orElse(0);
        }

        @Override
        boolean isEven() {
            return Arrays.stream(weights).allMatch(weight -> weight == weights[0]);
        }

        @Override
        boolean isPlain() {
            return Arrays.stream(parts).allMatch(part -> part.count() == 1);
        }

        @Override
        boolean isCounted() {
            return Arrays.stream(parts).allMatch(Part::isCounted);
        }

        @Override
        void write(Part by, int i, Draft draft, long number) {
            by.write(parts[i], draft, number);
        }
    }

    /** The values of a wildcard, of which some may be templates. */
    static final class OfWords extends Choices {
        private final WordList words;
        private final int @Nullable [] some;
        private final Map<Integer, Part> templates;

        /**
         * All but those of weight 0.
         *
         * @param templates those that are templates, by their number in the list
         */
        OfWords(WordList words, Map<Integer, Part> templates) {
            this.words = words;
            this.templates = templates;
            int[] live = words.isEven() ? null : live(words);
            this.some = live == null || live.length == words.size() ? null : live;
        }

        private static int[] live(WordList words) {
            int[] live = new int[words.size()];
            int size = 0;
            for (int i = 0; i < live.length; i++) {
                live[size] = i;
                size += words.weight(i) > 0 ? 1 : 0;
            }
            return Arrays.copyOf(live, size);
        }

        private int word(int i) {
            return some == null ? i : some[i];
        }

        @Override
        int size() {
            return some == null ? words.size() : some.length;
        }

        @Override
        double weight(int i) {
            return words.weight(word(i));
        }

        @Override
        long count(int i) {
            Part template = templates.get(word(i));
            return template == null ? 1 : template.count();
        }

        @Override
        long longest() {
            long longest = words.longest();
            for (Part template : templates.values()) {
                longest = Math.max(longest, template.longest());
            }
            return longest;
        }

        @Override
        boolean isEven() {
            return words.isEven();
        }

        @Override
        boolean isPlain() {
            return templates.values().stream().allMatch(part -> part.count() == 1);
        }

        @Override
        boolean isCounted() {
            return templates.values().stream().allMatch(Part::isCounted);
        }

        @Override
        void write(Part by, int i, Draft draft, long number) {
            Part template = templates.get(word(i));
            if (template == null) {
                draft.append(words.text(word(i)));
            } else {
                by.write(template, draft, number);
            }
        }
    }
}
