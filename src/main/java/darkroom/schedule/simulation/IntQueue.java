package darkroom.schedule.simulation;

/** Numbers of tasks in the order in which they came: the lower ones first. */
final class IntQueue {
    private int[] ring = new int[16];
    private int head;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    int first() {
        return ring[head];
    }

    void add(int task) {
        if (size == ring.length) {
            int[] larger = new int[size * 2];
            for (int i = 0; i < size; i++) {
                larger[i] = ring[head + i & size - 1];
            }
            ring = larger;
            head = 0;
        }
        int place = size++;
        int mask = ring.length - 1;
        while (place > 0 && ring[head + place - 1 & mask] > task) { // one that comes back
            ring[head + place & mask] = ring[head + place - 1 & mask];
            place--;
        }
        ring[head + place & mask] = task;
    }

    int remove() {
        int task = ring[head];
        head = head + 1 & ring.length - 1;
        size--;
        return task;
    }
}
