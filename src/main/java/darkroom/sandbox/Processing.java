package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A generation job inside the lock: its own settings come into force, it is done, and they are taken back. */
final class Processing {
    private static final String CHECKPOINT = "sd_model_checkpoint";

    private final Engine engine;
    private final Options options;
    private final Asked asked;
    private final Samplers.Choice wanted;
    private final PictureReader.@Nullable Opened mask;
    private final boolean img2img;
    private final Random random;

    /** @param wanted what was asked for, as far as it exists; what is used is decided under the job's own settings */
    Processing(
            Engine engine,
            Asked asked,
            Samplers.Choice wanted,
            PictureReader.@Nullable Opened mask,
            boolean img2img,
            Random random) {
        this.engine = engine;
        this.options = engine.options();
        this.asked = asked;
        this.wanted = wanted;
        this.mask = mask;
        this.img2img = img2img;
        this.random = random;
    }

    /** @param matrix whether the script of that name does it, which does the rest by way of this */
    Made run(String taskId, boolean matrix) throws IOException, InterruptedException {
        var init = new ArrayList<PictureReader.Opened>();
        asked.get("init_images").forEach(image -> init.add(engine.reader().open(image)));
        String kind = img2img ? "img2img" : "txt2img";
        // Read before the overrides apply: these can't be overridden (capture 530).
        var folders = new GenerationRun.Folders(
                options.text("outdir_" + kind + "_samples"), options.text("outdir_" + kind + "_grids"));
        engine.progress().begin("scripts_" + kind);
        try {
            engine.tasks().start(taskId);
            Made made = matrix
                    ? runMatrix(init, folders)
                    : withOwnSettings(init, folders, () -> Batches.of(asked, engine, random), true);
            engine.tasks().finish(taskId);
            return made;
        } finally {
            engine.progress().end();
        }
    }

    private Made runMatrix(List<PictureReader.Opened> init, GenerationRun.Folders folders)
            throws IOException, InterruptedException {
        var matrix = new PromptMatrix(asked, engine, random);
        Made made = withOwnSettings(init, folders, matrix::batches, false);
        matrix.addGrid(made, folders.grids());
        return made;
    }

    private Made withOwnSettings(
            List<PictureReader.Opened> init, GenerationRun.Folders folders, Supplier<Batches> plan, boolean grids)
            throws IOException, InterruptedException {
        var overrides = new ArrayList<Map.Entry<String, JsonNode>>(
                asked.get("override_settings").properties());
        Map<String, JsonNode> before =
                options.remember(overrides.stream().map(Map.Entry::getKey).toList());
        try {
            override(overrides);
            return process(init, folders, plan.get(), grids);
        } finally {
            if (asked.flag("override_settings_restore_afterwards")) {
                options.restore(before);
                if (engine.settings().loadsBack() && before.containsKey(CHECKPOINT)) {
                    engine.load(engine.checkpoints().wanted());
                }
            }
        }
    }

    private Made process(List<PictureReader.Opened> opened, GenerationRun.Folders folders, Batches plan, boolean grids)
            throws IOException, InterruptedException {
        String scheduler = asked.textOrNull("scheduler");
        Samplers.Choice sampling =
                engine.samplers().resolve(wanted.sampler(), scheduler == null ? wanted.scheduler() : scheduler, false);
        checkRefiner();
        List<Picture> images = opened.stream().map(PictureReader.Opened::load).toList();
        InitImages init = img2img ? initImages(images) : null;
        Batches batches = init == null ? plan : plan.sized(init.batchSize(), plan.count());
        var job = new Shot.Job(
                asked,
                sampling.sampler(),
                sampling.scheduler(),
                engine.checkpoints().use(),
                engine.progress().jobTimestamp(),
                batches.seeds(),
                batches.size(),
                batches.count());
        var run = new GenerationRun(engine, job, batches, folders, grids);
        List<UnitRun> extensions = beginExtensions(images, run.extra());
        Result result = run.run(init);
        extensions.forEach(extension -> extension.maps().forEach(result::addMask));
        ObjectNode info = result.info(job, batches, run.extra(), options);
        info.put("sd_vae_name", vae());
        return new Made(job, result, info);
    }

    /** What goes wrong in an extension is logged by a real server, and nothing more. */
    private List<UnitRun> beginExtensions(List<Picture> images, ObjectNode extra) {
        var begun = new ArrayList<UnitRun>();
        for (Extension extension : engine.settings().extensions()) {
            JsonNode args = extension.arguments(asked.get("alwayson_scripts"));
            UnitRun run = extension.run(args, engine, asked, images);
            try {
                run.begin(extra);
                begun.add(run);
            } catch (UnitRun.Failed e) {
                // its pictures are made without it
            }
        }
        return begun;
    }

    /** The file name of the VAE that the option names; null if there is none of that name, without a word. */
    private @Nullable String vae() {
        for (JsonNode vae : engine.lists().path("/sdapi/v1/sd-vae")) {
            if (vae.path("model_name").asText().equals(options.text("sd_vae"))) {
                return vae.path("model_name").asText();
            }
        }
        return null;
    }

    /** An unknown checkpoint is passed over without a word (capture 313); anything else unknown is an error. */
    private void override(List<Map.Entry<String, JsonNode>> overrides) throws InterruptedException {
        overrides.removeIf(entry -> entry.getKey().equals(CHECKPOINT)
                && engine.checkpoints().find(entry.getValue().asText()) == null);
        if (overrides.stream().noneMatch(entry -> entry.getKey().equals(CHECKPOINT))) {
            engine.load(engine.checkpoints().wanted());
        }
        for (Map.Entry<String, JsonNode> entry : overrides) {
            options.set(entry.getKey(), entry.getValue());
            if (entry.getKey().equals(CHECKPOINT)) {
                engine.load(engine.checkpoints().wanted());
            }
        }
    }

    private void checkRefiner() {
        String refiner = asked.textOrNull("refiner_checkpoint");
        if (refiner != null
                && !refiner.equalsIgnoreCase("none")
                && engine.checkpoints().closest(refiner) == null) {
            throw ApiError.python("Exception", "Could not find checkpoint with name " + refiner);
        }
    }

    private InitImages initImages(List<Picture> images) {
        return new InitImages(asked, images, mask == null ? null : mask.load());
    }
}
