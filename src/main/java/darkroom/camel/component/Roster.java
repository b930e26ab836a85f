package darkroom.camel.component;

import darkroom.secret.Secrets;
import darkroom.yaml.MistakeException;
import darkroom.yaml.YamlValue;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

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
     * @throws MistakeException if it can't be read, or something in it is wrong
     */
    List<Member> read(int inFlight) throws MistakeException {
        List<Member> members = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Map<String, Member> addresses = new HashMap<>();
        for (YamlValue entry : entries()) {
            if (!entry.isObject()) {
                throw entry.mistake("each entry has fields, such as url: http://127.0.0.1:7860");
            }
            Member member = new Entry(entry).member(inFlight);
            if (!names.add(member.name())) {
                throw entry.mistake("there is a second WebUI called '" + member.name() + "'; give it another name");
            }
            Member same = addresses.putIfAbsent(address(member.url()), member);
            if (same != null) { // it would be sent twice as much at a time
                throw entry.mistake("'" + member.name() + "' has the address of '" + same.name()
                        + "'; list a WebUI once, with in-flight: 2 for two requests at a time, for example");
            }
            members.add(member);
        }
        if (members.isEmpty()) { // somebody may be writing it just now
            throw mistake("it names no WebUI; write '- url: http://127.0.0.1:7860' into it, for example");
        }
        return members;
    }

    private MistakeException mistake(String what) {
        return new MistakeException(file, 0, what);
    }

    /** The same for all ways to write an address, for example {@code localhost:7860/sub}. */
    private static String address(String url) {
        URI uri = URI.create(url).normalize();
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        int usual = "https".equalsIgnoreCase(uri.getScheme()) ? HTTPS : HTTP;
        return (LOOPBACK.contains(host) ? "localhost" : host) + ":" + (uri.getPort() < 0 ? usual : uri.getPort())
                + uri.getPath();
    }

    private List<YamlValue> entries() throws MistakeException {
        try {
            Optional<YamlValue> root = YamlValue.read(file);
            if (root.isEmpty()) {
                return List.of();
            }
            if (root.get().isList()) {
                return root.get().list();
            }
            throw root.get().mistake("it is no list; begin each WebUI with '- name: …'");
        } catch (MistakeException e) {
            throw e;
        } catch (IOException e) {
            throw mistake("it can't be read: " + e);
        }
    }

    /** One WebUI of the file. */
    private final class Entry {
        private final YamlValue entry;
        private final Map<String, YamlValue> fields;

        Entry(YamlValue entry) throws MistakeException {
            this.entry = entry;
            this.fields = entry.fields("a WebUI", FIELDS);
        }

        Member member(int inFlight) throws MistakeException {
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

        private String url() throws MistakeException {
            String url = text("url")
                    .orElseThrow(() -> entry.mistake("a WebUI without a url; write url: http://127.0.0.1:7860 into it"))
                    .replaceAll("/+$", "");
            try {
                URI uri = URI.create(url);
                if (!Set.of("http", "https").contains(String.valueOf(uri.getScheme())) || uri.getHost() == null) {
                    throw wrong("url", "is no address such as http://127.0.0.1:7860");
                }
                if (uri.getUserInfo() != null) {
                    throw at("url").mistake("there is a password in an address; write it as auth: user:password");
                }
            } catch (IllegalArgumentException e) {
                throw wrong("url", "is no address such as http://127.0.0.1:7860");
            }
            return url;
        }

        private Member.State state() throws MistakeException {
            String word = text("state").orElse("on");
            return Arrays.stream(Member.State.values())
                    .filter(state -> state.name().equals(word.toUpperCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> wrong("state", "is none of on, paused, drained"));
        }

        private double number(String field, double otherwise, double most) throws MistakeException {
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

        private Set<String> words(String field) throws MistakeException {
            Set<String> words = new HashSet<>();
            YamlValue list = fields.get(field);
            if (list != null && list.isList()) {
                for (YamlValue word : list.list()) {
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

        private Optional<String> text(String field) throws MistakeException {
            YamlValue value = fields.get(field);
            if (value == null) {
                return Optional.empty();
            }
            String text = resolved(value);
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        }

        private String resolved(YamlValue value) throws MistakeException {
            try {
                return resolve.apply(value.text()).strip();
            } catch (IllegalArgumentException e) {
                throw value.mistake(String.valueOf(e.getMessage()));
            }
        }

        private MistakeException wrong(String field, String what) {
            return at(field).wrong(what);
        }

        private YamlValue at(String field) {
            return fields.getOrDefault(field, entry);
        }
    }
}
