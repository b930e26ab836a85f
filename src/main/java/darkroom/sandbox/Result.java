package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** What a job has made: pictures, and texts about them whose number need not be the same (captures 105-109, 204, 414). */
final class Result {
    private final List<Picture> pictures = new ArrayList<>();
    private final List<String> infotexts = new ArrayList<>();
    private int firstImage;

    void add(Picture picture, String infotext) {
        pictures.add(picture);
        infotexts.add(infotext);
    }

    /** A mask, of which nothing is said. */
    void addMask(Picture picture) {
        pictures.add(picture);
    }

    void addInfotext(String infotext) {
        infotexts.add(infotext);
    }

    /** Puts a grid before all others; what {@code info} says of it must be told apart. */
    void addGrid(Picture grid, String infotext) {
        pictures.add(0, grid);
        infotexts.add(0, infotext);
        firstImage = 1;
    }

    List<Picture> pictures() {
        return pictures;
    }

    List<String> infotexts() {
        return infotexts;
    }

    /** What the answer's field {@code info} holds, there as a text. */
    ObjectNode info(Shot.Job job, Batches batches, ObjectNode extra, Options options) {
        Asked asked = job.asked();
        boolean faces = Infotext.restoresFaces(asked, options);
        ObjectNode info = Json.object();
        info.put("prompt", batches.prompts().get(0));
        info.set("all_prompts", array(batches.prompts()));
        info.put("negative_prompt", batches.negatives().get(0));
        info.set("all_negative_prompts", array(batches.negatives()));
        info.put("seed", batches.seeds().get(0));
        batches.seeds().forEach(info.putArray("all_seeds")::add);
        info.put("subseed", batches.subseeds().get(0));
        batches.subseeds().forEach(info.putArray("all_subseeds")::add);
        info.set("subseed_strength", asked.get("subseed_strength"));
        info.set("width", asked.get("width"));
        info.set("height", asked.get("height"));
        info.put("sampler_name", job.sampler());
        info.set("cfg_scale", asked.get("cfg_scale"));
        info.set("steps", asked.get("steps"));
        info.put("batch_size", job.batchSize());
        info.put("restore_faces", faces);
        info.put("face_restoration_model", faces ? options.text("face_restoration_model") : null);
        info.put("sd_model_name", job.checkpoint().name());
        info.put("sd_model_hash", job.checkpoint().shortHash());
        info.putNull("sd_vae_name").putNull("sd_vae_hash");
        info.set("seed_resize_from_w", asked.get("seed_resize_from_w"));
        info.set("seed_resize_from_h", asked.get("seed_resize_from_h"));
        info.set("denoising_strength", asked.get("denoising_strength"));
        info.set("extra_generation_params", extra);
        info.put("index_of_first_image", firstImage);
        info.set("infotexts", array(infotexts));
        info.set("styles", array(job.styles()));
        info.put("job_timestamp", job.timestamp());
        info.set("clip_skip", options.get("CLIP_stop_at_last_layers"));
        info.put("is_using_inpainting_conditioning", false);
        info.put("version", Infotext.VERSION);
        return info;
    }

    private static ArrayNode array(List<String> texts) {
        ArrayNode array = Json.array();
        texts.forEach(array::add);
        return array;
    }
}
