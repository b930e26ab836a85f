package darkroom.webui;

import darkroom.job.ProblemCode;
import java.util.Locale;

/** Something an answer is held against what was asked for. */
public enum Check {
    /** As many pictures as asked for. */
    COUNT(ProblemCode.REFUSED_COUNT),
    /** Width and height of the pictures. */
    SIZE(ProblemCode.REFUSED_SIZE),
    /** The seed of the first picture. */
    SEED(ProblemCode.REFUSED_SEED),
    /** The number of steps. */
    STEPS(ProblemCode.REFUSED_STEPS),
    /** The sampler: the WebUI puts its first one in the place of one that it does not know. */
    SAMPLER(ProblemCode.REFUSED_SAMPLER),
    /** The scheduler: the WebUI puts "Automatic" in the place of one that it does not know. */
    SCHEDULER(ProblemCode.REFUSED_SCHEDULER),
    /** The checkpoint: the WebUI goes on with the loaded one if it does not know the one asked for. */
    CHECKPOINT(ProblemCode.REFUSED_CHECKPOINT),
    /** Each picture is whole. */
    PICTURE(ProblemCode.REFUSED_PICTURE),
    /** No picture is of one colour. Its pixels have to be unpacked for that, so nobody looks unless it is asked for. */
    FLAT(ProblemCode.REFUSED_FLAT),
    /** Prompt styles: the WebUI leaves out one that it does not have. Looked up before anything is made. */
    STYLE(ProblemCode.REFUSED_STYLE),
    /** LoRAs in prompts, likewise. */
    LORA(ProblemCode.REFUSED_LORA),
    /** The VAE: the WebUI uses none if it does not know the one asked for. */
    VAE(ProblemCode.REFUSED_VAE),
    /** Upscalers: looked up before anything is made. */
    UPSCALER(ProblemCode.REFUSED_UPSCALER),
    /** Scripts and how many arguments they take, likewise. */
    SCRIPT(ProblemCode.REFUSED_SCRIPT),
    /** Extensions that are given by name, with their models: looked up, and held against the infotext. */
    EXTENSION(ProblemCode.REFUSED_EXTENSION),
    /** Fields that the WebUI knows: it passes over others without a word. Looked up before anything is made. */
    FIELD(ProblemCode.REFUSED_FIELD);

    /** What follows from a difference. */
    public enum Level {
        /** The job fails. */
        REFUSE,
        /** The picture is kept, and its receipt has a warning. */
        WARN,
        /** Nobody looks. */
        OFF
    }

    private final ProblemCode code;

    Check(ProblemCode code) {
        this.code = code;
    }

    /** What follows from a difference if nobody says so. */
    public Level fallback() {
        return this == FLAT ? Level.OFF : Level.REFUSE;
    }

    ProblemCode code() {
        return code;
    }

    /** For receipts, for example {@code sampler}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For messages, for example {@code VAE}. */
    String title() {
        return switch (this) {
            case VAE -> "VAE";
            case LORA -> "LoRA";
            default -> word();
        };
    }

    /** The property that sets its {@link Level}. */
    public String property() {
        return "darkroom.check." + word();
    }
}
