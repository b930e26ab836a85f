package darkroom.promptfile;

import darkroom.job.Follows;
import darkroom.job.Operation;
import darkroom.job.PayloadField;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Source;
import darkroom.job.Task;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tasks of one job, numbered as its entries come; none is kept. */
public final class JobPlan {
    /** What no index gets beyond, whatever is asked for. */
    private static final int MOST_PICTURES = 1_000_000;

    /** They are one line of the plan together with the task that they follow, and one message. */
    private static final int MOST_FOLLOWING = 10_000;

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

    /** A plan without tasks. */
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
        checkRoom(entry, 1);
        tasks++;
        Task task = planner.plan(entry, jobId, tasks, pictures + 1);
        pictures = Math.min(Integer.MAX_VALUE - MOST_PICTURES, pictures + pictures(task));
        if (!entry.then().isEmpty()) {
            long following = following(pictures(task), entry.then());
            checkRoom(entry, following);
            if (following > MOST_FOLLOWING) {
                throw new ProblemException(Problem.of(
                        ProblemCode.TOO_MANY_TASKS,
                        "task " + tasks + " makes so many pictures that more than " + MOST_FOLLOWING
                                + " tasks follow it",
                        "ask for fewer pictures at a time (batch_size, n_iter), and more tasks (job.count)"));
            }
            task = task.withThen(following(task, entry.then(), null));
        }
        taker.take(task);
    }

    private void checkRoom(PromptFile entry, long more) {
        if (tasks + more > entry.limit()) {
            throw new ProblemException(Problem.of(
                    ProblemCode.TOO_MANY_TASKS,
                    "the file asks for more than " + entry.limit() + " tasks",
                    "split it, or have job.limit or darkroom.job.limit raised"));
        }
    }

    /** How many tasks follow one. */
    private static long following(long pictures, List<FollowUp> then) {
        long following = 0;
        long made = pictures;
        for (FollowUp next : then) {
            following += made;
            made = Math.min(MOST_PICTURES, made * next.pictures());
        }
        return following;
    }

    /**
     * Plans what follows the pictures of a task.
     *
     * @param then what is to be made of each
     * @param before what the task itself works on; null if it follows none
     */
    private List<Task> following(Task task, List<FollowUp> then, @Nullable Made before) {
        List<Task> following = new ArrayList<>();
        for (int picture = 1; !then.isEmpty() && picture <= pictures(task); picture++) {
            FollowUp next = then.get(0);
            Made made = Made.of(task, picture, before);
            tasks++;
            Task follower = new Task(
                    jobId,
                    tasks,
                    task.firstIndex(),
                    next.operation(),
                    next.save(),
                    next.outOfMemory(),
                    task.after(),
                    planner.pinned(next.operation(), next.settings(made.source(), made.place())),
                    next.attachments(made.source()),
                    new Follows(task.number(), picture, made.first(), made.stem() + "-then" + made.round()),
                    List.of(),
                    task.source() == null ? null : new Source(task.source().name(), false));
            following.add(follower.withThen(following(follower, then.subList(1, then.size()), made)));
        }
        return following;
    }

    /**
     * A picture that something goes on from.
     *
     * @param source the last task before it that made something of a prompt; null if there is none
     * @param place which of its pictures, from 1
     * @param first the number of the task that all began with
     * @param stem what its index begins with, for example {@code 003}
     * @param round how many times something has been made of one, and is now
     */
    private record Made(@Nullable Task source, int place, int first, String stem, int round) {
        static Made of(Task task, int picture, @Nullable Made before) {
            boolean itself = task.operation().generates();
            return before == null
                    ? new Made(itself ? task : null, picture, task.number(), index(task, picture), 1)
                    : new Made(
                            itself ? task : before.source,
                            itself ? picture : before.place,
                            before.first,
                            pictures(task) == 1 ? before.stem : before.stem + "-" + picture,
                            before.round + 1);
        }
    }

    /**
     * What stands for {@code [index]} in the name of a picture of a task. One more than was planned is called after its task, if
     * there are others.
     *
     * @param tasks how many tasks the job has
     */
    public static String index(int tasks, Task task, int picture) {
        return tasks == 1 || picture <= pictures(task)
                ? index(task, picture)
                : "task" + task.number() + "-more" + picture;
    }

    private static String index(Task task, int picture) {
        Follows follows = task.follows();
        if (follows == null) {
            return String.format("%03d", task.firstIndex() + picture - 1);
        }
        return pictures(task) == 1 ? follows.index() : follows.index() + "-" + picture;
    }

    /** How many pictures a task is planned to make, as far as its payload says; not an upper limit. */
    public static int pictures(Task task) {
        return pictures(task.operation(), task.settings());
    }

    static int pictures(Operation operation, Map<String, @Nullable Object> settings) {
        BigDecimal pictures = operation.generates()
                ? count(settings, "batch_size").multiply(count(settings, "n_iter"))
                : BigDecimal.ONE;
        return pictures.min(BigDecimal.valueOf(MOST_PICTURES)).intValue();
    }

    private static BigDecimal count(Map<String, @Nullable Object> settings, String field) {
        return PayloadField.number(settings.get(field)).orElse(BigDecimal.ONE).max(BigDecimal.ONE);
    }

    /** How many tasks there are. */
    public int tasks() {
        return tasks;
    }
}
