package darkroom.settings;

import java.util.List;

/** Something about the settings is wrong; nothing was started. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    /**
     * All that is wrong.
     *
     * @param problems one sentence each; not empty
     */
    public SettingsException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** One sentence for each thing that is wrong. */
    public List<String> problems() {
        return problems;
    }
}
