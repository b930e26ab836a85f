package darkroom.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Every property of Darkroom's own. {@code config/application.properties} documents each with its default; a test holds
 * the two together.
 */
public enum Setting {
    DATA("darkroom.data", Kind.PATH, "data"),
    DROP("darkroom.drop", Kind.PATH, "drop"),
    WORK("darkroom.work", Kind.PATH, "work"),
    OUTPUTS("darkroom.outputs", Kind.PATH, "outputs"),
    DONE("darkroom.done", Kind.PATH, "done"),
    FAILED("darkroom.failed", Kind.PATH, "failed"),
    CANCELLED("darkroom.cancelled", Kind.PATH, "cancelled"),
    HELD("darkroom.held", Kind.PATH, "held"),
    OUTBOX("darkroom.outbox", Kind.PATH, "outbox"),
    INTAKE("darkroom.intake", Kind.PATH, "intake"),
    ROUTES("darkroom.routes", Kind.PATH, "routes"),
    ROUTES_RELOAD("darkroom.routes.reload", Kind.DURATION, "1s"),
    PRESETS("darkroom.presets", Kind.PATH, "config/presets"),
    WILDCARDS("darkroom.wildcards", Kind.PATH, "config/wildcards"),
    SECRETS("darkroom.secrets", Kind.OPTIONAL_PATH, "/run/secrets"),

    WEBUIS("darkroom.webuis", Kind.OPTIONAL_PATH, "config/webuis.yaml"),
    WEBUI_URL("darkroom.webui.url", Kind.URLS, "http://127.0.0.1:7860"),
    WEBUI_AUTH("darkroom.webui.auth", Kind.AUTH, ""),
    WEBUI_IN_FLIGHT("darkroom.webui.in-flight", Kind.COUNT, "2"),
    WEBUI_CONNECT_TIMEOUT("darkroom.webui.connect-timeout", Kind.DURATION, "10s"),
    WEBUI_RESPONSE_TIMEOUT("darkroom.webui.response-timeout", Kind.DURATION, "2h"),
    WEBUI_ANSWER_TIMEOUT("darkroom.webui.answer-timeout", Kind.DURATION, "30m"),
    WEBUI_MAX_ANSWER("darkroom.webui.max-answer", Kind.SIZE, "16GB"),
    WEBUI_MAX_PICTURE("darkroom.webui.max-picture", Kind.SIZE, "2GB"),
    WEBUI_OUTPUTS("darkroom.webui.outputs", Kind.OPTIONAL_PATH, ""),
    WEBUI_OUTPUTS_SERVER("darkroom.webui.outputs.server", Kind.TEXT, ""),
    WEBUI_OUTPUTS_TAKE("darkroom.webui.outputs.take", Kind.TAKE, "copy"),
    WEBUI_OUTPUTS_TIMEOUT("darkroom.webui.outputs.timeout", Kind.DURATION, "10s"),
    WEBUI_PROGRESS("darkroom.webui.progress", Kind.DURATION, "30s"),
    WEBUI_STALL("darkroom.webui.stall", Kind.DURATION, "10m"),
    WEBUI_OUT_OF_MEMORY("darkroom.webui.out-of-memory", Kind.OUT_OF_MEMORY, "fail"),
    WEBUI_CHECKPOINT("darkroom.webui.checkpoint", Kind.CHECKPOINT, "automatic"),
    WEBUI_GIVE_BACK("darkroom.webui.give-back", Kind.GIVE_BACK, "stop"),
    WEBUI_GIVE_BACK_AFTER("darkroom.webui.give-back-after", Kind.DURATION, "0s"),
    WEBUI_EXCLUSIVE("darkroom.webui.exclusive", Kind.YES_NO, "false"),

    DROP_POLL("darkroom.drop.poll", Kind.PAUSE, "250ms"),
    DROP_WATCH("darkroom.drop.watch", Kind.YES_NO, "true"),
    DROP_SETTLE("darkroom.drop.settle", Kind.DURATION, "1s"),
    DROP_PATIENCE("darkroom.drop.patience", Kind.DURATION, "10s"),
    DROP_IGNORE("darkroom.drop.ignore", Kind.REGEX, ""),
    DROP_PICTURE_LANES("darkroom.drop.picture-lanes", Kind.TEXT, "again"),

    INTAKE_HOST("darkroom.intake.host", Kind.TEXT, "127.0.0.1"),
    INTAKE_PORT("darkroom.intake.port", Kind.PORT, "0"),
    INTAKE_TOKEN("darkroom.intake.token", Kind.TOKEN, ""),
    INTAKE_AUTH("darkroom.intake.auth", Kind.AUTH, ""),
    INTAKE_LANE("darkroom.intake.lane", Kind.TEXT, "http"),
    INTAKE_MAX_SIZE("darkroom.intake.max-size", Kind.SIZE, "256MB"),
    INTAKE_TIMEOUT("darkroom.intake.timeout", Kind.PAUSE, "30s"),
    INTAKE_WAIT("darkroom.intake.wait", Kind.DURATION, "30s"),
    INTAKE_BACKLOG("darkroom.intake.backlog", Kind.COUNT, "1000"),
    INTAKE_KEEP("darkroom.intake.keep", Kind.DURATION, "30d"),

    PROMPT_MAX_SIZE("darkroom.prompt.max-size", Kind.SIZE, "1MB"),
    HOLD_TASKS("darkroom.hold.tasks", Kind.LIMIT, "0"),
    HOLD_TIME("darkroom.hold.time", Kind.DURATION, "0s"),
    JOB_LIMIT("darkroom.job.limit", Kind.COUNT, "10000"),
    PICTURES_MAX_SIZE("darkroom.pictures.max-size", Kind.SIZE, "64MB"),
    PICTURES_FOLDERS("darkroom.pictures.folders", Kind.PATHS, ""),
    OPTIONS_ALLOWED("darkroom.options.allowed", Kind.TEXT, ""),

    SAVE("darkroom.save", Kind.SAVE, "fetch"),

    OUTPUTS_NAME("darkroom.outputs.name", Kind.NAME_PATTERN, "[job]-[index]-[seed]"),
    OUTPUTS_LONGEST_NAME("darkroom.outputs.longest-name", Kind.NAME_LENGTH, "120"),
    OUTPUTS_SIDECAR("darkroom.outputs.sidecar", Kind.SIDECAR, "none"),
    OUTPUTS_CONTACT_SHEET("darkroom.outputs.contact-sheet", Kind.CONTACT_SHEET, "false"),
    OUTPUTS_DIGITAL_SOURCE_TYPE("darkroom.outputs.digital-source-type", Kind.ON_OFF, "off"),
    CONVERT("darkroom.convert", Kind.CONVERT, "none"),
    CONVERT_MAX_PIXELS("darkroom.convert.max-pixels", Kind.COUNT, "64000000"),
    CONVERT_AT_A_TIME("darkroom.convert.at-a-time", Kind.COUNT, "1"),
    CONVERT_AVIFENC("darkroom.convert.avifenc", Kind.TEXT, "avifenc"),
    CONVERT_TIMEOUT("darkroom.convert.timeout", Kind.PAUSE, "5m"),

    DELIVER("darkroom.deliver", Kind.DESTINATIONS, ""),
    DELIVER_ENDS("darkroom.deliver.ends", Kind.ENDS, "all"),
    DELIVER_PAUSE("darkroom.deliver.pause", Kind.PAUSE, "2s"),
    DELIVER_LONGEST_PAUSE("darkroom.deliver.longest-pause", Kind.PAUSE, "5m"),
    DELIVER_ATTEMPTS("darkroom.deliver.attempts", Kind.COUNT, "30"),

    EVENTS_SOURCE("darkroom.events.source", Kind.SOURCE, "/darkroom"),
    EVENTS_PROGRESS("darkroom.events.progress", Kind.PAUSE, "10s"),

    CHECK("darkroom.check", Kind.STRICTNESS, "strict"),
    CHECK_COUNT("darkroom.check.count", Kind.LEVEL, "refuse"),
    CHECK_SIZE("darkroom.check.size", Kind.LEVEL, "refuse"),
    CHECK_SEED("darkroom.check.seed", Kind.LEVEL, "refuse"),
    CHECK_STEPS("darkroom.check.steps", Kind.LEVEL, "refuse"),
    CHECK_SAMPLER("darkroom.check.sampler", Kind.LEVEL, "refuse"),
    CHECK_SCHEDULER("darkroom.check.scheduler", Kind.LEVEL, "refuse"),
    CHECK_CHECKPOINT("darkroom.check.checkpoint", Kind.LEVEL, "refuse"),
    CHECK_PICTURE("darkroom.check.picture", Kind.LEVEL, "refuse"),
    CHECK_FLAT("darkroom.check.flat", Kind.LEVEL, "off"),
    CHECK_CONVERT("darkroom.check.convert", Kind.LEVEL, "warn"),
    CHECK_STYLE("darkroom.check.style", Kind.LEVEL, "refuse"),
    CHECK_LORA("darkroom.check.lora", Kind.LEVEL, "refuse"),
    CHECK_VAE("darkroom.check.vae", Kind.LEVEL, "refuse"),
    CHECK_UPSCALER("darkroom.check.upscaler", Kind.LEVEL, "refuse"),
    CHECK_SCRIPT("darkroom.check.script", Kind.LEVEL, "refuse"),
    CHECK_FIELD("darkroom.check.field", Kind.LEVEL, "refuse"),
    CHECK_EXTENSION("darkroom.check.extension", Kind.LEVEL, "refuse"),

    QUEUE(
            "darkroom.queue",
            Kind.ENDPOINT,
            "seda:generate?size=1&blockWhenFull=true&concurrentConsumers=2&pollTimeout=100"),
    SCHEDULE_WINDOW("darkroom.schedule.window", Kind.COUNT, "256"),
    SCHEDULE_LONGEST_WAIT("darkroom.schedule.longest-wait", Kind.PAUSE, "10m"),
    SCHEDULE_SHARES("darkroom.schedule.shares", Kind.SHARES, ""),
    RETRY_PAUSE("darkroom.retry.pause", Kind.PAUSE, "1s"),
    RETRY_LONGEST_PAUSE("darkroom.retry.longest-pause", Kind.PAUSE, "1m"),
    RETRY_ATTEMPTS("darkroom.retry.attempts", Kind.COUNT, "3"),
    RETRY_BACKEND_CRASHES("darkroom.retry.backend-crashes", Kind.COUNT, "3"),
    RETRY_BACKEND_FAILURES("darkroom.retry.backend-failures", Kind.LIMIT, "5"),
    RETRY_BACKEND_PAUSE("darkroom.retry.backend-pause", Kind.PAUSE, "5s"),
    RETRY_LANE_FAILURES("darkroom.retry.lane-failures", Kind.LIMIT, "20"),
    CRASHES("darkroom.crashes", Kind.COUNT, "3"),
    DURABLE("darkroom.durable", Kind.YES_NO, "true"),
    DISK_RESERVE("darkroom.disk.reserve", Kind.SIZE, "100MB"),
    STOP_TIMEOUT("darkroom.stop.timeout", Kind.DURATION, "5m"),

    KEEP_DONE("darkroom.keep.done", Kind.KEEP, ""),
    KEEP_FAILED("darkroom.keep.failed", Kind.KEEP, ""),
    KEEP_CANCELLED("darkroom.keep.cancelled", Kind.KEEP, ""),
    KEEP_OUTPUTS("darkroom.keep.outputs", Kind.KEEP, ""),
    KEEP_DEAD("darkroom.keep.dead", Kind.KEEP, ""),
    KEEP_LOOK("darkroom.keep.look", Kind.PAUSE, "10m"),

    HEALTH_HOST("darkroom.health.host", Kind.TEXT, "127.0.0.1"),
    HEALTH_PORT("darkroom.health.port", Kind.PORT, "8081"),
    TRACING("darkroom.tracing", Kind.YES_NO, "false");

    /** What a value must look like. */
    enum Kind {
        PATH,
        PATHS,
        OPTIONAL_PATH,
        URLS,
        SHARES,
        AUTH,
        TOKEN,
        COUNT,
        LIMIT,
        PORT,
        DURATION,
        PAUSE,
        SIZE,
        LEVEL,
        STRICTNESS,
        SAVE,
        OUT_OF_MEMORY,
        CHECKPOINT,
        GIVE_BACK,
        CONVERT,
        SIDECAR,
        CONTACT_SHEET,
        ON_OFF,
        TAKE,
        DESTINATIONS,
        ENDS,
        SOURCE,
        YES_NO,
        REGEX,
        NAME_PATTERN,
        /** Bytes of a file's name: enough to tell pictures apart, and no more than file systems take with what is added. */
        NAME_LENGTH,
        ENDPOINT,
        KEEP,
        TEXT
    }

    private final String key;
    private final Kind kind;
    private final String fallback;

    Setting(String key, Kind kind, String fallback) {
        this.key = key;
        this.kind = kind;
        this.fallback = fallback;
    }

    /** Its name in files, for example {@code darkroom.webui.url}. */
    public String key() {
        return key;
    }

    /** Its name in the environment, for example {@code DARKROOM_WEBUI_URL}. */
    public String variable() {
        return key.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
    }

    /** Its name in the environment if the value is in a file, for example {@code DARKROOM_WEBUI_AUTH_FILE}. */
    public String fileVariable() {
        return variable() + "_FILE";
    }

    /** Whether nobody is shown its value. */
    public boolean isSecret() {
        return kind == Kind.AUTH || kind == Kind.TOKEN;
    }

    /** What it is if nobody sets it, as text; the folders of the data are counted from {@code darkroom.data}. */
    public String fallback() {
        return fallback;
    }

    Kind kind() {
        return kind;
    }

    static Optional<Setting> of(String key) {
        return Arrays.stream(values())
                .filter(setting -> setting.key.equals(key))
                .findFirst();
    }

    static List<String> keys() {
        return Arrays.stream(values()).map(Setting::key).toList();
    }
}
