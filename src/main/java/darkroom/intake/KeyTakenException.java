package darkroom.intake;

/** The key belongs to another document that was taken in before: one of the two would be lost. */
public final class KeyTakenException extends Exception {
    private static final long serialVersionUID = 1;

    /** Says of which ticket. */
    public KeyTakenException(String id) {
        super("the key of " + id + " belongs to another document, taken in before; use a key for each job,"
                + " and the same one only to send the same again");
    }
}
