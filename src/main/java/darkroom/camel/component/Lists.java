package darkroom.camel.component;

import darkroom.job.AwayException;
import darkroom.job.Problem;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import darkroom.webui.Check;
import darkroom.webui.Dialect;
import darkroom.webui.Listing;
import darkroom.webui.Named;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
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
    private final Map<Listing<?>, Remembered> lists = new ConcurrentHashMap<>();

    private record Remembered(Object list, long since) {
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
     * @param unverified what could not be looked up, and will not show in the answer
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
        for (Named.Wish wish : Named.in(task)) {
            Check what = wish.check();
            Check.Level level = levels.getOrDefault(what, Check.Level.REFUSE);
            if (level == Check.Level.OFF || (level == Check.Level.WARN && wish.lookedAtAfterwards())) {
                continue;
            }
            try {
                for (Problem problem : missing(wish)) {
                    if (level == Check.Level.REFUSE && !wish.isMild()) {
                        refused.add(problem);
                    } else {
                        warnings.add(problem.message());
                    }
                }
            } catch (AwayException e) {
                throw e;
            } catch (ProblemException | IOException e) {
                LOG.debug("{} does not say whether it has that {}", backend.url(), what.word(), e);
                if (!wish.lookedAtAfterwards()) {
                    unverified.add(what.word()); // a cousin, or without the extension
                }
            }
        }
        if (!refused.isEmpty()) {
            throw new ProblemException(refused);
        }
        return new Looked(warnings, unverified);
    }

    /** What it has, as far as it was looked up just now. */
    Named.Known known() {
        return new Look(false);
    }

    /** What is missing may have been added just now, so it is looked for in a fresh list as well. */
    private List<Problem> missing(Named.Wish wish) throws IOException {
        Look look = new Look(false);
        List<Problem> missing = wish.missing(look);
        return missing.isEmpty() || look.fresh.containsAll(look.seen) ? missing : wish.missing(new Look(true));
    }

    /** One look, which reads no list twice. */
    private final class Look implements Named.Known {
        private final boolean again;
        private final Set<Listing<?>> fresh = new HashSet<>();
        private final Set<Listing<?>> seen = new HashSet<>();

        Look(boolean again) {
            this.again = again;
        }

        @Override
        public <T> T get(Listing<T> list) throws IOException {
            seen.add(list);
            Remembered remembered = lists.get(list);
            if (remembered == null || remembered.isOld() || (again && !fresh.contains(list))) {
                remembered = new Remembered(backend.get(list.path(), list::read), System.nanoTime());
                lists.put(list, remembered);
                fresh.add(list);
            }
            @SuppressWarnings("unchecked") // it is kept under the list that read it
            T known = (T) remembered.list();
            return known;
        }

        @Override
        public Dialect dialect() {
            return backend.dialect();
        }
    }
}
