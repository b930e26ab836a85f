package darkroom.schedule.simulation;

import java.util.List;

/** One queue for all, as one queue for each pair of lane and checkpoint, of which the oldest head is taken. */
final class FifoDispatcher implements Dispatcher {
    private final Work work;
    private final IntQueue[] queues;
    private final boolean[][] able; // by kind of backend and queue
    private final int[] kinds;
    private long size;

    FifoDispatcher(List<Backend> backends, Work work) {
        this.work = work;
        int models = work.models().size();
        queues = new IntQueue[work.lanes().size() * models];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new IntQueue();
        }
        kinds = Backend.kinds(backends);
        able = new boolean[backends.size()][];
        for (Backend backend : backends) {
            if (able[kinds[backend.index()]] == null) {
                boolean[] row = new boolean[queues.length];
                for (int i = 0; i < row.length; i++) {
                    row[i] = backend.takes(
                            work.lanes().get(i / models), work.models().get(i % models));
                }
                able[kinds[backend.index()]] = row;
            }
        }
    }

    @Override
    public int add(int task, double since) {
        queues[work.lane(task) * work.models().size() + work.model(task)].add(task);
        size++;
        return NONE;
    }

    @Override
    public int next(int backend, double now) {
        boolean[] row = able[kinds[backend]];
        IntQueue oldest = null;
        for (int i = 0; i < queues.length && size > 0; i++) {
            if (row[i] && !queues[i].isEmpty() && (oldest == null || queues[i].first() < oldest.first())) {
                oldest = queues[i];
            }
        }
        if (oldest == null) {
            return NONE;
        }
        size--;
        return oldest.remove();
    }

    @Override
    public void finished(int backend) {
        // of no matter here
    }

    @Override
    public void join(int backend) {
        // of no matter here
    }

    @Override
    public void leave(int backend, double now) {
        // of no matter here
    }

    @Override
    public long size() {
        return size;
    }
}
