package darkroom.camel;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of an answer's {@code info} that a receipt keeps: what made the pictures what they are. */
final class ReportedInfo {
    private static final List<String> KEPT = List.of(
            "seed",
            "all_seeds",
            "subseed",
            "all_subseeds",
            "sampler_name",
            "steps",
            "cfg_scale",
            "width",
            "height",
            "denoising_strength",
            "sd_model_name",
            "sd_model_hash",
            "sd_vae_name",
            "sd_vae_hash",
            "clip_skip",
            "index_of_first_image",
            "job_timestamp",
            "version",
            "extra_generation_params",
            "infotexts",
            "html_info",
            "caption",
            "items",
            "parameters",
            "before",
            "after");

    private ReportedInfo() {}

    static Map<String, @Nullable Object> of(JsonNode info) {
        Map<String, @Nullable Object> kept = new LinkedHashMap<>();
        for (String name : KEPT) {
            if (info.hasNonNull(name)) {
                kept.put(name, info.get(name));
            }
        }
        return kept;
    }
}
