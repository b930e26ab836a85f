package darkroom.webui;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.files.Disk;
import darkroom.job.Operation;
import darkroom.json.DivertedStrings;
import darkroom.json.FewTokens;
import darkroom.json.Json;
import darkroom.picture.Look;
import darkroom.picture.PictureFile;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer while it arrives. Each picture goes decoded into a file of its own; what is held in memory does not
 * depend on how many or how large they are, nor on the order of the answer's members.
 */
public final class AnswerReader {
    private static final Pattern PICTURES = Pattern.compile("/images/\\d+");
    private static final String ONE_PICTURE = "/image";
    private static final int MOST_PICTURES = 2000;
    private static final int MOST_TEXT = 32 << 20;
    private static final int MOST_TOKENS = 500_000;
    private static final int LONGEST_TEXT = 4 << 20;
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION) // it is UTF-8 (RFC 8259, section 8.1)
            .build();

    private final Path folder;
    private final Look look;
    private int opened;

    /**
     * Reads into files.
     *
     * @param folder where they go
     * @param look how pictures are looked at, and most bytes of one
     */
    public AnswerReader(Path folder, Look look) {
        this.folder = folder;
        this.look = look;
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
            deleteOthers(answer);
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

    /** What came where no picture belongs. */
    private void deleteOthers(Answer answer) throws IOException {
        Set<Path> taken = new HashSet<>();
        for (PictureFile picture : answer.pictures()) {
            if (picture != null) {
                taken.add(picture.path());
            }
        }
        for (int number = 1; number <= opened; number++) {
            if (!taken.contains(file(number))) {
                Files.deleteIfExists(file(number));
            }
        }
    }

    private Path file(int number) {
        return folder.resolve(Integer.toString(number));
    }

    private Path newFile() throws IOException {
        if (opened == MOST_PICTURES) {
            throw new AnswerException("it has more than " + MOST_PICTURES + " pictures");
        }
        Path file = file(++opened);
        Disk.deleteIfThere(file); // left by an earlier try of the same task
        return file;
    }

    private Answer generated(InputStream in) throws IOException {
        List<@Nullable PictureFile> pictures = new ArrayList<>();
        JsonNode[] info = {Answer.NO_INFO};
        members(in, PICTURES, (name, parser, diverted) -> {
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
        members(in, Pattern.compile(ONE_PICTURE), (name, parser, diverted) -> {
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
            answer = tree(Json.mapper().createParser(bytes));
        } catch (JsonProcessingException | CharConversionException e) { // UTF-32 that is none gives the latter
            throw new AnswerException(oneLine(e));
        }
        if (!answer.isObject()) {
            throw new AnswerException("it is not a JSON object");
        }
        String text = answer.path(member).asText("").strip();
        if (text.isEmpty()) {
            return new Answer(List.of(), 0, 0, true, answer);
        }
        PictureFile file = new PictureFile(newFile(), look);
        try (file) {
            file.write((text + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return new Answer(new ArrayList<>(List.of(file)), 0, 1, true, answer);
    }

    /** Reads the value of a member of the answer, or passes it over. */
    private interface Member {
        void read(String name, JsonParser parser, DivertedStrings diverted) throws IOException;
    }

    private void members(InputStream in, Pattern picture, Member member) throws IOException {
        try (DivertedStrings diverted = new DivertedStrings(in, new ToFiles(picture))) {
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
        } catch (JsonProcessingException | CharConversionException e) { // UTF-32 that is none gives the latter
            throw new AnswerException(oneLine(e));
        }
    }

    private static String oneLine(IOException e) {
        String message = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
        return String.valueOf(message).replaceAll("\\s+", " ");
    }

    private static void images(JsonParser parser, DivertedStrings diverted, List<@Nullable PictureFile> pictures)
            throws IOException {
        if (!parser.isExpectedStartArrayToken()) {
            parser.skipChildren();
            return;
        }
        long text = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            PictureFile picture = picture(parser, diverted);
            pictures.add(picture);
            text += picture == null ? 0 : picture.textLength();
            if (pictures.size() > MOST_PICTURES || text > MOST_TEXT) {
                throw new AnswerException(
                        text > MOST_TEXT
                                ? "the texts in its pictures are longer than " + MOST_TEXT + " characters"
                                : "it has more than " + MOST_PICTURES + " pictures");
            }
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
                return text.isBlank() ? Answer.NO_INFO : tree(Json.mapper().createParser(text));
            } catch (JsonProcessingException e) {
                return Answer.NO_INFO; // the checks say what could not be checked
            }
        }
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            return tree(parser);
        }
        parser.skipChildren();
        return Answer.NO_INFO;
    }

    private static JsonNode tree(JsonParser parser) throws IOException {
        try {
            JsonNode tree = Json.mapper().readTree(new FewTokens(parser, MOST_TOKENS));
            return tree == null ? Answer.NO_INFO : tree;
        } catch (FewTokens.TooManyException e) {
            throw new AnswerException("its info has more than " + MOST_TOKENS + " parts");
        }
    }

    private final class ToFiles implements DivertedStrings.Diversion {
        private final Pattern picture;

        ToFiles(Pattern picture) {
            this.picture = picture;
        }

        @Override
        public int keep(String pointer) {
            return picture.matcher(pointer).matches() ? 0 : ALL;
        }

        @Override
        public OutputStream open(String pointer) throws IOException {
            return new PictureFile.Encoded(new PictureFile(newFile(), look));
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
