package darkroom.webui;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.job.Operation;
import darkroom.json.DivertedStrings;
import darkroom.json.Json;
import darkroom.picture.PictureFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer while it arrives. Each picture goes decoded into a file of its own; what is held in memory does not
 * depend on how many or how large they are, nor on the order of the answer's members.
 */
public final class AnswerReader {
    private static final String PICTURES = "/images/";
    private static final String ONE_PICTURE = "/image";
    private static final int LONGEST_TEXT = 4 << 20;
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
    public Answer read(Operation operation, InputStream in) throws IOException {
        boolean complete = false;
        try {
            Answer answer = switch (operation) {
                case TXT2IMG, IMG2IMG -> generated(in);
                case EXTRAS -> extras(in);
                case INTERROGATE -> text(in, "caption");
                case PNG_INFO -> text(in, "info");
                case OPTIONS -> throw new IllegalArgumentException("no file comes of options");
            };
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

    private Path newFile() throws IOException {
        Path file = file(++opened);
        Files.deleteIfExists(file); // left by an earlier try of the same task
        return file;
    }

    private Answer generated(InputStream in) throws IOException {
        List<@Nullable PictureFile> pictures = new ArrayList<>();
        JsonNode[] info = {Answer.NO_INFO};
        members(in, (name, parser, diverted) -> {
            switch (name) {
                case "images" -> images(parser, diverted, pictures);
                case "info" -> info[0] = info(parser);
                default -> parser.skipChildren(); // "parameters" repeats the request
            }
        });
        return Answer.of(pictures, info[0]);
    }

    private Answer extras(InputStream in) throws IOException {
        List<@Nullable PictureFile> pictures = new ArrayList<>();
        ObjectNode info = Json.mapper().createObjectNode();
        members(in, (name, parser, diverted) -> {
            switch (name) {
                case "image" -> Stream.ofNullable(picture(parser, diverted)).forEach(pictures::add);
                case "html_info" -> info.put(name, parser.getValueAsString());
                default -> parser.skipChildren();
            }
        });
        return new Answer(pictures, 0, pictures.size(), true, info);
    }

    /** A text becomes a file as well, unless it is empty. */
    private Answer text(InputStream in, String member) throws IOException {
        JsonNode answer;
        try (in) {
            byte[] bytes = in.readNBytes(LONGEST_TEXT + 1);
            if (bytes.length > LONGEST_TEXT) {
                throw new AnswerException("it is longer than " + LONGEST_TEXT + " bytes");
            }
            answer = Json.mapper().readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new AnswerException(oneLine(e));
        }
        if (!answer.isObject()) {
            throw new AnswerException("it is not a JSON object");
        }
        String text = answer.path(member).asText("").strip();
        if (text.isEmpty()) {
            return new Answer(List.of(), 0, 0, true, answer);
        }
        PictureFile file = new PictureFile(newFile(), maxPicture);
        try (file) {
            file.write((text + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return new Answer(new ArrayList<>(List.of(file)), 0, 1, true, answer);
    }

    /** Reads the value of a member of the answer, or passes it over. */
    private interface Member {
        void read(String name, JsonParser parser, DivertedStrings diverted) throws IOException;
    }

    private void members(InputStream in, Member member) throws IOException {
        try (DivertedStrings diverted = new DivertedStrings(in, new ToFiles())) {
            JsonParser parser = JSON.createParser(diverted);
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new AnswerException("it is not a JSON object");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                member.read(name, parser, diverted);
            }
            if (parser.nextToken() != null) { // also reads to the end, so that the connection can be used again
                throw new AnswerException("something follows behind it");
            }
        } catch (JsonProcessingException e) {
            throw new AnswerException(oneLine(e));
        }
    }

    private static String oneLine(JsonProcessingException e) {
        return String.valueOf(e.getOriginalMessage()).replaceAll("\\s+", " ");
    }

    private static void images(JsonParser parser, DivertedStrings diverted, List<@Nullable PictureFile> pictures)
            throws IOException {
        if (!parser.isExpectedStartArrayToken()) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            pictures.add(picture(parser, diverted));
        }
    }

    /** Null where the WebUI sent null, or an empty text. */
    private static @Nullable PictureFile picture(JsonParser parser, DivertedStrings diverted) throws IOException {
        OutputStream behind =
                parser.currentToken() == JsonToken.VALUE_STRING ? diverted.behind(parser.getText()) : null;
        parser.skipChildren();
        return behind instanceof PictureFile.Encoded encoded ? encoded.picture() : null;
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
            return pointer.startsWith(PICTURES) || pointer.equals(ONE_PICTURE) ? 0 : ALL;
        }

        @Override
        public OutputStream open(String pointer) throws IOException {
            return new PictureFile.Encoded(new PictureFile(newFile(), maxPicture));
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
