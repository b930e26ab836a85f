package darkroom.camel.component;

import java.io.IOException;
import java.util.Optional;

/** Where it is written down that a task was sent; one for each task. What is written has to outlive the process. */
public interface SentLog {
    /** Nothing is written down: each try knows nothing of the one before. */
    SentLog NONE = new SentLog() {
        @Override
        public Optional<Sent> read() {
            return Optional.empty();
        }

        @Override
        public void write(Sent sent) {
            // nobody will ask
        }
    };

    /** The last try; empty if there was none, or nothing can be made of what was written. */
    Optional<Sent> read() throws IOException;

    /** A WebUI has room for the task, and takes it up now; said again if another one takes it up. */
    default void begins() throws IOException {}

    /** Writes the last try down, in the place of the one before. */
    void write(Sent sent) throws IOException;
}
