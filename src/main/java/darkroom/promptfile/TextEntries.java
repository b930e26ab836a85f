package darkroom.promptfile;

import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.picture.Infotext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a text: prompts, or flags as the WebUI's script "Prompts from file or textbox" takes them. The WebUI makes a
 * prompt of a line with flags that it can't read; here it is an error. A text that ends like an infotext is one; a text with
 * several infotexts, such as somebody's log, has an entry for each.
 */
final class TextEntries implements Entries {
    private static final int LONGEST_INFOTEXT = 64 * 1024;
    private static final Pattern PARAMETERS = Pattern.compile("Steps: \\d+, .*");
    private static final Pattern OF_INFOTEXT = Pattern.compile("(Steps: \\d+, |Negative prompt: ).*");
    private static final String HINT =
            "write --prompt \"a cat\" --steps 20, with quotes around what has spaces; a prompt"
                    + " with -- in it goes behind --prompt, in quotes";

    private final BoundedReader reader;
    private final BufferedReader lines;

    /** Whether each entry is an infotext, and not a line. */
    private final boolean infotexts;

    private int line;
    private boolean broken;
    private boolean read;

    private TextEntries(BoundedReader reader, BufferedReader lines, boolean infotexts) {
        this.infotexts = infotexts;
        this.reader = reader;
        this.lines = lines;
    }

    static Entries of(InputStream in, long maxEntry) throws IOException {
        BoundedReader reader = new BoundedReader(in, maxEntry + 2 * LONGEST_INFOTEXT); // some is read ahead
        BufferedReader lines = new BufferedReader(reader, LONGEST_INFOTEXT + 1);
        String start = start(lines);
        String text = start.strip();
        return start.length() < LONGEST_INFOTEXT && isInfotext(text)
                ? Entries.single(in, attachments -> infotext(text, attachments))
                : new TextEntries(reader, lines, start.lines().anyMatch(TextEntries::isParameters));
    }

    /** The entry that asks for what an infotext says. */
    static PromptDocument infotext(String infotext, Attachments attachments) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("infotext", infotext.replace("\r\n", "\n"));
        return PromptDocument.of(fields, Map.of(), attachments);
    }

    private static String start(BufferedReader reader) throws IOException {
        reader.mark(LONGEST_INFOTEXT);
        char[] start = new char[LONGEST_INFOTEXT];
        int length = 0;
        for (int n = 0; n >= 0 && length < start.length; length += Math.max(0, n)) {
            n = reader.read(start, length, start.length - length);
        }
        reader.reset();
        return new String(start, 0, length);
    }

    /** Whether a text ends like an infotext, and is one alone. */
    private static boolean isInfotext(String text) {
        return isParameters(text.substring(text.lastIndexOf('\n') + 1))
                && text.lines().filter(TextEntries::isParameters).count() == 1;
    }

    /** Whether a line is the last one of an infotext. */
    private static boolean isParameters(String line) {
        return PARAMETERS.matcher(line.strip()).matches();
    }

    /** What a text beside a picture says: all of it is its prompt, or its infotext. */
    static PromptDocument beside(InputStream in, Attachments attachments, long max) throws IOException {
        StringWriter all = new StringWriter();
        new BoundedReader(in, max).transferTo(all);
        String text = all.toString().strip();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (isInfotext(text)) {
            Infotext.Prompts prompts = Infotext.prompts(text);
            fields.put("prompt", prompts.prompt());
            fields.put("negative_prompt", prompts.negative());
            fields.put("infotext", text.replace("\r\n", "\n"));
        } else if (!text.isEmpty()) {
            fields.put("prompt", text.replace("\r\n", "\n"));
        }
        return PromptDocument.of(fields, Map.of(), attachments);
    }

    @Override
    public @Nullable PromptDocument next(Attachments attachments) throws IOException {
        String prompt = nextLine();
        if (prompt != null && infotexts) {
            read = true;
            return infotext(rest(prompt), attachments);
        }
        if (prompt == null) {
            if (!read) {
                throw new ProblemException(
                        Problem.of(ProblemCode.EMPTY_FILE, "the file is empty", "write a prompt into each line"));
            }
            return null;
        }
        read = true;
        if (OF_INFOTEXT.matcher(prompt).matches()) {
            throw wrong(
                    "this is a line of an infotext, and the first lines were prompts",
                    "put infotexts in a file of their own, each to its last line");
        }
        if (prompt.contains("--")) {
            return flags(prompt, attachments);
        }
        Cells cells = new Cells();
        cells.put("/prompt", prompt, Entries.line(line));
        return cells.document(attachments);
    }

    /** An infotext to its last line. */
    private String rest(String first) throws IOException {
        int begun = line;
        StringBuilder infotext = new StringBuilder(first);
        try {
            String next = first;
            while (!isParameters(next)) {
                next = lines.readLine(); // all of it is one entry, which may be so large and no larger
                line++;
                if (next == null) {
                    line = begun;
                    throw wrong(
                            "an infotext begins here, and has no last line",
                            "it ends with a line such as Steps: 20, Sampler: Euler a, …; a file has prompts or"
                                    + " infotexts, not both");
                }
                infotext.append('\n').append(next);
            }
        } catch (ProblemException e) {
            broken = true;
            throw e;
        }
        return infotext.toString();
    }

    private @Nullable String nextLine() throws IOException {
        try {
            for (String next = readLine(); next != null; next = readLine()) {
                if (!next.isBlank()) {
                    return next.strip();
                }
            }
            return null;
        } catch (ProblemException e) {
            broken = true;
            throw e;
        }
    }

    private @Nullable String readLine() throws IOException {
        reader.begin();
        line++;
        return lines.readLine();
    }

    private PromptDocument flags(String text, Attachments attachments) {
        List<String> words = words(text);
        Map<String, String> flags = new LinkedHashMap<>();
        for (int i = 0; i < words.size(); ) {
            String flag = words.get(i++);
            if (!flag.startsWith("--")) {
                throw wrong("a flag is expected before " + Shown.of(flag), HINT);
            }
            String name = flag.substring(2);
            if (i == words.size()) {
                throw wrong(flag + " has nothing behind it", HINT);
            }
            StringBuilder value = new StringBuilder(words.get(i++));
            boolean many = name.equals("prompt") || name.equals("negative_prompt");
            while (many && i < words.size() && !words.get(i).startsWith("--")) {
                value.append(' ').append(words.get(i++));
            }
            flags.put(name, value.toString()); // the last one counts
        }
        Cells cells = new Cells();
        Map<String, String> pointers = new HashMap<>();
        flags.forEach((name, value) -> {
            String pointer = pointer(name);
            if (pointers.put(pointer, name) != null) {
                throw wrong("--" + name + " says again what --" + pointers.get(pointer) + " does", "keep one of them");
            }
            if (!name.equals("prompt_for_display")) { // says how the page shows it
                cells.put(pointer, value, Entries.line(line));
            }
        });
        return cells.document(attachments);
    }

    private String pointer(String flag) {
        return switch (flag) {
            case "sd_model" -> "/override_settings/sd_model_checkpoint";
            case "prompt_for_display" -> "/job/prompt_for_display";
            case "outpath_samples", "outpath_grids" ->
                throw new ProblemException(new Problem(
                        ProblemCode.SETTING_NOT_ALLOWED,
                        "--" + flag + " says where the WebUI writes on its own disk",
                        "leave it out: the pictures go to the job's output folder",
                        Entries.line(line)));
            default -> Cells.pointer(flag, Entries.line(line));
        };
    }

    /** As a POSIX shell would split them: quotes, and backslashes. */
    private List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escapes = c == '\\' && quote != '\'' && i + 1 < text.length();
            if (escapes && (quote == 0 || text.charAt(i + 1) == '"' || text.charAt(i + 1) == '\\')) {
                word.append(text.charAt(++i));
                begun = true;
            } else if (quote != 0 ? c == quote : c == '"' || c == '\'') {
                quote = quote == 0 ? c : 0;
                begun = true;
            } else if (quote == 0 && Character.isWhitespace(c)) {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (quote != 0) {
            throw wrong(
                    "a quote, " + quote + ", is not closed", "close it, or put a backslash before it: a dog\\'s life");
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }

    private ProblemException wrong(String what, String hint) {
        return new ProblemException(new Problem(ProblemCode.MALFORMED_TEXT, what, hint, Entries.line(line)));
    }

    @Override
    public boolean goesOn() {
        return !broken;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
