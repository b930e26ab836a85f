package darkroom.promptfile;

import darkroom.job.Operation;
import darkroom.job.PayloadField;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.Suggestion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which operation a prompt file asks for: {@code job.operation}, or what its fields leave no doubt about. */
final class Operations {
    /** Fields that only {@code extra-single-image} has (webui-api, section 1.6). */
    static final Set<String> OF_EXTRAS = Set.of(
            "upscaler_1",
            "upscaler_2",
            "extras_upscaler_2_visibility",
            "upscaling_resize",
            "upscaling_resize_w",
            "upscaling_resize_h",
            "upscaling_crop",
            "upscale_first",
            "gfpgan_visibility",
            "codeformer_visibility",
            "codeformer_weight",
            "show_extras_results");

    private final PromptDocument document;
    private final Map<String, @Nullable Object> settings;
    private final List<Problem> problems;
    private final boolean pictures;
    private final boolean image;

    private Operations(PromptDocument document, Map<String, @Nullable Object> settings, List<Problem> problems) {
        this.document = document;
        this.settings = settings;
        this.problems = problems;
        this.pictures = settings.get("init_images") instanceof List<?> images && !images.isEmpty();
        this.image = isThere("image");
    }

    /**
     * Finds the operation, and says what contradicts it.
     *
     * @param asked the value of {@code job.operation}; null if there is none
     */
    static Operation of(
            PromptDocument document,
            @Nullable Object asked,
            Map<String, @Nullable Object> settings,
            List<Problem> problems) {
        Operations operations = new Operations(document, settings, problems);
        return asked == null ? operations.byContent() : operations.asked(asked);
    }

    /** Whether settings without an operation leave no doubt that they are for extras. */
    static boolean areOfExtras(Map<String, @Nullable Object> settings) {
        return !settings.containsKey("prompt") && settings.keySet().stream().anyMatch(OF_EXTRAS::contains);
    }

    private Operation byContent() {
        if (pictures) {
            return Operation.IMG2IMG;
        }
        boolean prompt = settings.containsKey("prompt");
        if (areOfExtras(settings)) {
            return checked(Operation.EXTRAS);
        }
        if (image) {
            problem(
                    prompt
                            ? "there is an 'image' beside a 'prompt', and the WebUI would pass it over"
                            : "there is an 'image', and nothing says what to do with it",
                    "a picture to start from belongs into 'init_images'; else set job.operation to \"extras\", \"interrogate\""
                            + " or \"png-info\"",
                    "/image");
            return Operation.PNG_INFO;
        }
        if (settings.get("init_images") instanceof List<?>) {
            problem(
                    "'init_images' is an empty list",
                    "name the pictures to start from; or take it out, or set job.operation to \"txt2img\", if there are none",
                    "/init_images");
        }
        return checked(Operation.TXT2IMG);
    }

    private Operation asked(Object asked) {
        Optional<Operation> known = Operation.of(asked.toString());
        if (known.isEmpty()) {
            problem(
                    "'job.operation' is " + Shown.of(asked),
                    Suggestion.of(asked.toString(), Operation.words())
                            + "; or leave it out, if the file's content leaves no doubt",
                    "/job/operation");
            return byContent();
        }
        return checked(known.get());
    }

    /** Says what the operation lacks, or has no use for. */
    private Operation checked(Operation operation) {
        if (operation == Operation.IMG2IMG && !pictures) {
            mismatch(operation, "has no init images", "name the pictures to start from in 'init_images'");
        } else if (operation != Operation.IMG2IMG && pictures) {
            mismatch(operation, "has init images", "take 'init_images' out, or ask for img2img");
        } else if (operation.takesImage() && !image) {
            mismatch(operation, "names no picture", "name the picture in 'image'");
        } else if (operation == Operation.OPTIONS && settings.isEmpty()) {
            mismatch(operation, "names no options", "give each option its value, such as {\"sd_vae\": \"Automatic\"}");
        } else if (operation == Operation.TXT2IMG && isThere("mask")) {
            problem("there is a 'mask', and no picture for it to mask", "name the picture in 'init_images'", "/mask");
        } else if (operation == Operation.EXTRAS) {
            checkExtras();
        }
        return operation;
    }

    /** Without an upscaler the WebUI answers 200, with the picture as it was (capture 211). */
    private void checkExtras() {
        Object upscaler = settings.get("upscaler_1");
        boolean enlarges = upscaler != null && !List.of("", "None").contains(upscaler.toString());
        boolean mends = isPositive("gfpgan_visibility") || isPositive("codeformer_visibility");
        boolean resize = settings.keySet().stream().anyMatch(name -> name.startsWith("upscaling_resize"));
        if (!enlarges && (resize || !mends)) {
            problem(
                    "no 'upscaler_1' is named, and without one the picture would stay as it is",
                    "name an upscaler, such as \"Lanczos\" or \"R-ESRGAN 4x+\"; GET /sdapi/v1/upscalers lists them",
                    isThere("upscaler_1") ? "/upscaler_1" : "/image");
        }
    }

    private boolean isPositive(String name) {
        return PayloadField.number(settings.get(name))
                .map(number -> number.signum() > 0)
                .orElse(false);
    }

    private boolean isThere(String name) {
        return settings.get(name) != null || document.isSetAside("/" + name);
    }

    private void mismatch(Operation operation, String content, String hint) {
        problem("it is about " + operation.word() + ", and the file " + content, hint, "/job/operation");
    }

    private void problem(String message, String hint, String pointer) {
        problems.add(new Problem(ProblemCode.OPERATION_MISMATCH, message, hint, document.place(pointer)));
    }
}
