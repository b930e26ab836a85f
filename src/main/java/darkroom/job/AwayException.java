package darkroom.job;

/** The WebUI can't be reached or is not ready. It says nothing about the job: wait for as long as it takes. */
public final class AwayException extends ProblemException {
    private static final long serialVersionUID = 1;

    /** The WebUI is away. */
    public AwayException(Problem problem) {
        super(problem);
    }

    /** The WebUI is away, and what it was noticed by. */
    public AwayException(Problem problem, Throwable cause) {
        super(problem, cause);
    }
}
