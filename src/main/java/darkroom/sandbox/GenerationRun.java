package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One txt2img or img2img job while it holds the lock: batch by batch, step by step, picture by picture. */
final class GenerationRun {
    private final Engine engine;
    private final Options options;
    private final Asked asked;
    private final Batches batches;
    private final Shot.Job job;
    private final boolean saves;
    private final boolean grids;
    private final Folders folders;
    private final ObjectNode extra = Json.object();
    private final Result result = new Result();
    private @Nullable Hires hires;
    private @Nullable InitImages init;

    /** Where pictures and grids go, as the server sees it. */
    record Folders(String samples, String grids) {}

    GenerationRun(Engine engine, Shot.Job job, Batches batches, Folders folders, boolean grids) {
        this.engine = engine;
        this.options = engine.options();
        this.asked = job.asked();
        this.job = job;
        this.batches = batches;
        this.folders = folders;
        this.saves = asked.flag("save_images");
        this.grids = grids;
    }

    /** The pictures, and what is said of them. */
    Result run(@Nullable InitImages initImages) throws IOException, InterruptedException {
        init = initImages;
        if (initImages != null) {
            initImages.prepare(extra, options);
        }
        if (asked.flag("enable_hr")) {
            hires = Hires.of(asked, engine, job, extra);
        }
        engine.progress().count(hires == null ? batches.count() : 2 * batches.count());
        for (int batch = 0; batch < batches.count(); batch++) {
            engine.progress().forgetSkip();
            if (engine.progress().interrupted()
                    || batches.first(batch) >= batches.prompts().size()) {
                break;
            }
            draw(batch);
        }
        if (result.infotexts().isEmpty()) {
            result.addInfotext(infotext(shot(0, 0)));
        }
        if (grids) {
            addGrid();
        }
        return result;
    }

    /** What was found out on the way, for {@code info}. */
    ObjectNode extra() {
        return extra;
    }

    private void draw(int batch) throws IOException, InterruptedException {
        checkSampling();
        if (batch == 0) {
            Files.writeString(engine.paths().resolve("params.txt"), infotext(shot(0, 0)));
        }
        if (batches.count() > 1) {
            engine.progress().name("Batch " + (batch + 1) + " out of " + batches.count());
        }
        List<Picture> drawn = sample(batch);
        engine.progress().nextBatch();
        boolean save = savesNow();
        for (int position = 0; position < drawn.size(); position++) {
            finish(shot(batch, position), drawn.get(position), save);
        }
    }

    /** All pictures of a batch, in one go; unfinished, if somebody interrupts. */
    private List<Picture> sample(int batch) throws IOException, InterruptedException {
        noteSchedule();
        int size = batches.last(batch) - batches.first(batch);
        int width = Size.rounded(asked.whole("width"));
        int height = Size.rounded(asked.whole("height"));
        engine.gpu().requireRoom(size, width, height);
        int steps = init == null ? asked.whole("steps") : init.steps();
        double done = steps(steps, size, () -> preview(batch));
        List<Picture> pictures = paint(batch, width, height, done);
        Hires second = hires;
        if (second != null && !engine.progress().interrupted()) {
            saveBeforeHires(batch, pictures);
            engine.progress().nextBatch();
            engine.gpu().requireRoom(size, second.width(), second.height());
            done = steps(second.steps(), size, () -> preview(batch));
            pictures = paint(batch, second.width(), second.height(), done);
        }
        for (int i = 0; i < size; i++) {
            engine.gpu().spend(engine.settings().timePerPicture());
        }
        return pictures;
    }

    /** The share of the steps that was done. */
    private double steps(int steps, int pictures, Supplier<Picture> canvas) throws InterruptedException {
        engine.progress().sample(steps, canvas);
        for (int step = 0; step < steps; step++) {
            engine.progress().step(step);
            engine.gpu().spend(engine.settings().timePerStep().multipliedBy(pictures));
            if (engine.progress().stopped()) {
                return (double) step / steps;
            }
        }
        return 1;
    }

    private List<Picture> paint(int batch, int width, int height, double done) {
        var pictures = new ArrayList<Picture>();
        for (int index = batches.first(batch); index < batches.last(batch); index++) {
            Picture picture = engine.painter().paint(batches.prompts().get(index), seedOf(index), width, height);
            if (init != null) {
                picture = init.blend(picture, index - batches.first(batch));
            }
            pictures.add(done < 1 ? Unfinished.of(picture, seedOf(index), done) : picture);
        }
        return pictures;
    }

    /** Small, as previews are: they are made from what the model has in mind, not from what it will decode. */
    private Picture preview(int batch) {
        int width = asked.whole("width") / Size.LATENT * 2;
        int height = asked.whole("height") / Size.LATENT * 2;
        int first = batches.first(batch);
        return engine.painter().paint(batches.prompts().get(first), seedOf(first), width, height);
    }

    private long seedOf(int index) {
        double strength = asked.get("subseed_strength").asDouble();
        long seed = batches.seeds().get(index);
        return strength == 0 ? seed : seed * 31 + batches.subseeds().get(index) + (long) (strength * 1000);
    }

    private void finish(Shot shot, Picture drawn, boolean save) throws IOException {
        if (Infotext.restoresFaces(asked, options) && save && options.flag("save_images_before_face_restoration")) {
            save(shot, drawn, "-before-face-restoration");
        }
        Picture composed = init == null ? drawn : init.compose(drawn, shot.position());
        Picture picture = engine.painter().sign(composed, shot.seed());
        if (save) {
            save(shot, picture, "");
        }
        String infotext = infotext(shot);
        result.add(options.flag("enable_pnginfo") ? picture.withText("parameters", infotext) : picture, infotext);
        if (init != null && init.inpainting() != null) {
            addMasks(shot, init, init.inpainting(), drawn, save);
        }
    }

    private void addMasks(Shot shot, InitImages start, Inpainting inpainting, Picture drawn, boolean save)
            throws IOException {
        addMask(shot, inpainting.mask(), "mask", save);
        addMask(shot, inpainting.composite(start.image(shot.position()), drawn), "mask_composite", save);
    }

    private void addMask(Shot shot, Picture picture, String which, boolean save) throws IOException {
        if (save && options.flag("save_" + which)) {
            save(shot, picture, "-" + which.replace('_', '-'));
        }
        if (options.flag("return_" + which)) {
            result.addMask(picture);
        }
    }

    private void addGrid() throws IOException {
        boolean unwanted = result.pictures().size() < 2 && options.flag("grid_only_if_multiple");
        if (!saves || unwanted || result.pictures().isEmpty()) {
            return;
        }
        Picture grid = Grid.of(result.pictures(), batches.size(), options);
        Shot first = shot(0, 0);
        String infotext = infotext(first);
        if (options.flag("return_grid")) {
            result.addGrid(options.flag("enable_pnginfo") ? grid.withText("parameters", infotext) : grid, infotext);
        }
        if (options.flag("grid_save")) {
            var kind = new OutputFolder.Kind(folders.grids(), "grid", "", options.flag("grid_extended_filename"));
            engine.outputs().save(grid, kind, options.text("grid_format"), names(first, grid), infotext);
        }
    }

    private void saveBeforeHires(int batch, List<Picture> pictures) throws IOException {
        if (savesNow() && options.flag("save_images_before_highres_fix")) {
            for (int position = 0; position < pictures.size(); position++) {
                Shot shot = shot(batch, position);
                save(shot, engine.painter().sign(pictures.get(position), shot.seed()), "-before-highres-fix");
            }
        }
    }

    private void save(Shot shot, Picture picture, String suffix) throws IOException {
        var kind = OutputFolder.Kind.sample(folders.samples(), suffix);
        engine.outputs().save(picture, kind, options.text("samples_format"), names(shot, picture), infotext(shot));
    }

    /** Pictures of an interrupted or skipped batch are sent, but not saved. */
    private boolean savesNow() {
        boolean whole =
                options.flag("save_incomplete_images") || !engine.progress().stopped();
        return saves && whole && options.flag("samples_save");
    }

    private FilenamePattern names(Shot shot, Picture picture) {
        return new FilenamePattern(options, engine.samplers(), shot, picture);
    }

    private String infotext(Shot shot) {
        ObjectNode said = hires == null ? extra : hires.prompts(shot, extra.deepCopy());
        return Infotext.of(shot, said, options);
    }

    private Shot shot(int batch, int position) {
        int index = batches.first(batch) + position;
        return new Shot(
                job,
                batches.prompts().get(index),
                batches.negatives().get(index),
                batches.seeds().get(index),
                batches.subseeds().get(index),
                batch,
                position);
    }

    private void noteSchedule() {
        String schedule = engine.samplers().scheduleLabel(job.sampler(), job.scheduler());
        if (schedule != null) {
            extra.put("Schedule type", schedule);
        }
        if (hires != null) {
            hires.noteSchedule(extra, schedule);
        }
    }

    /** What the real server stumbles over when it begins to sample (captures 319, 320, 323, 326). */
    private void checkSampling() {
        int steps = asked.whole("steps");
        if (steps == 0) {
            throw ApiError.python("ZeroDivisionError", "integer division or modulo by zero");
        }
        asked.number("cfg_scale");
        Size.check(asked.whole("width"), asked.whole("height"));
        if (steps < 0) {
            throw ApiError.python("RuntimeError", "number of steps must be non-negative");
        }
    }
}
