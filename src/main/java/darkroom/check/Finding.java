package darkroom.check;

import com.fasterxml.jackson.annotation.JsonProperty;
import darkroom.secret.Secrets;

/**
 * One thing that was found out about an installation.
 *
 * @param severity how much it matters
 * @param subject what it is about: a folder's property, a WebUI's address, the routes, a destination
 * @param message what was found
 * @param remedy what to do about it; empty if nothing has to be done
 */
public record Finding(Severity severity, String subject, String message, String remedy) {
    /** Without a secret in it, whatever a library said. */
    public Finding {
        message = Secrets.mask(message);
        remedy = Secrets.mask(remedy);
    }

    /** How much a finding matters. */
    public enum Severity {
        /** As it should be. */
        @JsonProperty("ok")
        OK,
        /** It works, and may surprise somebody. */
        @JsonProperty("warning")
        WARNING,
        /** It does not work. */
        @JsonProperty("error")
        ERROR
    }

    /** As it should be. */
    public static Finding ok(String subject, String message) {
        return new Finding(Severity.OK, subject, message, "");
    }

    /** It works, and may surprise somebody. */
    public static Finding warning(String subject, String message, String remedy) {
        return new Finding(Severity.WARNING, subject, message, remedy);
    }

    /** It does not work. */
    public static Finding error(String subject, String message, String remedy) {
        return new Finding(Severity.ERROR, subject, message, remedy);
    }
}
