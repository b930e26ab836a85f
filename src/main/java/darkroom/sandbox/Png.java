package darkroom.sandbox;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/** PNG files as Pillow writes them, so far as a client can see: colour type, text chunks, data in chunks of 64 KB. */
final class Png {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final int MAX_DATA_CHUNK = 64 * 1024;
    private static final int UP = 2;

    private Png() {}

    /** The file, padded if it has fewer bytes than {@code size}. */
    static EncodedPicture encode(Picture picture, long size) {
        try {
            var head = new ByteArrayOutputStream();
            head.write(SIGNATURE);
            chunk(head, "IHDR", header(picture));
            for (Map.Entry<String, String> text : picture.texts().entrySet()) {
                writeText(head, text.getKey(), text.getValue());
            }
            byte[] data = compressed(picture);
            for (int at = 0; at < data.length; at += MAX_DATA_CHUNK) {
                chunk(head, "IDAT", Arrays.copyOfRange(data, at, Math.min(at + MAX_DATA_CHUNK, data.length)));
            }
            var end = new ByteArrayOutputStream();
            chunk(end, "IEND", new byte[0]);
            return EncodedPicture.padded(head.toByteArray(), end.toByteArray(), size);
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
    }

    /** The text chunks of a PNG, decoded; empty for any other file, and up to the first damage. */
    static Map<String, String> texts(byte[] file) {
        var texts = new LinkedHashMap<String, String>();
        if (!Arrays.equals(file, 0, Math.min(8, file.length), SIGNATURE, 0, 8)) {
            return texts;
        }
        try (var in = new DataInputStream(new ByteArrayInputStream(file, 8, file.length - 8))) {
            String type = "";
            while (!type.equals("IEND")) {
                int length = in.readInt();
                type = new String(in.readNBytes(4), StandardCharsets.US_ASCII);
                if (type.equals("tEXt") || type.equals("iTXt") || type.equals("zTXt")) {
                    readText(type, in.readNBytes(length), texts);
                } else {
                    in.skipNBytes(length);
                }
                in.skipNBytes(4);
            }
        } catch (IOException | RuntimeException e) {
            return texts; // what was readable is enough to know what a picture says of itself
        }
        return texts;
    }

    private static byte[] header(Picture picture) throws IOException {
        var header = new ByteArrayOutputStream();
        var out = new DataOutputStream(header);
        out.writeInt(picture.width());
        out.writeInt(picture.height());
        out.writeByte(8); // bits per sample
        out.writeByte(picture.opaque() ? 2 : 6);
        out.write(new byte[3]); // deflate, adaptive filters, not interlaced
        return header.toByteArray();
    }

    /** tEXt if the text is Latin-1, as Pillow decides, else iTXt (captures 100, 124). */
    private static void writeText(ByteArrayOutputStream out, String keyword, String text) throws IOException {
        boolean latin = StandardCharsets.ISO_8859_1.newEncoder().canEncode(text);
        var body = new ByteArrayOutputStream();
        body.write(keyword.getBytes(StandardCharsets.ISO_8859_1));
        // After the keyword iTXt has: not compressed, no language, no translated keyword.
        body.write(new byte[latin ? 1 : 5]);
        body.write(text.getBytes(latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8));
        chunk(out, latin ? "tEXt" : "iTXt", body.toByteArray());
    }

    private static void readText(String type, byte[] body, Map<String, String> texts) throws IOException {
        int keywordEnd = zero(body, 0);
        boolean international = type.equals("iTXt");
        boolean compressed = type.equals("zTXt") || (international && body[keywordEnd + 1] == 1);
        int start = international ? zero(body, zero(body, keywordEnd + 3) + 1) + 1 : keywordEnd + (compressed ? 2 : 1);
        byte[] text = Arrays.copyOfRange(body, start, body.length);
        if (compressed) {
            text = new InflaterInputStream(new ByteArrayInputStream(text)).readNBytes(16 * 1024 * 1024);
        }
        Charset charset = international ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        texts.put(new String(body, 0, keywordEnd, StandardCharsets.ISO_8859_1), new String(text, charset));
    }

    private static int zero(byte[] bytes, int from) {
        int at = from;
        while (bytes[at] != 0) {
            at++;
        }
        return at;
    }

    /** Every line as its difference to the one above, which suits skies. */
    private static byte[] compressed(Picture picture) throws IOException {
        byte[] samples = picture.samples();
        int line = samples.length / picture.height();
        byte[] filtered = new byte[line + 1];
        filtered[0] = UP;
        var deflater = new Deflater(3);
        var data = new ByteArrayOutputStream(samples.length / 2);
        try (var out = new DeflaterOutputStream(data, deflater, 64 * 1024)) {
            for (int start = 0; start < samples.length; start += line) {
                for (int i = 0; i < line; i++) {
                    byte above = start == 0 ? 0 : samples[start - line + i];
                    filtered[i + 1] = (byte) (samples[start + i] - above);
                }
                out.write(filtered);
            }
        } finally {
            deflater.end();
        }
        return data.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] body) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        var crc = new CRC32();
        crc.update(name);
        crc.update(body);
        var data = new DataOutputStream(out);
        data.writeInt(body.length);
        data.write(name);
        data.write(body);
        data.writeInt((int) crc.getValue());
    }
}
