package darkroom.camel;

import darkroom.job.Task;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.camel.Exchange;

/**
 * Which jobs and tasks this process has exchanges for, by their ids. What is at work and not in hand was left by a process
 * that died, or by an exchange that ended without an outcome, and is to be taken up again.
 */
final class InHand {
    private final ConcurrentMap<String, Integer> exchanges = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> begun = new ConcurrentHashMap<>();

    /** It is in hand until the exchange is over, also if it travels through a queue of this process meanwhile. */
    void hold(String id, Exchange exchange) {
        exchanges.merge(id, 1, Integer::sum);
        WhenDone.run(exchange, () -> exchanges.computeIfPresent(id, (key, n) -> n == 1 ? null : n - 1));
    }

    /** A task is out of the queue, and being worked on until it has an outcome, or its exchange is over. */
    void begin(Task task, Exchange exchange) {
        begun.put(task.id(), task.jobId());
        WhenDone.run(exchange, () -> end(task));
    }

    /** A task has an outcome. */
    void end(Task task) {
        begun.remove(task.id());
    }

    /** Whether a task of the job is being worked on. */
    boolean hasBegun(String jobId) {
        return begun.containsValue(jobId);
    }

    boolean contains(String id) {
        return exchanges.containsKey(id);
    }
}
