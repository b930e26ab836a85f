package darkroom.promptfile;

import darkroom.job.Operation;
import darkroom.job.OutOfMemory;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.Save;
import darkroom.job.Suggestion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code job.then}: prompt files within a prompt file, whose picture is the one that was made before. */
final class FollowUpReader {
    private static final String THEN = "/job/then";
    static final int MOST = 10;
    private static final List<String> JOB_FIELDS = List.of("operation", "preset", "save", "on_out_of_memory");
    private static final List<String> PICTURES = List.of("init_images", "image", "mask");
    private static final String EXAMPLE = "{\"upscaler_1\": \"Lanczos\", \"upscaling_resize\": 2}";

    private final LayerReader.Opened opened;
    private final PromptDocument around;
    private final List<Problem> problems;

    /**
     * Prepares to read.
     *
     * @param opened finds presets
     * @param around the entry
     * @param problems gets what is wrong
     */
    FollowUpReader(LayerReader.Opened opened, PromptDocument around, List<Problem> problems) {
        this.opened = opened;
        this.around = around;
        this.problems = problems;
    }

    /**
     * Reads all.
     *
     * @param then the value of {@code job.then}; null if there is none
     * @param operation what is done before
     */
    List<FollowUp> read(@Nullable Object then, Operation operation) throws IOException {
        List<FollowUp> all = new ArrayList<>();
        if (then == null) {
            return all;
        }
        List<?> members = then instanceof List<?> list ? list : List.of(then);
        if (members.size() > MOST) {
            problem("'job.then' has " + members.size() + " members", "use " + MOST + " at most", THEN);
            return all;
        }
        Operation before = operation;
        for (int i = 0; i < members.size(); i++) {
            String pointer = then instanceof List ? THEN + "/" + i : THEN;
            if (!(members.get(i) instanceof Map<?, ?> said)) {
                problem(
                        "'job.then' holds " + Shown.of(members.get(i)),
                        "write what is to be done with each picture, such as " + EXAMPLE,
                        pointer);
                return all;
            }
            if (!makesPictures(before)) {
                problems.add(new Problem(
                        ProblemCode.OPERATION_MISMATCH,
                        "'job.then' goes on from a picture, and " + before.word() + " makes none",
                        "let it be the last, or leave 'then' out",
                        around.nearestPlace(pointer)));
                return all;
            }
            FollowUp read = read(said, pointer);
            before = read.operation();
            all.add(read);
        }
        return all;
    }

    private static boolean makesPictures(Operation operation) {
        return operation.generates() || operation == Operation.EXTRAS;
    }

    private FollowUp read(Map<?, ?> said, String pointer) throws IOException {
        List<Problem> found = new ArrayList<>();
        Layers layers = opened.alone(around.part(pointer, said), found);
        Attachments attachments = layers.attachments();
        PromptDocument document = PromptDocument.of(layers, attachments);
        Map<String, @Nullable Object> settings = new LinkedHashMap<>(document.fields());
        Object job = settings.remove("job");
        settings.remove("$schema");
        checkJob(document, job, found);
        for (String picture : PICTURES) {
            if (settings.containsKey(picture)) {
                settings.remove(picture);
                found.add(new Problem(
                        ProblemCode.OPERATION_MISMATCH,
                        "'job.then' names a picture in '" + picture + "'",
                        "leave it out: the picture is the one that was made before",
                        document.place("/" + picture)));
            }
        }
        Object asked = job instanceof Map<?, ?> fields ? fields.get("operation") : null;
        Operation operation = operation(document, asked, settings, found);
        PromptFileReader.checkPayload(document, settings, found);
        Units.read(document, operation, settings, attachments, found);
        Save save = PromptFileReader.word(document, job, "save", Save::of, Save.words(), found);
        OutOfMemory outOfMemory =
                PromptFileReader.word(document, job, "on_out_of_memory", OutOfMemory::of, OutOfMemory.words(), found);
        layers.attributed(found).forEach(problem -> problems.add(placed(problem, pointer)));
        return new FollowUp(operation, save, outOfMemory, settings, attachments.collected());
    }

    private void checkJob(PromptDocument document, @Nullable Object job, List<Problem> found) {
        if (job == null) {
            return;
        }
        if (!(job instanceof Map<?, ?> fields)) {
            found.add(new Problem(
                    ProblemCode.WRONG_TYPE,
                    "'job' is " + Shown.of(job),
                    "use an object, such as {\"preset\": \"refine\"}",
                    document.place("/job")));
            return;
        }
        fields.keySet().stream()
                .filter(name -> !JOB_FIELDS.contains(name))
                .forEach(name -> found.add(new Problem(
                        ProblemCode.UNKNOWN_JOB_FIELD,
                        "within 'then', 'job' has no field " + Shown.of(name),
                        Suggestion.of(String.valueOf(name), JOB_FIELDS),
                        document.place("/job/" + name))));
    }

    /** By its content it is extras or img2img; what the content lacks for that is said as in a prompt file. */
    private static Operation operation(
            PromptDocument document,
            @Nullable Object asked,
            Map<String, @Nullable Object> settings,
            List<Problem> found) {
        Optional<Operation> known = Optional.ofNullable(asked).flatMap(word -> Operation.of(word.toString()));
        if (known.isPresent() && (known.get() == Operation.TXT2IMG || known.get() == Operation.OPTIONS)) {
            found.add(new Problem(
                    ProblemCode.OPERATION_MISMATCH,
                    "'job.then' asks for " + known.get().word() + ", which works on no picture",
                    "use img2img, extras, interrogate or png-info",
                    document.place("/job/operation")));
            return Operation.IMG2IMG;
        }
        boolean one = known.map(Operation::takesImage).orElse(Operations.areOfExtras(settings));
        Map<String, @Nullable Object> with = new LinkedHashMap<>(settings);
        with.put(one ? "image" : "init_images", one ? "" : List.of("")); // it will be there
        return Operations.of(document, asked, with, found);
    }

    /** Where it stands in all of the file. */
    private Problem placed(Problem problem, String pointer) {
        Problem.Place place = problem.place();
        if (place == null) {
            return problem;
        }
        boolean there = place.line() > 0; // else it is about what is missing
        return new Problem(
                problem.code(),
                problem.message(),
                problem.hint(),
                there
                        ? new Problem.Place(place.line(), place.column(), pointer + place.pointer())
                        : around.nearestPlace(pointer));
    }

    private void problem(String message, String hint, String pointer) {
        problems.add(new Problem(ProblemCode.WRONG_TYPE, message, hint, around.nearestPlace(pointer)));
    }
}
