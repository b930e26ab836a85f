package darkroom.camel.component;

import java.nio.file.Path;

/** What is wrong with a file that lists WebUIs, and where; for people. */
public final class WebuiListException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String file;

    WebuiListException(Path file, Roster.RosterException cause) {
        super(cause.getMessage(), cause);
        this.file = file.toString();
    }

    /** The file. */
    public Path file() {
        return Path.of(file);
    }

    /** What is wrong, without the file's name, for example {@code line 4: …}. */
    public String what() {
        return getMessage().substring(file.length()).replaceFirst("^:? ", "");
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
