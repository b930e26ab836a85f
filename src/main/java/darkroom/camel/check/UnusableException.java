package darkroom.camel.check;

/** The far side can't be used, and it is known why. */
final class UnusableException extends Exception {
    private static final long serialVersionUID = 1;

    private final String remedy;

    UnusableException(String message, String remedy) {
        super(message);
        this.remedy = remedy;
    }

    String remedy() {
        return remedy;
    }
}
