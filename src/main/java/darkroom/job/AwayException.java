package darkroom.job;

/** The WebUI can't be reached or is not ready. It says nothing about the job: wait for as long as it takes. */
public final class AwayException extends ProblemException {
    private static final long serialVersionUID = 1;

    private final boolean lost;

    /** The WebUI is away. */
    public AwayException(Problem problem) {
        super(problem);
        this.lost = false;
    }

    /**
     * The WebUI is away, and what it was noticed by.
     *
     * @param lost whether the connection had been made, so that the WebUI may have gone away over this very request
     */
    public AwayException(Problem problem, Throwable cause, boolean lost) {
        super(problem, cause);
        this.lost = lost;
    }

    /** Whether the connection had been made, so that the WebUI may have gone away over this very request. */
    public boolean isLost() {
        return lost;
    }
}
