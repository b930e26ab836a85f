package darkroom.promptfile;

import darkroom.job.After;
import darkroom.job.Attachment;
import darkroom.job.ContactSheet;
import darkroom.job.Convert;
import darkroom.job.DefaultsFile;
import darkroom.job.Destination;
import darkroom.job.Extension;
import darkroom.job.Operation;
import darkroom.job.OutOfMemory;
import darkroom.job.PayloadField;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Save;
import darkroom.job.Source;
import darkroom.job.Suggestion;
import darkroom.json.Pointers;
import darkroom.promptfile.expansion.Expand;
import darkroom.promptfile.expansion.Expansion;
import darkroom.promptfile.expansion.ExpansionException;
import darkroom.promptfile.expansion.ExpansionLimits;
import darkroom.promptfile.expansion.ExpansionRequest;
import darkroom.promptfile.expansion.Wildcards;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a prompt file, entry by entry, and says all that is wrong with it at once. Memory does not depend on its size. */
public final class PromptFileReader {
    static final List<String> JOB_FIELDS = Stream.concat(
                    Stream.of(
                            "id",
                            "operation",
                            "preset",
                            "save",
                            "on_out_of_memory",
                            "priority",
                            "deliver",
                            "labels",
                            "then"),
                    Stream.of(AfterFields.NAMES, PictureSet.FIELDS, FromPicture.FIELDS, ExpansionRequest.FIELDS)
                            .flatMap(List::stream))
            .toList();

    /** Those that are about the job, and not about one of its entries. */
    private static final List<String> OF_JOB =
            List.of("id", "priority", "deliver", "labels", AfterFields.CONTACT_SHEET);

    private static final List<String> SCRIPTS = List.of("script_args", "alwayson_scripts");
    private static final List<String> PICTURES = List.of("init_images", "mask", "image");
    private static final int MOST_PROBLEMS = 100;
    static final int LONGEST_ID = 200;
    static final int MOST_PRIORITY = 100;
    static final int MOST_DESTINATIONS = 20;
    private static final String LONG_TEXT = "a very long text";

    /** Options that decide where on its own disk the WebUI writes (webui-api, sections 3.4 and 3.6). */
    private static final Pattern PLACE_SETTINGS = Pattern.compile(
            "outdir_.*|temp_dir|clean_temp_dir_at_start|(samples|directories|grid_zip)_filename_pattern");

    /** What the WebUI would fetch. */
    private static final Pattern FETCHED = Pattern.compile("\\s*https?://", Pattern.CASE_INSENSITIVE);

    private final PromptFileLimits limits;
    private final LayerReader layerReader;
    private final RandomGenerator random = new SecureRandom();
    private final @Nullable Supplier<Set<String>> destinations;
    private final Set<Convert.Format> withoutConverter;

    /** Reads within limits, without a look at which destinations there are. */
    public PromptFileReader(PromptFileLimits limits, Presets presets) {
        this(limits, presets, null);
    }

    /** Reads within limits, as if there were a converter for each format. */
    public PromptFileReader(PromptFileLimits limits, Presets presets, @Nullable Supplier<Set<String>> destinations) {
        this(limits, presets, Set.of(), destinations);
    }

    /**
     * Reads within limits.
     *
     * @param withoutConverter the formats that {@code job.convert} may not ask for, since nothing here writes them
     * @param destinations the names that {@code job.deliver} may hold, at the moment; null for any
     */
    public PromptFileReader(
            PromptFileLimits limits,
            Presets presets,
            Set<Convert.Format> withoutConverter,
            @Nullable Supplier<Set<String>> destinations) {
        this.withoutConverter = Set.copyOf(withoutConverter);
        this.limits = limits;
        this.layerReader = new LayerReader(limits, presets);
        this.destinations = destinations;
    }

    /** Takes the entries of a prompt file, in their order. */
    public interface Taker {
        /** Takes one. */
        void take(PromptFile entry) throws IOException;
    }

    /**
     * What is known of a prompt file when all of it was read.
     *
     * @param sha256 SHA-256 of the file, in lower-case hex
     * @param entries how many entries it has
     * @param defaults the files that the defaults of any of them came from
     */
    public record Summary(String sha256, int entries, List<DefaultsFile> defaults) {}

    /**
     * Reads a prompt file, and the files that its defaults come from. These are read by the same rules; what is wrong in
     * one of them is said with its name, and is {@link ProblemCode#PRESET_BROKEN}.
     *
     * @param file the file itself; its ending tells its {@link Form}
     * @param dropped where it was dropped
     * @param staging an empty folder, in which its attachments are collected
     * @param taker is given each entry as soon as it was read; none behind one with which something is wrong
     * @throws ProblemException if anything is wrong with it; all of it is read before, unless there is too much
     * @throws IOException if the file can't be read, or an attachment not be written
     */
    public Summary read(Path file, Dropped dropped, Path staging, Taker taker) throws IOException {
        List<Problem> problems = new ArrayList<>();
        Set<DefaultsFile> defaults = new LinkedHashSet<>();
        Set<String> wanted = new HashSet<>();
        Wildcards wildcards = Wildcards.of(limits.wildcards());
        int number = 0;
        try (LayerReader.Opened opened = layerReader.open(file, dropped, staging)) {
            Taker whatIsRight = entry -> {
                defaults.addAll(entry.defaults());
                if (!entry.defaults().isEmpty()) {
                    entry.allAttachments().forEach(attachment -> wanted.add(attachment.file()));
                }
                if (problems.isEmpty()) {
                    taker.take(entry);
                }
            };
            boolean more = true;
            while (more && problems.size() < MOST_PROBLEMS) {
                try {
                    List<Problem> ofEntry = new ArrayList<>();
                    Layers layers = opened.next(ofEntry);
                    more = layers != null;
                    if (layers != null) {
                        number++;
                        PictureSet pictures = PictureSet.of(
                                layers, limits, limit(layers.fields().get("job")));
                        if (pictures == null) {
                            whatIsRight.take(entry(opened, layers, number, wildcards, ofEntry, null));
                        } else {
                            new Many(opened, layers, number, wildcards, ofEntry, pictures, problems).read(whatIsRight);
                        }
                    }
                } catch (ProblemException e) {
                    number = Math.max(1, number);
                    problems.addAll(e.problems());
                    more = opened.goesOn() && problems.get(problems.size() - 1).code() != ProblemCode.TOO_MANY_TASKS;
                }
            }
            if (!problems.isEmpty()) {
                throw new ProblemException(problems.subList(0, Math.min(MOST_PROBLEMS, problems.size())));
            }
            for (Attachment attachment : opened.ofDefaults()) {
                if (!wanted.contains(attachment.file())) {
                    Files.deleteIfExists(staging.resolve(attachment.file()));
                }
            }
            wildcards
                    .used()
                    .forEach((list, sha256) -> defaults.add(
                            new DefaultsFile(DefaultsFile.Kind.WILDCARD, withoutEnding(list), list, sha256)));
            return new Summary(opened.sha256(), number, List.copyOf(defaults));
        }
    }

    /** An entry that is about many pictures, each in a task of its own. What is wrong with any of them is said of all. */
    private final class Many {
        private final LayerReader.Opened opened;
        private final Layers layers;
        private final int number;
        private final Wildcards wildcards;
        private final List<Problem> found;
        private final PictureSet pictures;
        private final List<Problem> problems;

        Many(
                LayerReader.Opened opened,
                Layers layers,
                int number,
                Wildcards wildcards,
                List<Problem> found,
                PictureSet pictures,
                List<Problem> problems) {
            this.opened = opened;
            this.layers = layers;
            this.number = number;
            this.wildcards = wildcards;
            this.found = found;
            this.pictures = pictures;
            this.problems = problems;
        }

        void read(Taker taker) throws IOException {
            int subjects = 0;
            for (int i = 0; i < pictures.size() && problems.size() < MOST_PROBLEMS; i++) {
                try {
                    PictureSet.Subject subject = pictures.subject(i);
                    if (subject != null) {
                        subjects++;
                        take(subject, taker);
                    }
                } catch (ProblemException e) {
                    subjects++;
                    e.problems().stream()
                            .filter(problem -> !problems.contains(problem)) // most are wrong with all of them
                            .forEach(problems::add);
                    if (problems.get(problems.size() - 1).code() == ProblemCode.TOO_MANY_TASKS) {
                        return;
                    }
                }
            }
            if (subjects == 0) {
                throw pictures.nothingLeft();
            }
        }

        private void take(PictureSet.Subject subject, Taker taker) throws IOException {
            Layers one = opened.with(layers, pictures.sidecars(subject.picture()));
            PromptFile entry = entry(opened, one, number, wildcards, found, subject);
            if (subject.number() == 0 && pictures.isEven() && (long) pictures.size() * entry.tasks() > entry.limit()) {
                throw pictures.tooMany(entry.tasks(), entry.limit());
            }
            taker.take(entry.from(source(subject)));
        }

        /** What is put behind the names of other tasks must not make the name of this picture of them. */
        private Source source(PictureSet.Subject subject) {
            return new Source(subject.picture().stem(), subject.own() && opened.isOne());
        }
    }

    /**
     * One entry with its defaults.
     *
     * @param found what is wrong so far
     * @param subject the picture that it is about, of the many that it stands for; null if it names its own, or none
     * @throws ProblemException if anything is wrong with it
     */
    private PromptFile entry(
            LayerReader.Opened opened,
            Layers layers,
            int number,
            Wildcards wildcards,
            List<Problem> found,
            PictureSet.@Nullable Subject subject)
            throws IOException {
        Attachments attachments = layers.attachments();
        PromptDocument document = PromptDocument.of(layers, attachments);
        Map<String, @Nullable Object> settings = new LinkedHashMap<>(document.fields());
        List<Problem> problems = new ArrayList<>(document.problems());
        Object job = settings.remove("job");
        settings.remove("$schema"); // for editors, not for the WebUI
        if (number > 1) {
            checkIsOfEntry(layers.own().document(), problems);
        }
        String id = jobId(document, job, problems);
        if (settings.get("mask") instanceof String mask && mask.isBlank()) {
            settings.remove("mask"); // the WebUI takes an empty text for none
        }
        FromPicture fromPicture = new FromPicture(layers, document, job, subject, problems);
        fromPicture.name(settings);
        Operation operation = Operations.of(
                document, job instanceof Map<?, ?> fields ? fields.get("operation") : null, settings, problems);
        if (operation == Operation.OPTIONS) {
            checkOptions(document, settings, problems);
        } else {
            checkPayload(document, settings, problems);
        }
        Save save = word(document, job, "save", Save::of, Save.words(), problems);
        OutOfMemory outOfMemory =
                word(document, job, "on_out_of_memory", OutOfMemory::of, OutOfMemory.words(), problems);
        After after = AfterFields.after(document, job, withoutConverter, problems);
        ContactSheet contactSheet = AfterFields.contactSheet(document, job, problems);
        int priority = priority(document, job, problems);
        List<String> deliver = deliver(document, job, problems);
        Map<String, String> labels = Labels.of(document, job, problems);
        fromPicture.collect(operation, settings, attachments);
        pictures(document, operation, settings, attachments, problems);
        List<FollowUp> then = new FollowUpReader(opened, document, problems)
                .read(job instanceof Map<?, ?> fields ? fields.get("then") : null, operation);
        if (subject == null) {
            initImages(document, settings, attachments, problems);
        }
        fromPicture.fill(operation, settings, attachments);
        if (operation != Operation.OPTIONS) {
            Units.read(document, operation, settings, attachments, problems);
        }
        Expansion expansion = job instanceof Map<?, ?> fields && problems.isEmpty() && found.isEmpty()
                ? expansion(document, operation, settings, ExpansionRequest.of(fields), wildcards, subject, problems)
                : null;
        problems = layers.attributed(problems);
        problems.addAll(0, found);
        if (!problems.isEmpty()) {
            throw new ProblemException(problems);
        }
        return new PromptFile(
                number,
                id,
                operation,
                save,
                outOfMemory,
                after,
                contactSheet,
                priority,
                deliver,
                labels,
                settings,
                attachments.collected(),
                layers.defaults(),
                fromPicture.origins(layers.origins()),
                limit(job),
                then,
                expansion,
                Source.of(attachments.collected()));
    }

    private static String withoutEnding(String file) {
        int dot = file.lastIndexOf('.');
        return dot > file.lastIndexOf('/') + 1 ? file.substring(0, dot) : file;
    }

    /** It was checked, if there is one. */
    private int limit(@Nullable Object job) {
        return job instanceof Map<?, ?> fields && fields.get("limit") instanceof Number limit
                ? (int) Math.min(limits.maxTasks(), limit.longValue())
                : limits.maxTasks();
    }

    /** The tasks that an entry stands for; null if that is one, and what it says is what is sent. */
    private @Nullable Expansion expansion(
            PromptDocument document,
            Operation operation,
            Map<String, @Nullable Object> settings,
            ExpansionRequest request,
            Wildcards wildcards,
            PictureSet.@Nullable Subject subject,
            List<Problem> problems) {
        boolean asked = request.matrix() != null
                || request.zip() != null
                || request.count() != null
                || request.limit() != null
                || request.expand() != null;
        if (!asked) {
            return null;
        }
        if (operation == Operation.OPTIONS) {
            problems.add(new Problem(
                    ProblemCode.OPERATION_MISMATCH,
                    "options are changed once, and not in many ways",
                    "take matrix, zip, count, limit and expand out of 'job'",
                    document.place("/job")));
            return null;
        }
        Expansion expansion;
        try {
            expansion = Expansion.of(
                    settings,
                    request,
                    Expand.NONE,
                    wildcards,
                    ExpansionLimits.of(limits.maxTasks()),
                    subject == null ? seed(settings) : subject.seed(seed(settings)),
                    PromptFileReader::isWhole);
        } catch (ExpansionException e) {
            e.problems().forEach(problem -> problems.add(problem.toProblem(document::nearestPlace)));
            return null;
        }
        if (expansion.expand() != Expand.NONE) {
            Expansion.TEMPLATE_FIELDS.stream()
                    .map(field -> "/" + field)
                    .filter(document::isSetAside)
                    .forEach(pointer -> problems.add(new Problem(
                            ProblemCode.TEMPLATE_TOO_LARGE,
                            "the text is too long to be a template",
                            "shorten it, or leave job.expand out",
                            document.place(pointer))));
        }
        expansion.axisValues().forEach(value -> {
            if (problems.size() < MOST_PROBLEMS) {
                checkAxis(document, value, problems);
            }
        });
        return expansion;
    }

    /** Whether a field takes whole numbers, of which ranges may be given. */
    private static boolean isWhole(String pointer) {
        return PayloadField.of(pointer.substring(1))
                        .filter(field -> field.type() == PayloadField.Type.WHOLE)
                        .isPresent()
                || Units.field(pointer)
                        .filter(field -> field.type() == UnitField.Type.WHOLE)
                        .isPresent();
    }

    /** What is drawn for a seed that the author gives is the same each time. */
    private long seed(Map<String, @Nullable Object> settings) {
        return PayloadField.number(settings.get("seed"))
                .filter(seed -> seed.signum() >= 0 && seed.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) < 0)
                .map(BigDecimal::longValue)
                .orElseGet(random::nextLong);
    }

    /** A value of an axis is held against the same rules as the field that it goes to. */
    private static void checkAxis(PromptDocument document, Expansion.AxisValue axis, List<Problem> problems) {
        List<Problem> found = new ArrayList<>();
        String top = axis.field().substring(1).split("/", -1)[0];
        if (PICTURES.contains(top)) {
            found.add(Problem.of(
                    ProblemCode.AXIS_BROKEN,
                    "pictures can't be an axis: " + Shown.of(axis.field()),
                    "name them in job.pictures; or write a table with a column '" + top + "'"));
        } else if (Extension.of(top).isPresent()) {
            Units.checkAxis(axis.field(), axis.value(), found);
        } else if (axis.field().equals("/" + top)) {
            Map<String, @Nullable Object> alone = new LinkedHashMap<>();
            alone.put(top, axis.value());
            checkFields(document, alone, found);
            checkOverrides(document, alone.get("override_settings"), found);
        } else if (axis.field().startsWith("/override_settings/")) {
            Map<String, @Nullable Object> alone = new LinkedHashMap<>();
            alone.put(axis.field().substring("/override_settings/".length()), axis.value());
            checkOverrides(document, alone, found);
        }
        if (SCRIPTS.contains(top)) {
            checkUrls(document, axis.value(), axis.field(), found);
        }
        Problem.Place place = document.nearestPlace(axis.pointer());
        found.forEach(problem -> problems.add(new Problem(problem.code(), problem.message(), problem.hint(), place)));
    }

    /** What is about the job as a whole is said once. */
    private static void checkIsOfEntry(PromptDocument own, List<Problem> problems) {
        if (own.fields().get("job") instanceof Map<?, ?> job) {
            for (String field : OF_JOB) {
                if (job.containsKey(field)) {
                    problems.add(new Problem(
                            ProblemCode.NOT_FOR_ONE_ENTRY,
                            "'job." + field + "' is about the job as a whole",
                            "say it in the first entry, or in a file of its own",
                            own.place("/job/" + field)));
                }
            }
        }
    }

    /** Drops a byte order mark. Windows shells write UTF-16 unless told otherwise; it is converted by way of a file. */
    static InputStream utf8(InputStream in, Path converted) throws IOException {
        PushbackInputStream start = new PushbackInputStream(in, 3);
        byte[] mark = start.readNBytes(3);
        String hex = HexFormat.of().formatHex(mark);
        if (hex.equals("efbbbf")) {
            return start;
        }
        start.unread(mark);
        if (!hex.startsWith("fffe") && !hex.startsWith("feff")) {
            return start;
        }
        Reader reader = new InputStreamReader(start, StandardCharsets.UTF_16); // reads the mark itself
        try (Writer writer = new OutputStreamWriter(Files.newOutputStream(converted), StandardCharsets.UTF_8)) {
            reader.transferTo(writer);
        }
        return Files.newInputStream(converted, StandardOpenOption.DELETE_ON_CLOSE);
    }

    private static @Nullable String jobId(PromptDocument document, @Nullable Object job, List<Problem> problems) {
        if (job == null) {
            return null;
        }
        if (!(job instanceof Map<?, ?> fields)) {
            problems.add(new Problem(
                    ProblemCode.WRONG_TYPE,
                    "'job' is " + Shown.of(job),
                    "use an object, such as {\"id\": \"campaign-42\"}",
                    document.place("/job")));
            return null;
        }
        for (Object name : fields.keySet()) {
            if (!JOB_FIELDS.contains(name)) {
                problems.add(new Problem(
                        ProblemCode.UNKNOWN_JOB_FIELD,
                        "'job' has no field " + Shown.of(name),
                        Suggestion.of(name.toString(), JOB_FIELDS),
                        document.place("/job/" + name)));
            }
        }
        Object id = fields.get("id");
        if (id == null) {
            return null;
        }
        String text = id.toString().strip();
        if (!(id instanceof String || id instanceof Number) || text.isEmpty() || text.length() > LONGEST_ID) {
            problems.add(new Problem(
                    ProblemCode.WRONG_TYPE,
                    "'job.id' is " + Shown.of(id),
                    "use a text of 1 to " + LONGEST_ID + " characters",
                    document.place("/job/id")));
        }
        return text;
    }

    private static int priority(PromptDocument document, @Nullable Object job, List<Problem> problems) {
        Object asked = job instanceof Map<?, ?> fields ? fields.get("priority") : null;
        if (asked == null) {
            return 0;
        }
        if (asked instanceof Number number
                && number.doubleValue() == number.intValue()
                && Math.abs(number.intValue()) <= MOST_PRIORITY) {
            return number.intValue();
        }
        problems.add(new Problem(
                asked instanceof Number ? ProblemCode.OUT_OF_RANGE : ProblemCode.WRONG_TYPE,
                "'job.priority' is " + Shown.of(asked),
                "use a whole number from -" + MOST_PRIORITY + " to " + MOST_PRIORITY + "; higher goes first",
                document.place("/job/priority")));
        return 0;
    }

    /** What goes to the WebUI. */
    static void checkPayload(PromptDocument document, Map<String, @Nullable Object> settings, List<Problem> problems) {
        checkFields(document, settings, problems);
        checkOverrides(document, settings.get("override_settings"), problems);
        for (String scripts : SCRIPTS) {
            checkUrls(document, settings.get(scripts), "/" + scripts, problems);
        }
    }

    private static void checkFields(
            PromptDocument document, Map<String, @Nullable Object> settings, List<Problem> problems) {
        settings.forEach((name, value) -> {
            Optional<PayloadField> known = PayloadField.of(name);
            if (known.isEmpty()) {
                return;
            }
            PayloadField field = known.get();
            boolean longText = isSetAside(document, "/" + name, value);
            boolean typed = longText ? field.type() == PayloadField.Type.TEXT : field.accepts(value);
            if (typed && field.inRange(value)) {
                return;
            }
            problems.add(new Problem(
                    typed ? ProblemCode.OUT_OF_RANGE : ProblemCode.WRONG_TYPE,
                    "'" + name + "' is " + (longText ? LONG_TEXT : Shown.of(value)),
                    "use " + field.type().words() + (field.least() == null ? "" : " from " + field.least() + " up"),
                    document.place("/" + name)));
        });
    }

    /** A null that stands for something in a file of its own. */
    private static boolean isSetAside(PromptDocument document, String pointer, @Nullable Object value) {
        return value == null && document.isSetAside(pointer);
    }

    private static void checkOverrides(PromptDocument document, @Nullable Object overrides, List<Problem> problems) {
        if (!(overrides instanceof Map<?, ?> options)) {
            return;
        }
        options.forEach((key, value) -> {
            String name = String.valueOf(key);
            if (PLACE_SETTINGS.matcher(name).matches()) {
                problems.add(new Problem(
                        ProblemCode.SETTING_NOT_ALLOWED,
                        "'override_settings' sets '" + name + "' to "
                                + (isSetAside(document, "/override_settings/" + name, value)
                                        ? LONG_TEXT
                                        : Shown.of(value)),
                        "leave it out: a prompt file does not decide where the WebUI writes on its own disk",
                        document.place("/override_settings/" + name)));
            }
        });
    }

    /** Where a script takes a picture, the WebUI fetches it if it is named by a URL (webui-api, section 7.1). */
    private static void checkUrls(
            PromptDocument document, @Nullable Object value, String pointer, List<Problem> problems) {
        if (value instanceof Map<?, ?> object) {
            object.forEach((name, member) ->
                    checkUrls(document, member, Pointers.member(pointer, String.valueOf(name)), problems));
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                checkUrls(document, list.get(i), pointer + "/" + i, problems);
            }
        } else if (value instanceof String text && FETCHED.matcher(text).lookingAt()) {
            problems.add(new Problem(
                    ProblemCode.PICTURE_URL,
                    "an argument of a script is a URL: " + Shown.of(text),
                    "give a picture as base64; Darkroom and the WebUI fetch nothing for a prompt file",
                    document.place(pointer)));
        }
    }

    /** What lasts beyond the job is for the operator to allow. */
    private void checkOptions(PromptDocument document, Map<String, @Nullable Object> settings, List<Problem> problems) {
        settings.keySet().forEach(name -> {
            boolean place = PLACE_SETTINGS.matcher(name).matches();
            if (place || !limits.options().contains(name)) {
                problems.add(new Problem(
                        ProblemCode.SETTING_NOT_ALLOWED,
                        "the option " + Shown.of(name) + " would be changed for good",
                        place
                                ? "leave it out: a prompt file does not decide where the WebUI writes on its own disk"
                                : "ask for it to be added to darkroom.options.allowed; or set it in 'override_settings',"
                                        + " for one job alone",
                        document.place("/" + name)));
            }
        });
    }

    /** A field of {@code job} that takes one word of a few; null if it is not there, or takes another. */
    static <T> @Nullable T word(
            PromptDocument document,
            @Nullable Object job,
            String field,
            Function<String, Optional<T>> meaning,
            List<String> words,
            List<Problem> problems) {
        Object asked = job instanceof Map<?, ?> fields ? fields.get(field) : null;
        if (asked == null) {
            return null;
        }
        Optional<T> meant = meaning.apply(asked.toString());
        if (meant.isEmpty()) {
            problems.add(new Problem(
                    ProblemCode.WRONG_TYPE,
                    "'job." + field + "' is " + Shown.of(asked),
                    Suggestion.of(asked.toString(), words),
                    document.place("/job/" + field)));
        }
        return meant.orElse(null);
    }

    private @Nullable List<String> deliver(PromptDocument document, @Nullable Object job, List<Problem> problems) {
        Object asked = job instanceof Map<?, ?> fields ? fields.get("deliver") : null;
        if (asked == null) {
            return null;
        }
        List<?> names = asked instanceof List<?> list ? list : List.of(asked);
        if (names.size() > MOST_DESTINATIONS) {
            problems.add(new Problem(
                    ProblemCode.WRONG_TYPE,
                    "'job.deliver' names " + names.size() + " destinations",
                    "use " + MOST_DESTINATIONS + " at most",
                    document.place("/job/deliver")));
            return null;
        }
        Set<String> known = destinations == null ? null : destinations.get();
        Set<String> deliver = new LinkedHashSet<>();
        for (int i = 0; i < names.size(); i++) {
            Object name = names.get(i);
            String pointer = "/job/deliver" + (asked instanceof List<?> ? "/" + i : "");
            if (!(name instanceof String text)) {
                problems.add(new Problem(
                        ProblemCode.WRONG_TYPE,
                        "'job.deliver' holds " + (isSetAside(document, pointer, name) ? LONG_TEXT : Shown.of(name)),
                        "use the name of a destination, or a list of them",
                        document.place(pointer)));
            } else if (!Destination.isName(text) || (known != null && !known.contains(text))) {
                problems.add(new Problem(
                        ProblemCode.UNKNOWN_DESTINATION,
                        "there is no destination " + Shown.of(text),
                        known == null
                                ? "a name has letters, digits, _ and - alone, 60 at most"
                                : Suggestion.of(text, new TreeSet<>(known)),
                        document.place(pointer)));
            } else {
                deliver.add(text);
            }
        }
        return List.copyOf(deliver);
    }

    /** Finds the pictures that are named by a short text. */
    private static void pictures(
            PromptDocument document,
            Operation operation,
            Map<String, @Nullable Object> settings,
            Attachments attachments,
            List<Problem> problems)
            throws IOException {
        for (String name : operation.takesImage() ? List.of("image") : List.of("mask")) {
            if (settings.get(name) instanceof String picture) {
                attachments.add(picture, "/" + name, document.place("/" + name)).ifPresent(problems::add);
                settings.put(name, null);
            }
        }
    }

    private static void initImages(
            PromptDocument document,
            Map<String, @Nullable Object> settings,
            Attachments attachments,
            List<Problem> problems)
            throws IOException {
        if (!(settings.get("init_images") instanceof List<?> images)) {
            return;
        }
        List<@Nullable Object> setAside = new ArrayList<>();
        for (Object image : images) {
            String pointer = "/init_images/" + setAside.size();
            if (image instanceof String text) {
                attachments.add(text, pointer, document.place(pointer)).ifPresent(problems::add);
            } else if (image != null || !document.isSetAside(pointer)) {
                problems.add(new Problem(
                        ProblemCode.WRONG_TYPE,
                        "an init image is " + Shown.of(image),
                        "name a picture by its path, or give it as base64",
                        document.place(pointer)));
            }
            setAside.add(null);
        }
        settings.put("init_images", setAside);
    }
}
