package darkroom.promptfile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import darkroom.job.Extension;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.json.DivertedStrings;
import darkroom.json.Pointers;
import darkroom.picture.PictureFile;
import java.io.CharConversionException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** The JSON of a prompt file as a tree, with the places where things stand; pictures and long texts are set aside. */
final class PromptDocument {
    /** No path is longer (PATH_MAX); what is longer where a picture belongs is base64. */
    private static final int LONGEST_PATH = 4096;

    private static final int LONGEST_TEXT = 64 * 1024;
    private static final int MAX_DEPTH = 100;

    /** That of {@code /job/then/0/override_settings/sd_vae}. */
    private static final int DEEPEST_PLACE = 5;

    private static final Problem.Place START = new Problem.Place(1, 1, "");
    private static final Pattern PICTURE = Pattern.compile("/mask|/image|/init_images/\\d+|" + Extension.PICTURES);

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION) // it is UTF-8, or it is wrong
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Attachments attachments;
    private final Room room;
    private final Map<String, Problem.Place> places = new HashMap<>();
    private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Set<String> setAside = new HashSet<>();

    /** Where its first byte is in the file. */
    private final Problem.Place start;

    private PromptDocument(Attachments attachments, Room room, Problem.Place start) {
        this.attachments = attachments;
        this.room = room;
        this.start = start;
    }

    /**
     * Reads a document to its end.
     *
     * @param in the document in UTF-8 without a byte order mark; closed
     * @param maxBytes most bytes without pictures
     * @param start where its first byte is in the file
     * @throws ProblemException if it is not one JSON object
     */
    static PromptDocument read(InputStream in, Attachments attachments, long maxBytes, Problem.Place start)
            throws IOException {
        PromptDocument document = new PromptDocument(attachments, new Room(maxBytes), start);
        document.read(in);
        return document;
    }

    /**
     * Reads a document in YAML, which means what the same one in JSON would.
     *
     * @param in the document in UTF-8; closed
     * @param maxBytes most bytes, also of what aliases stand for
     * @throws ProblemException if it is not one object, or has something in it that JSON has not
     */
    static PromptDocument readYaml(InputStream in, Attachments attachments, long maxBytes) throws IOException {
        PromptDocument document = new PromptDocument(attachments, new Room(maxBytes), START);
        document.yaml().read(in, document.fields);
        return document;
    }

    /**
     * Prepares to read the entries of a document in YAML.
     *
     * @param maxBytes most bytes of all of it, also of what aliases stand for
     */
    static Entries yamlEntries(InputStream in, long maxBytes) throws IOException {
        Room room = new Room(maxBytes);
        Iterator<Node> nodes = YamlTree.entries(in, room, MAX_DEPTH).iterator();
        return new Entries() {
            private int read;

            @Override
            public @Nullable PromptDocument next(Attachments attachments) {
                if (!nodes.hasNext()) {
                    return null;
                }
                read++;
                PromptDocument document = new PromptDocument(attachments, room, START);
                document.yaml().read(nodes.next(), document.fields);
                return document;
            }

            @Override
            public boolean isOne() {
                return read == 1 && !nodes.hasNext();
            }

            @Override
            public boolean goesOn() {
                return true;
            }

            @Override
            public void close() throws IOException {
                in.close();
            }
        };
    }

    private YamlTree yaml() {
        return new YamlTree(room, MAX_DEPTH, this::checkHalves, places);
    }

    /**
     * The document that consists of these fields.
     *
     * @param places where they are, by their pointers
     */
    static PromptDocument of(
            Map<String, @Nullable Object> fields, Map<String, Problem.Place> places, Attachments attachments) {
        PromptDocument document = new PromptDocument(attachments, new Room(Long.MAX_VALUE), START);
        document.fields.putAll(fields);
        document.places.putAll(places);
        fields.forEach((name, value) -> document.check(value, document.place(Pointers.member("", name)), 1));
        return document;
    }

    private void check(@Nullable Object value, Problem.Place place, int depth) {
        if (value instanceof String text) {
            checkHalves(text, place);
        } else if (value instanceof Map<?, ?> object) {
            object.forEach((name, member) -> {
                checkHalves(String.valueOf(name), place);
                check(member, place, deeper(depth, place));
            });
        } else if (value instanceof List<?> list) {
            list.forEach(member -> check(member, place, deeper(depth, place)));
        }
    }

    /** The document that several make together: each place is that of the one that its value came from. */
    static PromptDocument of(Layers layers, Attachments attachments) {
        PromptDocument merged = new PromptDocument(attachments, new Room(Long.MAX_VALUE), START);
        merged.fields.putAll(layers.fields());
        for (Layers.Layer layer : layers.all()) {
            PromptDocument from = layer.document();
            from.places.forEach((pointer, place) -> {
                if (layers.isFrom(layer, pointer)) {
                    merged.places.put(pointer, place);
                }
            });
            from.setAside.stream()
                    .filter(pointer -> layers.isFrom(layer, pointer))
                    .forEach(merged.setAside::add);
            from.problems.stream()
                    .filter(problem -> problem.place() == null
                            || layers.isFrom(layer, problem.place().pointer()))
                    .forEach(merged.problems::add);
        }
        return merged;
    }

    /** The members of the object, in their order. A null stands where something was set aside. */
    Map<String, @Nullable Object> fields() {
        return fields;
    }

    /** What is wrong with the pictures that came inline. */
    List<Problem> problems() {
        return problems;
    }

    /** True for a place where a picture belongs. */
    static boolean isPicture(String pointer) {
        return PICTURE.matcher(pointer).matches();
    }

    /** True if what stood there was set aside, rightly or not; a null stands there now. */
    boolean isSetAside(String pointer) {
        return setAside.contains(pointer);
    }

    /** Where a field stands; without a line if it is missing or deep inside. */
    Problem.Place place(String pointer) {
        return places.getOrDefault(pointer, new Problem.Place(0, 0, pointer));
    }

    /** An object within it, as a document of its own; places are as in the whole, pointers are not. */
    PromptDocument part(String pointer, Map<?, ?> object) {
        PromptDocument part = new PromptDocument(attachments, new Room(Long.MAX_VALUE), START);
        object.forEach((name, value) -> part.fields.put(String.valueOf(name), value));
        places.forEach((at, place) -> {
            if (at.startsWith(pointer + "/")) {
                String within = at.substring(pointer.length());
                part.places.put(within, new Problem.Place(place.line(), place.column(), within));
            }
        });
        return part;
    }

    /** Of what is deeper it is not kept where it stands: there may be very much of it. */
    static boolean hasPlace(String pointer, int depth) {
        return depth <= 2 || (depth <= DEEPEST_PLACE && pointer.startsWith("/job/then/"));
    }

    /** Where a field stands, or else what it is in. */
    Problem.Place nearestPlace(String pointer) {
        for (String at = pointer; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
            Problem.Place place = places.get(at);
            if (place != null) {
                return new Problem.Place(place.line(), place.column(), pointer);
            }
        }
        return new Problem.Place(0, 0, pointer);
    }

    private void read(InputStream in) throws IOException {
        try (DivertedStrings diverted = new DivertedStrings(in, new SetAside())) {
            read(diverted);
        }
    }

    private void read(DivertedStrings diverted) throws IOException {
        JsonParser parser = JSON.createParser(new Limited(diverted, room));
        try {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new ProblemException(Problem.of(
                        ProblemCode.EMPTY_FILE,
                        "the file is empty",
                        "write a JSON object into it, such as {\"prompt\": \"a cat\"}"));
            }
            if (first != JsonToken.START_OBJECT) {
                throw new ProblemException(new Problem(
                        ProblemCode.NOT_AN_OBJECT,
                        "here is " + (first == JsonToken.START_ARRAY ? "a list" : "a single value")
                                + " where an object belongs",
                        "write an object there, such as {\"prompt\": \"a cat\"}",
                        placeOf(parser, diverted, "")));
            }
            object(parser, diverted, "", 1, fields);
            if (parser.nextToken() != null) {
                throw malformed("something follows behind the end of the object", placeOf(parser, diverted, ""));
            }
        } catch (StreamConstraintsException e) {
            throw malformed(String.valueOf(e.getOriginalMessage()), placeOf(e.getLocation(), diverted));
        } catch (JsonParseException e) {
            if (String.valueOf(e.getOriginalMessage()).startsWith("Unexpected end-of-input")) {
                throw new ProblemException(new Problem(
                        ProblemCode.INCOMPLETE_JSON,
                        "the file ends before its JSON does",
                        "it was dropped before it was written to its end, or a bracket or quote is missing",
                        placeOf(e.getLocation(), diverted)));
            }
            throw malformed(reason(e), placeOf(e.getLocation(), diverted));
        } catch (CharConversionException e) {
            throw malformed("its characters are neither UTF-8 nor UTF-32", placeOf(parser.currentLocation(), diverted));
        } catch (NumberFormatException e) { // the exponent is no int
            throw malformed("a number is out of all range", placeOf(parser.currentTokenLocation(), diverted));
        } catch (LongText.ControlCharacterException e) {
            throw malformed(String.valueOf(e.getMessage()), placeOf(parser.currentLocation(), diverted));
        }
    }

    private void object(
            JsonParser parser, DivertedStrings diverted, String pointer, int depth, Map<String, @Nullable Object> into)
            throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            checkHalves(name, placeOf(parser, diverted, pointer));
            String at = Pointers.member(pointer, name);
            parser.nextToken();
            into.put(name, value(parser, diverted, at, depth));
        }
    }

    private @Nullable Object value(JsonParser parser, DivertedStrings diverted, String pointer, int depth)
            throws IOException {
        Problem.Place place = placeOf(parser, diverted, pointer);
        if (hasPlace(pointer, depth)) {
            places.put(pointer, place);
        }
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                object(parser, diverted, pointer, deeper(depth, place), object);
                return object;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser, diverted, pointer + "/" + list.size(), deeper(depth, place)));
                }
                return list;
            }
            case VALUE_STRING -> {
                String text = parser.getText();
                OutputStream behind = diverted.behind(text);
                checkHalves(text, place);
                return behind == null ? text : setAside(behind, pointer, place);
            }
            case VALUE_NUMBER_INT -> {
                return parser.getNumberValue();
            }
            case VALUE_NUMBER_FLOAT -> {
                return parser.getDecimalValue(); // 7.0 stays 7.0
            }
            case VALUE_TRUE -> {
                return true;
            }
            case VALUE_FALSE -> {
                return false;
            }
            default -> {
                return null;
            }
        }
    }

    /** Python reads half of a character, and then can write it nowhere: the WebUI answers 500. */
    private void checkHalves(String text, Problem.Place place) {
        text.codePoints()
                .filter(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                .findFirst()
                .ifPresent(half -> problems.add(new Problem(
                        ProblemCode.WRONG_TYPE,
                        String.format("a text has half of a character in it: \\u%04x without its other half", half),
                        "write the character itself, or both halves, such as \\ud83d\\udc36",
                        place)));
    }

    private static int deeper(int depth, Problem.Place place) {
        if (depth >= MAX_DEPTH) {
            throw malformed("the document is nested more than " + MAX_DEPTH + " levels deep", place);
        }
        return depth + 1;
    }

    private @Nullable Object setAside(OutputStream behind, String pointer, Problem.Place place) {
        setAside.add(pointer);
        if (behind instanceof PictureFile.Encoded picture) {
            attachments.add(picture, pointer, place).ifPresent(problems::add);
        } else if (behind instanceof LongText text) {
            if (isPicture(pointer)) { // its name was written with escapes, and so was not known when it came
                throw malformed("the name of a picture field is written with escapes", place);
            }
            attachments.add(text, pointer);
        }
        return null;
    }

    private static ProblemException malformed(String why, Problem.Place place) {
        return new ProblemException(new Problem(
                ProblemCode.MALFORMED_JSON,
                "this is not JSON: " + why,
                "mend it there; a JSON checker shows the spot",
                place));
    }

    /** What the parser says, without the names of its own classes and sources. */
    private static String reason(JsonProcessingException e) {
        String message = String.valueOf(e.getOriginalMessage());
        return message.replaceAll("\\s*\\((for|start marker)[^)]*\\[Source[^)]*\\)", "")
                .replaceAll("\\s+", " ")
                .strip();
    }

    private Problem.Place placeOf(JsonParser parser, DivertedStrings diverted, String pointer) {
        return placeOf(parser.currentTokenLocation(), diverted, pointer);
    }

    private Problem.Place placeOf(@Nullable JsonLocation location, DivertedStrings diverted) {
        return location == null ? new Problem.Place(0, 0, "") : placeOf(location, diverted, "");
    }

    private Problem.Place placeOf(JsonLocation location, DivertedStrings diverted, String pointer) {
        int line = location.getLineNr();
        int column = diverted.originalColumn(line, location.getColumnNr());
        return new Problem.Place(line + start.line() - 1, line == 1 ? column + start.column() - 1 : column, pointer);
    }

    private final class SetAside implements DivertedStrings.Diversion {
        @Override
        public int keep(String pointer) {
            if (pointer.startsWith("/job/")) {
                return ALL;
            }
            return isPicture(pointer) ? LONGEST_PATH : LONGEST_TEXT;
        }

        @Override
        public OutputStream open(String pointer) throws IOException {
            return isPicture(pointer) ? attachments.openPicture() : attachments.openText(pointer, room);
        }
    }

    /** Ends a document that is too large to be held. */
    private static final class Limited extends FilterInputStream {
        private final Room room;

        Limited(InputStream in, Room room) {
            super(in);
            this.room = room;
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            room.take(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = super.read(target, offset, length);
            room.take(Math.max(0, n));
            return n;
        }
    }
}
