package darkroom.promptfile.expansion;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The values that a field takes, one after the other. Ranges are kept as they are written. A value may weigh more than one, if it is a
 * template that stands for several prompts.
 */
final class Axis {
    private final String name;
    private final String pointer;
    private final FieldPath field;
    private final List<Run> runs;
    private final boolean listed;
    private final int[] ends;
    private long[] weightsUpTo = new long[0];

    /**
     * An axis.
     *
     * @param name as it is written
     * @param pointer where it is written
     * @param listed whether that is a list of runs, rather than the one run itself
     */
    Axis(String name, String pointer, FieldPath field, List<Run> runs, boolean listed) {
        this.name = name;
        this.pointer = pointer;
        this.field = field;
        this.runs = runs;
        this.listed = listed;
        this.ends = new int[runs.size()];
        int end = 0;
        for (int i = 0; i < ends.length; i++) {
            end = (int) Math.min(Integer.MAX_VALUE, end + runs.get(i).size());
            ends[i] = end;
        }
    }

    /**
     * A value, or whole numbers with the same step.
     *
     * @param value the value, if {@code step} is 0
     */
    record Run(@Nullable Object value, long first, long last, long step) {
        static Run of(@Nullable Object value) {
            return new Run(value, 0, 0, 0);
        }

        long size() {
            return step == 0 ? 1 : (last - first) / step + 1;
        }

        @Nullable
        Object value(long i) {
            if (step == 0) {
                return value;
            }
            long number = first + i * step;
            return number == (int) number ? (Object) (int) number : (Object) number;
        }
    }

    String name() {
        return name;
    }

    FieldPath field() {
        return field;
    }

    String pointer() {
        return pointer;
    }

    List<Run> runs() {
        return runs;
    }

    /** Where a run is written. */
    String pointer(int run) {
        return listed ? pointer + "/" + run : pointer;
    }

    /** How many values there are; {@link Integer#MAX_VALUE} if there are more. */
    int size() {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    @Nullable
    Object value(long i) {
        int run = Arrays.binarySearch(ends, (int) i + 1);
        run = run < 0 ? -run - 1 : run;
        return runs.get(run).value(run == 0 ? i : i - ends[run - 1]);
    }

    /** Says how much each value weighs, at least 1. */
    void weigh(LongUnaryOperator weights) {
        weightsUpTo = new long[size()];
        long sum = 0;
        for (int i = 0; i < weightsUpTo.length; i++) {
            sum = Saturating.plus(sum, weights.applyAsLong(i));
            weightsUpTo[i] = sum;
        }
    }

    /** What all its values weigh. */
    long weight() {
        return weightsUpTo.length == 0 ? size() : weightsUpTo[weightsUpTo.length - 1];
    }

    long weight(int i) {
        return weightsUpTo.length == 0 ? 1 : weightsUpTo[i] - weightBefore(i);
    }

    long weightBefore(int i) {
        return weightsUpTo.length == 0 ? i : i == 0 ? 0 : weightsUpTo[i - 1];
    }

    /** The value that a number below {@link #weight()} falls upon. */
    int at(long number) {
        if (weightsUpTo.length == 0) {
            return (int) number;
        }
        int i = Arrays.binarySearch(weightsUpTo, number + 1);
        return i < 0 ? -i - 1 : i;
    }
}
