package darkroom.schedule.simulation;

import java.util.Arrays;

/** At most one time for each number: a binary heap. Of equal times that of the lower number is first. */
final class Timers {
    private final int[] heap;
    private final int[] places;
    private final double[] times;
    private int size;

    Timers(int limit) {
        heap = new int[limit];
        places = new int[limit];
        times = new double[limit];
        Arrays.fill(places, -1);
        Arrays.fill(times, Double.POSITIVE_INFINITY);
    }

    /** The earliest time; infinite for none. */
    double time() {
        return size == 0 ? Double.POSITIVE_INFINITY : times[heap[0]];
    }

    /** Whose it is. */
    int first() {
        return heap[0];
    }

    /** Sets a time; infinite for none. */
    void set(int item, double time) {
        times[item] = time;
        if (places[item] < 0) {
            if (time == Double.POSITIVE_INFINITY) {
                return;
            }
            places[item] = size;
            heap[size++] = item;
        } else if (time == Double.POSITIVE_INFINITY) {
            int place = places[item];
            places[item] = -1;
            int last = heap[--size];
            if (last != item) {
                heap[place] = last;
                places[last] = place;
                up(place);
                down(places[last]);
            }
            return;
        }
        up(places[item]);
        down(places[item]);
    }

    private boolean isBefore(int a, int b) {
        return times[a] < times[b] || (times[a] == times[b] && a < b);
    }

    private void up(int from) {
        int place = from;
        while (place > 0 && isBefore(heap[place], heap[(place - 1) / 2])) {
            swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
    }

    private void down(int from) {
        int place = from;
        while (true) {
            int child = place * 2 + 1;
            if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (child >= size || !isBefore(heap[child], heap[place])) {
                return;
            }
            swap(place, child);
            place = child;
        }
    }

    private void swap(int a, int b) {
        int item = heap[a];
        heap[a] = heap[b];
        heap[b] = item;
        places[heap[a]] = a;
        places[heap[b]] = b;
    }
}
