package darkroom.job;

/** Something went wrong that may be gone at the next try; worth a few tries, not for ever. */
public final class MayPassException extends ProblemException {
    private static final long serialVersionUID = 1;

    /** A problem that may pass. */
    public MayPassException(Problem problem) {
        super(problem);
    }
}
