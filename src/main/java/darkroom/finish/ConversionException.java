package darkroom.finish;

/** A picture can't be converted, or not be written into, and never will be. The message finishes the sentence "the picture …". */
public final class ConversionException extends Exception {
    private static final long serialVersionUID = 1;

    ConversionException(String message) {
        super(message);
    }

    ConversionException(String message, Throwable cause) {
        super(message, cause);
    }
}
