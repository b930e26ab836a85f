package darkroom.promptfile.expansion;

import darkroom.job.ProblemCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the template language of the Dynamic Prompts extension (its SYNTAX.md). What the extension leaves open is decided so that a
 * prompt for the WebUI stays what it is: a lone {@code $}, {@code %} or {@code __} is text, and so is a {@code |} between square
 * brackets, which is the WebUI's own.
 *
 * <p>Time grows with the length of the text, whatever is in it: brackets are paired before anything else is looked at.
 */
final class TemplateParser {
    private static final String WRAP = "__";
    private static final int MOST_PARAMETERS = 100;
    private static final Pattern PICKS = Pattern.compile(
            "\\s*+(?:(?<from>\\d++)?\\s*+(?<dash>-)\\s*+(?<to>\\d++)?|(?<exact>\\d++))\\s*+\\$\\$(?:(?<separator>[^${}\\n]++)\\$\\$)?+");
    private static final Pattern WEIGHT = Pattern.compile("(?<weight>[+-]?(?:\\d++(?:\\.\\d*+)?|\\.\\d++))\\s*+::");
    private static final Pattern NAME = Pattern.compile("\\s*+(?<name>[A-Za-z_-][A-Za-z0-9_-]*+)\\s*+");

    /** What a sequence is part of, which decides where it ends. */
    private enum Place {
        TOP,
        OPTION,
        VALUE,
        WRAPPER,
        PARAMETER
    }

    private final String text;
    private final ExpansionLimits limits;
    private final int[] partner;
    private int at;
    private int depth;
    private int end;

    private TemplateParser(String text, ExpansionLimits limits) {
        this.text = text;
        this.limits = limits;
        this.partner = partners(text);
        this.end = text.length();
    }

    /** Whether a text stands for itself, and needs no reading. */
    static boolean isPlain(String text) {
        return text.indexOf('{') < 0 && text.indexOf('#') < 0 && text.indexOf('\\') < 0 && !text.contains(WRAP);
    }

    /**
     * Reads a template.
     *
     * @throws ExpansionException if it is none; the pointer of its problem is empty
     */
    static Node parse(String text, ExpansionLimits limits) {
        if (isPlain(text)) {
            return new Node.Text(text);
        }
        if (text.length() > limits.longestText()) {
            throw new ExpansionException(ExpansionProblem.of(
                    ProblemCode.TEMPLATE_TOO_LARGE,
                    "",
                    "the template has " + text.length() + " characters",
                    "use " + limits.longestText() + " at most"));
        }
        return new TemplateParser(text, limits).sequence(Place.TOP);
    }

    /** For each bracket the offset of the one that belongs to it, or -1. A brace closes what was left open in it. */
    private static int[] partners(String text) {
        int[] partner = new int[text.length()];
        Arrays.fill(partner, -1);
        Deque<Integer> open = new ArrayDeque<>();
        int braces = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '#') {
                i = endOfLine(text, i) - 1;
            } else if (c == '{' || c == '[' || c == '(') {
                open.push(i);
                braces += c == '{' ? 1 : 0;
            } else if (c == '}' && braces > 0) {
                int begin = open.pop();
                while (text.charAt(begin) != '{') {
                    begin = open.pop();
                }
                partner[begin] = i;
                braces--;
            } else if ((c == ']' || c == ')') && !open.isEmpty()) {
                int begin = open.peek();
                if (text.charAt(begin) == (c == ']' ? '[' : '(')) {
                    open.pop();
                    partner[begin] = i;
                }
            }
        }
        return partner;
    }

    private static int endOfLine(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    private Node sequence(Place place) {
        List<Node> nodes = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int brackets = 0;
        while (at < end) {
            char c = text.charAt(at);
            if (place != Place.TOP && brackets == 0 && ends(c, place)) {
                break;
            }
            Node node = null;
            if (c == '\\') {
                escape(literal, place);
            } else if (c == '#') {
                comment(literal);
            } else if (c == '{') {
                node = variants();
            } else if (text.startsWith("${", at)) {
                node = variable(place);
            } else if (text.startsWith("%{", at)) {
                node = wrap();
            } else if (text.startsWith(WRAP, at)) {
                node = wildcard();
                if (node == null) {
                    literal.append(WRAP);
                    at += WRAP.length();
                }
            } else {
                if (c == '[' && partner[at] >= 0) {
                    brackets++;
                } else if (c == ']' && brackets > 0) {
                    brackets--;
                }
                literal.append(c);
                at++;
            }
            if (node != null) {
                add(literal, nodes);
                nodes.add(node);
            }
        }
        if (place != Place.TOP) {
            dropLastLineBreak(literal);
        }
        add(literal, nodes);
        return nodes.size() == 1
                ? nodes.get(0)
                : nodes.isEmpty() ? Node.NOTHING : new Node.Sequence(List.copyOf(nodes));
    }

    /** Whether a sequence ends here. What can't stand in one of its place is a problem. */
    private boolean ends(char c, Place place) {
        boolean dollars = c == '$' && text.startsWith("$$", at);
        switch (place) {
            case OPTION -> {
                if (c == '|' || c == '}') {
                    return true;
                }
                if (dollars) {
                    throw broken(
                            at,
                            "'$$' has no number in front of it",
                            "write {2$$a|b|c} for two of them, or {2$$ and $$a|b|c}; a separator has no $");
                }
            }
            case VALUE -> {
                if (c == '}') {
                    return true;
                }
                refuseBar(c);
            }
            case WRAPPER -> {
                if (dollars) {
                    return true;
                }
                if (c == '}') {
                    throw broken(at, "'%{' has no '$$'", "write %{a photo of ...$$a cat}");
                }
                refuseBar(c);
            }
            case PARAMETER -> refuseBar(c);
            case TOP -> {}
        }
        return false;
    }

    private void refuseBar(char c) {
        if (c == '|') {
            throw broken(at, "'|' stands outside of braces", "write {a|b}, or \\| for a bar");
        }
    }

    private static void add(StringBuilder literal, List<Node> nodes) {
        if (literal.length() > 0) {
            nodes.add(new Node.Text(literal.toString()));
            literal.setLength(0);
        }
    }

    /** What is written on a line of its own ends with the line. */
    private static void dropLastLineBreak(StringBuilder literal) {
        int length = literal.length();
        while (length > 0 && Character.isWhitespace(literal.charAt(length - 1))) {
            length--;
        }
        if (literal.indexOf("\n", length) >= 0) {
            literal.setLength(length);
        }
    }

    /** A backslash is the WebUI's too: only before what means something here it is ours. */
    private void escape(StringBuilder literal, Place place) {
        for (String special : List.of("${", "%{", WRAP, "{", "}", "#", "|")) {
            if (text.startsWith(special, at + 1) && !(special.equals("|") && place == Place.TOP)) {
                literal.append(special);
                at += 1 + special.length();
                return;
            }
        }
        int length = text.startsWith("\\\\", at) ? 2 : 1;
        literal.append(text, at, at + length);
        at += length;
    }

    private void comment(StringBuilder literal) {
        int begin = literal.length();
        while (begin > 0 && " \t".indexOf(literal.charAt(begin - 1)) >= 0) {
            begin--;
        }
        boolean wholeLine = text.substring(text.lastIndexOf('\n', at) + 1, at).isBlank();
        at = Math.min(endOfLine(text, at), end);
        if (wholeLine) {
            literal.setLength(begin);
            at = Math.min(at + 1, end);
        }
    }

    private void skipSpace() {
        while (at < end) {
            char c = text.charAt(at);
            if (c == '#') {
                at = Math.min(endOfLine(text, at), end);
            } else if (!Character.isWhitespace(c)) {
                return;
            } else {
                at++;
            }
        }
    }

    private Node variants() {
        int begin = at;
        open(begin, 1, "{");
        skipSpace();
        Mode mode = mode();
        skipSpace();
        Node.Picks picks = picks();
        List<Node.Option> options = new ArrayList<>();
        do {
            skipSpace();
            double weight = weight();
            options.add(new Node.Option(sequence(Place.OPTION), weight));
        } while (eat('|'));
        close(begin, "{");
        if (options.stream().noneMatch(option -> option.weight() > 0)) {
            throw broken(begin, "every option has the weight 0", "give one of them a weight above 0");
        }
        return new Node.Variants(List.copyOf(options), picks, mode, begin);
    }

    private @Nullable Mode mode() {
        Mode mode = at < end ? Mode.of(text.charAt(at)) : null;
        at += mode == null ? 0 : 1;
        return mode;
    }

    private Node.Picks picks() {
        Matcher picks = PICKS.matcher(text).region(at, end);
        if (!picks.lookingAt()) {
            return Node.Picks.ONE;
        }
        String exact = picks.group("exact");
        String from = exact != null ? exact : picks.group("from");
        String to = exact != null ? exact : picks.group("to");
        if (from == null && to == null) {
            throw broken(at, "'-' has no number", "write {1-2$$a|b|c}");
        }
        int least = from == null ? 1 : number(from);
        int most = to == null ? Integer.MAX_VALUE : number(to);
        String separator = picks.group("separator");
        at = picks.end();
        return new Node.Picks(
                Math.min(least, most),
                Math.max(least, most),
                separator == null ? Node.Picks.ONE.separator() : separator);
    }

    /** More than there can be of anything is as good as the most. */
    private static int number(String digits) {
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > 9 ? 999_999_999 : Integer.parseInt(significant);
    }

    private double weight() {
        Matcher weight = WEIGHT.matcher(text).region(at, end);
        if (!weight.lookingAt()) {
            return 1;
        }
        double value = Double.parseDouble(weight.group("weight"));
        if (value < 0 || value > 1e12) {
            throw broken(at, "a weight is " + weight.group("weight"), "use a number from 0 up, such as 0.5::red");
        }
        at = weight.end();
        skipSpace();
        return value;
    }

    private Node variable(Place place) {
        int begin = at;
        open(begin, 2, "${");
        Matcher name = NAME.matcher(text).region(at, end);
        if (!name.lookingAt()) {
            throw broken(begin, "'${' has no name behind it", "write ${season}, or \\${ for the characters themselves");
        }
        at = name.end();
        Node node;
        if (eat(':')) {
            skipSpace();
            node = new Node.Get(name.group("name"), sequence(Place.VALUE), begin);
        } else if (at < end && (text.charAt(at) == '=' || text.startsWith("?=", at))) {
            if (place != Place.TOP) {
                throw broken(
                        begin,
                        "'" + name.group("name") + "' is set inside of something else",
                        "set it in front, outside of all braces: ${season=summer} {a|b}");
            }
            boolean keep = eat('?');
            at++;
            boolean immediate = eat('!');
            skipSpace();
            node = new Node.Set(name.group("name"), sequence(Place.VALUE), immediate, keep, begin);
        } else {
            if (at < end && text.charAt(at) != '}') {
                throw broken(
                        at,
                        "'" + Character.toString(text.codePointAt(at)) + "' stands behind the name of a variable",
                        "write ${name}, ${name:default} or ${name=value}");
            }
            node = new Node.Get(name.group("name"), null, begin);
        }
        close(begin, "${");
        return node;
    }

    private Node wrap() {
        int begin = at;
        open(begin, 2, "%{");
        skipSpace();
        Node wrapper = sequence(Place.WRAPPER);
        if (at >= end) {
            throw unclosed(begin, "%{");
        }
        at += 2;
        skipSpace();
        Node inner = sequence(Place.VALUE);
        close(begin, "%{");
        return new Node.Wrap(wrapper, inner);
    }

    /** Null if it is two underscores and nothing more. */
    private @Nullable Node wildcard() {
        int begin = at;
        int path = at + WRAP.length();
        Mode mode = path < end ? Mode.of(text.charAt(path)) : null;
        path += mode == null ? 0 : 1;
        int pathEnd = endOfPath(path);
        if (pathEnd < 0) {
            return null;
        }
        int parameters = pathEnd;
        boolean parameterised = text.charAt(pathEnd) == '(';
        int wildcardEnd = parameterised ? partner[pathEnd] + 1 : pathEnd;
        if (parameterised && (wildcardEnd == 0 || wildcardEnd > end || !text.startsWith(WRAP, wildcardEnd))) {
            return null;
        }
        while (pathEnd > path && parameterised && Character.isWhitespace(text.charAt(pathEnd - 1))) {
            pathEnd--;
        }
        if (pathEnd == path
                || Character.isWhitespace(text.charAt(path))
                || Character.isWhitespace(text.charAt(pathEnd - 1))) {
            return null;
        }
        open(begin, 0, WRAP);
        at = path;
        Node name = path(pathEnd);
        Map<String, Node> values = parameterised ? parameters(parameters) : Map.of();
        depth--;
        at = wildcardEnd + WRAP.length();
        return new Node.Wildcard(name, values, mode, begin);
    }

    /** Where the path of a wildcard ends, which may hold variants and variables; -1 if it is none. */
    private int endOfPath(int from) {
        int i = from;
        while (i < end && !text.startsWith(WRAP, i)) {
            char c = text.charAt(i);
            if (c == '(') {
                return i;
            } else if (c == '{') {
                if (partner[i] < 0) {
                    return -1;
                }
                i = partner[i] + 1;
            } else if (")}#|\r\n%".indexOf(c) >= 0 || (c == '$' && !text.startsWith("${", i))) {
                return -1;
            } else {
                i++;
            }
        }
        return i < end ? i : -1;
    }

    private Node path(int pathEnd) {
        List<Node> nodes = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        while (at < pathEnd) {
            if (text.charAt(at) == '{' || text.startsWith("${", at)) {
                add(literal, nodes);
                nodes.add(text.charAt(at) == '{' ? variants() : variable(Place.VALUE));
            } else {
                literal.append(text.charAt(at++));
            }
        }
        add(literal, nodes);
        return nodes.size() == 1 ? nodes.get(0) : new Node.Sequence(List.copyOf(nodes));
    }

    private Map<String, Node> parameters(int parenthesis) {
        Map<String, Node> values = new LinkedHashMap<>();
        int outerEnd = end;
        int last = partner[parenthesis];
        at = parenthesis + 1;
        while (at <= last) {
            int begin = at;
            end = endOfParameter(begin, last);
            if (!text.substring(begin, end).isBlank()) {
                Matcher name = NAME.matcher(text).region(at, end);
                if (!name.lookingAt() || name.end() == end || text.charAt(name.end()) != '=') {
                    throw broken(
                            begin, "a wildcard is given something without a name", "write __name(season=winter)__");
                }
                at = name.end() + 1;
                skipSpace();
                values.put(name.group("name"), stripped(sequence(Place.PARAMETER)));
                if (values.size() > MOST_PARAMETERS) {
                    throw broken(
                            begin, "a wildcard is given more than " + MOST_PARAMETERS + " values", "give it fewer");
                }
            }
            at = end + 1;
            end = outerEnd;
        }
        return values;
    }

    private static Node stripped(Node node) {
        return node instanceof Node.Text literal ? new Node.Text(literal.text().strip()) : node;
    }

    private int endOfParameter(int from, int last) {
        int i = from;
        while (i < last && text.charAt(i) != ',') {
            i = Math.max(i, text.charAt(i) == '{' || text.charAt(i) == '(' ? partner[i] : i) + 1;
        }
        return Math.min(i, last);
    }

    private void open(int begin, int length, String what) {
        at = begin + length;
        if (++depth > limits.deepest()) {
            throw new ExpansionException(ExpansionProblem.inText(
                    ProblemCode.TEMPLATE_TOO_LARGE,
                    text,
                    begin,
                    "'" + what + "' stands in more than " + limits.deepest() + " others",
                    "put part of it into a variable or a wildcard file"));
        }
    }

    private void close(int begin, String what) {
        if (!eat('}')) {
            throw unclosed(begin, what);
        }
        depth--;
    }

    private boolean eat(char c) {
        if (at < end && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private ExpansionException unclosed(int begin, String what) {
        return broken(
                begin,
                "'" + what + "' is not closed",
                "close it with '}', or write \\" + what + " for the characters themselves");
    }

    private ExpansionException broken(int offset, String message, String hint) {
        return new ExpansionException(
                ExpansionProblem.inText(ProblemCode.TEMPLATE_BROKEN, text, offset, message, hint));
    }
}
