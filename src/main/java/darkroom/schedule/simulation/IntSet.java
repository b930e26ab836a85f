package darkroom.schedule.simulation;

import java.util.Arrays;

/** Some of the numbers from 0 to a limit, in no order that matters. */
final class IntSet {
    private final int[] places;
    private int[] items = new int[4];
    private int size;

    /** Sets of which a number is in one at most may share {@code places}, as long as the limit, at first -1 throughout. */
    IntSet(int[] places) {
        this.places = places;
    }

    static int[] places(int limit) {
        int[] places = new int[limit];
        Arrays.fill(places, -1);
        return places;
    }

    int size() {
        return size;
    }

    int get(int i) {
        return items[i];
    }

    void add(int item) {
        if (size == items.length) {
            items = Arrays.copyOf(items, size * 2);
        }
        places[item] = size;
        items[size++] = item;
    }

    void remove(int item) {
        int last = items[--size];
        items[places[item]] = last;
        places[last] = places[item];
        places[item] = -1;
    }
}
