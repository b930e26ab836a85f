package darkroom.camel.component;

import darkroom.job.Suggestion;
import darkroom.secret.Secrets;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
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

/** A file that says which WebUIs share the work: a list in YAML, with a WebUI in each entry. */
final class Roster {
    private static final Set<String> FIELDS = Set.of(
            "name",
            "url",
            "auth",
            "weight",
            "in-flight",
            "lanes",
            "checkpoints",
            "outputs",
            "outputs-on-server",
            "state");
    /** To a name Java prefers the address of IPv4. */
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1");

    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    private static final int MOST_IN_FLIGHT = 100;
    private static final double MOST_WEIGHT = 1e6;

    private final Path file;
    private final UnaryOperator<String> resolve;

    /** What is wrong with the file, and where; for people. */
    static final class RosterException extends Exception {
        private static final long serialVersionUID = 1;

        RosterException(Path file, @Nullable Node node, String what) {
            super(place(file, node) + ": " + what);
        }

        RosterException(Path file, String what) {
            this(file, null, what);
        }

        private static String place(Path file, @Nullable Node node) {
            Optional<Mark> mark = node == null ? Optional.empty() : node.getStartMark();
            return mark.map(at -> file + " line " + (at.getLine() + 1)).orElse(file.toString());
        }
    }

    /**
     * A file.
     *
     * @param resolve puts values in for placeholders, such as {@code {{secret-file:tower}}}
     */
    Roster(Path file, UnaryOperator<String> resolve) {
        this.file = file;
        this.resolve = resolve;
    }

    Path file() {
        return file;
    }

    /** When it was changed last, and how large it is; empty if there is no such file. */
    String version() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * Reads it.
     *
     * @param inFlight how many requests may be under way where an entry does not say it
     * @throws RosterException if it can't be read, or something in it is wrong
     */
    List<Member> read(int inFlight) throws RosterException {
        List<Member> members = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Map<String, Member> addresses = new HashMap<>();
        for (Node entry : entries()) {
            if (!(entry instanceof MappingNode fields)) {
                throw new RosterException(file, entry, "each entry has fields, such as url: http://127.0.0.1:7860");
            }
            Member member = new Entry(fields).member(inFlight);
            if (!names.add(member.name())) {
                throw new RosterException(
                        file, entry, "there is a second WebUI called '" + member.name() + "'; give it another name");
            }
            Member same = addresses.putIfAbsent(address(member.url()), member);
            if (same != null) { // it would be sent twice as much at a time
                throw new RosterException(
                        file,
                        entry,
                        "'" + member.name() + "' has the address of '" + same.name()
                                + "'; list a WebUI once, with in-flight: 2 for two requests at a time, for example");
            }
            members.add(member);
        }
        if (members.isEmpty()) { // somebody may be writing it just now
            throw new RosterException(
                    file, "it names no WebUI; write '- url: http://127.0.0.1:7860' into it, for example");
        }
        return members;
    }

    /** The same for all ways to write an address, for example {@code localhost:7860/sub}. */
    private static String address(String url) {
        URI uri = URI.create(url).normalize();
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        int usual = "https".equalsIgnoreCase(uri.getScheme()) ? HTTPS : HTTP;
        return (LOOPBACK.contains(host) ? "localhost" : host) + ":" + (uri.getPort() < 0 ? usual : uri.getPort())
                + uri.getPath();
    }

    private List<Node> entries() throws RosterException {
        try {
            Optional<Node> root = new Compose(LoadSettings.builder().build()).composeString(Files.readString(file));
            if (root.isEmpty()) {
                return List.of();
            }
            if (root.get() instanceof SequenceNode list) {
                return list.getValue();
            }
            throw new RosterException(file, root.get(), "it is no list; begin each WebUI with '- name: …'");
        } catch (CharacterCodingException e) {
            throw new RosterException(file, "it is not UTF-8; save it as that");
        } catch (IOException e) {
            throw new RosterException(file, "it can't be read: " + e);
        } catch (MarkedYamlEngineException e) {
            String where = e.getProblemMark()
                    .map(mark -> " (line " + (mark.getLine() + 1) + ")")
                    .orElse("");
            throw new RosterException(file, "it is no YAML: " + e.getProblem() + where);
        } catch (YamlEngineException e) {
            throw new RosterException(file, "it is no YAML: " + e.getMessage());
        }
    }

    /** One WebUI of the file. */
    private final class Entry {
        private final MappingNode node;
        private final Map<String, Node> fields = new LinkedHashMap<>();

        Entry(MappingNode node) throws RosterException {
            this.node = node;
            for (NodeTuple field : node.getValue()) {
                String name = field.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
                if (!FIELDS.contains(name)) {
                    throw new RosterException(
                            file,
                            field.getKeyNode(),
                            "'" + name + "' is no field of a WebUI; "
                                    + Suggestion.of(
                                            name, FIELDS.stream().sorted().toList()));
                }
                if (fields.containsKey(name)) {
                    throw new RosterException(
                            file, field.getKeyNode(), "'" + name + "' is given twice for one WebUI; give it once");
                }
                fields.put(name, field.getValueNode());
            }
        }

        Member member(int inFlight) throws RosterException {
            String url = url();
            String name = text("name").orElse(url);
            Optional<String> auth = text("auth");
            int colon = auth.map(both -> both.indexOf(':')).orElse(0);
            if (colon < 0) {
                throw wrong("auth", "is not of the form user:password");
            }
            auth.ifPresent(both -> Secrets.add(both.substring(colon + 1)));
            return new Member(
                    name,
                    url,
                    auth.map(both -> both.substring(0, colon)).orElse(null),
                    auth.map(both -> both.substring(colon + 1)).orElse(null),
                    number("weight", 1, MOST_WEIGHT),
                    (int) number("in-flight", inFlight, MOST_IN_FLIGHT),
                    words("lanes"),
                    words("checkpoints"),
                    text("outputs").orElse(null),
                    text("outputs-on-server").orElse(null),
                    state(),
                    true);
        }

        private String url() throws RosterException {
            String url = text("url")
                    .orElseThrow(() -> new RosterException(
                            file, node, "a WebUI without a url; write url: http://127.0.0.1:7860 into it"))
                    .replaceAll("/+$", "");
            try {
                URI uri = URI.create(url);
                if (!Set.of("http", "https").contains(String.valueOf(uri.getScheme())) || uri.getHost() == null) {
                    throw wrong("url", "is no address such as http://127.0.0.1:7860");
                }
                if (uri.getUserInfo() != null) {
                    throw new RosterException(
                            file,
                            fields.get("url"),
                            "there is a password in an address; write it as auth: user:password");
                }
            } catch (IllegalArgumentException e) {
                throw wrong("url", "is no address such as http://127.0.0.1:7860");
            }
            return url;
        }

        private Member.State state() throws RosterException {
            String word = text("state").orElse("on");
            return Arrays.stream(Member.State.values())
                    .filter(state -> state.name().equals(word.toUpperCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> wrong("state", "is none of on, paused, drained"));
        }

        private double number(String field, double otherwise, double most) throws RosterException {
            Optional<String> text = text(field);
            boolean whole = field.equals("in-flight");
            try {
                double number = text.map(Double::parseDouble).orElse(otherwise);
                if (number > 0 && number <= most && (!whole || number == Math.rint(number))) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw wrong(field, "is no " + (whole ? "whole " : "") + "number above 0 and up to " + (long) most);
        }

        private Set<String> words(String field) throws RosterException {
            Set<String> words = new HashSet<>();
            Node list = fields.get(field);
            if (list instanceof SequenceNode sequence) {
                for (Node word : sequence.getValue()) {
                    words.add(resolved(word));
                }
            } else {
                text(field)
                        .ifPresent(text -> Arrays.stream(text.split(",", -1))
                                .map(String::strip)
                                .filter(word -> !word.isEmpty())
                                .forEach(words::add));
            }
            return words;
        }

        private Optional<String> text(String field) throws RosterException {
            Node value = fields.get(field);
            if (value == null) {
                return Optional.empty();
            }
            String text = resolved(value);
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        }

        private String resolved(Node value) throws RosterException {
            if (!(value instanceof ScalarNode scalar)) {
                throw new RosterException(file, value, "a single value belongs here");
            }
            try {
                return resolve.apply(scalar.getValue()).strip();
            } catch (IllegalArgumentException e) {
                throw new RosterException(file, value, String.valueOf(e.getMessage()));
            }
        }

        private RosterException wrong(String field, String what) {
            return new RosterException(file, fields.get(field), field + " " + what);
        }
    }
}
