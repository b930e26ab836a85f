package darkroom.promptfile;

import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;

/** How much a prompt file may hold besides its pictures. */
final class Room {
    private final long most;
    private long taken;

    Room(long most) {
        this.most = most;
    }

    /**
     * Takes some of it.
     *
     * @throws ProblemException if there is not so much left
     */
    void take(long bytes) {
        taken += bytes;
        if (taken > most) {
            throw new ProblemException(Problem.of(
                    ProblemCode.PROMPT_TOO_LARGE,
                    "the file has more than " + most + " bytes besides its pictures",
                    "split it, or ask for darkroom.prompt.max-size to be raised"));
        }
    }
}
