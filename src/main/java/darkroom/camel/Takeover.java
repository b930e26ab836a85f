package darkroom.camel;

import darkroom.files.Instances;
import darkroom.intake.Intake;
import darkroom.outbox.Outbox;
import darkroom.work.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up what another process that shares the folders left behind when it died: what it had claimed, its jobs, what it had
 * to deliver. Each file moves by a rename of its own, so that a process which dies meanwhile leaves the rest to the next one.
 */
final class Takeover implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

    private final Path works;
    private final Instance self;
    private final Own own;
    private final Of of;
    private final Claims claims;
    private final Tasks tasks;

    /** What is ours. */
    record Own(WorkFolder work, Outbox outbox) {}

    /** What is of another one. */
    record Of(IntFunction<WorkFolder> work, IntFunction<Outbox> outbox, IntFunction<Intake> intake) {}

    Takeover(Path works, Instance self, Own own, Of of, Claims claims, Tasks tasks) {
        this.works = works;
        this.self = self;
        this.own = own;
        this.of = of;
        this.claims = claims;
        this.tasks = tasks;
    }

    /** Looks whether anybody has died. */
    @Override
    public void run() {
        try {
            for (int number : Instances.of(works)) {
                if (number != self.number()) {
                    look(number);
                }
            }
        } catch (IOException | RuntimeException e) { // a look that fails must not be the last one
            LOG.warn("what other instances left behind can't be looked at ({}); tried again", e.toString());
        }
    }

    private void look(int number) throws IOException {
        Optional<Instance.Held> lock = Instance.hold(works, number);
        if (lock.isEmpty()) {
            return;
        }
        try (Instance.Held held = lock.get()) {
            takeUp(number, held);
        }
    }

    private void takeUp(int number, Instance.Held held) throws IOException {
        WorkFolder work = of.work().apply(number);
        int claimed = claims.takeOver(number, work); // first: a claim may belong to a job that is about to move
        int waiting = own.outbox().adopt(of.outbox().apply(number)); // before the job that would miss it
        int jobs = own.work().adopt(work);
        int received = of.intake().apply(number).resume();
        if (claimed + waiting + jobs + received > 0) {
            LOG.warn(
                    "instance {} is gone, and what it left in {} goes on here: {} jobs, {} prompt files, {} deliveries",
                    number,
                    held.file().getParent(),
                    jobs,
                    claimed + received,
                    waiting);
            tasks.lookAtAll();
        }
    }
}
