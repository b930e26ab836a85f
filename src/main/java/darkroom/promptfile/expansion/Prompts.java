package darkroom.promptfile.expansion;

import java.util.random.RandomGenerator;

/** The prompts that a template makes. Any of them can be had by its number; nothing is kept. */
public final class Prompts {
    /** More than can be counted. */
    public static final long TOO_MANY = Long.MAX_VALUE;

    private final Part root;
    private final int variables;
    private final int parts;
    private final boolean plain;

    Prompts(Part root, int variables, int parts, boolean plain) {
        this.root = root;
        this.variables = variables;
        this.parts = parts;
        this.plain = plain;
    }

    /** How many there are to go through, or {@link #TOO_MANY}; 1 if they are drawn, for there is no end of draws. */
    public long count() {
        return root.count();
    }

    /**
     * One of them.
     *
     * @param number from 0, below {@link #count()} if they are gone through; the last choice of a template changes fastest. If they are
     *     drawn, it is the turn of choices that go in cycles
     * @param random decides what is drawn; only its {@code nextLong()} is used, so that numbers that are the same give the same prompt
     *     on every Java
     */
    public String text(long number, RandomGenerator random) {
        if (number < 0 || (root.mode().counts() && number >= count())) {
            throw new IndexOutOfBoundsException("prompt " + number + " of " + count());
        }
        Draft draft = new Draft(random, number, variables);
        root.write(draft, number);
        String text = draft.toString();
        return plain ? text : text.strip(); // what sets variables leaves space behind
    }

    /** How much room it takes, roughly, in parts of some hundred bytes. */
    int parts() {
        return parts;
    }
}
