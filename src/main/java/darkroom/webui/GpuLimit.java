package darkroom.webui;

import darkroom.job.Operation;
import darkroom.job.OutOfMemory;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How many pictures of a kind a GPU has been seen to make at a time.
 *
 * @param most the most that went well; 0 if none did yet
 * @param least the least that was too much; 0 if nothing was
 */
public record GpuLimit(int most, int least) {
    /** Nothing is known. */
    public static final GpuLimit UNKNOWN = new GpuLimit(0, 0);

    /**
     * Says of a task that it is too much, and where the limit is.
     *
     * @param task as it was asked for
     * @param policy what was to be done about it
     * @param tried the sizes of batch that were tried, in their order; not empty
     * @param obstacle why it can't be made in smaller batches, in words that go on from "as"; empty if it can
     * @param said the WebUI's own words
     * @param memory what its GPU has, if it tells
     */
    public Problem problem(
            Task task,
            OutOfMemory policy,
            List<Integer> tried,
            String obstacle,
            String said,
            Optional<GpuMemory> memory) {
        GpuLoad load = GpuLoad.of(task);
        boolean smaller = policy == OutOfMemory.SMALLER_BATCH && load.batch() != 1;
        List<String> words = new ArrayList<>();
        words.add("the WebUI's GPU has not enough memory for " + load + " (" + said + ")");
        if (smaller && !obstacle.isEmpty()) {
            words.add("it was not tried in smaller batches, as " + obstacle);
        } else if (smaller) {
            words.add("it was tried in batches of " + listed(tried));
        }
        memory.ifPresent(known -> words.add("the GPU has " + known.words()));
        if (!UNKNOWN.equals(this)) {
            words.add(words(tried.get(tried.size() - 1)));
        }
        boolean couldBeSmaller = policy == OutOfMemory.FAIL && obstacle.isEmpty();
        return Problem.of(
                ProblemCode.WEBUI_OUT_OF_MEMORY,
                String.join("; ", words),
                hint(task, load)
                        + (couldBeSmaller ? "; job.on_out_of_memory \"smaller-batch\" has the first done" : ""));
    }

    private String words(int batch) {
        if (most >= batch) {
            return "up to " + most
                    + " such pictures at a time went well there before, so something else may take up the"
                    + " memory now";
        }
        if (most > 0) {
            return "of such pictures up to " + most + " at a time went well there so far, and " + least + " did not";
        }
        return "no such picture went well there so far" + (least < batch ? ", nor did " + least + " at a time" : "");
    }

    private static String hint(Task task, GpuLoad load) {
        if (task.operation() == Operation.OPTIONS) {
            return "choose a smaller checkpoint, or see what else uses the GPU";
        }
        if (!task.operation().generates()) {
            return "give it a smaller picture, or ask for less, such as a smaller upscaling_resize";
        }
        List<String> ways = new ArrayList<>();
        if (load.batch() != 1) {
            ways.add("a smaller batch_size (a larger n_iter makes up for it)");
        }
        ways.add("a smaller width and height");
        if (new Asked(task).isHires()) {
            ways.add("a smaller hr_scale");
        }
        return "ask for " + String.join(", or ", ways);
    }

    private static String listed(List<Integer> numbers) {
        List<String> words = numbers.stream().map(String::valueOf).toList();
        int last = words.size() - 1;
        if (last == 0) {
            return words.get(0);
        }
        return String.join(", ", words.subList(0, last)) + " and " + words.get(last);
    }
}
