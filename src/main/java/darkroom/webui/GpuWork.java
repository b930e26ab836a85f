package darkroom.webui;

import darkroom.files.Sha256;
import darkroom.job.Operation;
import darkroom.job.Task;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What a task asks of a WebUI's time, and what has to be there and loaded for it. */
public final class GpuWork {
    /** By these the WebUI finds something that it has. */
    private static final List<String> NAMES = List.of(
            "sampler_name",
            "sampler_index",
            "scheduler",
            "styles",
            "hr_upscaler",
            "hr_sampler_name",
            "hr_scheduler",
            "hr_checkpoint_name",
            "refiner_checkpoint",
            "script_name",
            "upscaler_1",
            "upscaler_2");

    /** A picture of 512x512 in 20 steps is one second for a WebUI of speed 1. */
    private static final double PIXEL_STEPS = 512.0 * 512 * 20;

    private static final double USUAL_SIDE = 512;
    private static final double USUAL_STEPS = 50;
    private static final double USUAL_STRENGTH = 0.75;
    private static final double EXTRAS = 0.5;
    private static final double LEAST = 0.01;
    private static final double MOST = 1e6;

    private final Task task;
    private final Asked asked;

    private GpuWork(Task task) {
        this.task = task;
        this.asked = new Asked(task);
    }

    /** That of a task. */
    public static GpuWork of(Task task) {
        return new GpuWork(task);
    }

    /**
     * What has to be loaded: the checkpoint, and behind line breaks the VAE and the refiner where they are named.
     *
     * @return empty if whatever is loaded will do
     */
    public String model() {
        if (!task.operation().generates()) {
            return "";
        }
        String model = Checkpoint.plain(asked.checkpoint());
        for (String part : List.of(asked.vae(), Checkpoint.plain(asked.text("refiner_checkpoint")))) {
            model += part.isEmpty() ? "" : "\n" + part;
        }
        return model;
    }

    /** A name for all that the WebUI has to have for it: the same for tasks that name the same. */
    public String names() {
        List<String> names = new ArrayList<>(List.of(task.operation().word(), asked.checkpoint(), asked.vae()));
        for (String field : NAMES) {
            names.add(asked.text(field));
        }
        if (task.settings().get("alwayson_scripts") instanceof Map<?, ?> scripts) {
            scripts.keySet().stream().map(String::valueOf).sorted().forEach(names::add);
        }
        names.addAll(ExtensionUnits.names(task));
        TreeSet<String> loras = new TreeSet<>();
        for (String prompt : Named.PROMPTS) {
            Named.loras(asked.text(prompt), loras);
        }
        names.addAll(loras);
        MessageDigest digest = Sha256.digest();
        digest.update(String.join("\n", names).getBytes(StandardCharsets.UTF_8));
        return Sha256.hex(digest);
    }

    /** A guess at how long a WebUI of speed 1 works on it, in seconds; from 0.01 to a million. */
    public double seconds() {
        if (task.operation() == Operation.EXTRAS) {
            return EXTRAS;
        }
        if (!task.operation().generates()) {
            return LEAST;
        }
        double width = number("width", USUAL_SIDE);
        double height = number("height", USUAL_SIDE);
        double steps = number("steps", USUAL_STEPS);
        double pixelSteps = width * height * steps;
        if (task.operation() == Operation.IMG2IMG) {
            pixelSteps *= Math.min(1, number("denoising_strength", USUAL_STRENGTH));
        } else if (asked.isHires()) {
            Asked.Size large = asked.enlarged((long) Math.min(MOST, width), (long) Math.min(MOST, height));
            double second = number("hr_second_pass_steps", steps) * number("denoising_strength", USUAL_STRENGTH);
            pixelSteps += (double) large.width() * large.height() * second;
        }
        double pictures = number("batch_size", 1) * number("n_iter", 1);
        return Math.max(LEAST, Math.min(MOST, pixelSteps * pictures / PIXEL_STEPS));
    }

    private double number(String name, double otherwise) {
        return asked.number(name)
                .map(BigDecimal::doubleValue)
                .filter(n -> n > 0 && n <= MOST)
                .orElse(otherwise);
    }
}
