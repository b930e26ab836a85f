package darkroom.job;

/** The service is stopping: what was not begun is left for the next start. */
public final class StoppingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Nothing is wrong. */
    public StoppingException() {
        super("the service is stopping; the rest is left for the next start");
    }
}
