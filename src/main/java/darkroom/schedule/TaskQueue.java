package darkroom.schedule;

import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait for the same, those that came first in front: a ring of arrays, some 20 bytes a task besides the task.
 *
 * @param <T> what a task is known by
 */
final class TaskQueue<T> {
    private static final int SMALL = 16;

    private final Demands demands;
    private final Lane lane;
    private final Model.Level level;
    private final long number;
    private @Nullable Object[] tasks = new @Nullable Object[SMALL];
    private double[] since = new double[SMALL];
    private float[] seconds = new float[SMALL];
    private int head;
    private int size;
    private long micros;
    private double lastTaken = Double.NEGATIVE_INFINITY;

    /** An empty queue; of two that are alike otherwise the one with the lower {@code number} goes first. */
    TaskQueue(Demands demands, Lane lane, Model.Level level, long number) {
        this.demands = demands;
        this.lane = lane;
        this.level = level;
        this.number = number;
    }

    Demands demands() {
        return demands;
    }

    int priority() {
        return demands.priority();
    }

    String model() {
        return demands.model();
    }

    Lane lane() {
        return lane;
    }

    Model.Level level() {
        return level;
    }

    long number() {
        return number;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    double seconds() {
        return micros / Micros.PER_SECOND;
    }

    /** Since when the first one waits. */
    double since() {
        return since[head];
    }

    /** Since when none of these was taken though one waits. */
    double forgottenSince() {
        return Math.max(lastTaken, since[head]);
    }

    /** Puts a task in its place by its age; returns its work. */
    long add(T task, double taskSeconds, double taskSince) {
        if (size == tasks.length) {
            resize(size * 2);
        }
        int place = size;
        while (place > 0 && since[at(place - 1)] > taskSince) {
            move(place - 1, place);
            place--;
        }
        int slot = at(place);
        tasks[slot] = task;
        since[slot] = taskSince;
        seconds[slot] = (float) taskSeconds;
        size++;
        long work = Micros.of(seconds[slot]);
        micros += work;
        return work;
    }

    /** The first task. */
    @SuppressWarnings("unchecked") // only add() puts something in
    T first() {
        return (T) tasks[head];
    }

    double firstSeconds() {
        return seconds[head];
    }

    /** Takes the first task out; returns its work. */
    long removeFirst(double now) {
        long work = Micros.of(seconds[head]);
        tasks[head] = null;
        head = at(1);
        size--;
        micros -= work;
        lastTaken = now;
        shrink();
        return work;
    }

    /** Takes a task out wherever it is; returns its work, or -1 if it is not here. */
    long remove(Object task) {
        for (int place = 0; place < size; place++) {
            if (task.equals(tasks[at(place)])) {
                long work = Micros.of(seconds[at(place)]);
                for (int next = place + 1; next < size; next++) {
                    move(next, next - 1);
                }
                size--;
                tasks[at(size)] = null;
                micros -= work;
                shrink();
                return work;
            }
        }
        return -1;
    }

    private int at(int place) {
        return head + place & tasks.length - 1;
    }

    private void move(int from, int to) {
        tasks[at(to)] = tasks[at(from)];
        since[at(to)] = since[at(from)];
        seconds[at(to)] = seconds[at(from)];
    }

    private void shrink() {
        if (tasks.length > SMALL && size < tasks.length / 4) {
            resize(tasks.length / 2);
        }
    }

    private void resize(int length) {
        @Nullable Object[] newTasks = new @Nullable Object[length];
        double[] newSince = new double[length];
        float[] newSeconds = new float[length];
        for (int place = 0; place < size; place++) {
            newTasks[place] = tasks[at(place)];
            newSince[place] = since[at(place)];
            newSeconds[place] = seconds[at(place)];
        }
        tasks = newTasks;
        since = newSince;
        seconds = newSeconds;
        head = 0;
    }
}
