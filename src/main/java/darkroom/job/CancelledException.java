package darkroom.job;

/** The job of a task was cancelled: nothing more is sent for it, and what comes back is not published. */
public final class CancelledException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Nothing is wrong.
     *
     * @param message what became of the task, for example {@code interrupted}
     */
    public CancelledException(String message) {
        super(message);
    }
}
