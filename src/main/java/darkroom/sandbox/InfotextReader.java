package darkroom.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads infotexts back: for png-info, and for requests that carry one (captures 125, 220-222). */
final class InfotextReader {
    private static final Pattern ENTRY =
            Pattern.compile("\\s*(\\w[\\w \\-/]+):\\s*(\"(?:\\\\.|[^\\\\\"])+\"|[^,]*)(?:,|$)");
    private static final Pattern SIZE = Pattern.compile("(\\d+)x(\\d+)");
    private static final int ENTRIES_OF_A_LAST_LINE = 3;

    /** Which field of a request an entry sets; the first of them only in txt2img. */
    private static final Map<String, String> TXT2IMG_FIELDS = Map.ofEntries(
            Map.entry("prompt", "Prompt"),
            Map.entry("negative_prompt", "Negative prompt"),
            Map.entry("cfg_scale", "CFG scale"),
            Map.entry("width", "Size-1"),
            Map.entry("height", "Size-2"),
            Map.entry("batch_size", "Batch size"),
            Map.entry("denoising_strength", "Denoising strength"),
            Map.entry("hr_scale", "Hires upscale"),
            Map.entry("hr_upscaler", "Hires upscaler"),
            Map.entry("hr_second_pass_steps", "Hires steps"),
            Map.entry("hr_resize_x", "Hires resize-1"),
            Map.entry("hr_resize_y", "Hires resize-2"),
            Map.entry("hr_checkpoint_name", "Hires checkpoint"),
            Map.entry("hr_prompt", "Hires prompt"),
            Map.entry("hr_negative_prompt", "Hires negative prompt"));

    private static final Map<String, String> COMMON_FIELDS = Map.of(
            "steps", "Steps",
            "seed", "Seed",
            "subseed", "Variation seed",
            "subseed_strength", "Variation seed strength",
            "seed_resize_from_h", "Seed resize from-1",
            "seed_resize_from_w", "Seed resize from-2",
            "refiner_checkpoint", "Refiner",
            "refiner_switch_at", "Refiner switch at");

    private static final String USE_SAME_SAMPLER = "Use same sampler";
    private static final String USE_SAME_SCHEDULER = "Use same scheduler";

    private final Options options;
    private final Samplers samplers;
    private final RequestModel model;
    private final boolean img2img;

    InfotextReader(Engine engine, RequestModel model, boolean img2img) {
        this.options = engine.options();
        this.samplers = engine.samplers();
        this.model = model;
        this.img2img = img2img;
    }

    /** The entries of an infotext, all as text, and what is assumed where it says nothing. */
    static ObjectNode parse(String infotext) {
        ObjectNode entries = Json.object();
        List<String> lines = infotext.strip().lines().toList();
        String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        List<MatchResult> pairs = ENTRY.matcher(last).results().toList();
        boolean described = pairs.size() >= ENTRIES_OF_A_LAST_LINE;
        if (described) {
            pairs.forEach(pair -> put(entries, pair.group(1), pair.group(2)));
        }
        putPrompts(entries, described ? lines.subList(0, lines.size() - 1) : lines);
        assume(entries);
        return entries;
    }

    /** Sets the fields that a request has left out to what its infotext says. */
    void apply(ObjectNode body, JsonNode given) {
        ObjectNode entries = parse(body.path("infotext").asText());
        if (!img2img) {
            TXT2IMG_FIELDS.forEach((field, entry) -> set(body, given, field, entries.get(entry)));
            boolean hires = entries.has("Denoising strength"); // a Hires resize-1 is always assumed
            set(body, given, "enable_hr", hires ? BooleanNode.TRUE : null);
            setHiresSampling(body, given, entries);
        }
        COMMON_FIELDS.forEach((field, entry) -> set(body, given, field, entries.get(entry)));
        Samplers.Choice choice = samplers.resolve(text(entries, "Sampler"), text(entries, "Schedule type"), true);
        set(body, given, "sampler_name", TextNode.valueOf(choice.sampler()));
        set(body, given, "scheduler", TextNode.valueOf(choice.scheduler()));
        override(body, entries);
    }

    private void setHiresSampling(ObjectNode body, JsonNode given, ObjectNode entries) {
        String sampler = text(entries, "Sampler");
        String schedule = text(entries, "Schedule type");
        String hiresSampler = entries.path("Hires sampler").asText();
        String hiresSchedule = entries.path("Hires schedule type").asText();
        Samplers.Choice choice = samplers.resolve(
                hiresSampler.equals(USE_SAME_SAMPLER) ? sampler : hiresSampler,
                hiresSchedule.equals(USE_SAME_SCHEDULER) ? schedule : hiresSchedule,
                true);
        String newSampler = choice.sampler().equals(sampler) ? USE_SAME_SAMPLER : choice.sampler();
        String newSchedule = choice.scheduler().equals(schedule) ? USE_SAME_SCHEDULER : choice.scheduler();
        set(body, given, "hr_sampler_name", TextNode.valueOf(newSampler));
        set(body, given, "hr_scheduler", TextNode.valueOf(newSchedule));
    }

    /** Entries that belong to options become overrides, if they differ from what is in force. */
    private void override(ObjectNode body, ObjectNode entries) {
        ObjectNode overrides = body.get("override_settings") instanceof ObjectNode given ? given : Json.object();
        body.set("override_settings", overrides);
        options.infotextNames().properties().forEach(name -> {
            String option = name.getValue().asText();
            JsonNode value = entries.get(name.getKey());
            boolean swapsModel = option.equals("sd_model_checkpoint") && options.flag("disable_weights_auto_swap");
            if (value == null || swapsModel) {
                return;
            }
            JsonNode current = options.get(option);
            JsonNode cast = typeOf(current).coerce(value.isTextual() ? value : TextNode.valueOf(Json.str(value)));
            if (cast != null && !Options.same(cast, current) && !overrides.has(option)) {
                overrides.set(option, cast);
            }
        });
    }

    private static FieldType typeOf(JsonNode value) {
        return value.isBoolean()
                ? FieldType.BOOLEAN
                : value.isIntegralNumber() ? FieldType.INTEGER : value.isNumber() ? FieldType.NUMBER : FieldType.STRING;
    }

    private void set(ObjectNode body, JsonNode given, String field, @Nullable JsonNode value) {
        if (value == null || given.has(field)) {
            return;
        }
        JsonNode coerced = model.type(field).coerce(value);
        if (coerced == null) {
            throw ApiError.python("ValueError", "could not convert " + ServerPaths.repr(value.asText()));
        }
        body.set(field, coerced);
    }

    private static @Nullable String text(ObjectNode entries, String name) {
        JsonNode value = entries.get(name);
        return value == null ? null : value.asText();
    }

    private static void putPrompts(ObjectNode entries, List<String> lines) {
        var prompt = new StringBuilder();
        var negative = new StringBuilder();
        StringBuilder current = prompt;
        for (String line : lines) {
            String text = line.strip();
            if (text.startsWith("Negative prompt:")) {
                current = negative;
                text = text.substring("Negative prompt:".length()).strip();
            }
            current.append(current.isEmpty() ? "" : "\n").append(text);
        }
        entries.put("Prompt", prompt.toString()).put("Negative prompt", negative.toString());
    }

    private static void put(ObjectNode entries, String label, String quoted) {
        String value = unquoted(quoted);
        Matcher size = SIZE.matcher(value);
        if (size.matches()) {
            entries.put(label + "-1", size.group(1)).put(label + "-2", size.group(2));
        } else if (!quoted.isEmpty()) {
            entries.put(label, value);
        }
    }

    private static String unquoted(String value) {
        if (!value.startsWith("\"") || !value.endsWith("\"")) {
            return value;
        }
        try {
            return Json.MAPPER.readTree(value).asText();
        } catch (JsonProcessingException e) {
            return value;
        }
    }

    private static void assume(ObjectNode entries) {
        entries.putIfAbsent("Clip skip", TextNode.valueOf("1"));
        if (!entries.has("Hires resize-1")) {
            entries.put("Hires resize-1", 0).put("Hires resize-2", 0);
        }
        entries.putIfAbsent("Hires sampler", TextNode.valueOf(USE_SAME_SAMPLER));
        entries.putIfAbsent("Hires schedule type", TextNode.valueOf(USE_SAME_SCHEDULER));
        entries.putIfAbsent("Hires checkpoint", TextNode.valueOf("Use same checkpoint"));
        entries.putIfAbsent("Hires prompt", TextNode.valueOf(""));
        entries.putIfAbsent("Hires negative prompt", TextNode.valueOf(""));
        entries.putIfAbsent("Mask mode", TextNode.valueOf("Inpaint masked"));
        entries.putIfAbsent("Masked content", TextNode.valueOf("original"));
        entries.putIfAbsent("Inpaint area", TextNode.valueOf("Whole picture"));
        entries.putIfAbsent("Masked area padding", entries.numberNode(32));
        entries.putIfAbsent("RNG", TextNode.valueOf("GPU"));
        entries.putIfAbsent("Schedule type", TextNode.valueOf(Samplers.AUTOMATIC));
        for (String zero : List.of("Schedule max sigma", "Schedule min sigma", "Schedule rho")) {
            entries.putIfAbsent(zero, entries.numberNode(0));
        }
        entries.putIfAbsent("VAE Encoder", TextNode.valueOf("Full"));
        entries.putIfAbsent("VAE Decoder", TextNode.valueOf("Full"));
        entries.putIfAbsent("FP8 weight", TextNode.valueOf("Disable"));
        if (entries.path("Prompt").asText().matches("(?s).*[(\\[].*")) {
            entries.putIfAbsent("Emphasis", TextNode.valueOf("Original"));
        }
        entries.putIfAbsent("Refiner switch by sampling steps", entries.booleanNode(false));
    }
}
