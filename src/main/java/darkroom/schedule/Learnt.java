package darkroom.schedule;

/**
 * How fast a WebUI is, and how long it takes to load something, by its answers. The first answer counts until there is
 * another, as the first picture after a start takes longer; the next ones count as parts of a mean, and in the end each for a
 * fifth, so that what has changed is noticed.
 *
 * @param speed more than 0; 1 is what {@link Demand#seconds()} is for
 * @param switchSeconds how long it takes to load another model
 * @param answers how many the speed was learnt from, as far as that matters
 * @param loads the same for loads
 */
public record Learnt(double speed, double switchSeconds, int answers, int loads) {
    /** What loading a checkpoint takes, until it has been seen. */
    public static final double USUAL_SWITCH_SECONDS = 10;

    private static final int MOST = 5;
    private static final double LEAST_SWITCH_SECONDS = 0.1;
    private static final double LEAST_SECONDS = 1e-4;

    public Learnt {
        if (!(speed > 0 && speed < Double.POSITIVE_INFINITY)
                || !(switchSeconds >= 0 && switchSeconds < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a speed of " + speed + ", loading for " + switchSeconds + " s");
        }
        answers = Math.max(0, Math.min(MOST, answers));
        loads = Math.max(0, Math.min(MOST, loads));
    }

    /** Nothing yet: somebody has said how fast it is. */
    public static Learnt nothing(double weight) {
        return new Learnt(weight, USUAL_SWITCH_SECONDS, 0, 0);
    }

    /** The same, of a WebUI that was away, or not seen for a while: it may have changed, and what it shows next counts half. */
    public Learnt earlier() {
        return new Learnt(speed, switchSeconds, Math.min(2, answers), Math.min(1, loads));
    }

    /**
     * What an answer shows. One of a WebUI of which nobody knows what it had loaded shows nothing: it may have loaded
     * something, or not.
     *
     * @param work what was asked of it, as {@link Demand#seconds()} has it
     * @param seconds how long it was at that and at nothing else, loading included
     * @param before what it had loaded; empty for what it loads by itself, whatever that is
     * @param loaded what it has loaded by now, likewise
     */
    public Learnt answered(double work, double seconds, String before, String loaded) {
        double took = Math.max(LEAST_SECONDS, seconds);
        if (before.equals(loaded)) {
            double ratio = work / took / speed; // twice and half as fast are as far off
            return new Learnt(speed * Math.pow(ratio, 1.0 / Math.max(1, answers)), switchSeconds, answers + 1, loads);
        }
        if (before.isEmpty()) {
            return this;
        }
        int n = Math.min(MOST, loads + 1);
        double load = Math.max(LEAST_SWITCH_SECONDS, took - work / speed);
        return new Learnt(speed, switchSeconds + (load - switchSeconds) / n, answers, n);
    }
}
