package darkroom.webui;

import static darkroom.webui.Dialect.A1111;
import static darkroom.webui.Dialect.FORGE;
import static darkroom.webui.Dialect.KOBOLD_CPP;
import static darkroom.webui.Dialect.SD_NEXT;
import static darkroom.webui.Dialect.STABLE_DIFFUSION_CPP;

import darkroom.job.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one WebUI does otherwise than another, and what Darkroom does about it: all of it, in one table. The sources are
 * sections of the contract (webui-api), where versions are named. {@code docs/webuis.md} shows this table; a test holds the
 * two together.
 */
public enum Quirk {
    REPLACES_UNKNOWN_NAMES(
            "puts another in the place of a sampler, scheduler or checkpoint that it does not know, without a word",
            "2.5, 5.3",
            "looks names up in its lists and refuses before anything is made; holds the answer against the wish. Elsewhere"
                    + " names are read in other ways, so only the answer counts",
            A1111,
            FORGE),
    OVERRIDES_LEAK(
            "keeps an overridden option for later requests if its `config.json` lacks it",
            "3.5",
            "writes each such option once, with the value it has",
            A1111,
            FORGE),
    LOADS_BACK(
            "loads the checkpoint of its options again after each request that overrides it",
            "8.3",
            "changes the option instead, once for all tasks that want the same, and gives the WebUI its own back"
                    + " (`darkroom.webui.checkpoint`)",
            SD_NEXT),
    HIRES_MODULES(
            "answers 500 to `enable_hr` without `hr_additional_modules`",
            "8.3",
            "sends `[\"Use same choices\"]` with it unless the payload has its own; the others do not know the field",
            FORGE),
    HIRES_CFG(
            "takes 1 for `hr_cfg`, so that the second pass heeds neither CFG nor the negative prompt",
            "8.3",
            "sends the `cfg_scale` of the payload as `hr_cfg` unless it has its own",
            FORGE),
    VAE_IS_A_MODULE(
            "has no `sd_vae`, but the option `forge_additional_modules`",
            "8.2, 8.3",
            "looks its names up in `/sdapi/v1/sd-modules`; a wish for `sd_vae` is unverified in the receipt",
            FORGE),
    MASK_IMAGE(
            "takes the mask of a ControlNet unit as `mask_image`, and drops `mask`",
            "2.2",
            "sends it under the name that the WebUI has for it",
            FORGE),
    EXACT_UNIT_MODELS(
            "knows a ControlNet model by its name with the hash alone",
            "2.2",
            "sends the name as `/controlnet/model_list` has it",
            FORGE),
    UNKNOWN_SAMPLER_IS_404(
            "answers 404 \"Sampler not found\", also to combined names such as `DPM++ 2M Karras`",
            "8.3",
            "says so, and does not take it for a missing API",
            SD_NEXT),
    NO_CONTENT("answers 204 without a body to interrupt, skip and refresh", "8.2", "takes any 2xx", SD_NEXT),
    RATE_LIMIT(
            "answers 429 when a client asks for more than its `server_rate_limit`",
            "8.1",
            "waits, with growing pauses; 0 turns the limit off",
            SD_NEXT),
    NO_SCHEDULER(
            "ignores `scheduler`; what it lists as schedulers is something else",
            "8.2, 8.3",
            "holds the answer against the wish where it tells, else it is unverified in the receipt",
            SD_NEXT,
            KOBOLD_CPP),
    BUSY("answers 503 \"Server is busy\"", "8.1", "waits, with growing pauses", KOBOLD_CPP),
    MISSING_CALLS(
            "lacks calls that others have, such as extras or interrogate",
            "8.2",
            "says that this WebUI does not have it, `webui-lacks`, where another 404 means that the API is off",
            SD_NEXT,
            STABLE_DIFFUSION_CPP,
            KOBOLD_CPP),
    NO_OPTIONS(
            "ignores `override_settings`: its checkpoint is the one it was started with",
            "8.2, 8.3",
            "fetches pictures whatever `darkroom.save` says; holds the checkpoint of the answer against the wish",
            STABLE_DIFFUSION_CPP,
            KOBOLD_CPP),
    NO_BATCHES(
            "ignores `n_iter`; KoboldCpp `batch_size` as well",
            "8.3",
            "refuses the answer (`darkroom.check.count`) and says which field to use",
            STABLE_DIFFUSION_CPP,
            KOBOLD_CPP),
    NO_SCRIPTS(
            "ignores `script_name` and `alwayson_scripts`",
            "8.3",
            "`script` is unverified in the receipt",
            STABLE_DIFFUSION_CPP,
            KOBOLD_CPP),
    NO_LORA_IN_PROMPTS(
            "leaves `<lora:…>` in prompts unread",
            "8.3",
            "refuses before anything is made (`darkroom.check.lora`)",
            STABLE_DIFFUSION_CPP,
            KOBOLD_CPP),
    LIMITS(
            "changes steps, sizes and seeds that are beyond its limits (100 or 80 steps, multiples of 64, 31 bits)",
            "8.3",
            "refuses the answer where it tells (`darkroom.check.steps`, `darkroom.check.size`, `darkroom.check.seed`)",
            STABLE_DIFFUSION_CPP,
            KOBOLD_CPP),
    NO_PROGRESS(
            "has no `/sdapi/v1/progress`",
            "8.2",
            "the log does not say how far it is",
            STABLE_DIFFUSION_CPP,
            KOBOLD_CPP),
    EMPTY_PICTURE(
            "answers 200 with an empty picture when a generation failed",
            "8.3",
            "refuses the answer (`darkroom.check.picture`)",
            KOBOLD_CPP),
    NO_INFO(
            "answers an empty `info`, which is no JSON",
            "8.3",
            "takes the pictures; what only `info` tells is unverified in the receipt",
            KOBOLD_CPP);

    private static final String MODULES = "hr_additional_modules";
    private static final String HR_CFG = "hr_cfg";
    private static final String CFG = "cfg_scale";

    private final String what;
    private final String section;
    private final String remedy;

    @SuppressWarnings("ImmutableEnumChecker") // nobody changes it
    private final List<Dialect> dialects;

    Quirk(String what, String section, String remedy, Dialect first, Dialect... others) {
        this.what = what;
        this.section = section;
        this.remedy = remedy;
        this.dialects = Stream.concat(Stream.of(first), Stream.of(others)).toList();
    }

    /** What it does, in words that go on from its name. */
    public String what() {
        return what;
    }

    /** Where the contract says so. */
    public String section() {
        return section;
    }

    /** What Darkroom does about it, in words that go on from "Darkroom". */
    public String remedy() {
        return remedy;
    }

    /** Who has it. */
    public List<Dialect> dialects() {
        return dialects;
    }

    /** Whether a program has it. */
    public boolean isOf(Dialect dialect) {
        return dialects.contains(dialect);
    }

    /**
     * The task with the fields that some WebUI needs ({@link #HIRES_MODULES}, {@link #HIRES_CFG}) and the others pass over.
     * What the task has is not changed.
     */
    public static Task complete(Task task) {
        Map<String, @Nullable Object> missing = new LinkedHashMap<>();
        if (new Asked(task).isHiresByInfotext()) {
            missing.put(MODULES, new ArrayList<>(List.of("Use same choices")));
            if (task.settings().get(CFG) != null) {
                missing.put(HR_CFG, task.settings().get(CFG));
            }
        }
        missing.keySet().removeIf(name -> task.settings().get(name) != null);
        if (missing.isEmpty()) {
            return task;
        }
        Map<String, @Nullable Object> settings = new LinkedHashMap<>(task.settings());
        settings.putAll(missing);
        return task.withSettings(settings);
    }
}
