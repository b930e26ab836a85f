package darkroom.promptfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads prompt files that have one entry. */
public final class OneEntry {
    private OneEntry() {}

    /** The entry of a file. */
    public static PromptFile of(PromptFileReader reader, Path file, Dropped dropped, Path staging) throws IOException {
        List<PromptFile> entries = new ArrayList<>();
        reader.read(file, dropped, staging, entries::add);
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }
}
