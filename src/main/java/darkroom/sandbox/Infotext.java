package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The text in which a picture says how it was made. */
final class Infotext {
    static final String VERSION = "1.10.1";

    private final Options options;
    private final Map<String, JsonNode> entries = new LinkedHashMap<>();

    private Infotext(Options options) {
        this.options = options;
    }

    /**
     * The text of one picture.
     *
     * @param extra what only some jobs say, in the order in which it came up; null values say nothing
     */
    static String of(Shot shot, ObjectNode extra, Options options) {
        var text = new Infotext(options);
        text.describe(shot, extra);
        extra.properties().forEach(entry -> text.entries.put(entry.getKey(), entry.getValue()));
        text.put("Version", options.flag("add_version_to_infotext"), VERSION);
        String negative = shot.negative().isEmpty() ? "" : "\nNegative prompt: " + shot.negative();
        return (shot.prompt() + negative + "\n" + text.line()).strip();
    }

    private void describe(Shot shot, ObjectNode extra) {
        Shot.Job job = shot.job();
        Asked asked = job.asked();
        boolean variation = asked.get("subseed_strength").asDouble() != 0;
        entries.put("Steps", asked.get("steps"));
        put("Sampler", true, job.sampler());
        put("Schedule type", true, job.scheduler());
        entries.put("CFG scale", asked.get("cfg_scale"));
        put("Seed", true, String.valueOf(shot.seed()));
        put("Face restoration", restoresFaces(asked, options), options.text("face_restoration_model"));
        put(
                "Size",
                true,
                asked.get("width").asText() + "x" + asked.get("height").asText());
        put(
                "Model hash",
                options.flag("add_model_hash_to_info"),
                job.checkpoint().shortHash());
        put("Model", options.flag("add_model_name_to_info"), job.checkpoint().name());
        put("Variation seed", variation, String.valueOf(shot.subseed()));
        put("Variation seed strength", variation, Json.str(asked.get("subseed_strength")));
        int fromWidth = asked.get("seed_resize_from_w").asInt();
        int fromHeight = asked.get("seed_resize_from_h").asInt();
        put("Seed resize from", fromWidth > 0 && fromHeight > 0, fromWidth + "x" + fromHeight);
        entries.put(
                "Denoising strength",
                extra.has("Denoising strength") ? extra.get("Denoising strength") : NullNode.getInstance());
        JsonNode clipSkip = options.get("CLIP_stop_at_last_layers");
        put("Clip skip", clipSkip.asDouble() > 1, Json.str(clipSkip));
        put("RNG", !options.text("randn_source").equals("GPU"), options.text("randn_source"));
        put("Tiling", asked.isNull("tiling") ? options.flag("tiling") : asked.flag("tiling"), "True");
    }

    static boolean restoresFaces(Asked asked, Options options) {
        return asked.isNull("restore_faces") ? options.flag("face_restoration") : asked.flag("restore_faces");
    }

    private void put(String label, boolean say, String value) {
        entries.put(label, say ? TextNode.valueOf(value) : NullNode.getInstance());
    }

    private String line() {
        return entries.entrySet().stream()
                .filter(entry -> !entry.getValue().isNull())
                .map(entry -> entry.getKey() + ": " + quoted(Json.str(entry.getValue())))
                .collect(Collectors.joining(", "));
    }

    /** In quotes, if the value could be mistaken for more than one. */
    private static String quoted(String value) {
        return value.contains(",") || value.contains("\n") || value.contains(":")
                ? TextNode.valueOf(value).toString()
                : value;
    }
}
