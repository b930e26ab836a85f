package darkroom.camel.outbox;

import org.apache.camel.Component;
import org.apache.camel.spi.UriParam;
import org.apache.camel.support.ScheduledPollEndpoint;

/** What endpoints have in common that deliver from a folder. */
public abstract class WaitingEndpoint extends ScheduledPollEndpoint {
    @UriParam(
            description = "Milliseconds before the second try; each pause after it is twice as long",
            javaType = "java.time.Duration")
    private long pause;

    @UriParam(description = "The longest pause in milliseconds", javaType = "java.time.Duration")
    private long longestPause;

    @UriParam(description = "How often something is tried until it is given up")
    private int attempts;

    WaitingEndpoint(String uri, Component component) {
        super(uri, component);
    }

    /** What it delivers from: the folder of this name. */
    public abstract String getName();

    /** The scheme of its address. */
    abstract String scheme();

    /** Gives it what endpoints begin with. */
    final void begin(OutboxComponent.Tries tries) {
        setPause(tries.pause().toMillis());
        setLongestPause(tries.longestPause().toMillis());
        setAttempts(tries.attempts());
        setInitialDelay(0);
        setGreedy(true); // what waits is not kept waiting for the next look
        setBackoffErrorThreshold(1); // the folder can't be read, or written
        setBackoffMultiplier(10);
    }

    public long getPause() {
        return pause;
    }

    /** Milliseconds before the second try. */
    public void setPause(long pause) {
        this.pause = pause;
    }

    public long getLongestPause() {
        return longestPause;
    }

    /** The longest pause in milliseconds. */
    public void setLongestPause(long longestPause) {
        this.longestPause = longestPause;
    }

    public int getAttempts() {
        return attempts;
    }

    /** How often something is tried until it is given up. */
    public void setAttempts(int attempts) {
        this.attempts = attempts;
    }
}
