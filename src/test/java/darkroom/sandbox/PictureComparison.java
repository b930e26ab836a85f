package darkroom.sandbox;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;

/** Compares two picture files as far as their pixels do not matter: kind, size, colours, and the bytes of their texts. */
final class PictureComparison {
    private static final String DATA_URI = "data:image/png;base64,";

    private PictureComparison() {}

    /** @param adapted turns a recorded text into what it has to be now */
    static List<String> differences(String path, String expected, String actual, UnaryOperator<String> adapted) {
        if (expected.startsWith(DATA_URI) != actual.startsWith(DATA_URI)) {
            return List.of(path + " is " + (actual.startsWith(DATA_URI) ? "a" : "no") + " data: URI");
        }
        List<String> wanted = describe(expected, adapted);
        List<String> found = describe(actual, UnaryOperator.identity());
        return wanted.equals(found) ? List.of() : List.of(path + ": expected " + wanted + " but was " + found);
    }

    /** Of a PNG: its chunks, e.g. {@code IHDR 64x64 8 bit colour 2}; of a JPEG: its size and EXIF. */
    static List<String> describe(String encoded, UnaryOperator<String> adapted) {
        byte[] file;
        try {
            file = Base64.getDecoder().decode(encoded.replace(DATA_URI, ""));
        } catch (IllegalArgumentException e) {
            return List.of("no base64: " + encoded);
        }
        return file.length > 0 && file[0] == (byte) 0x89 ? png(file, adapted) : jpeg(file, adapted);
    }

    private static List<String> png(byte[] file, UnaryOperator<String> adapted) {
        var chunks = new ArrayList<String>();
        ByteBuffer in = ByteBuffer.wrap(file).position(8);
        while (in.hasRemaining()) {
            byte[] body = new byte[in.getInt()];
            byte[] type = new byte[4];
            in.get(type).get(body).getInt();
            String name = new String(type, StandardCharsets.US_ASCII);
            String described = name
                    + switch (name) {
                        case "IHDR" -> header(ByteBuffer.wrap(body));
                        case "tEXt" -> " " + adapted.apply(new String(body, StandardCharsets.ISO_8859_1));
                        case "iTXt" -> " " + adapted.apply(new String(body, StandardCharsets.UTF_8));
                        default -> "";
                    };
            if (!name.equals("IDAT") || !chunks.contains("IDAT")) {
                chunks.add(described);
            }
        }
        return chunks;
    }

    private static String header(ByteBuffer header) {
        return " %dx%d %d bit colour %d".formatted(header.getInt(), header.getInt(), header.get(), header.get());
    }

    private static List<String> jpeg(byte[] file, UnaryOperator<String> adapted) {
        try {
            var image = ImageIO.read(new ByteArrayInputStream(file));
            if (image == null) {
                return List.of("no picture");
            }
            String size = "JPEG " + image.getWidth() + "x" + image.getHeight();
            int exif = 4 + ByteBuffer.wrap(file).getShort(4);
            int length = ByteBuffer.wrap(file).getShort(exif + 2) & 0xFFFF;
            String text = new String(file, exif, 58, StandardCharsets.ISO_8859_1);
            String comment = new String(file, exif + 58, length + 2 - 58, StandardCharsets.UTF_16BE);
            return List.of(size, text, adapted.apply(comment));
        } catch (IOException e) {
            return List.of("a damaged picture: " + e.getMessage());
        }
    }
}
