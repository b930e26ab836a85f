package darkroom.sandbox;

/**
 * Is told of each request while it happens, by the thread that answers it: so several at a time, and what it does delays the
 * answer. It must not throw.
 */
public interface RequestObserver {
    /** A request has been read completely. */
    void came(ReceivedRequest request);

    /**
     * The same request is about to be over: its client has not seen the end of the answer yet, or that the connection is
     * closed. So whoever sends one request after the other never seems to have two here.
     */
    void goes(ReceivedRequest request);
}
