package darkroom.camel;

/** How often a large folder is looked through: for no more than a twentieth of the time. */
final class Looking {
    private static final int SHARE = 20;

    private Looking() {}

    /**
     * When it may be looked through again.
     *
     * @param begun when that was begun which is over now, as {@link System#nanoTime}
     */
    static long againAfter(long begun) {
        long now = System.nanoTime();
        return now + SHARE * (now - begun);
    }
}
