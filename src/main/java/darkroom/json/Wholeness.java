package darkroom.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** How much of a JSON object or list there is, for whoever looks at a file that is perhaps still being written. */
public enum Wholeness {
    /** All of it, and nothing behind. No beginning of it is another one. */
    WHOLE,

    /** It ends before its JSON does. */
    CUT_OFF,

    /** It is no JSON, or something else than one object or list. */
    OTHER;

    private static final int BLOCK = 64 * 1024;
    private static final JsonFactory JSON = new JsonFactory();

    /** Long strings are passed over, so that memory does not depend on them. */
    private static final DivertedStrings.Diversion PASS_OVER = new DivertedStrings.Diversion() {
        @Override
        public int keep(String pointer) {
            return BLOCK;
        }

        @Override
        public OutputStream open(String pointer) {
            return OutputStream.nullOutputStream();
        }
    };

    /**
     * Looks through a document in UTF-8, or in UTF-16 with a byte order mark. What is behind the place that decides is not
     * read; long strings are not looked into.
     *
     * @param in the document; closed afterwards
     * @throws IOException if it can't be read
     */
    public static Wholeness of(InputStream in) throws IOException {
        try (in;
                InputStream document = new DivertedStrings(utf8(in), PASS_OVER);
                JsonParser parser =
                        JSON.createNonBlockingByteArrayParser()) { // it asks for more, and is never told of an end
            return of(document, parser);
        } catch (JsonProcessingException e) {
            return OTHER;
        }
    }

    private static Wholeness of(InputStream document, JsonParser parser) throws IOException {
        ByteArrayFeeder feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
        byte[] block = new byte[BLOCK];
        int depth = 0;
        boolean open = true;
        boolean whole = false;
        for (int n = document.read(block); n >= 0; n = document.read(block)) {
            feeder.feedInput(block, 0, n);
            for (JsonToken token = parser.nextToken(); token != JsonToken.NOT_AVAILABLE; token = parser.nextToken()) {
                open &= depth > 0 || token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY;
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (whole || (depth == 0 && !open)) {
                    return OTHER;
                }
                whole = depth == 0;
            }
        }
        return whole ? WHOLE : CUT_OFF;
    }

    private static InputStream utf8(InputStream in) throws IOException {
        PushbackInputStream start = new PushbackInputStream(in);
        int first = start.read();
        if (first >= 0) {
            start.unread(first);
        }
        return first == 0xFE || first == 0xFF ? new FromUtf16(start) : start; // neither begins anything in UTF-8
    }

    /** UTF-16 as UTF-8. A character of which a part is still to come is not there yet. */
    private static final class FromUtf16 extends InputStream {
        private final InputStream in;
        private final CharsetDecoder decoder = StandardCharsets.UTF_16
                .newDecoder() // reads the mark as well
                .onMalformedInput(CodingErrorAction.REPLACE);
        private final ByteBuffer from = ByteBuffer.allocate(BLOCK);
        private final CharBuffer chars = CharBuffer.allocate(BLOCK);
        private ByteBuffer to = ByteBuffer.allocate(0);

        FromUtf16(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            while (!to.hasRemaining()) {
                int n = in.read(from.array(), from.position(), from.remaining());
                if (n < 0) {
                    return -1;
                }
                from.position(from.position() + n).flip();
                decoder.decode(from, chars, false);
                from.compact();
                to = StandardCharsets.UTF_8.encode(chars.flip());
                chars.clear();
            }
            int n = Math.min(length, to.remaining());
            to.get(target, offset, n);
            return n;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
