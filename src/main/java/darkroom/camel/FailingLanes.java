package darkroom.camel;

import darkroom.camel.component.Breaker;
import darkroom.job.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lanes whose jobs fail one after the other, which is hardly the fault of them all: nothing more is taken from there but one
 * file now and then, until a job ends well. A file {@code _failing} in the lane's folder says so; whoever deletes it asks for
 * a try at once.
 */
final class FailingLanes {
    /** The name of the file. */
    static final String FILE = "_failing";

    private static final Logger LOG = LoggerFactory.getLogger(FailingLanes.class);
    private static final String ADOPTED = "what " + FILE + " says";
    private static final int MANY = 10_000;

    private final int failures;
    private final Duration pause;
    private final Duration longest;
    private final Pauses pauses;
    private final Map<Path, Lane> lanes = new ConcurrentHashMap<>(); // of those with failures, by their folders

    /**
     * None yet.
     *
     * @param failures in a row that are too many; 0 for none
     * @param pause how long nothing is taken before the first try
     * @param longest what the pauses grow to
     * @param pauses which folders there are
     */
    FailingLanes(int failures, Duration pause, Duration longest, Pauses pauses) {
        this.failures = failures;
        this.pause = pause;
        this.longest = longest;
        this.pauses = pauses;
    }

    /** Whether a file may be taken from a folder. It then counts how its job ends. */
    boolean permits(Path folder) {
        Lane lane = lanes.get(folder);
        if (lane == null) {
            if (failures == 0 || !Files.exists(folder.resolve(FILE))) {
                return true;
            }
            lane = lane(folder);
            lane.adopt();
        }
        return lane.permits();
    }

    /** A job ended well. */
    void succeeded(Job job) {
        pauses.foldersOf(job.lane()).forEach(folder -> {
            Lane lane = lanes.remove(folder);
            if (lane != null) {
                lane.breaker.succeeded();
            }
        });
    }

    /** A job failed. */
    void failed(Job job, ErrorFile error) {
        if (failures > 0) {
            String why = job.fileName() + ": " + error.message() + "; " + error.hint() + " (" + error.code() + ")";
            pauses.foldersOf(job.lane())
                    .filter(Files::isDirectory)
                    .forEach(folder -> lane(folder).breaker.failed(why));
        }
    }

    /** A job ended in a way that says nothing. */
    void released(String name) {
        pauses.foldersOf(name).forEach(this::released);
    }

    /** What was taken from a folder became no job. */
    void released(Path folder) {
        Lane lane = lanes.get(folder);
        if (lane != null) {
            lane.breaker.released();
        }
    }

    /** Those from which nothing is taken, by their folders. */
    Map<Path, Breaker.Failing> failing() {
        Map<Path, Breaker.Failing> failing = new TreeMap<>();
        lanes.forEach((folder, lane) -> lane.breaker.state().ifPresent(state -> failing.put(folder, state)));
        return failing;
    }

    private Lane lane(Path folder) {
        if (lanes.size() > MANY) {
            lanes.values().removeIf(lane -> lane.breaker.state().isEmpty());
        }
        return lanes.computeIfAbsent(folder, Lane::new);
    }

    private final class Lane implements Breaker.Listener {
        private final Path file;
        private final Breaker breaker;
        private volatile long lastTry = System.nanoTime();
        private volatile boolean said;

        Lane(Path folder) {
            this.file = folder.resolve(FILE);
            this.breaker = new Breaker(folder.toString(), failures, pause, longest, this);
        }

        /** Goes on with what an earlier process has said, or another one. */
        void adopt() {
            said = true;
            breaker.open(ADOPTED);
        }

        boolean permits() {
            if (said && breaker.state().isPresent() && !Files.exists(file)) {
                said = false;
                breaker.tryNow();
            }
            if (breaker.permits()) {
                lastTry = System.nanoTime();
                return true;
            }
            if (System.nanoTime() - lastTry > longest.toNanos()) {
                breaker.released(); // what was let through was taken by another process, or takes its time
                lastTry = System.nanoTime();
            }
            return false;
        }

        @Override
        public void failing(Breaker.Failing failing) {
            LOG.warn(
                    "{}: {} jobs failed in a row: {}; nothing is taken from there for {} ms, then one file",
                    file.getParent(),
                    failures,
                    failing.words(),
                    failing.pause().toMillis());
            if (failing.why().equals(ADOPTED)) {
                return;
            }
            try {
                Files.writeString(file, text(failing));
                said = true;
            } catch (IOException e) {
                LOG.debug("{} can't be written", file, e);
            }
        }

        private String text(Breaker.Failing failing) {
            return "The last " + failures + " jobs of this folder failed, one after the other: " + failing.words()
                    + "\n\n"
                    + "Nothing is taken from here but one file now and then, until a job ends well. Delete this file for a try"
                    + " at once.\n";
        }

        @Override
        public void recovered(Breaker.Failing was) {
            LOG.info("{}: jobs end well again; they had failed since {}", file.getParent(), was.since());
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.warn("{} can't be deleted, and has to be: {}", file, e.toString());
            }
        }
    }
}
