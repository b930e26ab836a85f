package darkroom.promptfile;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a prompt file is written, told by the ending of its name. */
public enum Form {
    /** One JSON object, or a list of them. */
    JSON(".json"),

    /** A JSON object in each line. */
    JSON_LINES(".jsonl .ndjson"),

    /** One object in YAML, a list of them, or several documents. */
    YAML(".yaml .yml"),

    /** A table: a line with the names of fields, then an entry in each row. */
    TABLE(".csv .tsv"),

    /** A prompt in each line, as the WebUI's script "Prompts from file or textbox" has them; or one infotext. */
    TEXT(".txt"),

    /** A picture of the WebUI, with its infotext in it. */
    PICTURE(".png .jpg .jpeg .webp .avif");

    private final String endings;

    Form(String endings) {
        this.endings = endings;
    }

    /** The form of a file of this name; empty if its ending is none of theirs. */
    public static Optional<Form> of(String fileName) {
        return Arrays.stream(values())
                .filter(form -> form.ending(fileName).isPresent())
                .findFirst();
    }

    /** Whether a file of this name is a picture. */
    public static boolean isPicture(String name) {
        return of(name).filter(PICTURE::equals).isPresent();
    }

    /** Whether a file of this name is a prompt file wherever it is dropped: of any form but a picture. */
    public static boolean isText(String fileName) {
        return of(fileName).filter(form -> form != PICTURE).isPresent();
    }

    /** A file's name without the ending that tells its form; the whole name if none does. */
    public static String stem(String fileName) {
        return of(fileName)
                .flatMap(form -> form.ending(fileName))
                .map(ending -> fileName.substring(0, fileName.length() - ending.length()))
                .orElse(fileName);
    }

    private Optional<String> ending(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        return endings().stream().filter(lower::endsWith).findFirst();
    }

    private List<String> endings() {
        return List.of(endings.split(" ", -1));
    }
}
