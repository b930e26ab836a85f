package darkroom.promptfile;

import darkroom.job.Attachment;
import darkroom.job.Operation;
import darkroom.job.OutOfMemory;
import darkroom.job.PayloadField;
import darkroom.job.Save;
import darkroom.job.Task;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is to be made of each picture of a task: a member of {@code job.then}.
 *
 * @param operation {@code img2img}, or one that takes an image
 * @param save which way its pictures take; null if its author leaves that open
 * @param outOfMemory what is done if the GPU has not enough memory; null if its author leaves that open
 * @param settings what is said for it, with that of its preset, and without the picture
 * @param attachments pictures of extension units and very long texts, each in a file
 */
public record FollowUp(
        Operation operation,
        @Nullable Save save,
        @Nullable OutOfMemory outOfMemory,
        Map<String, @Nullable Object> settings,
        List<Attachment> attachments) {

    /** What the picture was made from holds for what is made of it; sizes, batches, masks and scripts do not. */
    private static final Set<String> INHERITED = Set.of(
            "prompt",
            "negative_prompt",
            "styles",
            "infotext",
            "seed",
            "subseed",
            "subseed_strength",
            "seed_resize_from_h",
            "seed_resize_from_w",
            "sampler_name",
            "sampler_index",
            "scheduler",
            "steps",
            "cfg_scale",
            "distilled_cfg_scale",
            "restore_faces",
            "tiling",
            "eta",
            "s_min_uncond",
            "s_churn",
            "s_tmax",
            "s_tmin",
            "s_noise",
            "refiner_checkpoint",
            "refiner_switch_at",
            "save_images",
            "override_settings");

    /** How many pictures are planned of each. */
    int pictures() {
        return JobPlan.pictures(operation, settings);
    }

    /**
     * What is sent for one picture, but for the picture itself, and with what is random still open.
     *
     * @param source what made the picture; null if that was made from no prompt
     * @param picture which of its pictures, from 1
     */
    Map<String, @Nullable Object> settings(@Nullable Task source, int picture) {
        Map<String, @Nullable Object> made = new LinkedHashMap<>();
        if (operation == Operation.IMG2IMG && source != null) {
            source.settings().forEach((name, value) -> {
                if (isInherited(name)) {
                    made.put(name, value);
                }
            });
            if (made.containsKey("seed")) {
                count(made, picture - 1L);
            }
        }
        settings.forEach((name, value) -> made.put(
                name,
                value instanceof Map<?, ?> said && made.get(name) instanceof Map<?, ?> below
                        ? over(below, said)
                        : value));
        if (operation.takesImage()) {
            made.put("image", null);
        } else {
            made.put("init_images", Collections.<@Nullable Object>singletonList(null));
        }
        return made;
    }

    /** Its own, and long texts of the fields that it has from what made the picture. */
    List<Attachment> attachments(@Nullable Task source) {
        if (operation != Operation.IMG2IMG || source == null) {
            return attachments;
        }
        Stream<Attachment> inherited = source.attachments().stream()
                .filter(attachment -> attachment.form() == Attachment.Form.JSON_TEXT
                        && isInherited(attachment.pointer().substring(1)));
        return Stream.concat(attachments.stream(), inherited).toList();
    }

    private boolean isInherited(String name) {
        return INHERITED.contains(name)
                && (!settings.containsKey(name) || settings.get(name) instanceof Map) // put together, member by member
                && Layers.sameAs(name).stream().noneMatch(settings::containsKey);
    }

    /** Each picture of a batch has the next seed (webui-api, section 2.2). */
    private static void count(Map<String, @Nullable Object> made, long further) {
        boolean varied = PayloadField.number(made.get("subseed_strength"))
                .map(strength -> strength.signum() != 0)
                .orElse(false);
        made.computeIfPresent(
                varied ? "subseed" : "seed",
                (name, seed) -> PayloadField.number(seed)
                        .map(first ->
                                (Object) first.add(BigDecimal.valueOf(further)).toBigInteger())
                        .orElse(seed));
    }

    private static Map<String, @Nullable Object> over(Map<?, ?> below, Map<?, ?> said) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        below.forEach((name, value) -> all.put(String.valueOf(name), value));
        said.forEach((name, value) -> all.put(String.valueOf(name), value));
        return all;
    }
}
