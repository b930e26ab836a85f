package darkroom.promptfile;

import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a JSON list, or of JSON Lines. Each is read as if it were a file of its own, while it passes; so neither
 * how many there are nor how large their pictures are matters to memory.
 */
final class JsonEntries implements Entries {
    private final Bytes in;
    private final boolean lines;
    private final long maxEntry;
    private int read;
    private boolean ended;

    private JsonEntries(Bytes in, boolean lines, long maxEntry) {
        this.in = in;
        this.lines = lines;
        this.maxEntry = maxEntry;
    }

    /** JSON Lines: an object in each line that is not empty. */
    static Entries lines(InputStream in, long maxEntry) {
        return new JsonEntries(new Bytes(in), true, maxEntry);
    }

    /** A JSON file: the objects of the list that it is, or else itself. */
    static Entries of(InputStream in, long maxEntry) throws IOException {
        Bytes bytes = new Bytes(in);
        int first = bytes.skipSpace();
        if (first == '[') {
            bytes.read();
            return new JsonEntries(bytes, false, maxEntry);
        }
        return Entries.single(
                in, attachments -> PromptDocument.read(new Rest(bytes), attachments, maxEntry, bytes.place()));
    }

    @Override
    public @Nullable PromptDocument next(Attachments attachments) throws IOException {
        int first = ended ? -1 : in.skipSpace();
        if (!lines) {
            first = inList(first);
        }
        if (first < 0) {
            if (read == 0) {
                throw new ProblemException(Problem.of(
                        ProblemCode.EMPTY_FILE,
                        lines ? "the file is empty" : "the list is empty",
                        "write a JSON object into it, such as {\"prompt\": \"a cat\"}"));
            }
            return null;
        }
        read++;
        Problem.Place start = in.place();
        try (Piece piece = new Piece(first)) {
            return PromptDocument.read(piece, attachments, maxEntry, start);
        }
    }

    @Override
    public boolean goesOn() {
        return lines; // where a broken member of a list ends nobody knows
    }

    /** Behind a comma, or at the end; the first byte of the next member, or -1. */
    private int inList(int first) throws IOException {
        int next = first;
        if (read > 0 && next == ',') {
            in.read();
            next = in.skipSpace();
            if (next == ']') {
                throw malformed("nothing follows behind the last comma of the list");
            }
        } else if (read > 0 && next >= 0 && next != ']') {
            throw malformed("a comma is missing between two members of the list");
        }
        if (next == ']') {
            in.read();
            ended = true;
            if (in.skipSpace() >= 0) {
                throw malformed("something follows behind the end of the list");
            }
            return -1;
        }
        if (next < 0 && !ended) {
            throw new ProblemException(new Problem(
                    ProblemCode.INCOMPLETE_JSON,
                    "the file ends before its JSON does",
                    "it was dropped before it was written to its end, or a bracket or quote is missing",
                    in.place()));
        }
        return next;
    }

    private ProblemException malformed(String why) {
        return new ProblemException(new Problem(
                ProblemCode.MALFORMED_JSON,
                "this is not JSON: " + why,
                "mend it there; a JSON checker shows the spot",
                in.place()));
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** One line, or one value with all that its brackets hold. Closing it goes to its end. */
    private final class Piece extends InputStream {
        private final boolean scalar;
        private int depth;
        private boolean text;
        private boolean escaped;
        private boolean over;

        Piece(int first) {
            scalar = first != '{' && first != '[';
        }

        @Override
        public int read() throws IOException {
            if (over) {
                return -1;
            }
            int b = in.peek();
            if (b < 0 || (lines ? b == '\n' : scalar && depth == 0 && !text && (b == ',' || b == ']'))) {
                over = true;
                return -1;
            }
            in.read();
            follow(b);
            over = !lines && !scalar && depth == 0 && !text;
            return b;
        }

        private void follow(int b) {
            if (escaped) {
                escaped = false;
            } else if (text) {
                escaped = b == '\\';
                text = b != '"';
            } else if (b == '"') {
                text = true;
            } else if (b == '{' || b == '[') {
                depth++;
            } else if (b == '}' || b == ']') {
                depth--;
            }
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = 0;
            for (int b; n < length && (b = read()) >= 0; n++) {
                target[offset + n] = (byte) b;
            }
            return n == 0 && length > 0 ? -1 : n;
        }

        @Override
        public void close() throws IOException {
            while (lines && read() >= 0) {
                // to the end of the line, so that what is wrong with it does not matter to the next one
            }
        }
    }

    /** All that follows; closing it closes nothing. */
    private static final class Rest extends FilterInputStream {
        Rest(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }

    /** Bytes, one of which can be looked at before it is read, and where they are. */
    private static final class Bytes extends InputStream {
        private final InputStream in;
        private final byte[] block = new byte[64 * 1024];
        private int at;
        private int end;
        private int line = 1;
        private int column = 1;

        Bytes(InputStream in) {
            this.in = in;
        }

        /** The next byte, which is still to be read; -1 at the end. */
        int peek() throws IOException {
            if (at == end) {
                at = 0;
                end = Math.max(0, in.read(block));
                if (end == 0) {
                    return -1;
                }
            }
            return block[at] & 0xff;
        }

        @Override
        public int read() throws IOException {
            int b = peek();
            if (b >= 0) {
                at++;
                line += b == '\n' ? 1 : 0;
                column = b == '\n' ? 1 : column + 1;
            }
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0 || peek() < 0) {
                return length == 0 ? 0 : -1;
            }
            int n = Math.min(length, end - at);
            System.arraycopy(block, at, target, offset, n);
            at += n; // where it is does not matter any more: it is read to its end
            return n;
        }

        /** Passes over white space; the byte behind it, which is still to be read. */
        int skipSpace() throws IOException {
            int b = peek();
            while (b == ' ' || b == '\t' || b == '\n' || b == '\r') {
                read();
                b = peek();
            }
            return b;
        }

        Problem.Place place() {
            return new Problem.Place(line, column, "");
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
