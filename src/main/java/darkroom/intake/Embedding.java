package darkroom.intake;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import darkroom.job.Extension;
import darkroom.json.Json;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts pictures that came beside a document into it, in base64, where it names them. Everything else in it stays as it is,
 * byte for byte. So one file holds the whole job, wherever it is moved. Memory does not depend on the size of either.
 */
public final class Embedding {
    /** Where a picture can be named, in an object or in one of a list. */
    private static final Pattern PICTURE =
            Pattern.compile("(/\\d+)?(/image|/mask|/init_images/\\d+|" + Extension.PICTURES + ")");

    private static final int DEEPEST = 5;

    /** Longer than the name of any file, also if each of its bytes is escaped. */
    private static final int LONGEST = 4096;

    private Embedding() {}

    private record Place(long from, long to, Path picture) {}

    /**
     * Writes a file that is the document with its pictures in it.
     *
     * @param document JSON in UTF-8; if it is not JSON it is copied as it is
     * @param pictures files by the names that the document may use
     * @param target the file; replaced if it is there
     * @return the pictures that the document does not name
     */
    public static Set<String> embed(Path document, Map<String, Path> pictures, Path target) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target))) {
            return embed(document, pictures, out);
        }
    }

    /**
     * Writes the document with its pictures in it.
     *
     * @param document JSON in UTF-8; if it is not JSON it is copied as it is
     * @param pictures files by the names that the document may use
     * @return the pictures that the document does not name
     */
    public static Set<String> embed(Path document, Map<String, Path> pictures, OutputStream out) throws IOException {
        Set<String> unused = new TreeSet<>(pictures.keySet());
        List<Place> places = pictures.isEmpty() ? List.of() : places(document, pictures, unused);
        try (InputStream in = Files.newInputStream(document)) {
            long at = 0;
            for (Place place : places) {
                copy(in, place.from() - at, out);
                in.skipNBytes(place.to() - place.from());
                at = place.to();
                out.write('"');
                OutputStream base64 = Base64.getEncoder().wrap(new Unclosed(out));
                Files.copy(place.picture(), base64);
                base64.close();
                out.write('"');
            }
            in.transferTo(out);
        }
        return unused;
    }

    private static List<Place> places(Path document, Map<String, Path> pictures, Set<String> unused)
            throws IOException {
        List<Place> places = new ArrayList<>();
        try (FileChannel bytes = FileChannel.open(document);
                JsonParser parser = Json.mapper()
                        .getFactory()
                        .createParser(new BufferedInputStream(Files.newInputStream(document)))) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING && isPicture(parser)) {
                    long from = parser.currentTokenLocation().getByteOffset();
                    byte[] raw = string(bytes, from);
                    String name = raw == null ? "" : Json.mapper().readValue(raw, String.class);
                    Path picture = pictures.get(name);
                    if (raw != null && picture != null) {
                        places.add(new Place(from, from + raw.length, picture));
                        unused.remove(name);
                    }
                }
            }
        } catch (JsonProcessingException | CharConversionException e) {
            return List.of(); // whoever reads it says so, with the place
        }
        return places;
    }

    private static boolean isPicture(JsonParser parser) {
        return parser.getParsingContext().getNestingDepth() <= DEEPEST
                && PICTURE.matcher(parser.getParsingContext().pathAsPointer().toString())
                        .matches();
    }

    /** The string that begins there, with its quotes; null if it is too long for a name, or not in UTF-8. */
    private static byte @Nullable [] string(FileChannel bytes, long from) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(LONGEST);
        for (int n = 0; n >= 0 && buffer.hasRemaining(); ) {
            n = bytes.read(buffer, from + buffer.position());
        }
        byte[] raw = Arrays.copyOf(buffer.array(), buffer.position());
        if (from < 0 || raw.length == 0 || raw[0] != '"') {
            return null;
        }
        for (int i = 1; i < raw.length; i++) {
            if (raw[i] == '\\') {
                i++;
            } else if (raw[i] == '"') {
                return Arrays.copyOf(raw, i + 1);
            }
        }
        return null;
    }

    private static void copy(InputStream in, long bytes, OutputStream out) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (long left = bytes; left > 0; ) {
            int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (n < 0) {
                throw new IOException("the document has become shorter");
            }
            out.write(buffer, 0, n);
            left -= n;
        }
    }

    /** Base64 ends with a close, and the file goes on. */
    private static final class Unclosed extends OutputStream {
        private final OutputStream out;

        Unclosed(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }
    }
}
