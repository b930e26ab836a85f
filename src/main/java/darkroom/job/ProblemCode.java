package darkroom.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Everything that can end a job badly. {@code docs/operating.md} has a row for each; a test holds the two together.
 */
public enum ProblemCode {
    EMPTY_FILE("empty-file", Kind.INPUT),
    INCOMPLETE_JSON("incomplete-json", Kind.INPUT),
    MALFORMED_JSON("malformed-json", Kind.INPUT),
    MALFORMED_TEXT("malformed-text", Kind.INPUT),
    NOT_AN_OBJECT("not-an-object", Kind.INPUT),
    PROMPT_TOO_LARGE("prompt-too-large", Kind.INPUT),
    WRONG_TYPE("wrong-type", Kind.INPUT),
    OUT_OF_RANGE("out-of-range", Kind.INPUT),
    UNKNOWN_JOB_FIELD("unknown-job-field", Kind.INPUT),
    UNKNOWN_FIELD("unknown-field", Kind.INPUT),
    UNIT_BROKEN("unit-broken", Kind.INPUT),
    NOT_FOR_ONE_ENTRY("not-for-one-entry", Kind.INPUT),
    NO_INFOTEXT("no-infotext", Kind.INPUT),
    UNKNOWN_PRESET("unknown-preset", Kind.INPUT),
    UNKNOWN_DESTINATION("unknown-destination", Kind.INPUT),
    OPERATION_MISMATCH("operation-mismatch", Kind.INPUT),
    SETTING_NOT_ALLOWED("setting-not-allowed", Kind.INPUT),
    PICTURE_MISSING("picture-missing", Kind.INPUT),
    PICTURE_OUTSIDE("picture-outside", Kind.INPUT),
    PICTURE_TOO_LARGE("picture-too-large", Kind.INPUT),
    PICTURE_UNREADABLE("picture-unreadable", Kind.INPUT),
    PICTURE_URL("picture-url", Kind.INPUT),
    TEMPLATE_BROKEN("template-broken", Kind.INPUT),
    TEMPLATE_TOO_LARGE("template-too-large", Kind.INPUT),
    UNKNOWN_WILDCARD("unknown-wildcard", Kind.INPUT),
    UNKNOWN_VARIABLE("unknown-variable", Kind.INPUT),
    AXIS_BROKEN("axis-broken", Kind.INPUT),
    TOO_MANY_TASKS("too-many-tasks", Kind.INPUT),
    CONVERTER_MISSING("converter-missing", Kind.INPUT),

    WEBUI_AWAY("webui-away", Kind.WEBUI),
    WEBUI_UNAUTHORIZED("webui-unauthorized", Kind.WEBUI),
    WEBUI_API_OFF("webui-api-off", Kind.WEBUI),
    WEBUI_LACKS("webui-lacks", Kind.WEBUI),
    WEBUI_REDIRECTS("webui-redirects", Kind.WEBUI),
    WEBUI_REJECTED("webui-rejected", Kind.WEBUI),
    WEBUI_ERROR("webui-error", Kind.WEBUI),
    WEBUI_OUT_OF_MEMORY("webui-out-of-memory", Kind.WEBUI),
    WEBUI_STALLED("webui-stalled", Kind.WEBUI),
    WEBUI_CRASHED_REPEATEDLY("webui-crashed-repeatedly", Kind.WEBUI),
    WEBUI_ANSWER_UNREADABLE("webui-answer-unreadable", Kind.WEBUI),
    SAVED_NOT_SERVED("saved-not-served", Kind.WEBUI),

    REFUSED_EMPTY("refused-empty", Kind.REFUSED),
    REFUSED_COUNT("refused-count", Kind.REFUSED),
    REFUSED_INTERRUPTED("refused-interrupted", Kind.REFUSED),
    REFUSED_SIZE("refused-size", Kind.REFUSED),
    REFUSED_SEED("refused-seed", Kind.REFUSED),
    REFUSED_STEPS("refused-steps", Kind.REFUSED),
    REFUSED_SAMPLER("refused-sampler", Kind.REFUSED),
    REFUSED_SCHEDULER("refused-scheduler", Kind.REFUSED),
    REFUSED_CHECKPOINT("refused-checkpoint", Kind.REFUSED),
    REFUSED_PICTURE("refused-picture", Kind.REFUSED),
    REFUSED_FLAT("refused-flat", Kind.REFUSED),
    REFUSED_STYLE("refused-style", Kind.REFUSED),
    REFUSED_LORA("refused-lora", Kind.REFUSED),
    REFUSED_VAE("refused-vae", Kind.REFUSED),
    REFUSED_UPSCALER("refused-upscaler", Kind.REFUSED),
    REFUSED_SCRIPT("refused-script", Kind.REFUSED),
    REFUSED_FIELD("refused-field", Kind.REFUSED),
    REFUSED_EXTENSION("refused-extension", Kind.REFUSED),
    REFUSED_OPTION("refused-option", Kind.REFUSED),

    CANCELLED("cancelled", Kind.CANCELLED),

    HELD("held", Kind.HELD),

    PRESET_BROKEN("preset-broken", Kind.SERVICE),
    WILDCARD_BROKEN("wildcard-broken", Kind.SERVICE),
    CRASHED_REPEATEDLY("crashed-repeatedly", Kind.SERVICE),
    STORAGE_FAILED("storage-failed", Kind.SERVICE),
    SAVED_NOT_FOUND("saved-not-found", Kind.SERVICE),
    CONVERSION_FAILED("conversion-failed", Kind.SERVICE),
    DELIVERY_FAILED("delivery-failed", Kind.SERVICE),
    INTERNAL_ERROR("internal-error", Kind.SERVICE);

    /** Whose turn it is to do something about a problem. */
    public enum Kind {
        /** The author of the prompt file: the file has to change. */
        INPUT,
        /** Whoever runs the WebUI: it refused, or could not do it. */
        WEBUI,
        /** The WebUI answered, but not with what was asked. */
        REFUSED,
        /** Nobody: its author did not want it any more. */
        CANCELLED,
        /** Whoever decides what so much may be spent on. */
        HELD,
        /** Whoever runs Darkroom. */
        SERVICE;

        /** The word used in error files and logs, for example {@code input}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final String word;
    private final Kind kind;

    ProblemCode(String word, Kind kind) {
        this.word = word;
        this.kind = kind;
    }

    /** The code of this word; empty if there is none. */
    public static Optional<ProblemCode> of(String word) {
        return Arrays.stream(values()).filter(code -> code.word.equals(word)).findFirst();
    }

    /** The word used in error files, logs and documentation, for example {@code picture-missing}. */
    public String word() {
        return word;
    }

    /** Whose turn it is. */
    public Kind kind() {
        return kind;
    }
}
