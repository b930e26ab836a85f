package darkroom.job;

import java.util.List;

/**
 * A task or a job can't be done, and trying again would not help. What is known to pass is one of the subclasses.
 */
public class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    /** One problem. */
    public ProblemException(Problem problem) {
        this(List.of(problem));
    }

    /** One problem, and what it was noticed by. */
    public ProblemException(Problem problem, Throwable cause) {
        super(problem.sentence(), cause);
        this.problems = List.of(problem);
    }

    /**
     * Several problems, found in one look.
     *
     * @param problems not empty; the first one gives the exception its message
     */
    public ProblemException(List<Problem> problems) {
        super(problems.get(0).sentence());
        this.problems = List.copyOf(problems);
    }

    /** What is wrong; never empty. */
    public List<Problem> problems() {
        return problems;
    }

    /** The first of {@link #problems()}. */
    public Problem problem() {
        return problems.get(0);
    }
}
