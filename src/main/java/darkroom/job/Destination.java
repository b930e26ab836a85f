package darkroom.job;

import java.util.regex.Pattern;

/**
 * Where the outputs of a job go besides the output folder: a route, by the name that it gives itself.
 *
 * @param name of the route's endpoint {@code outbox:NAME}
 * @param each what is delivered there one by one
 */
public record Destination(String name, Each each) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,60}");

    /** What is delivered one by one. */
    public enum Each {
        /** Each output, as soon as its task is finished. */
        OUTPUT,
        /** Each job, when all its outputs are there. */
        JOB
    }

    /** Whether it can be one: letters, digits, {@code _} and {@code -}, 1 to 60 of them. It becomes the name of a folder. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }
}
