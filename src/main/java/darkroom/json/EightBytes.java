package darkroom.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks at bytes eight at a time: a picture in base64 is half a million of them in which there is nothing to see. */
final class EightBytes {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder())
            .withInvokeExactBehavior();

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';
    private static final long BEHIND_SPACE = ONES * (' ' + 1);

    private EightBytes() {}

    /**
     * Passes over what is printable ASCII, and neither a quote nor a backslash.
     *
     * @return the index of the first byte that is anything else, or {@code end}
     */
    static int skipPlain(byte[] bytes, int from, int end) {
        int at = from;
        while (at + Long.BYTES <= end && isPlain((long) LONG.get(bytes, at))) {
            at += Long.BYTES;
        }
        while (at < end && bytes[at] > ' ' && bytes[at] != '"' && bytes[at] != '\\') {
            at++;
        }
        return at;
    }

    /** A high bit is left where a byte is zero, or begins with one, once what it is looked for in is taken off. */
    private static boolean isPlain(long eight) {
        long quotes = eight ^ QUOTES;
        long backslashes = eight ^ BACKSLASHES;
        return ((eight | (eight - BEHIND_SPACE) | (quotes - ONES) | (backslashes - ONES)) & HIGH) == 0;
    }
}
