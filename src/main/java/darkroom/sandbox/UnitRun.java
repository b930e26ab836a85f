package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * An extension at work in one job. Whatever is wrong ends up in the log of a real WebUI, and the job goes on without it; so
 * nothing is thrown here but {@link Failed}, which nobody sees.
 */
interface UnitRun {
    /**
     * Says in the infotext what it was asked to do.
     *
     * @throws Failed if it can't use its arguments; what was said so far stays
     */
    void begin(ObjectNode extra) throws Failed;

    /** What it adds behind the pictures. */
    List<Picture> maps();

    /** What a real one would log. */
    final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        Failed(String message) {
            super(message);
        }
    }
}
