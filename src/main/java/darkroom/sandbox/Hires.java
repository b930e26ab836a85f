package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** The second, larger pass of a txt2img job (captures 116, 331, 562). */
final class Hires {
    private final Asked asked;
    private final Engine engine;
    private final Shot.Job job;
    private final int width;
    private final int height;

    private Hires(Asked asked, Engine engine, Shot.Job job, int width, int height) {
        this.asked = asked;
        this.engine = engine;
        this.job = job;
        this.width = width;
        this.height = height;
    }

    /** As the request describes it, noting in {@code extra} what infotexts say of it. */
    static Hires of(Asked asked, Engine engine, Shot.Job job, ObjectNode extra) {
        extra.set("Denoising strength", asked.get("denoising_strength"));
        String checkpointName = asked.textOrNull("hr_checkpoint_name");
        if (checkpointName != null && !checkpointName.equals("Use same checkpoint")) {
            Checkpoint checkpoint = engine.checkpoints().closest(checkpointName);
            if (checkpoint == null) {
                throw ApiError.python("Exception", "Could not find checkpoint with name " + checkpointName);
            }
            extra.put("Hires checkpoint", checkpoint.name() + " [" + checkpoint.shortHash() + "]");
        }
        String sampler = asked.textOrNull("hr_sampler_name");
        if (sampler != null && !sampler.equals(job.sampler())) {
            extra.put("Hires sampler", sampler);
        }
        // Filled in later, and for each picture by itself: info never shows them.
        extra.putNull("Hires prompt").putNull("Hires negative prompt").putNull("Hires schedule type");
        checkUpscaler(asked.textOrNull("hr_upscaler"), engine);
        int[] size = size(asked, extra);
        if (asked.whole("hr_second_pass_steps") != 0) {
            extra.set("Hires steps", asked.get("hr_second_pass_steps"));
        }
        if (!asked.isNull("hr_upscaler")) {
            extra.set("Hires upscaler", asked.get("hr_upscaler"));
        }
        return new Hires(asked, engine, job, Size.rounded(size[0]), Size.rounded(size[1]));
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** How many steps the second pass has. */
    int steps() {
        if (asked.isNull("denoising_strength")) {
            throw ApiError.python("TypeError", "'>' not supported between instances of 'NoneType' and 'int'");
        }
        String sampler = asked.textOrNull("hr_sampler_name");
        if (sampler != null && !engine.samplers().knows(sampler)) {
            throw ApiError.python("AssertionError", "bad sampler name: " + sampler);
        }
        Size.check(width, height);
        int steps = asked.whole("hr_second_pass_steps");
        return steps == 0 ? asked.whole("steps") : steps;
    }

    /** Said only if it is not that of the first pass. */
    void noteSchedule(ObjectNode extra, @Nullable String firstPass) {
        String scheduler = asked.textOrNull("hr_scheduler");
        String sampler = asked.textOrNull("hr_sampler_name");
        String label = engine.samplers()
                .scheduleLabel(
                        sampler == null ? job.sampler() : sampler, scheduler == null ? job.scheduler() : scheduler);
        if (label != null && !label.equals(firstPass)) {
            extra.put("Hires schedule type", label);
        }
    }

    /** The entries of one picture: its prompts for the second pass, if they are others. */
    ObjectNode prompts(Shot shot, ObjectNode extra) {
        put(extra, "Hires prompt", asked.text("hr_prompt"), shot.prompt());
        put(extra, "Hires negative prompt", asked.text("hr_negative_prompt"), shot.negative());
        return extra;
    }

    private static void put(ObjectNode extra, String label, String hires, String first) {
        if (!hires.isEmpty() && !hires.equals(first)) {
            extra.put(label, hires);
        }
    }

    private static void checkUpscaler(@Nullable String name, Engine engine) {
        boolean known = name == null
                || engine.lists()
                        .path("/sdapi/v1/latent-upscale-modes")
                        .findValuesAsText("name")
                        .contains(name)
                || engine.lists()
                        .path("/sdapi/v1/upscalers")
                        .findValuesAsText("name")
                        .contains(name);
        if (!known) {
            throw ApiError.python("Exception", "could not find upscaler named " + name);
        }
    }

    private static int[] size(Asked asked, ObjectNode extra) {
        int width = asked.whole("width");
        int height = asked.whole("height");
        int toWidth = asked.whole("hr_resize_x");
        int toHeight = asked.whole("hr_resize_y");
        if (toWidth == 0 && toHeight == 0) {
            extra.set("Hires upscale", asked.get("hr_scale"));
            double scale = asked.number("hr_scale");
            return new int[] {(int) (width * scale), (int) (height * scale)};
        }
        extra.put("Hires resize", toWidth + "x" + toHeight);
        if (toHeight == 0) {
            return new int[] {toWidth, toWidth * height / width};
        }
        return new int[] {toWidth == 0 ? toHeight * width / height : toWidth, toHeight};
    }
}
