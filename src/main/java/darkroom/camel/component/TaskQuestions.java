package darkroom.camel.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import darkroom.job.AwayException;
import darkroom.job.ProblemException;
import darkroom.webui.TaskProgress;
import java.io.CharConversionException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a WebUI where a task of ours is. Without a user interface it has no such call: that is remembered for a while, as it
 * may be started another way.
 */
final class TaskQuestions {
    private static final Logger LOG = LoggerFactory.getLogger(TaskQuestions.class);
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    private final Backend backend;
    private volatile @Nullable Long refusedAt;

    TaskQuestions(Backend backend) {
        this.backend = backend;
    }

    /**
     * Where a task is.
     *
     * @return empty if this WebUI can't be asked
     * @throws AwayException if it can't be reached
     */
    Optional<TaskProgress> about(String id) throws IOException {
        Long refused = refusedAt;
        if (refused != null && System.nanoTime() - refused < REMEMBERED.toNanos()) {
            return Optional.empty();
        }
        try {
            TaskProgress told = TaskProgress.of(backend.ask(TaskProgress.PATH, TaskProgress.question(id)));
            refusedAt = null;
            return Optional.of(told);
        } catch (AwayException e) {
            throw e;
        } catch (ProblemException | JsonProcessingException | CharConversionException e) {
            LOG.debug("{} can't be asked about a task", backend.url(), e);
            refusedAt = System.nanoTime();
            return Optional.empty();
        }
    }

    /** It was away: whoever is there now may be another. */
    void askAgain() {
        refusedAt = null;
    }
}
