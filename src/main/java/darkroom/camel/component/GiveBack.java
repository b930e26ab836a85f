package darkroom.camel.component;

/** When a WebUI gets back what it had loaded before its options were changed. */
public enum GiveBack {
    /** It does not, unless a task wants just that. */
    NEVER,
    /** When it is paused, drained or taken away. */
    PAUSE,
    /** Then, and when the service stops. */
    STOP
}
