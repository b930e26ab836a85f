package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what Python's JSON parser complains about first, in its words and with its position (captures 300, 609). */
final class JsonSyntax {
    private static final Pattern NUMBER =
            Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][-+]?\\d+)?|-?Infinity|NaN|null|true|false");

    private final String text;
    private int at;

    private JsonSyntax(String text) {
        this.text = text;
    }

    /** The 422 for a body that is not JSON. */
    static ApiError error(String text) {
        var parser = new JsonSyntax(text);
        try {
            parser.document();
            throw new IllegalArgumentException("Python would read this");
        } catch (Complaint complaint) {
            return ApiError.invalid(problems(text, complaint));
        }
    }

    private static ArrayNode problems(String text, Complaint complaint) {
        // Python counts characters, Java UTF-16 units.
        String before = text.substring(0, complaint.at);
        int position = before.codePointCount(0, before.length());
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        int column = before.codePointCount(before.lastIndexOf('\n') + 1, before.length()) + 1;
        ArrayNode problems = Json.array();
        ObjectNode problem = problems.addObject();
        problem.putArray("loc").add("body").add(position);
        problem.put("msg", "%s: line %d column %d (char %d)".formatted(complaint.getMessage(), line, column, position));
        problem.put("type", "value_error.jsondecode");
        problem.putObject("ctx")
                .put("msg", complaint.getMessage())
                .put("doc", text)
                .put("pos", position)
                .put("lineno", line)
                .put("colno", column);
        return problems;
    }

    private void document() throws Complaint {
        blanks();
        value();
        blanks();
        if (at < text.length()) {
            throw new Complaint("Extra data", at);
        }
    }

    private void value() throws Complaint {
        switch (next()) {
            case '"' -> string();
            case '{' -> object();
            case '[' -> array();
            default -> {
                Matcher literal = NUMBER.matcher(text).region(at, text.length());
                if (!literal.lookingAt()) {
                    throw new Complaint("Expecting value", at);
                }
                at = literal.end();
            }
        }
    }

    private void object() throws Complaint {
        at++;
        blanks();
        if (next() == '}') {
            at++;
            return;
        }
        while (true) {
            if (next() != '"') {
                throw new Complaint("Expecting property name enclosed in double quotes", at);
            }
            string();
            blanks();
            if (next() != ':') {
                throw new Complaint("Expecting ':' delimiter", at);
            }
            at++;
            blanks();
            value();
            if (closedBy('}')) {
                return;
            }
        }
    }

    private void array() throws Complaint {
        at++;
        blanks();
        if (next() == ']') {
            at++;
            return;
        }
        do {
            value();
        } while (!closedBy(']'));
    }

    /** After an element: true at the end, false after a comma. */
    private boolean closedBy(char bracket) throws Complaint {
        blanks();
        char found = next();
        if (found != bracket && found != ',') {
            throw new Complaint("Expecting ',' delimiter", at);
        }
        at++;
        if (found == ',') {
            blanks();
        }
        return found == bracket;
    }

    private void string() throws Complaint {
        int start = at++;
        while (next() != '"') {
            if (at >= text.length()) {
                throw new Complaint("Unterminated string starting at", start);
            }
            if (next() < ' ') {
                throw new Complaint("Invalid control character at", at);
            }
            if (next() == '\\') {
                at++;
                escape(start);
            }
            at++;
        }
        at++;
    }

    private void escape(int start) throws Complaint {
        if (at >= text.length()) {
            throw new Complaint("Unterminated string starting at", start);
        }
        if (next() == 'u') {
            if (!text.substring(at + 1, Math.min(at + 5, text.length())).matches("[0-9a-fA-F]{4}")) {
                throw new Complaint("Invalid \\uXXXX escape", at);
            }
            at += 4;
        } else if ("\"\\/bfnrt".indexOf(next()) < 0) {
            throw new Complaint("Invalid \\escape", at - 1);
        }
    }

    private void blanks() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char next() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private static final class Complaint extends Exception {
        private static final long serialVersionUID = 1;

        private final int at;

        Complaint(String message, int at) {
            super(message, null, false, false);
            this.at = at;
        }
    }
}
