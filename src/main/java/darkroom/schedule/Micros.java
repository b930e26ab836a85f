package darkroom.schedule;

/** Millionths as whole numbers, whose sums are exact however often something is added and taken away again. */
final class Micros {
    static final double PER_SECOND = 1e6;

    private Micros() {}

    static long of(double value) {
        return Math.max(1, Math.round(value * PER_SECOND));
    }
}
