package darkroom.camel.intake;

import java.util.Locale;

/** Why a request is not granted. {@code docs/intake.md} has a row for each; a test holds the two together. */
enum Refusal {
    UNAUTHORIZED(401, "Credentials are needed"),
    FOREIGN_ORIGIN(403, "Not for web pages of others"),
    UNKNOWN_JOB(404, "There is no such job"),
    UNKNOWN_OUTPUT(404, "There is no such output"),
    SILENT(408, "The rest did not arrive"),
    TOO_LARGE(413, "The request is too large"),
    UNKNOWN_TYPE(415, "The content is of another type"),
    BROKEN_REQUEST(400, "The request can't be read"),
    UNKNOWN_LANE(422, "There is no such lane"),
    WRONG_PARTS(422, "The parts do not fit together"),
    WRONG_PROMPT_FILE(422, "Something is wrong with the prompt file"),
    KEY_TAKEN(422, "The key belongs to another job"),
    JOB_OVER(409, "The job is over"),
    BACKLOG_FULL(429, "Too many jobs wait"),
    TOO_MUCH_AT_ONCE(429, "Too much at once"),
    STOPPING(503, "The service is stopping"),
    FAILED(500, "It could not be done");

    private final int status;
    private final String title;

    Refusal(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The status code of HTTP. */
    int status() {
        return status;
    }

    /** The same for every request that is refused so. */
    String title() {
        return title;
    }

    /** The word used in answers and documentation, for example {@code backlog-full}. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
