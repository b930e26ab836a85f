package darkroom.camel.component;

/** What a WebUI does with its time, and what comes of it. Not thread-safe. */
final class Timesheet {
    /** What it does with its time. */
    enum Now {
        /** It has a request. */
        WORKS,
        /** It has none, though a task waits that it could make. */
        IS_UNUSED,
        /** It has none, and there is none for it, or it is given none. */
        RESTS
    }

    private Now now = Now.RESTS;
    private long since = System.nanoTime();
    private long atWork;
    private long unused;
    private long made;
    private long failed;
    private long loads;

    /** This is what it does from now on. */
    void note(Now what) {
        long time = System.nanoTime();
        switch (now) {
            case WORKS -> atWork += time - since;
            case IS_UNUSED -> unused += time - since;
            case RESTS -> {} // nobody counts that
        }
        since = time;
        now = what;
    }

    /** It has made a task. */
    void made(boolean loadedForIt) {
        made++;
        if (loadedForIt) {
            loads++;
        }
    }

    /** A request ended in another way. */
    void failed() {
        failed++;
    }

    /** All of it until now. */
    WebuiWork work() {
        note(now);
        return new WebuiWork(atWork / 1e9, unused / 1e9, made, failed, loads);
    }
}
