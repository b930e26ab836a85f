package darkroom.promptfile;

import darkroom.job.Attachment;
import darkroom.job.Operation;
import darkroom.job.PayloadField;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.picture.Infotext;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an entry takes from the picture that it begins with: the picture itself, if it is one of many ({@link PictureSet}); its size
 * ({@code job.size}) and the infotext in it ({@code job.inherit}).
 */
final class FromPicture {
    /** The members of {@code job} that are about it. */
    static final List<String> FIELDS = List.of("size", "inherit");

    private static final String FIRST = "/init_images/0";
    private static final String PICTURES = "/job/pictures";

    private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,4}(\\.\\d{1,6})?");

    private final Layers layers;
    private final PromptDocument document;
    private final Map<?, ?> job;
    private final PictureSet.@Nullable Subject subject;
    private final List<Problem> problems;
    private final List<String> filled = new ArrayList<>();
    private boolean image;

    FromPicture(
            Layers layers,
            PromptDocument document,
            @Nullable Object job,
            PictureSet.@Nullable Subject subject,
            List<Problem> problems) {
        this.layers = layers;
        this.document = document;
        this.job = job instanceof Map<?, ?> fields ? fields : Map.of();
        this.subject = subject;
        this.problems = problems;
    }

    /** Puts the picture's name where the entry would have it, if it is one of many. */
    void name(Map<String, @Nullable Object> settings) {
        if (subject == null) {
            checkIsOfMany();
            return;
        }
        for (String field : List.of("init_images", "image")) {
            if (settings.get(field) != null || document.isSetAside("/" + field)) {
                problem(
                        "'job.pictures' says what the pictures are, and '" + field + "' says it again",
                        "leave one of them out",
                        "/" + field);
                settings.remove(field);
            }
        }
        Operation asked = Operation.of(String.valueOf(job.get("operation"))).orElse(null);
        image = asked == null ? Operations.areOfExtras(settings) : asked.takesImage();
        String name = subject.picture().name();
        settings.put(image ? "image" : "init_images", image ? name : List.of(name));
        if (subject.mask() != null) {
            if (settings.get("mask") != null || document.isSetAside("/mask")) {
                return; // said beside the picture, or for all of them
            }
            settings.put("mask", subject.mask().name());
        }
    }

    private void checkIsOfMany() {
        for (String field : List.of("masks", "missing_mask", "sidecars")) {
            if (job.get(field) != null && layers.isSaid("/job/" + field)) {
                problem(
                        "'job." + field + "' is about 'job.pictures', and there is none",
                        "name a folder of pictures in job.pictures, or leave it out",
                        "/job/" + field);
            }
        }
    }

    /** Copies the picture and its mask. */
    void collect(Operation operation, Map<String, @Nullable Object> settings, Attachments attachments)
            throws IOException {
        if (subject == null) {
            return;
        }
        Problem.Place place = layers.nearestPlace(PICTURES);
        attachments.add(subject.picture(), image ? "/image" : FIRST, place).ifPresent(problems::add);
        if (image) {
            settings.put("image", null);
        } else {
            settings.put("init_images", Collections.<@Nullable Object>singletonList(null));
        }
        if (subject.mask() != null && subject.mask().name().equals(settings.get("mask"))) {
            attachments
                    .add(subject.mask(), "/mask", layers.nearestPlace("/job/masks"))
                    .ifPresent(problems::add);
            settings.put("mask", null);
        }
        if (subject.mask() != null && operation != Operation.IMG2IMG) {
            problem("'job.masks' is about img2img alone", "leave it out", "/job/masks");
        }
    }

    /** Adds what the picture says to the settings. */
    void fill(Operation operation, Map<String, @Nullable Object> settings, Attachments attachments) throws IOException {
        boolean size = isAsked("size", "picture", operation);
        boolean inherit = isAsked("inherit", "infotext", operation);
        Optional<Attachment> picture = attachments.collected().stream()
                .filter(attachment -> attachment.pointer().equals(FIRST))
                .findFirst();
        if (picture.isEmpty()) {
            return; // what is wrong with it was said
        }
        if (size) {
            side("width", picture.get().width(), picture.get(), settings);
            side("height", picture.get().height(), picture.get(), settings);
        }
        if (inherit && !settings.containsKey("infotext")) {
            String infotext = attachments.infotext(picture.get());
            if (infotext == null) {
                problems.add(new Problem(
                        ProblemCode.NO_INFOTEXT,
                        "the picture " + Shown.of(picture.get().source())
                                + " has no infotext in it, so nobody knows how it was made",
                        "use a picture as the WebUI saved it, or leave job.inherit out",
                        layers.nearestPlace("/job/inherit")));
            } else {
                put(settings, "infotext", infotext);
                inherit(settings, infotext);
            }
        }
        if (operation == Operation.IMG2IMG
                && settings.get("infotext") instanceof String beside
                && layers.isBeside("/infotext")) {
            inherit(settings, beside);
        }
    }

    /** With img2img the WebUI takes from an infotext neither the prompts nor these settings (webui-api, section 2.6). */
    private void inherit(Map<String, @Nullable Object> settings, String infotext) {
        Infotext.Prompts prompts = Infotext.prompts(infotext);
        put(settings, "prompt", prompts.prompt());
        put(settings, "negative_prompt", prompts.negative());
        number(infotext, "CFG scale").ifPresent(scale -> put(settings, "cfg_scale", scale));
        if (Infotext.value(infotext, "Hires upscale").isEmpty()) { // else that is how strong its second pass was
            number(infotext, "Denoising strength").ifPresent(strength -> put(settings, "denoising_strength", strength));
        }
        Infotext.value(infotext, "Size")
                .map(SIZE::matcher)
                .filter(Matcher::matches)
                .ifPresent(size -> {
                    put(settings, "width", Integer.valueOf(size.group(1)));
                    put(settings, "height", Integer.valueOf(size.group(2)));
                });
    }

    private static Optional<BigDecimal> number(String infotext, String key) {
        return Infotext.value(infotext, key)
                .filter(value -> NUMBER.matcher(value).matches())
                .map(BigDecimal::new);
    }

    /** What is said, or is a default, stays. */
    private void put(Map<String, @Nullable Object> settings, String field, Object value) {
        if (!settings.containsKey(field)) {
            settings.put(field, value);
            filled.add("/" + field);
        }
    }

    private boolean isAsked(String field, String word, Operation operation) {
        Object asked = job.get(field);
        if (asked == null) {
            return false;
        }
        String pointer = "/job/" + field;
        if (!asked.equals(word)) {
            problems.add(new Problem(
                    ProblemCode.WRONG_TYPE,
                    "'job." + field + "' is " + Shown.of(asked),
                    "use \"" + word + "\", or leave it out",
                    document.place(pointer)));
            return false;
        }
        if (operation != Operation.IMG2IMG && layers.isSaid(pointer)) {
            problem("'job." + field + "' is about img2img alone", "leave it out", pointer);
        }
        return operation == Operation.IMG2IMG;
    }

    /** As the WebUI would round it, so that the answer is what was asked for. */
    private void side(String field, int pixels, Attachment picture, Map<String, @Nullable Object> settings) {
        if (settings.get(field) != null && layers.isSaid("/" + field)) {
            return;
        }
        if (pixels == 0) {
            problems.add(new Problem(
                    ProblemCode.PICTURE_UNREADABLE,
                    "how large the picture " + Shown.of(picture.source()) + " is can't be seen",
                    "use a PNG, JPEG or WebP, or say width and height",
                    layers.nearestPlace("/job/size")));
            return;
        }
        settings.put(field, PayloadField.side(pixels));
        filled.add("/" + field);
    }

    /** Where the values came from, with those that came from here. */
    Map<String, String> origins(Map<String, String> ofFiles) {
        if (subject == null && filled.isEmpty()) {
            return ofFiles;
        }
        Map<String, String> origins = new LinkedHashMap<>(ofFiles);
        filled.forEach(pointer -> origins.put(pointer, "picture"));
        if (subject != null) {
            origins.put(
                    image ? "/image" : "/init_images",
                    ofFiles.getOrDefault(PICTURES, ofFiles.getOrDefault("/job", "prompt file")));
        }
        return origins;
    }

    private void problem(String message, String hint, String pointer) {
        problems.add(new Problem(ProblemCode.OPERATION_MISMATCH, message, hint, document.nearestPlace(pointer)));
    }
}
