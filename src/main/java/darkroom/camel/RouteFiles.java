package darkroom.camel;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
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

/**
 * The route files of a folder as they were at one moment, taken apart into their items.
 *
 * @param folder the folder
 * @param texts each file's text
 * @param items all their items, in the order of the files
 */
record RouteFiles(Path folder, Map<Path, String> texts, List<Item> items) {
    /** What Camel knows at the top of a file: its camelYamlDsl.json. */
    private static final Set<String> ENTRIES = Set.of(
            "beans",
            "dataFormats",
            "errorHandler",
            "from",
            "intercept",
            "interceptFrom",
            "interceptSendToEndpoint",
            "onCompletion",
            "onException",
            "rest",
            "restConfiguration",
            "route",
            "routeConfiguration",
            "routeTemplate",
            "templatedRoute");

    /** Which files of the folder hold routes; sub-folders are not looked into. */
    static final String ENDING = ".camel.yaml";

    private static final String BLANK_LINE = "\n";

    /**
     * One entry of a route file.
     *
     * @param file where it is
     * @param type for example {@code route}, {@code routeTemplate}, {@code templatedRoute}
     * @param id its id; empty if it has none
     * @param template the template that a templated route is made from; empty for others
     * @param canonical its content without comments and layout: two items that are alike do the same
     * @param text its lines, with as many blank ones in front that line numbers are those of the file
     * @param node its content, for looking up places
     */
    record Item(Path file, String type, String id, String template, String canonical, String text, Node node) {
        String key() {
            return type + " " + id;
        }
    }

    /**
     * The texts alone. Hidden files are passed over: editors leave them.
     *
     * @throws RouteProblemException if the folder or one of its files can't be read; that may be so for a moment only
     */
    static Map<Path, String> read(Path folder) throws RouteProblemException {
        Map<Path, String> texts = new TreeMap<>();
        try (var files = Files.newDirectoryStream(folder, "[!.]*" + ENDING)) {
            for (Path file : files) {
                texts.put(file, readFile(file));
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw new RouteProblemException(new RouteProblem(folder, 0, 0, "there are no routes in " + folder));
        } catch (IOException | DirectoryIteratorException e) {
            throw new RouteProblemException(new RouteProblem(folder, 0, 0, "the folder can't be read: " + e));
        }
        return texts;
    }

    private static String readFile(Path file) throws RouteProblemException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new RouteProblemException(new RouteProblem(file, 0, 0, "it is not UTF-8; save it as that"));
        } catch (IOException e) {
            throw new RouteProblemException(new RouteProblem(file, 0, 0, "it can't be read: " + e));
        }
    }

    /**
     * Takes texts apart.
     *
     * @throws RouteProblemException if one of them is not a list in YAML
     */
    static RouteFiles of(Path folder, Map<Path, String> texts) throws RouteProblemException {
        List<Item> items = new ArrayList<>();
        for (Map.Entry<Path, String> text : texts.entrySet()) {
            items.addAll(items(text.getKey(), text.getValue()));
        }
        Map<String, Item> known = new TreeMap<>();
        for (Item item : items) {
            Item before = item.id().isEmpty() ? null : known.put(item.key(), item);
            if (before != null) {
                throw new RouteProblemException(new RouteProblem(
                        item.file(),
                        lineOf(item.node()),
                        columnOf(item.node()),
                        "there is a second " + item.key() + "; the first is in "
                                + before.file().getFileName() + ", line " + lineOf(before.node())));
            }
        }
        return new RouteFiles(folder, texts, items);
    }

    /** Lets a Camel load the files as they were read. By their names it would not find those in a folder such as C++. */
    void loadInto(Main main) {
        List<Resource> resources = texts.entrySet().stream()
                .map(file -> ResourceHelper.fromString("file:" + file.getKey(), file.getValue()))
                .toList();
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void afterConfigure(BaseMainSupport configured) {
                try {
                    PluginHelper.getRoutesLoader(configured.getCamelContext()).loadRoutes(resources);
                } catch (Exception e) {
                    throw RuntimeCamelException.wrapRuntimeCamelException(e);
                }
            }
        });
    }

    /** What is wrong with a folder's files before Camel has had a look. */
    static final class RouteProblemException extends Exception {
        private static final long serialVersionUID = 1;

        private final transient RouteProblem problem;

        RouteProblemException(RouteProblem problem) {
            super(problem.sentence());
            this.problem = problem;
        }

        RouteProblem problem() {
            return problem;
        }
    }

    private static List<Item> items(Path file, String text) throws RouteProblemException {
        Node root = compose(file, text)
                .orElseThrow(() -> new RouteProblemException(
                        new RouteProblem(file, 1, 1, "the file is empty; put a route into it, or delete it")));
        if (!(root instanceof SequenceNode list)) {
            throw new RouteProblemException(new RouteProblem(
                    file, lineOf(root), columnOf(root), "a route file is a list; begin each entry with '- '"));
        }
        List<String> lines = text.lines().toList();
        List<Item> items = new ArrayList<>();
        List<Node> nodes = list.getValue();
        for (int i = 0; i < nodes.size(); i++) {
            int from = lineOf(nodes.get(i)) - 1;
            int to = i + 1 < nodes.size() ? lineOf(nodes.get(i + 1)) - 1 : lines.size();
            String own = BLANK_LINE.repeat(from) + String.join("\n", lines.subList(from, Math.max(from, to))) + "\n";
            Item item = item(file, nodes.get(i), own);
            if (!ENTRIES.contains(item.type())) {
                throw new RouteProblemException(new RouteProblem(
                        file,
                        lineOf(item.node()),
                        columnOf(item.node()),
                        (item.type().isEmpty() ? "this" : "'" + item.type() + "'")
                                + " is no entry of a route file, and Camel would pass over it; a step is indented, below"
                                + " the 'steps' of its route"));
            }
            items.add(item);
        }
        return items;
    }

    private static Optional<Node> compose(Path file, String text) throws RouteProblemException {
        try {
            return new Compose(LoadSettings.builder().build()).composeString(text);
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
            String problem = String.join(" ", e.getContext() == null ? "" : e.getContext(), e.getProblem())
                    .strip();
            throw new RouteProblemException(new RouteProblem(
                    file,
                    mark == null ? 0 : mark.getLine() + 1,
                    mark == null ? 0 : mark.getColumn() + 1,
                    "this is not YAML: " + problem));
        } catch (YamlEngineException e) {
            throw new RouteProblemException(new RouteProblem(file, 0, 0, "this is not YAML: " + e.getMessage()));
        }
    }

    private static Item item(Path file, Node node, String text) {
        NodeTuple entry = node instanceof MappingNode map && map.getValue().size() == 1
                ? map.getValue().get(0)
                : null;
        String type = entry == null ? "" : scalar(entry.getKeyNode());
        Node content = entry == null ? node : entry.getValueNode();
        String id = member(content, type.equals("templatedRoute") ? "routeId" : "id");
        return new Item(file, type, id, member(content, "routeTemplateRef"), canonical(node), text, node);
    }

    private static String member(Node node, String name) {
        if (node instanceof MappingNode map) {
            for (NodeTuple member : map.getValue()) {
                if (scalar(member.getKeyNode()).equals(name)) {
                    return scalar(member.getValueNode());
                }
            }
        }
        return "";
    }

    private static String scalar(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    private static String canonical(Node node) {
        StringBuilder canonical = new StringBuilder(node.getTag().toString());
        if (node instanceof MappingNode map) {
            map.getValue()
                    .forEach(member -> canonical
                            .append('{')
                            .append(canonical(member.getKeyNode()))
                            .append(canonical(member.getValueNode()))
                            .append('}'));
        } else if (node instanceof SequenceNode list) {
            list.getValue()
                    .forEach(member ->
                            canonical.append('[').append(canonical(member)).append(']'));
        } else {
            String value = scalar(node);
            canonical.append(value.length()).append(':').append(value);
        }
        return canonical.toString();
    }

    /** The first place where a word stands; a route's own item is searched first. */
    Optional<RouteProblem> place(String word, String routeId, String message) {
        List<Item> ordered = new ArrayList<>(items);
        ordered.sort((a, b) -> Boolean.compare(b.id().equals(routeId), a.id().equals(routeId)));
        for (Item item : ordered) {
            Optional<Node> found = find(item.node(), word);
            if (found.isPresent()) {
                return Optional.of(new RouteProblem(item.file(), lineOf(found.get()), columnOf(found.get()), message));
            }
        }
        return Optional.empty();
    }

    private static Optional<Node> find(Node node, String word) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue().contains(word) ? Optional.of(node) : Optional.empty();
        }
        List<Node> children = new ArrayList<>();
        if (node instanceof MappingNode map) {
            map.getValue().forEach(member -> {
                children.add(member.getKeyNode());
                children.add(member.getValueNode());
            });
        } else if (node instanceof SequenceNode list) {
            children.addAll(list.getValue());
        }
        return children.stream()
                .map(child -> find(child, word))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static int lineOf(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    private static int columnOf(Node node) {
        return node.getStartMark().map(mark -> mark.getColumn() + 1).orElse(0);
    }
}
