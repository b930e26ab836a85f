package darkroom.camel.component;

import darkroom.job.AwayException;
import darkroom.job.Problem;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import darkroom.webui.Check;
import darkroom.webui.Named;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a WebUI has, asked for when a task names something, and remembered for a while. */
final class Lists {
    private static final Logger LOG = LoggerFactory.getLogger(Lists.class);
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    private final Backend backend;
    private final Map<Check, Remembered> lists = new ConcurrentHashMap<>();

    private record Remembered(Set<String> names, long since) {
        boolean isOld() {
            return System.nanoTime() - since > REMEMBERED.toNanos();
        }
    }

    Lists(Backend backend) {
        this.backend = backend;
    }

    /**
     * What came of looking.
     *
     * @param warnings what is missing and let pass
     * @param unverified what could not be looked up
     */
    record Looked(List<String> warnings, List<String> unverified) {}

    /**
     * Looks whether a WebUI has what a task names.
     *
     * @throws ProblemException if it has not
     */
    Looked look(Task task, Map<Check, Check.Level> levels) {
        List<String> warnings = new ArrayList<>();
        List<String> unverified = new ArrayList<>();
        List<Problem> refused = new ArrayList<>();
        Named.in(task).forEach((what, names) -> {
            Check.Level level = levels.getOrDefault(what, Check.Level.REFUSE);
            if (level == Check.Level.OFF) {
                return;
            }
            try {
                for (Problem problem : missing(what, names)) {
                    if (level == Check.Level.REFUSE) {
                        refused.add(problem);
                    } else {
                        warnings.add(problem.message());
                    }
                }
            } catch (AwayException e) {
                throw e;
            } catch (ProblemException | IOException e) {
                LOG.debug("{} does not list {}", backend.url(), Named.list(what), e);
                unverified.add(what.word()); // a cousin, or without the extension
            }
        });
        if (!refused.isEmpty()) {
            throw new ProblemException(refused);
        }
        return new Looked(warnings, unverified);
    }

    private List<Problem> missing(Check what, Set<String> names) throws IOException {
        Remembered list = lists.get(what);
        if (list == null || list.isOld() || !list.names().containsAll(names)) { // it may have been added just now
            list = new Remembered(backend.get(Named.list(what), Named::read), System.nanoTime());
            lists.put(what, list);
        }
        return Named.missing(what, names, list.names());
    }
}
