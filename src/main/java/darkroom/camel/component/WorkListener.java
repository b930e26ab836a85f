package darkroom.camel.component;

/** Is told how WebUIs and tasks come together, by whichever thread brings them together: it has to be quick. */
public interface WorkListener {
    /** Nobody wants to know. */
    WorkListener NONE = new WorkListener() {
        @Override
        public void membersChanged() {
            // nobody wants to know
        }

        @Override
        public void waited(String lane, double seconds) {
            // likewise
        }
    };

    /** There may be other WebUIs than before: {@link WebuiComponent#names}. */
    void membersChanged();

    /**
     * A task is given to a WebUI.
     *
     * @param lane its lane
     * @param seconds how long it has waited for that, since it came out of the queue
     */
    void waited(String lane, double seconds);
}
