package darkroom.camel.component;

/**
 * How one of the WebUIs is that share the work.
 *
 * @param name what it is called
 * @param url its address
 * @param now whether it is given anything
 * @param underWay how many requests of ours are under way there
 * @param loaded the checkpoint that it has loaded, as far as that is known here; empty if it is not
 * @param speed how fast it has been; 1 makes 512x512 pixels in 20 steps in a second
 * @param work what it has done
 */
public record WebuiState(String name, String url, Now now, int underWay, String loaded, double speed, WebuiWork work) {
    /** Whether a WebUI is given anything. */
    public enum Now {
        /** It is. */
        WORKS,
        /** It was away, or failed again and again: one task now and then shows whether it works again. */
        FAILS,
        /** Somebody has said so: nothing new for now. */
        PAUSED,
        /** Somebody has said so: nothing new, as it is going to be taken away. */
        DRAINED
    }
}
