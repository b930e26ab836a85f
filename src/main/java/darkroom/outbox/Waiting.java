package darkroom.outbox;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What can wait in the outbox, in a file of its own. */
public interface Waiting {
    /** What the names of such files end with. */
    String ENDING = ".json";

    /** The same at every try, and no other's. */
    String key();

    /** The job's id; null if it is about none. */
    @Nullable
    String job();

    /** The task's id; null if it is about none. */
    @Nullable
    String task();

    /** How often it has been tried. */
    int attempts();

    /** When it was written. */
    Instant written();

    /** What its own file is called. */
    String fileName();

    /** Whether it is not worth a try any more when there is something newer, nor worth being kept when it was given up. */
    @JsonIgnore
    default boolean isFleeting() {
        return false;
    }

    /** Whether all is there that it needs; what a file holds may be something else. */
    @JsonIgnore
    boolean isWhole();

    /** The same after a try that failed. */
    Waiting failed(String why);

    /** The same as if it had not been tried. */
    Waiting untried();
}
