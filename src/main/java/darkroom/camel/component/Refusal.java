package darkroom.camel.component;

import darkroom.job.MayPassException;
import darkroom.job.Operation;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * An answer of a WebUI that is not what was asked for. Whether that is the WebUI's fault or the task's shows at another one.
 *
 * @param breaker that of the WebUI
 * @param made the answer
 */
record Refusal(Member member, Breaker breaker, Generated made) {
    private List<Problem> problems() {
        return made.answer().refused();
    }

    /** What is wrong with it first of all. */
    String message() {
        return problems().get(0).message();
    }

    /** Whether another WebUI may do better, and nobody wanted it to end like this. */
    boolean isWorthAnother() {
        return made.task().operation() != Operation.OPTIONS // they would be changed there as well
                && problems().stream().noneMatch(problem -> problem.code() == ProblemCode.REFUSED_INTERRUPTED);
    }

    /** Another one made it well. */
    void wasItsFault(String task) {
        breaker.failed(task, "another WebUI made well what it did not: " + message());
    }

    /** It may be the task. */
    void mayBeTheTask() {
        breaker.succeeded();
    }

    /** It, and why others did not do better. */
    Generated with(Collection<Problem> others) {
        return others.isEmpty() ? made : made.refused(joined(others));
    }

    /** What another one did after it. */
    Generated before(Refusal other) {
        return other.made.refused(joined(named(other.member, other.problems())));
    }

    /** What went wrong at another one after it. */
    ProblemException before(Member other, ProblemException e) {
        return e instanceof MayPassException
                ? new MayPassException(Problem.of(
                        e.problem().code(),
                        other.name() + ": " + e.problem().message() + "; and before, " + member.name() + ": "
                                + message(),
                        e.problem().hint()))
                : new ProblemException(joined(named(other, e.problems())));
    }

    /** With the name of the WebUI that they are about. */
    static List<Problem> named(Member member, List<Problem> problems) {
        return problems.stream().map(problem -> problem.prefixed(member.name())).toList();
    }

    private List<Problem> joined(Collection<Problem> others) {
        List<Problem> all = new ArrayList<>(named(member, problems()));
        all.addAll(others);
        return all;
    }
}
