package darkroom.json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON document, read as a stream, from which long strings have been taken out.
 *
 * <p>No JSON parser hands out a string as a stream unless it knows beforehand what the string holds. This filter sits in
 * front of one: it sends the inside of chosen strings to where the {@link Diversion} says, as they arrive, and lets the
 * parser see a short stand-in in their place. What the parser sees is as small as the document is without its pictures;
 * everything else about the document (syntax, depth, encoding) is left for the parser to judge.
 */
public final class DivertedStrings extends InputStream {
    private static final int CHUNK = 64 * 1024;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MAX_KEY = 256;
    private static final int MAX_SHIFTS = 1000;

    /** Decides which strings are taken out, and where they go. */
    public interface Diversion {
        /** As a result of {@link #keep}: leave the string where it is, however long. */
        int ALL = Integer.MAX_VALUE;

        /**
         * How much of the string at this place may stay in the document.
         *
         * @param pointer the place, as a JSON pointer (RFC 6901); escapes in member names are not resolved, and very long
         *     names are cut
         * @return a number of bytes, counted as they stand between the quotes; a longer string is diverted
         */
        int keep(String pointer);

        /**
         * Opens the place where a string goes.
         *
         * @param pointer as in {@link #keep}
         * @return receives the bytes as they stand between the quotes, escapes and all; is closed at the end of the
         *     string, or when the document ends too early
         */
        OutputStream open(String pointer) throws IOException;
    }

    private enum Mode {
        OUTSIDE,
        KEY,
        KEPT,
        HELD,
        DIVERTED
    }

    private record Shift(int line, int column, int by) {}

    private final InputStream in;
    private final Diversion diversion;
    private final byte[] chunk = new byte[CHUNK];
    private final Bytes out = new Bytes();
    private final Bytes held = new Bytes();
    private final Place place = new Place();
    private final String standInPrefix;
    private final Map<String, OutputStream> diverted = new HashMap<>();
    private final List<Shift> shifts = new ArrayList<>();

    private Mode mode = Mode.OUTSIDE;
    private boolean escaped;
    private int keep;
    private @Nullable OutputStream sink;
    private int standIns;
    private int line = 1;
    private long column;
    private long outColumn;

    /**
     * Reads a document.
     *
     * @param in the document; closed with this stream
     * @param diversion which strings go where
     */
    public DivertedStrings(InputStream in, Diversion diversion) {
        this.in = in;
        this.diversion = diversion;
        byte[] nonce = new byte[8];
        RANDOM.nextBytes(nonce); // so that no document can contain a stand-in of its own
        this.standInPrefix = "diverted-" + HexFormat.of().formatHex(nonce) + "-";
    }

    /**
     * The string that stood where the parser found {@code text}.
     *
     * @return what {@link Diversion#open} returned for it, or null if {@code text} is not a stand-in
     */
    public @Nullable OutputStream behind(String text) {
        return text.startsWith(standInPrefix) ? diverted.remove(text) : null;
    }

    /** Translates a column of what the parser saw into one of the document itself. Both count from 1. */
    public int originalColumn(int atLine, int atColumn) {
        int by = 0;
        for (Shift shift : shifts) {
            if (shift.line == atLine && shift.column < atColumn) {
                by = shift.by;
            }
        }
        return atColumn + by;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (out.isEmpty()) {
            int n = in.read(chunk, 0, chunk.length);
            if (n < 0) {
                endOfDocument();
                return out.isEmpty() ? -1 : out.drain(target, offset, length);
            }
            digest(n);
        }
        return out.drain(target, offset, length);
    }

    @Override
    public void close() throws IOException {
        try (in) {
            closeSink();
        }
    }

    private void endOfDocument() throws IOException {
        if (mode == Mode.HELD) { // never closed: let the parser say so
            out.add('"');
            out.add(held.array(), 0, held.size());
            held.clear();
        }
        mode = Mode.OUTSIDE;
        closeSink();
    }

    private void digest(int n) throws IOException {
        int at = 0;
        while (at < n) {
            at = switch (mode) {
                case OUTSIDE -> outside(at, n);
                case KEY -> key(at, n);
                case KEPT -> kept(at, n);
                case HELD -> held(at, n);
                case DIVERTED -> diverted(at, n);
            };
        }
    }

    private int outside(int from, int n) throws IOException {
        int at = from;
        while (at < n && mode == Mode.OUTSIDE) {
            byte b = chunk[at++];
            column++;
            outColumn++;
            if (b == '"') {
                beginString(); // writes the quote itself, or not
            } else {
                out.add(b);
                if (b == '\n') {
                    line++;
                    column = 0;
                    outColumn = 0;
                } else {
                    place.see(b);
                }
            }
        }
        return at;
    }

    private void beginString() {
        escaped = false;
        if (place.expectsKey()) {
            place.beginKey();
            out.add('"');
            mode = Mode.KEY;
            return;
        }
        keep = diversion.keep(place.pointer());
        if (keep == Diversion.ALL) {
            out.add('"');
            mode = Mode.KEPT;
        } else {
            mode = Mode.HELD;
        }
    }

    private int key(int from, int n) {
        int end = endOfString(from, n);
        place.addToKey(chunk, from, Math.min(end, n) - from, MAX_KEY);
        return passOn(from, n, end);
    }

    private int kept(int from, int n) {
        return passOn(from, n, endOfString(from, n));
    }

    /** Copies up to and with the closing quote, or all there is. */
    private int passOn(int from, int n, int end) {
        boolean closed = end < n;
        int length = (closed ? end + 1 : n) - from;
        out.add(chunk, from, length);
        column += length;
        outColumn += length;
        if (closed) {
            mode = Mode.OUTSIDE;
        }
        return from + length;
    }

    private int held(int from, int n) throws IOException {
        int end = endOfString(from, n);
        int length = Math.min(end, n) - from;
        if ((long) held.size() + length > keep) {
            OutputStream opened = diversion.open(place.pointer());
            sink = opened;
            opened.write(held.array(), 0, held.size());
            column += held.size();
            held.clear();
            mode = Mode.DIVERTED;
            return handOver(opened, from, n, end);
        }
        held.add(chunk, from, length);
        if (end < n) {
            out.add('"');
            out.add(held.array(), 0, held.size());
            out.add('"');
            column += held.size() + 1;
            outColumn += held.size() + 1;
            held.clear();
            mode = Mode.OUTSIDE;
            return end + 1;
        }
        return n;
    }

    private int diverted(int from, int n) throws IOException {
        OutputStream opened = sink;
        if (opened == null) {
            throw new IllegalStateException("nothing is being diverted");
        }
        return handOver(opened, from, n, endOfString(from, n));
    }

    private int handOver(OutputStream opened, int from, int n, int end) throws IOException {
        int length = Math.min(end, n) - from;
        opened.write(chunk, from, length);
        column += length;
        if (end >= n) {
            return n;
        }
        closeSink();
        String standIn = standInPrefix + standIns++;
        diverted.put(standIn, opened);
        byte[] literal = ('"' + standIn + '"').getBytes(StandardCharsets.US_ASCII);
        out.add(literal, 0, literal.length);
        column++;
        outColumn += literal.length - 1; // its opening quote was counted when the string began
        if (shifts.size() == MAX_SHIFTS) {
            shifts.remove(0);
        }
        shifts.add(new Shift(line, (int) outColumn, (int) Math.min(column - outColumn, Integer.MAX_VALUE)));
        mode = Mode.OUTSIDE;
        return end + 1;
    }

    /** The index of the closing quote, or {@code n} if it is not in this chunk. */
    private int endOfString(int from, int n) {
        int at = from;
        while (at < n) {
            if (!escaped) {
                at = EightBytes.skipPlain(chunk, at, n);
                if (at == n) {
                    return n;
                }
            }
            byte b = chunk[at];
            if (escaped) {
                escaped = false;
            } else if (b == '\\') {
                escaped = true;
            } else if (b == '"') {
                return at;
            }
            at++;
        }
        return n;
    }

    private void closeSink() throws IOException {
        OutputStream open = sink;
        sink = null;
        if (open != null) {
            open.close();
        }
    }

    /** A growing row of bytes that is read from the front. */
    private static final class Bytes {
        private byte[] array = new byte[1024];
        private int start;
        private int end;

        void add(int b) {
            room(1);
            array[end++] = (byte) b;
        }

        void add(byte[] from, int offset, int length) {
            room(length);
            System.arraycopy(from, offset, array, end, length);
            end += length;
        }

        int drain(byte[] target, int offset, int length) {
            int n = Math.min(length, end - start);
            System.arraycopy(array, start, target, offset, n);
            start += n;
            if (start == end) {
                clear();
            }
            return n;
        }

        /** Valid from index 0 as long as nothing was drained. */
        byte[] array() {
            return array;
        }

        int size() {
            return end - start;
        }

        boolean isEmpty() {
            return start == end;
        }

        void clear() {
            start = 0;
            end = 0;
        }

        private void room(int length) {
            if (end + length > array.length) {
                array = Arrays.copyOf(array, Math.max(array.length * 2, end + length));
            }
        }
    }

    /** Where in the document we are. */
    private static final class Place {
        private static final class Level {
            final boolean array;
            String key = "";
            int index;

            Level(boolean array) {
                this.array = array;
            }
        }

        private final List<Level> levels = new ArrayList<>();
        private final ByteArrayOutputStream key = new ByteArrayOutputStream();
        private byte last;

        void see(byte b) {
            switch (b) {
                case ' ', '\t', '\r' -> {
                    return;
                }
                case '{' -> levels.add(new Level(false));
                case '[' -> levels.add(new Level(true));
                case '}', ']' -> {
                    if (!levels.isEmpty()) {
                        levels.remove(levels.size() - 1);
                    }
                }
                case ',' -> {
                    if (inside() != null && inside().array) {
                        inside().index++;
                    }
                }
                case ':' -> {
                    if (inside() != null && !inside().array) {
                        inside().key = key.toString(StandardCharsets.UTF_8);
                    }
                }
                default -> {
                    // part of a number or a word
                }
            }
            last = b;
        }

        boolean expectsKey() {
            Level inside = inside();
            return inside != null && !inside.array && last != ':';
        }

        void beginKey() {
            key.reset();
        }

        void addToKey(byte[] from, int offset, int length, int most) {
            key.write(from, offset, Math.max(0, Math.min(length, most - key.size())));
        }

        String pointer() {
            StringBuilder pointer = new StringBuilder();
            for (Level level : levels) {
                pointer.append('/');
                if (level.array) {
                    pointer.append(level.index);
                } else {
                    pointer.append(level.key.replace("~", "~0").replace("/", "~1"));
                }
            }
            return pointer.toString();
        }

        private @Nullable Level inside() {
            return levels.isEmpty() ? null : levels.get(levels.size() - 1);
        }
    }
}
