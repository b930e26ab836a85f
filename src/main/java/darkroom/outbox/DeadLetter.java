package darkroom.outbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What {@code NAME.error.json} in the folder of dead letters says.
 *
 * @param destination where it could not be delivered
 * @param message what happened at the last try
 * @param hint how to have it tried again
 * @param attempts how often it was tried
 * @param failed when it was given up
 * @param key which output; null if the entry can't be read
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeadLetter(
        String destination,
        String message,
        String hint,
        int attempts,
        Instant failed,
        @Nullable String key) {}
