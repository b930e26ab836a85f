package darkroom.promptfile.expansion;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A piece of a template, with its wildcards and variables filled in, that can write itself. A part that counts writes each of its
 * texts by number; one in a cycle takes the number as its turn; one that is random takes no notice of it. Parts are shared, and hold
 * no state.
 */
abstract class Part {
    private final Mode mode;
    private final long count;
    private final long longest;
    private final boolean counted;

    /**
     * A part.
     *
     * @param count how many texts it makes, by number; 1 unless its mode counts
     * @param longest most chars of one
     * @param counted whether the parts in it leave nothing to be drawn
     */
    Part(Mode mode, long count, long longest, boolean counted) {
        this.mode = mode;
        this.count = mode.counts() ? count : 1;
        this.longest = longest;
        this.counted = counted && mode.counts();
    }

    /** Writes one of its texts; {@code number} is below {@link #count()} if the mode counts. */
    abstract void write(Draft draft, long number);

    final long count() {
        return count;
    }

    final long longest() {
        return longest;
    }

    /** Whether its number decides all of its text. */
    final boolean isCounted() {
        return counted;
    }

    final Mode mode() {
        return mode;
    }

    /** Writes a part of this one. */
    final void write(Part inner, Draft draft, long number) {
        inner.write(draft, inner.mode == Mode.CYCLICAL && mode != Mode.CYCLICAL ? draft.turn() : number);
    }

    /** Text. */
    static final class Fixed extends Part {
        private final String text;

        Fixed(Mode mode, String text) {
            super(mode, 1, text.length(), true);
            this.text = text;
        }

        @Override
        void write(Draft draft, long number) {
            draft.append(text);
        }
    }

    /** What an immediate variable was set to. */
    static final class Variable extends Part {
        private final int variable;

        Variable(Mode mode, int variable, long longest) {
            super(mode, 1, longest, true);
            this.variable = variable;
        }

        @Override
        void write(Draft draft, long number) {
            draft.append(draft.get(variable));
        }
    }

    /** One after the other; the last one changes fastest. */
    static final class Sequence extends Part {
        private final Part[] parts;
        private final long[] tails;

        Sequence(Mode mode, List<Part> parts) {
            super(
                    mode,
                    product(parts),
                    parts.stream().mapToLong(Part::longest).reduce(0, Saturating::plus),
                    parts.stream().allMatch(Part::isCounted));
            this.parts = parts.toArray(new Part[0]);
            this.tails = new long[parts.size()];
            long tail = 1;
            for (int i = parts.size() - 1; i >= 0; i--) {
                tails[i] = tail;
                tail = Saturating.times(tail, parts.get(i).count());
            }
        }

        private static long product(List<Part> parts) {
            return parts.stream().mapToLong(Part::count).reduce(1, Saturating::times);
        }

        @Override
        void write(Draft draft, long number) {
            long rest = number;
            for (int i = 0; i < parts.length; i++) {
                write(parts[i], draft, mode().counts() ? rest / tails[i] : number);
                rest = mode().counts() ? rest % tails[i] : rest;
            }
        }
    }

    /** A variable that is set at once, and what it is set for. */
    static final class Let extends Part {
        private final int variable;
        private final Part value;
        private final Part body;

        Let(Mode mode, int variable, Part value, Part body) {
            super(
                    mode,
                    Saturating.times(value.count(), body.count()),
                    body.longest(),
                    value.isCounted() && body.isCounted());
            this.variable = variable;
            this.value = value;
            this.body = body;
        }

        @Override
        void write(Draft draft, long number) {
            long of = mode().counts() ? number / body.count() : number;
            draft.set(variable, draft.aside(() -> write(value, draft, of)));
            write(body, draft, mode().counts() ? number % body.count() : number);
        }
    }

    /** A text that decides what is written: the value of a variable that is part of the name of a wildcard, or such a name. */
    static final class Branch extends Part {
        private final Part decides;
        private final Map<String, Part> bodies;
        private final String[] texts;
        private final long[] ends;

        /**
         * A branch.
         *
         * @param texts what {@code decides} makes, by number, if the mode counts
         * @param bodies what is written, for each text that it can ever make
         */
        Branch(Mode mode, Part decides, List<String> texts, Map<String, Part> bodies) {
            super(
                    mode,
                    texts.stream().mapToLong(text -> body(bodies, text).count()).reduce(0, Saturating::plus),
                    bodies.values().stream().mapToLong(Part::longest).max().orElse(0),
                    decides.isCounted() && bodies.values().stream().allMatch(Part::isCounted));
            this.decides = decides;
            this.bodies = Map.copyOf(bodies);
            this.texts = texts.toArray(new String[0]);
            this.ends = new long[texts.size()];
            long end = 0;
            for (int i = 0; i < ends.length; i++) {
                end = Saturating.plus(end, body(bodies, texts.get(i)).count());
                ends[i] = end;
            }
        }

        @Override
        void write(Draft draft, long number) {
            if (mode().counts()) {
                int i = Arrays.binarySearch(ends, number + 1);
                i = i < 0 ? -i - 1 : first(i);
                write(body(bodies, texts[i]), draft, i == 0 ? number : number - ends[i - 1]);
            } else {
                write(body(bodies, draft.aside(() -> write(decides, draft, number))), draft, number);
            }
        }

        /** Where counting has stopped there are several ends of the same number. */
        private int first(int of) {
            int i = of;
            while (i > 0 && ends[i - 1] == ends[of]) {
                i--;
            }
            return i;
        }

        private static Part body(Map<String, Part> bodies, String text) {
            Part body = bodies.get(text);
            if (body == null) {
                throw new IllegalStateException("no branch for '" + text + "'");
            }
            return body;
        }
    }

    /** Something around something else; the mark in it is where. */
    static final class Wrapped extends Part {
        /** One of the ellipses of Unicode, or three dots and more. */
        private static final Pattern MARK = Pattern.compile("[\u1801\u2026\u22ee\u22ef\u22f0\u22f1\ufe19]+|\\.{3,}");

        private final Part wrapper;
        private final Part inner;

        Wrapped(Mode mode, Part wrapper, Part inner) {
            super(
                    mode,
                    Saturating.times(wrapper.count(), inner.count()),
                    Saturating.plus(wrapper.longest(), inner.longest()),
                    wrapper.isCounted() && inner.isCounted());
            this.wrapper = wrapper;
            this.inner = inner;
        }

        @Override
        void write(Draft draft, long number) {
            long of = mode().counts() ? number / inner.count() : number;
            String around = draft.aside(() -> write(wrapper, draft, of));
            Matcher mark = MARK.matcher(around);
            boolean marked = mark.find();
            draft.append(marked ? around.substring(0, mark.start()) : around);
            write(inner, draft, mode().counts() ? number % inner.count() : number);
            draft.append(marked ? around.substring(mark.end()) : "");
        }
    }
}
