package darkroom.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Bytes that know their number and can write themselves, more than once, without being in memory together. */
interface Content {
    Content EMPTY = of(new byte[0]);

    long length();

    void writeTo(OutputStream out) throws IOException;

    /** All of it in memory: for small content only. */
    default byte[] bytes() throws IOException {
        var all = new ByteArrayOutputStream(Math.toIntExact(length()));
        writeTo(all);
        return all.toByteArray();
    }

    static Content of(byte[] bytes) {
        return new Content() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                out.write(bytes);
            }

            @Override
            public byte[] bytes() {
                return bytes;
            }
        };
    }

    /** One after the other. */
    static Content join(Iterable<? extends Content> parts) {
        return new Content() {
            @Override
            public long length() {
                long length = 0;
                for (Content part : parts) {
                    length += part.length();
                }
                return length;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                for (Content part : parts) {
                    part.writeTo(out);
                }
            }
        };
    }

    /** This content in base64, with padding and without line breaks. */
    default Content base64() {
        Content plain = this;
        return new Content() {
            @Override
            public long length() {
                return (plain.length() + 2) / 3 * 4;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                var encoder = new Base64Stream(out);
                plain.writeTo(encoder);
                encoder.finish();
            }
        };
    }
}
