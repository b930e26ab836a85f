package darkroom.yaml;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What is wrong in a file that people write, and where; for people. */
public final class MistakeException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    /**
     * One thing, or several.
     *
     * @param problems a sentence each, with file and line; not empty
     */
    public MistakeException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /**
     * One thing.
     *
     * @param line from 1; 0 if it is about no line
     * @param what what is wrong, and what to do
     */
    public MistakeException(Path file, int line, String what) {
        this(List.of(file + (line > 0 ? " line " + line : "") + ": " + what));
    }

    /** One sentence for each thing that is wrong, such as {@code webuis.yaml line 2: 'wieght' is no field of a WebUI; …}. */
    public List<String> problems() {
        return problems;
    }
}
