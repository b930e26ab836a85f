package darkroom.camel.intake;

import darkroom.files.Disk;
import darkroom.intake.Intake;
import darkroom.intake.JobStates;
import java.io.IOException;
import java.time.Duration;

/** Step that forgets what was taken in long ago. */
public final class Tickets {
    private final Intake intake;
    private final JobStates states;
    private final Duration keep;

    /** Keeps tickets for this long, and longer if their jobs wait or are at work. */
    public Tickets(Intake intake, JobStates states, Duration keep) {
        this.intake = intake;
        this.states = states;
        this.keep = keep;
    }

    /** Step: forgets the old ones. */
    public void forgetOld() throws IOException {
        intake.forget(keep, ticket -> {
            try {
                return states.of(ticket).state().isOver();
            } catch (IOException e) {
                throw Disk.unchecked(e);
            }
        });
    }
}
