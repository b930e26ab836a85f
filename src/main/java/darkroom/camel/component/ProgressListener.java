package darkroom.camel.component;

import darkroom.job.Task;
import org.jspecify.annotations.Nullable;

/** Is told how far tasks are that the WebUI works on. */
public interface ProgressListener {
    /** Nobody wants to know. */
    ProgressListener NONE = new ProgressListener() {
        @Override
        public boolean isInterested() {
            return false;
        }

        @Override
        public void progress(Task task, Far far) {
            // nobody wants to know
        }

        @Override
        public void over(Task task) {
            // likewise
        }
    };

    /**
     * How far a task is.
     *
     * @param value from 0 to 1
     * @param step the sampling step it is at; null if that is not told
     * @param steps of how many; null likewise
     * @param secondsLeft the WebUI's own estimate; null if it has none
     */
    record Far(
            double value,
            @Nullable Integer step,
            @Nullable Integer steps,
            @Nullable Long secondsLeft) {}

    /** Whether it wants to know: else the WebUI is not asked. */
    boolean isInterested();

    /** A task is that far. */
    void progress(Task task, Far far);

    /** A task was answered, or is given up: what is known of its progress is no longer so. */
    void over(Task task);
}
