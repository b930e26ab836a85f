package darkroom.promptfile.expansion;

import java.util.List;

/** What a prompt file wants to be expanded can't be. */
public final class ExpansionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<ExpansionProblem> problems;

    ExpansionException(ExpansionProblem problem) {
        this(List.of(problem));
    }

    /** Not empty. */
    ExpansionException(List<ExpansionProblem> problems) {
        super(problems.get(0).message() + "; " + problems.get(0).hint());
        this.problems = List.copyOf(problems);
    }

    /** All that is wrong; never empty. */
    public List<ExpansionProblem> problems() {
        return problems;
    }
}
