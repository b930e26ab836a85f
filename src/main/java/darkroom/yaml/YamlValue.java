package darkroom.yaml;

import darkroom.job.Suggestion;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A value in a YAML file, which knows where it stands there. JSON is YAML, too. */
public final class YamlValue {
    private final Path file;
    private final Node node;
    private final String name;

    private YamlValue(Path file, Node node, String name) {
        this.file = file;
        this.node = node;
        this.name = name;
    }

    /**
     * Reads a file.
     *
     * @return what is in it; empty if nothing is
     * @throws MistakeException if it is no YAML
     * @throws IOException if it can't be read
     */
    public static Optional<YamlValue> read(Path file) throws IOException {
        try {
            return new Compose(LoadSettings.builder().build())
                    .composeString(Files.readString(file))
                    .map(root -> new YamlValue(file, root, ""));
        } catch (CharacterCodingException e) {
            throw new MistakeException(file, 0, "it is not UTF-8; save it as that");
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            String why = Stream.of(e.getContext(), e.getProblem())
                    .filter(said -> said != null && !said.isEmpty())
                    .collect(Collectors.joining(", "));
            throw new MistakeException(file, mark.map(at -> at.getLine() + 1).orElse(0), "it is no YAML: " + why);
        } catch (YamlEngineException e) {
            throw new MistakeException(file, 0, "it is no YAML: " + e.getMessage());
        }
    }

    /** What it is called, for example {@code backends[0].count}; empty for all of a file, and for what a list is made of that is. */
    public String name() {
        return name;
    }

    /** Whether nothing is there, as behind {@code lanes:}. */
    public boolean isNull() {
        return node.getTag().equals(Tag.NULL);
    }

    /** Whether it is a list. */
    public boolean isList() {
        return node instanceof SequenceNode;
    }

    /** Whether it has fields. */
    public boolean isObject() {
        return node instanceof MappingNode;
    }

    /**
     * What is in a list.
     *
     * @throws MistakeException if it is none
     */
    public List<YamlValue> list() throws MistakeException {
        if (!(node instanceof SequenceNode list)) {
            throw wrong("is no list; write [ and ] around it, or begin each entry with '- '");
        }
        List<YamlValue> values = new ArrayList<>();
        for (Node value : list.getValue()) {
            values.add(new YamlValue(file, value, name.isEmpty() ? "" : name + "[" + values.size() + "]"));
        }
        return values;
    }

    /**
     * The fields that have a value, by their names.
     *
     * @param owner what has them, for example {@code a WebUI}
     * @param known the names that mean something
     * @throws MistakeException if it has no fields, there are others, or one is there twice
     */
    public Map<String, YamlValue> fields(String owner, Collection<String> known) throws MistakeException {
        List<String> problems = new ArrayList<>();
        for (NodeTuple field : object().getValue()) {
            YamlValue key = key(field);
            String word = key.word();
            if (!known.contains(word)) {
                String hint = Suggestion.of(word, known.stream().sorted().toList());
                problems.addAll(key.mistake("'" + word + "' is no field of " + owner + "; " + hint)
                        .problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new MistakeException(problems);
        }
        Map<String, YamlValue> fields = entries();
        fields.values().removeIf(YamlValue::isNull);
        return fields;
    }

    /**
     * Fields of any names, in their order.
     *
     * @throws MistakeException if it has none, or one is there twice
     */
    public Map<String, YamlValue> entries() throws MistakeException {
        Map<String, YamlValue> fields = new LinkedHashMap<>();
        for (NodeTuple field : object().getValue()) {
            YamlValue key = key(field);
            String word = key.word();
            String called = name.isEmpty() ? word : name + "." + word;
            if (fields.put(word, new YamlValue(file, field.getValueNode(), called)) != null) {
                throw key.mistake("'" + word + "' is given twice; give it once");
            }
        }
        return fields;
    }

    private MappingNode object() throws MistakeException {
        if (node instanceof MappingNode object) {
            return object;
        }
        throw wrong("has no fields; write some, such as {name: value}");
    }

    private YamlValue key(NodeTuple field) {
        return new YamlValue(file, field.getKeyNode(), name);
    }

    private String word() {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    /**
     * A single value, as it was written.
     *
     * @throws MistakeException if it is a list, or has fields
     */
    public String text() throws MistakeException {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw wrong("is no single value; write one there");
    }

    /** Something is wrong with it: its name and this. */
    public MistakeException wrong(String what) {
        return mistake((name.isEmpty() ? "this" : name) + " " + what);
    }

    /** Something is wrong where it is. */
    public MistakeException mistake(String what) {
        int line = node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
        return new MistakeException(file, line, what);
    }
}
