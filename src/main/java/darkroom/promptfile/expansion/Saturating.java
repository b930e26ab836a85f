package darkroom.promptfile.expansion;

/**
 * Counting that stops at {@link Long#MAX_VALUE}, "too many to count". A number below it can be taken apart by counts that have stopped
 * there: the quotient is 0, as it would be with the true count.
 */
final class Saturating {
    private Saturating() {}

    static long times(long a, long b) {
        if (a == 0 || b == 0) {
            return 0;
        }
        return a > Long.MAX_VALUE / b ? Long.MAX_VALUE : a * b;
    }

    static long plus(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
}
