package darkroom.secret;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/** What a program says, line by line, without {@link Secrets}: its own words, those of libraries, and stack traces. */
public final class MaskedStream extends OutputStream {
    private final PrintStream out;
    private final Charset charset;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    private MaskedStream(PrintStream out, Charset charset) {
        this.out = out;
        this.charset = charset;
    }

    /**
     * Takes the place of a stream of the process.
     *
     * @param charset what it is written in
     */
    public static PrintStream over(PrintStream out, Charset charset) {
        return new PrintStream(new MaskedStream(out, charset), false, charset); // whole lines pass at once all the same
    }

    @Override
    public synchronized void write(int b) throws IOException {
        line.write(b);
        if (b == '\n') {
            show();
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        int last = offset + length;
        while (last > offset && bytes[last - 1] != '\n') {
            last--;
        }
        line.write(bytes, offset, last - offset);
        if (last > offset) {
            show();
        }
        line.write(bytes, last, offset + length - last);
    }

    @Override
    public synchronized void flush() throws IOException {
        show();
    }

    private void show() throws IOException {
        if (line.size() > 0) {
            String said = line.toString(charset);
            String masked = Secrets.mask(said);
            out.write(masked.equals(said) ? line.toByteArray() : masked.getBytes(charset));
            out.flush();
            line.reset();
        }
    }
}
