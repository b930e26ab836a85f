package darkroom.camel.check;

import darkroom.check.Finding;
import org.apache.camel.Endpoint;

/**
 * Examines the far side of an endpoint, with what the endpoint itself is configured with. It leaves nothing there but what
 * a login leaves. Each is in a class of its own, which is loaded when it is needed: the library that it uses may have been
 * removed.
 */
interface EndpointCheck {
    /**
     * Asks the far side.
     *
     * @param endpoint belongs to a Camel of its own, and may be changed
     * @param side what the finding is about
     * @throws UnusableException if it can't be used, and it is known what to do
     * @throws Exception if it can't be used
     */
    Finding examine(Endpoint endpoint, Side side) throws Exception;

    /** What to do if nothing better is known. */
    String remedy();
}
