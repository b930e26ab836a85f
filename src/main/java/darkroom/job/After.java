package darkroom.job;

import org.jspecify.annotations.Nullable;

/**
 * What is done with the pictures of a task after they were made and found right.
 *
 * @param convert the format that they are converted to; null to do what is usual here
 * @param sidecar what is written beside each; null to do what is usual here
 */
public record After(@Nullable Convert convert, @Nullable Sidecar sidecar) {
    /** Nothing is said about it. */
    public static final After USUAL = new After(null, null);
}
