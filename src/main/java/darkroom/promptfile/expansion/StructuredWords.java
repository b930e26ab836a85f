package darkroom.promptfile.expansion;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The lists of a YAML or JSON file of wildcards: each has the names that lead to it, with slashes between them, or the name of the
 * file, if the file is one list. A single text is a list of one. An item is a text, with a weight in front if need be, or
 * {@code {weight: 2, text: rabbit}}.
 */
final class StructuredWords {
    private static final int DEEPEST = 32;

    private final Map<String, WordList.Builder> lists = new LinkedHashMap<>();
    private final Deque<Level> levels = new ArrayDeque<>();

    /** Where the reader is: in a list, in an object of lists, or in an item. */
    private static final class Level {
        final Kind kind;
        final String name;

        @Nullable
        String key;

        @Nullable
        String item;

        double weight = 1;

        Level(Kind kind, String name) {
            this.kind = kind;
            this.name = name;
        }
    }

    private enum Kind {
        OBJECT,
        LIST,
        ITEM
    }

    /** A file can't be read as lists. The message says why and where. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1;

        UnreadableException(String message) {
            super(message);
        }
    }

    private final String fileName;

    private StructuredWords(String fileName) {
        this.fileName = fileName;
    }

    /**
     * Reads a file.
     *
     * @param fileName its name without the suffix, for a file that is a list
     */
    static Map<String, WordList> yaml(String text, String fileName) throws UnreadableException {
        StructuredWords words = new StructuredWords(fileName);
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setCodePointLimit(Integer.MAX_VALUE) // its size is known to be right
                    .build();
            for (Event event : new Parse(settings).parseString(text)) {
                words.take(event);
            }
        } catch (MarkedYamlEngineException e) {
            throw new UnreadableException(
                    "it is no YAML: " + e.getProblem() + at(e.getProblemMark().orElse(null)));
        } catch (YamlEngineException e) {
            throw new UnreadableException("it is no YAML: " + e.getMessage());
        }
        return words.built();
    }

    /** The same of a JSON file. */
    static Map<String, WordList> json(String text, String fileName) throws UnreadableException {
        StructuredWords words = new StructuredWords(fileName);
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                words.take(token, parser);
            }
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw new UnreadableException("it is no JSON: " + e.getOriginalMessage()
                    + (at == null ? "" : ", in line " + at.getLineNr() + ", column " + at.getColumnNr()));
        } catch (IOException e) {
            throw new UnreadableException("it is no JSON: " + e.getMessage());
        }
        return words.built();
    }

    private Map<String, WordList> built() {
        Map<String, WordList> built = new LinkedHashMap<>();
        lists.forEach((name, list) -> {
            WordList words = list.build();
            if (words.size() > 0) {
                built.put(name, words);
            }
        });
        return built;
    }

    private void take(Event event) throws UnreadableException {
        String where = at(event.getStartMark().orElse(null));
        switch (event.getEventId()) {
            case MappingStart -> beginObject(where);
            case SequenceStart -> beginList(where);
            case MappingEnd, SequenceEnd -> end(where);
            case Scalar -> {
                ScalarEvent scalar = (ScalarEvent) event;
                String value = scalar.getValue();
                boolean nothing = scalar.isPlain() && (value.equals("~") || value.equals("null"));
                scalar(nothing ? "" : value, !scalar.isPlain() || !isNumberOrFlag(value), where);
            }
            case Alias ->
                throw new UnreadableException(
                        "it has an alias, *" + ((AliasEvent) event).getAlias() + ", which is not followed" + where);
            default -> {}
        }
    }

    private static boolean isNumberOrFlag(String value) {
        return value.matches("[+-]?[0-9.]+|true|false|True|False");
    }

    private void take(JsonToken token, JsonParser parser) throws IOException, UnreadableException {
        JsonLocation location = parser.currentTokenLocation();
        String where = ", in line " + location.getLineNr() + ", column " + location.getColumnNr();
        switch (token) {
            case START_OBJECT -> beginObject(where);
            case START_ARRAY -> beginList(where);
            case END_OBJECT, END_ARRAY -> end(where);
            case VALUE_NULL -> scalar("", false, where);
            default ->
                scalar(parser.getText(), token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME, where);
        }
    }

    private static String at(@Nullable Mark mark) {
        return mark == null ? "" : ", in line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
    }

    private void beginObject(String where) throws UnreadableException {
        Level level = levels.peek();
        if (level == null) {
            push(new Level(Kind.OBJECT, ""), where);
        } else if (level.kind == Kind.OBJECT && level.key != null) {
            push(new Level(Kind.OBJECT, named(level)), where);
        } else if (level.kind == Kind.LIST) {
            push(new Level(Kind.ITEM, level.name), where);
        } else {
            throw new UnreadableException("it has an object where a text belongs" + where);
        }
    }

    private void beginList(String where) throws UnreadableException {
        Level level = levels.peek();
        if (level == null) {
            push(new Level(Kind.LIST, fileName), where);
        } else if (level.kind == Kind.OBJECT && level.key != null) {
            push(new Level(Kind.LIST, named(level)), where);
        } else {
            throw new UnreadableException(
                    "it has a list where a text belongs (put quotes around a text that begins with [ or {)" + where);
        }
    }

    private void push(Level level, String where) throws UnreadableException {
        if (levels.size() == DEEPEST) {
            throw new UnreadableException("it is nested more than " + DEEPEST + " levels deep" + where);
        }
        levels.push(level);
    }

    /** The value of a key has been taken. */
    private static String named(Level object) {
        String name = object.name.isEmpty() ? object.key : object.name + "/" + object.key;
        object.key = null;
        return String.valueOf(name);
    }

    private void scalar(String value, boolean text, String where) throws UnreadableException {
        Level level = levels.peek();
        if (level == null) {
            return; // a file that is one text holds no list
        }
        switch (level.kind) {
            case LIST -> list(level.name).addWeighted(value.strip());
            case OBJECT -> {
                if (level.key == null) {
                    level.key = value;
                } else {
                    String name = named(level);
                    if (text) {
                        list(name).addWeighted(value.strip());
                    }
                }
            }
            case ITEM -> item(level, value, where);
        }
    }

    private static void item(Level level, String value, String where) throws UnreadableException {
        String key = level.key;
        level.key = key == null ? value : null;
        if (key == null) {
            return;
        }
        switch (key) {
            case "text", "content" -> level.item = value.strip();
            case "weight" -> {
                if (!value.strip().matches("\\d{1,12}(\\.\\d{0,12})?|\\.\\d{1,12}")) {
                    throw new UnreadableException(
                            "it has the weight '" + value + "', which is no number from 0 up" + where);
                }
                level.weight = Double.parseDouble(value.strip());
            }
            default -> {}
        }
    }

    private void end(String where) throws UnreadableException {
        Level ended = levels.pop();
        if (ended.kind != Kind.ITEM) {
            return;
        }
        if (ended.item == null) {
            throw new UnreadableException(
                    "it has an item without a text (put quotes around a text that begins with { or has a colon)"
                            + where);
        }
        list(ended.name).add(ended.item, ended.weight);
    }

    private WordList.Builder list(String name) {
        return lists.computeIfAbsent(name, any -> new WordList.Builder());
    }
}
