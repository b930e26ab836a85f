package darkroom.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the picture is called that a task is about, so that its outputs may be called so too.
 *
 * @param name the base name, without its ending; as somebody has written it, and not made safe
 * @param own whether it is pinned that no other task of the job makes outputs of that name
 */
public record Source(String name, boolean own) {
    /** So much of a name is made use of, in bytes of UTF-8. */
    public static final int MOST_BYTES = 100;

    private static final List<String> ABOUT = List.of("/init_images/0", "/image");

    /** What is known of a task's picture from its attachments; null if it has none, or that came inline. */
    public static @Nullable Source of(List<Attachment> attachments) {
        return attachments.stream()
                .filter(attachment -> ABOUT.contains(attachment.pointer()))
                .filter(attachment -> !attachment.source().equals(Attachment.INLINE))
                .findFirst()
                .map(attachment -> new Source(stem(attachment.source()), false))
                .orElse(null);
    }

    private static String stem(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
