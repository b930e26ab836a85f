package darkroom.promptfile.expansion;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values of a wildcard, each of them once, in the order of their file. They are kept as the bytes they are written in: a million
 * of them take little more than their file.
 */
final class WordList {
    private final byte[] bytes;
    private final int[] starts;
    private final int[] ends;
    private final double @Nullable [] weights;
    private final boolean plain;
    private final int longest;

    private WordList(Builder built) {
        this.bytes = built.bytes;
        this.starts = Arrays.copyOf(built.starts, built.size);
        this.ends = Arrays.copyOf(built.ends, built.size);
        this.weights = built.weights == null ? null : Arrays.copyOf(built.weights, built.size);
        this.plain = built.plain;
        this.longest = built.longest;
    }

    int size() {
        return starts.length;
    }

    String text(int i) {
        return new String(bytes, starts[i], ends[i] - starts[i], StandardCharsets.UTF_8);
    }

    double weight(int i) {
        return weights == null ? 1 : weights[i];
    }

    /** Whether all weights are 1. */
    boolean isEven() {
        return weights == null;
    }

    /** Whether no value is a template. */
    boolean isPlain() {
        return plain;
    }

    /** Most chars of a value. */
    int longest() {
        return longest;
    }

    /** How many bytes it takes, roughly. */
    long room() {
        return bytes.length + 8L * starts.length;
    }

    /** All the values of several lists. */
    static WordList of(List<WordList> lists) {
        if (lists.size() == 1) {
            return lists.get(0);
        }
        Builder all = new Builder();
        for (WordList list : lists) {
            for (int i = 0; i < list.size(); i++) {
                all.add(list.text(i), list.weight(i));
            }
        }
        return all.build();
    }

    /** Collects values; one that is there already is passed over. */
    static final class Builder {
        private byte[] bytes = new byte[1024];
        private int used;
        private int[] starts = new int[16];
        private int[] ends = new int[16];
        private double @Nullable [] weights;
        private int size;
        private int[] table = new int[64];
        private boolean plain = true;
        private int longest;

        /** Takes a value with a weight in front, {@code 0.5::red}, or without one; an empty one is none. */
        void addWeighted(String value) {
            int colons = value.indexOf("::");
            if (colons > 0 && colons < 20 && value.substring(0, colons).strip().matches("\\d+\\.?\\d*|\\.\\d+")) {
                add(
                        value.substring(colons + 2).strip(),
                        Double.parseDouble(value.substring(0, colons).strip()));
            } else {
                add(value, 1);
            }
        }

        void add(String value, double weight) {
            byte[] added = value.getBytes(StandardCharsets.UTF_8);
            if (added.length == 0) {
                return;
            }
            if (used + added.length > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(used + added.length, bytes.length * 2));
            }
            System.arraycopy(added, 0, bytes, used, added.length);
            if (isKnown(used, used + added.length)) {
                return;
            }
            if (size == starts.length) {
                starts = Arrays.copyOf(starts, size * 2);
                ends = Arrays.copyOf(ends, size * 2);
            }
            starts[size] = used;
            used += added.length;
            ends[size] = used;
            weigh(weight);
            size++;
            plain = plain && TemplateParser.isPlain(value);
            longest = Math.max(longest, value.length());
        }

        private void weigh(double weight) {
            if (weight != 1 && weights == null) {
                weights = new double[starts.length];
                Arrays.fill(weights, 0, size, 1);
            }
            if (weights != null) {
                weights = weights.length == size ? Arrays.copyOf(weights, starts.length) : weights;
                weights[size] = weight;
            }
        }

        /** Looks a value up; it is entered as number {@code size} if it is new. The table holds numbers plus one. */
        private boolean isKnown(int from, int to) {
            if (size * 2 >= table.length) {
                grow();
            }
            int slot = slot(from, to);
            while (table[slot] != 0) {
                int other = table[slot] - 1;
                if (Arrays.equals(bytes, from, to, bytes, starts[other], ends[other])) {
                    return true;
                }
                slot = (slot + 1) % table.length;
            }
            table[slot] = size + 1;
            return false;
        }

        private void grow() {
            table = new int[table.length * 2];
            for (int i = 0; i < size; i++) {
                int slot = slot(starts[i], ends[i]);
                while (table[slot] != 0) {
                    slot = (slot + 1) % table.length;
                }
                table[slot] = i + 1;
            }
        }

        private int slot(int from, int to) {
            int hash = 17;
            for (int i = from; i < to; i++) {
                hash = hash * 31 + bytes[i];
            }
            hash *= 0x9e3779b9;
            return (hash ^ (hash >>> 16)) & (table.length - 1);
        }

        WordList build() {
            return new WordList(this);
        }
    }
}
