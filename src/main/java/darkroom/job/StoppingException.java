package darkroom.job;

/** The service, or a route that is being exchanged, is stopping: what was not begun is left for later. */
public final class StoppingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Nothing is wrong. */
    public StoppingException() {
        super("stopping; what was not begun is left for later");
    }
}
