package darkroom.promptfile;

import darkroom.job.PayloadField;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import java.io.IOException;
import java.math.BigDecimal;

/** The tasks of one job, numbered as its entries come; none is kept. */
public final class JobPlan {
    /** What no index gets beyond, whatever is asked for. */
    private static final int MOST_PICTURES = 1_000_000;

    private final Planner planner;
    private final String jobId;
    private final Taker taker;
    private int tasks;
    private int pictures;

    /** Takes the tasks in their order. */
    public interface Taker {
        /** Takes one. */
        void take(Task task) throws IOException;
    }

    /**
     * A plan without tasks.
     *
     */
    public JobPlan(Planner planner, String jobId, Taker taker) {
        this.planner = planner;
        this.jobId = jobId;
        this.taker = taker;
    }

    /**
     * Plans an entry.
     *
     * @throws ProblemException if the job gets too many tasks by it
     */
    public void add(PromptFile entry) throws IOException {
        for (long i = 0; i < entry.tasks(); i++) {
            take(entry.task(i));
        }
    }

    private void take(PromptFile entry) throws IOException {
        if (tasks >= entry.limit()) {
            throw new ProblemException(Problem.of(
                    ProblemCode.TOO_MANY_TASKS,
                    "the file asks for more than " + entry.limit() + " tasks",
                    "split it, or have job.limit or darkroom.job.limit raised"));
        }
        tasks++;
        Task task = planner.plan(entry, jobId, tasks, pictures + 1);
        pictures = Math.min(Integer.MAX_VALUE - MOST_PICTURES, pictures + pictures(task));
        taker.take(task);
    }

    /** How many pictures a task is planned to make, as far as its payload says; not an upper limit. */
    public static int pictures(Task task) {
        BigDecimal pictures = task.operation().generates()
                ? count(task, "batch_size").multiply(count(task, "n_iter"))
                : BigDecimal.ONE;
        return pictures.min(BigDecimal.valueOf(MOST_PICTURES)).intValue();
    }

    private static BigDecimal count(Task task, String field) {
        return PayloadField.number(task.settings().get(field))
                .orElse(BigDecimal.ONE)
                .max(BigDecimal.ONE);
    }

    /** How many tasks there are. */
    public int tasks() {
        return tasks;
    }
}
