package darkroom.camel.component;

import darkroom.yaml.MistakeException;
import java.nio.file.Path;

/** What is wrong with a file that lists WebUIs, and where; for people. */
public final class WebuiListException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String file;
    private final String problem;
    private final String remedy;

    /** Something in it. */
    WebuiListException(Path file, MistakeException cause) {
        super(cause.getMessage(), cause);
        this.file = file.toString();
        this.problem = String.valueOf(cause.getMessage());
        this.remedy = "mend it there";
    }

    /**
     * Something about all of it.
     *
     * @param what for example {@code there is no such file}
     * @param remedy what to do
     */
    WebuiListException(Path file, String what, String remedy) {
        super(file + ": " + what + "; " + remedy);
        this.file = file.toString();
        this.problem = file + ": " + what;
        this.remedy = remedy;
    }

    /** The file. */
    public Path file() {
        return Path.of(file);
    }

    /** What is wrong, without the file's name, for example {@code line 4: …}. */
    public String what() {
        return getMessage().substring(file.length()).replaceFirst("^:? ", "");
    }

    /** What is wrong, and where, without what to do about it. */
    public String problem() {
        return problem;
    }

    /** What to do about it. */
    public String remedy() {
        return remedy;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
