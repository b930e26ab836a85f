package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Task ids on their way from waiting to done, with the real server's lapses (captures 703-710). */
final class Tasks {
    private static final int REMEMBERED = 16;

    private final Set<String> waiting = new LinkedHashSet<>();
    private final Deque<String> finished = new ArrayDeque<>();
    private @Nullable String running;

    synchronized void add(String id) {
        waiting.add(id);
    }

    /** A task that never gets here waits for ever: what fails before it starts is not removed. */
    synchronized void start(String id) {
        running = id;
        waiting.remove(id);
    }

    /** A task that never gets here stays the running one until another starts: a failure does not end it. */
    synchronized void finish(String id) {
        if (id.equals(running)) {
            running = null;
        }
        finished.add(id);
        if (finished.size() > REMEMBERED) {
            finished.remove();
        }
    }

    synchronized ObjectNode pending() {
        ObjectNode answer = Json.object().put("size", waiting.size());
        waiting.forEach(answer.putArray("tasks")::add);
        return answer;
    }

    /** Where a task is; {@code running} describes it further when it is being worked on. */
    ObjectNode answer(String id, Consumer<ObjectNode> describe) {
        ObjectNode answer = Json.object();
        synchronized (this) {
            answer.put("active", id.equals(running));
            answer.put("queued", waiting.contains(id));
            answer.put("completed", finished.contains(id));
        }
        if (answer.path("active").booleanValue()) {
            describe.accept(answer);
            return answer;
        }
        List<String> queue = queue();
        String textinfo =
                queue.contains(id) ? "In queue: " + (queue.indexOf(id) + 1) + "/" + queue.size() : "Waiting...";
        answer.putNull("progress").putNull("eta").putNull("live_preview");
        return answer.put("id_live_preview", -1).put("textinfo", textinfo);
    }

    private synchronized List<String> queue() {
        return new ArrayList<>(waiting);
    }
}
