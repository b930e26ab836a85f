package darkroom.promptfile;

import com.fasterxml.jackson.core.StreamReadConstraints;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.json.Pointers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * YAML 1.2 (core schema) as the tree that the same document in JSON would be. Tags, and names that are no texts, are
 * refused: JSON has none of them. What aliases stand for takes room each time.
 */
final class YamlTree {
    private static final String BYTE_ORDER_MARK = "\ufeff";

    /** As in JSON. What it takes to read one grows with the square of its digits. */
    private static final int LONGEST_NUMBER = StreamReadConstraints.DEFAULT_MAX_NUM_LEN;

    private final Room room;
    private final int maxDepth;
    private final BiConsumer<String, Problem.Place> texts;
    private final Map<String, Problem.Place> places;

    /**
     * Prepares to read one document.
     *
     * @param texts is told every text
     * @param places gets the places of fields and of what is in them
     */
    YamlTree(Room room, int maxDepth, BiConsumer<String, Problem.Place> texts, Map<String, Problem.Place> places) {
        this.room = room;
        this.maxDepth = maxDepth;
        this.texts = texts;
        this.places = places;
    }

    /** Reads the one document of a file. */
    void read(InputStream in, Map<String, @Nullable Object> into) throws IOException {
        String text = text(in, room);
        List<Node> documents = compose(text, maxDepth);
        if (documents.size() > 1) {
            throw malformed("there is a second document", place(documents.get(1), ""));
        }
        if (documents.isEmpty() && text.isBlank()) {
            throw empty();
        }
        if (!documents.isEmpty()) { // else nothing but comments: what was in it has been switched off
            read(documents.get(0), into);
        }
    }

    /** Reads an object. */
    void read(Node node, Map<String, @Nullable Object> into) {
        if (!(node instanceof MappingNode object)) {
            throw new ProblemException(new Problem(
                    ProblemCode.NOT_AN_OBJECT,
                    "here is " + (node instanceof SequenceNode ? "a list" : "a single value")
                            + " where an object belongs",
                    "write fields there, such as steps: 20",
                    place(node, "")));
        }
        object(object, "", 1, into);
    }

    /** The nodes of the entries of a file: its documents, or the members of those that are lists. */
    static List<Node> entries(InputStream in, Room room, int maxDepth) throws IOException {
        List<Node> entries = new ArrayList<>();
        for (Node document : compose(text(in, room), maxDepth)) {
            if (document instanceof SequenceNode list) {
                entries.addAll(list.getValue());
            } else {
                entries.add(document);
            }
        }
        if (entries.isEmpty()) {
            throw empty();
        }
        return entries;
    }

    private static ProblemException empty() {
        return new ProblemException(
                Problem.of(ProblemCode.EMPTY_FILE, "the file is empty", "write a field into it, such as steps: 20"));
    }

    private static String text(InputStream in, Room room) throws IOException {
        byte[] block = new byte[8192];
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            room.take(n);
            all.write(block, 0, n);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(all.toByteArray()))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw malformed("it is not UTF-8", new Problem.Place(0, 0, ""));
        }
    }

    private static List<Node> compose(String text, int maxDepth) {
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setCodePointLimit(Integer.MAX_VALUE) // its size is known to be right
                .build();
        try {
            checkDepth(new Parse(settings).parseString(text), maxDepth); // the composer calls itself for each level
            List<Node> documents = new ArrayList<>();
            new Compose(settings).composeAllFromString(text).forEach(documents::add);
            return documents;
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
            throw malformed(
                    Stream.of(e.getContext(), e.getProblem())
                            .filter(said -> said != null && !said.isEmpty())
                            .collect(Collectors.joining(" ")),
                    mark == null
                            ? new Problem.Place(0, 0, "")
                            : new Problem.Place(mark.getLine() + 1, mark.getColumn() + 1, ""));
        } catch (YamlEngineException e) {
            throw malformed(String.valueOf(e.getMessage()), new Problem.Place(0, 0, ""));
        }
    }

    private static void checkDepth(Iterable<Event> events, int maxDepth) {
        int depth = 0;
        for (Event event : events) {
            if (event instanceof CollectionStartEvent && ++depth > maxDepth) {
                throw tooDeep(
                        maxDepth,
                        event.getStartMark()
                                .map(mark -> new Problem.Place(mark.getLine() + 1, mark.getColumn() + 1, ""))
                                .orElse(new Problem.Place(0, 0, "")));
            }
            depth -= event instanceof CollectionEndEvent ? 1 : 0;
        }
    }

    private static ProblemException tooDeep(int maxDepth, Problem.Place place) {
        return malformed("the document is nested more than " + maxDepth + " levels deep", place);
    }

    private void object(MappingNode node, String pointer, int depth, Map<String, @Nullable Object> into) {
        for (NodeTuple member : node.getValue()) {
            Node key = member.getKeyNode();
            if (!(key instanceof ScalarNode scalar) || !isPlain(key)) {
                throw malformed("the name of a field is not a text", place(key, pointer));
            }
            String name = scalar.getValue();
            if (into.containsKey(name)) {
                throw malformed("there is a second '" + name + "'", place(key, pointer));
            }
            texts.accept(name, place(key, pointer));
            room.take(name.length());
            into.put(name, value(member.getValueNode(), Pointers.member(pointer, name), depth));
        }
    }

    private @Nullable Object value(Node node, String pointer, int depth) {
        Problem.Place place = place(node, pointer);
        room.take(1); // an alias costs a few bytes, what it stands for any number
        if (depth > maxDepth) {
            throw tooDeep(maxDepth, place);
        }
        if (PromptDocument.hasPlace(pointer, depth)) {
            places.put(pointer, place);
        }
        if (!isPlain(node)) {
            throw malformed("a tag, '" + node.getTag().getValue() + "', means nothing here", place);
        }
        if (node instanceof MappingNode map) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            object(map, pointer, depth + 1, object);
            return object;
        }
        if (node instanceof SequenceNode sequence) {
            List<@Nullable Object> list = new ArrayList<>();
            for (Node member : sequence.getValue()) {
                list.add(value(member, pointer + "/" + list.size(), depth + 1));
            }
            return list;
        }
        String text = ((ScalarNode) node).getValue();
        room.take(text.length());
        return scalar(node.getTag(), text, place);
    }

    private @Nullable Object scalar(Tag tag, String text, Problem.Place place) {
        if (text.length() > LONGEST_NUMBER && (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT))) {
            throw malformed("a number has more than " + LONGEST_NUMBER + " digits", place);
        }
        try {
            if (tag.equals(Tag.NULL)) {
                return null;
            } else if (tag.equals(Tag.BOOL)) {
                return Boolean.valueOf(text);
            } else if (tag.equals(Tag.INT)) {
                return whole(text);
            } else if (tag.equals(Tag.FLOAT)) {
                return new BigDecimal(text); // 7.0 stays 7.0
            }
        } catch (NumberFormatException e) { // .inf, .nan
            throw malformed("'" + text + "' is not a number that JSON has", place);
        }
        texts.accept(text, place);
        return text;
    }

    /** Of the same class as JSON would give. */
    private static Number whole(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        BigInteger number = lower.startsWith("0x")
                ? new BigInteger(text.substring(2), 16)
                : lower.startsWith("0o") ? new BigInteger(text.substring(2), 8) : new BigInteger(text);
        if (number.bitLength() < Integer.SIZE) {
            return number.intValue();
        }
        return number.bitLength() < Long.SIZE ? (Number) number.longValue() : number;
    }

    private static boolean isPlain(Node node) {
        Tag tag = node.getTag();
        if (node instanceof MappingNode) {
            return tag.equals(Tag.MAP);
        }
        if (node instanceof SequenceNode) {
            return tag.equals(Tag.SEQ);
        }
        return List.of(Tag.STR, Tag.NULL, Tag.BOOL, Tag.INT, Tag.FLOAT).contains(tag);
    }

    private static Problem.Place place(Node node, String pointer) {
        return node.getStartMark()
                .map(mark -> new Problem.Place(mark.getLine() + 1, mark.getColumn() + 1, pointer))
                .orElse(new Problem.Place(0, 0, pointer));
    }

    private static ProblemException malformed(String why, Problem.Place place) {
        return new ProblemException(new Problem(
                ProblemCode.MALFORMED_JSON,
                "this is not YAML as it is read here: " + why,
                "mend it there; what JSON can say, said in YAML, is understood",
                place));
    }
}
