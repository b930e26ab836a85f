package darkroom.promptfile.expansion;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One prompt in the making. */
final class Draft {
    private final RandomGenerator random;
    private final long turn;
    private final @Nullable String[] variables;
    private StringBuilder text = new StringBuilder();

    /**
     * Begins one.
     *
     * @param turn which prompt it is, from 0; what is chosen in cycles goes by it
     * @param variables how many variables it has
     */
    Draft(RandomGenerator random, long turn, int variables) {
        this.random = random;
        this.turn = turn;
        this.variables = new String[variables];
    }

    void append(String more) {
        text.append(more);
    }

    long turn() {
        return turn;
    }

    void set(int variable, String value) {
        variables[variable] = value;
    }

    String get(int variable) {
        return String.valueOf(variables[variable]);
    }

    /** What is written, apart from the rest. */
    String aside(Runnable writing) {
        StringBuilder rest = text;
        text = new StringBuilder();
        writing.run();
        String made = text.toString();
        text = rest;
        return made;
    }

    /** A number from 0 up, and below {@code bound}; all are equally probable. */
    long below(long bound) {
        long highest = Long.MAX_VALUE - Long.MAX_VALUE % bound;
        long number = random.nextLong() >>> 1;
        while (number >= highest) {
            number = random.nextLong() >>> 1;
        }
        return number % bound;
    }

    /** A number from 0 up, and below {@code bound}. */
    double below(double bound) {
        return (random.nextLong() >>> 11) * 0x1p-53 * bound;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
