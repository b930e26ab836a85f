package darkroom.promptfile.expansion;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One or several of some choices, in any order, none of them twice. Counted, fewer come before more; the order of the choices decides
 * which arrangement comes first, and within an arrangement the texts of the last choice change fastest.
 */
final class Pick extends Part {
    /** What is tried before those that are left are gone through. */
    private static final int TRIES = 50;

    private final Choices choices;
    private final int least;
    private final int most;
    private final String separator;
    private final boolean even;
    private final long @Nullable [] upTo;

    Pick(Mode mode, Choices choices, Node.Picks picks) {
        super(mode, count(mode, choices, picks), longest(choices, picks), choices.isCounted());
        this.choices = choices;
        this.least = Math.min(picks.least(), choices.size());
        this.most = Math.min(picks.most(), choices.size());
        this.separator = picks.separator();
        this.even = !mode.counts() || choices.isPlain();
        this.upTo = even || most > 1 || least < 1 ? null : upTo(choices);
    }

    private static long longest(Choices choices, Node.Picks picks) {
        int most = Math.min(picks.most(), choices.size());
        return Saturating.times(
                most, Saturating.plus(choices.longest(), picks.separator().length()));
    }

    private static long[] upTo(Choices choices) {
        long[] upTo = new long[choices.size()];
        long sum = 0;
        for (int i = 0; i < upTo.length; i++) {
            sum = Saturating.plus(sum, choices.count(i));
            upTo[i] = sum;
        }
        return upTo;
    }

    private static long count(Mode mode, Choices choices, Node.Picks picks) {
        long count = 0;
        for (int k = Math.min(picks.least(), choices.size()); k <= Math.min(picks.most(), choices.size()); k++) {
            count = Saturating.plus(
                    count,
                    !mode.counts() || choices.isPlain()
                            ? arrangements(choices.size(), k)
                            : new Arrangements(choices, k).all());
        }
        return count;
    }

    /** How many ways there are to pick {@code k} of {@code n}, one after the other. */
    private static long arrangements(int n, int k) {
        long ways = 1;
        for (int i = 0; i < k && ways < Long.MAX_VALUE; i++) {
            ways = Saturating.times(ways, n - i);
        }
        return ways;
    }

    @Override
    void write(Draft draft, long number) {
        switch (mode()) {
            case RANDOM -> draw(draft);
            case CYCLICAL -> {
                long ways = 0;
                for (int k = least; k <= most; k++) {
                    ways = Saturating.plus(ways, arrangements(choices.size(), k));
                }
                arrange(draft, number % ways, number / ways);
            }
            default -> {
                if (upTo != null) {
                    one(draft, number, upTo);
                } else {
                    arrange(draft, number, 0);
                }
            }
        }
    }

    private void one(Draft draft, long number, long[] ends) {
        int low = 0;
        int high = ends.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends[middle] > number) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        choices.write(this, low, draft, low == 0 ? number : number - ends[low - 1]);
    }

    private void draw(Draft draft) {
        int k = least + (int) draft.below(most - least + 1L);
        int[] picked = new int[k];
        for (int i = 0; i < k; i++) {
            picked[i] = drawAnother(draft, picked, i);
        }
        join(draft, picked, new long[k]);
    }

    private int drawAnother(Draft draft, int[] picked, int size) {
        for (int tries = 0; tries < TRIES; tries++) {
            int drawn = choices.draw(draft);
            if (!contains(picked, size, drawn)) {
                return drawn;
            }
        }
        double left = 0;
        for (int i = 0; i < choices.size(); i++) {
            left += contains(picked, size, i) ? 0 : choices.weight(i);
        }
        double drawn = draft.below(left);
        int last = -1;
        for (int i = 0; i < choices.size(); i++) {
            if (!contains(picked, size, i)) {
                last = i;
                drawn -= choices.weight(i);
                if (drawn < 0) {
                    return i;
                }
            }
        }
        return last;
    }

    private static boolean contains(int[] picked, int size, int choice) {
        for (int i = 0; i < size; i++) {
            if (picked[i] == choice) {
                return true;
            }
        }
        return false;
    }

    /** Writes an arrangement by its number; {@code inner} is the turn of what is picked, if it goes in cycles. */
    private void arrange(Draft draft, long number, long inner) {
        long rest = number;
        for (int k = least; k <= most; k++) {
            Arrangements arrangements = even ? null : new Arrangements(choices, k);
            long ways = arrangements == null ? arrangements(choices.size(), k) : arrangements.all();
            if (rest < ways) {
                if (arrangements == null) {
                    long[] numbers = new long[k];
                    Arrays.fill(numbers, inner);
                    join(draft, evenArrangement(rest, k), numbers);
                } else {
                    long[] numbers = new long[k];
                    join(draft, arrangements.at(rest, numbers), numbers);
                }
                return;
            }
            rest -= ways;
        }
        throw new IllegalStateException("there is no number " + number);
    }

    private int[] evenArrangement(long number, int k) {
        int[] picked = new int[k];
        int[] sorted = new int[k];
        long rest = number;
        for (int i = 0; i < k; i++) {
            long block = arrangements(choices.size() - i - 1, k - i - 1);
            int choice = (int) (rest / block);
            rest %= block;
            int at = 0;
            while (at < i && sorted[at] <= choice) { // those that were picked already are not counted
                choice++;
                at++;
            }
            System.arraycopy(sorted, at, sorted, at + 1, i - at);
            sorted[at] = choice;
            picked[i] = choice;
        }
        return picked;
    }

    private void join(Draft draft, int[] picked, long[] numbers) {
        boolean first = true;
        for (int i = 0; i < picked.length; i++) {
            if (picked.length == 1) {
                choices.write(this, picked[i], draft, numbers[i]);
                return;
            }
            int choice = picked[i];
            long number = numbers[i];
            String text = draft.aside(() -> choices.write(this, choice, draft, number));
            if (!text.isEmpty()) { // nothing needs no separator
                draft.append(first ? text : separator + text);
                first = false;
            }
        }
    }

    /** Arrangements of choices that make different numbers of texts each. */
    private static final class Arrangements {
        private final Choices choices;
        private final int k;

        Arrangements(Choices choices, int k) {
            this.choices = choices;
            this.k = k;
        }

        long all() {
            return ways(new int[0], 0, k);
        }

        /** How many texts {@code k} of those make that are not picked: k! times the elementary symmetric polynomial of their counts. */
        private long ways(int[] picked, int size, int left) {
            long[] sums = new long[left + 1];
            sums[0] = 1;
            for (int i = 0; i < choices.size(); i++) {
                if (!contains(picked, size, i)) {
                    long count = choices.count(i);
                    for (int j = left; j > 0; j--) {
                        sums[j] = Saturating.plus(sums[j], Saturating.times(count, sums[j - 1]));
                    }
                }
            }
            long ways = sums[left];
            for (int j = 2; j <= left; j++) {
                ways = Saturating.times(ways, j);
            }
            return ways;
        }

        int[] at(long number, long[] numbers) {
            int[] picked = new int[k];
            long rest = number;
            long before = 1;
            for (int i = 0; i < k; i++) {
                Map<Long, Long> waysByCount = new HashMap<>();
                for (int choice = 0; choice < choices.size(); choice++) {
                    if (contains(picked, i, choice)) {
                        continue;
                    }
                    picked[i] = choice;
                    long count = choices.count(choice);
                    Long ways = waysByCount.get(count);
                    if (ways == null) {
                        ways = ways(picked, i + 1, k - i - 1);
                        waysByCount.put(count, ways);
                    }
                    long block = Saturating.times(Saturating.times(before, count), ways);
                    if (rest < block) {
                        before = Saturating.times(before, count);
                        break;
                    }
                    rest -= block;
                }
            }
            for (int i = k - 1; i >= 0; i--) {
                numbers[i] = rest % choices.count(picked[i]);
                rest /= choices.count(picked[i]);
            }
            return picked;
        }
    }
}
