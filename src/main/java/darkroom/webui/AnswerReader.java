package darkroom.webui;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import darkroom.json.DivertedStrings;
import darkroom.json.Json;
import darkroom.picture.PictureFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answer to txt2img or img2img while it arrives. Each picture goes decoded into a file of its own; what is held
 * in memory does not depend on how many or how large they are, nor on the order of the answer's members.
 */
public final class AnswerReader {
    private static final String PICTURES = "/images/";
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION) // it is UTF-8 (RFC 8259, section 8.1)
            .build();

    private final Path folder;
    private final long maxPicture;
    private int opened;

    /**
     * Reads into files.
     *
     * @param folder where they go
     * @param maxPicture most bytes of one
     */
    public AnswerReader(Path folder, long maxPicture) {
        this.folder = folder;
        this.maxPicture = maxPicture;
    }

    /**
     * Reads an answer to its end, and closes it.
     *
     * @throws AnswerException if it is not what the WebUI answers with
     * @throws IOException if the connection is lost, or a file can't be written; none of its files are left then
     */
    public Answer read(InputStream in) throws IOException {
        boolean complete = false;
        try {
            Answer answer = readAll(in);
            complete = true;
            return answer;
        } finally {
            if (!complete) {
                for (; opened > 0; opened--) {
                    Files.deleteIfExists(file(opened));
                }
            }
        }
    }

    private Path file(int number) {
        return folder.resolve(Integer.toString(number));
    }

    private Answer readAll(InputStream in) throws IOException {
        List<@Nullable PictureFile> pictures = new ArrayList<>();
        JsonNode info = Answer.NO_INFO;
        try (DivertedStrings diverted = new DivertedStrings(in, new ToFiles())) {
            JsonParser parser = JSON.createParser(diverted);
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new AnswerException("it is not a JSON object");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "images" -> images(parser, diverted, pictures);
                    case "info" -> info = info(parser);
                    default -> parser.skipChildren(); // "parameters" repeats the request
                }
            }
            if (parser.nextToken() != null) { // also reads to the end, so that the connection can be used again
                throw new AnswerException("something follows behind it");
            }
        } catch (JsonProcessingException e) {
            throw new AnswerException(String.valueOf(e.getOriginalMessage()).replaceAll("\\s+", " "));
        }
        return Answer.of(pictures, info);
    }

    private static void images(JsonParser parser, DivertedStrings diverted, List<@Nullable PictureFile> pictures)
            throws IOException {
        if (!parser.isExpectedStartArrayToken()) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            OutputStream behind =
                    parser.currentToken() == JsonToken.VALUE_STRING ? diverted.behind(parser.getText()) : null;
            pictures.add(behind instanceof PictureFile.Encoded encoded ? encoded.picture() : null);
            parser.skipChildren();
        }
    }

    /** A JSON text inside the JSON; some cousins of A1111 send the object itself, or nothing. */
    private static JsonNode info(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            String text = parser.getText();
            try {
                return text.isBlank() ? Answer.NO_INFO : Json.mapper().readTree(text);
            } catch (JsonProcessingException e) {
                return Answer.NO_INFO; // the checks say what could not be checked
            }
        }
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            return Json.mapper().readTree(parser);
        }
        parser.skipChildren();
        return Answer.NO_INFO;
    }

    private final class ToFiles implements DivertedStrings.Diversion {
        @Override
        public int keep(String pointer) {
            return pointer.startsWith(PICTURES) ? 0 : ALL;
        }

        @Override
        public OutputStream open(String pointer) throws IOException {
            Path file = file(++opened);
            Files.deleteIfExists(file); // left by an earlier try of the same task
            return new PictureFile.Encoded(new PictureFile(file, maxPicture));
        }
    }

    /** The answer is not one of the WebUI. The message finishes the sentence "the answer can't be read: …". */
    public static final class AnswerException extends IOException {
        private static final long serialVersionUID = 1;

        AnswerException(String message) {
            super(message);
        }
    }
}
