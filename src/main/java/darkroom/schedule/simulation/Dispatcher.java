package darkroom.schedule.simulation;

/** Who gets what next, in a simulation. Tasks and backends go by their numbers; {@link #NONE} is none. */
interface Dispatcher {
    int NONE = -1;

    /** A task waits since then; answers with the backend to ask for it, or none for whichever has room. */
    int add(int task, double since);

    /** The next task of a backend that has room for one. */
    int next(int backend, double now);

    /** What a backend had to do is over or lost. */
    void finished(int backend);

    /**
     * A backend has answered; {@link #finished} follows.
     *
     * @param seconds how long it was at this task alone, loading included
     * @param before the model that it had loaded before; {@link Work#own} for what it loads by itself
     */
    default void answered(int backend, int task, double seconds, int before) {}

    /** How fast a backend is, as far as it matters who is asked first. */
    default double speed(int backend) {
        return 1;
    }

    /** A backend is there, with what it loads by itself. */
    void join(int backend);

    /** A backend is away; tasks that wait for it alone go to others. */
    void leave(int backend, double now);

    /** How many tasks wait. */
    long size();
}
