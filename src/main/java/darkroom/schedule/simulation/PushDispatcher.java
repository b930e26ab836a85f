package darkroom.schedule.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Each task goes to a backend when it comes and waits there: by chance, or to the next one in turn. */
final class PushDispatcher implements Dispatcher {
    private static final int TRIES = 8;

    private final List<Backend> backends;
    private final Work work;
    private final @Nullable Chance chance;
    private final IntQueue[] queues;
    private final boolean[] there;
    private int turn;
    private long size;

    PushDispatcher(List<Backend> backends, Work work, @Nullable Chance chance) {
        this.backends = backends;
        this.work = work;
        this.chance = chance;
        queues = new IntQueue[backends.size()];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new IntQueue();
        }
        there = new boolean[queues.length];
    }

    @Override
    public int add(int task, double since) {
        String lane = work.lanes().get(work.lane(task));
        String model = work.models().get(work.model(task));
        int chosen = NONE;
        for (int i = 0; chance != null && i < TRIES && chosen == NONE; i++) {
            int drawn = chance.below(queues.length);
            chosen = there[drawn] && backends.get(drawn).takes(lane, model) ? drawn : NONE;
        }
        for (int pass = 0; pass < 2 && chosen == NONE; pass++) { // the second time also those that are away
            for (int i = 0; i < queues.length && chosen == NONE; i++) {
                int each = (turn + i) % queues.length;
                chosen = (there[each] || pass == 1) && backends.get(each).takes(lane, model) ? each : NONE;
            }
        }
        turn = (chosen + 1) % queues.length;
        queues[chosen].add(task);
        size++;
        return chosen;
    }

    @Override
    public int next(int backend, double now) {
        if (queues[backend].isEmpty()) {
            return NONE;
        }
        size--;
        return queues[backend].remove();
    }

    @Override
    public void finished(int backend) {
        // of no matter here
    }

    @Override
    public void join(int backend) {
        there[backend] = true;
    }

    @Override
    public void leave(int backend, double now) {
        there[backend] = false;
        IntQueue left = queues[backend];
        queues[backend] = new IntQueue();
        while (!left.isEmpty()) {
            size--;
            add(left.remove(), now);
        }
    }

    @Override
    public long size() {
        return size;
    }
}
