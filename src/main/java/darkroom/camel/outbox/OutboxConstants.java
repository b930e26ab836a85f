package darkroom.camel.outbox;

/**
 * The variables that {@code outbox:} and {@code events:} give an exchange: <code>${variable.key}</code>. Variables stay with an exchange all
 * the way and are never sent to anybody, as headers may be.
 */
public final class OutboxConstants {
    /** {@code LANE/JOB/FILE}: the same at every try, and no other output's. */
    public static final String KEY = "key";

    /** The key for a URL: what is not a letter or a digit of ASCII, or one of {@code . - _ * /}, is escaped with %. */
    public static final String PATH = "path";

    /** The file's own name. */
    public static final String NAME = "name";

    /** The job's output folder, relative to {@code darkroom.outputs}: the key without the name. */
    public static final String FOLDER = "folder";

    /** The job's id. */
    public static final String JOB = "job";

    /** What a person calls the job. */
    public static final String JOB_NAME = "jobName";

    /** The job's lane; empty for the drop folder itself. */
    public static final String LANE = "lane";

    /** The day the job was accepted, in UTC: {@code 2026-11-22}. The same at every try, which today is not. */
    public static final String DATE = "date";

    /** The prompt file's name. */
    public static final String PROMPT_FILE = "promptFile";

    /** The task's id; none with {@code each=job}. */
    public static final String TASK = "task";

    /** The media type of the body. */
    public static final String MEDIA_TYPE = "mediaType";

    /** SHA-256 of the body, in lower-case hex; none with {@code each=job}. */
    public static final String SHA256 = "sha256";

    /** The seed; none if it is not known, or with {@code each=job}. */
    public static final String SEED = "seed";

    /** Which call made it, for example {@code txt2img}; none with {@code each=job}. */
    public static final String OPERATION = "operation";

    /** What the WebUI says it was made with; none if it says nothing, or with {@code each=job}. */
    public static final String CHECKPOINT = "checkpoint";

    /** Pixels across; 0 if the format is not looked into, none with {@code each=job}. */
    public static final String WIDTH = "width";

    /** Pixels down; likewise. */
    public static final String HEIGHT = "height";

    /** Size of the body in bytes; none with {@code each=job}. */
    public static final String BYTES = "bytes";

    /** What the job's author says about it ({@code job.labels}), by name; may be empty. */
    public static final String LABELS = "labels";

    /** The WebUI's text about the picture; none if there is none, or with {@code each=job}. */
    public static final String INFOTEXT = "infotext";

    /** Job, task and hash by name, for stores that keep such beside a file; in ASCII, what is not is escaped with %. */
    public static final String METADATA = "metadata";

    /** What is told about it, as CloudEvents 1.0 JSON: {@code darkroom.output}, or {@code darkroom.done} with {@code each=job}. */
    public static final String EVENT = "event";

    /** Its type, for example {@code darkroom.done}; from {@code events:} alone. */
    public static final String TYPE = "type";

    /** Its subject: the job's id, an output's key, or the name of a prompt file; from {@code events:} alone. */
    public static final String SUBJECT = "subject";

    /** The id of that event: 32 hexadecimal digits, the same at every try, and no other's. */
    public static final String EVENT_ID = "eventId";

    /** Which try it is, from 1. */
    public static final String ATTEMPT = "attempt";

    private OutboxConstants() {}
}
