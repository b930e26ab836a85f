package darkroom.job;

import java.util.Locale;

/** What a task asks the WebUI to do. A new one makes every {@code switch} over operations fail to compile. */
public enum Operation {
    TXT2IMG,
    IMG2IMG;

    /** The WebUI's own word, for example {@code txt2img}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
