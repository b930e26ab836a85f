package darkroom.promptfile;

import darkroom.files.Sha256;
import darkroom.job.Attachment;
import darkroom.job.DefaultsFile;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Suggestion;
import darkroom.picture.PictureException;
import darkroom.picture.PictureProbe;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a prompt file and the files that its defaults come from: its preset, and what the lanes say that it was dropped
 * into. One preset is in force, the one that is named nearest to the job; it counts less than the file that names it, and
 * more than all that counts less than that.
 */
final class LayerReader {
    private static final String PRESET = "/job/preset";

    /** What may be said in 'job' about one picture of many. */
    private static final List<String> OF_SIDECARS =
            List.of("save", "on_out_of_memory", "matrix", "zip", "count", "expand");

    private static final int LOOKS = 10;
    private static final Problem.Place START = new Problem.Place(1, 1, "");

    private final PromptFileLimits limits;
    private final Presets presets;

    LayerReader(PromptFileLimits limits, Presets presets) {
        this.limits = limits;
        this.presets = presets;
    }

    /** A file that was opened, and what was read from it. */
    private record Document(PromptDocument document, String sha256) {}

    /** Opens a prompt file; its entries are read one by one, each with what is laid under it. */
    Opened open(Path file, Dropped dropped, Path staging) throws IOException {
        MessageDigest digest = Sha256.digest();
        InputStream in = new DigestInputStream(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS), digest);
        try {
            return new Opened(file, dropped, staging, in, digest);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    private Entries entries(Path file, InputStream in, Path staging) throws IOException {
        Form form = Form.of(file.getFileName().toString()).orElse(Form.JSON);
        if (form == Form.PICTURE) {
            return Entries.single(in, attachments -> TextEntries.infotext(infotext(in), attachments));
        }
        InputStream utf8 = PromptFileReader.utf8(in, staging.resolve("utf8"));
        return switch (form) {
            case JSON_LINES -> JsonEntries.lines(utf8, limits.maxDocument());
            case YAML -> PromptDocument.yamlEntries(utf8, limits.maxDocument());
            case TABLE -> new TableEntries(utf8, limits.maxDocument());
            case TEXT -> TextEntries.of(utf8, limits.maxDocument());
            default -> JsonEntries.of(utf8, limits.maxDocument());
        };
    }

    private String infotext(InputStream in) throws IOException {
        try {
            String infotext = PictureProbe.lookThrough(in).infotext();
            if (infotext != null && !infotext.isBlank()) {
                return infotext;
            }
        } catch (PictureException e) {
            throw new ProblemException(Problem.of(
                    ProblemCode.PICTURE_UNREADABLE, "the picture " + e.getMessage(), "use a whole PNG, JPEG or WebP"));
        }
        throw new ProblemException(Problem.of(
                ProblemCode.NO_INFOTEXT,
                "the picture has no infotext in it, so nobody knows how it was made",
                "use a picture as the WebUI saved it: many programs and web pages drop its texts"));
    }

    /** An open prompt file. */
    final class Opened implements Closeable {
        private final Path file;
        private final Dropped dropped;
        private final Path staging;
        private final InputStream in;
        private final MessageDigest digest;
        private final Entries entries;
        private final Attachments attachments;
        private final Map<Path, Layers.Layer> presetsRead = new HashMap<>();
        private @Nullable List<Layers.Layer> lanes;
        private boolean broken;

        private Opened(Path file, Dropped dropped, Path staging, InputStream in, MessageDigest digest)
                throws IOException {
            this.file = file;
            this.dropped = dropped;
            this.staging = staging;
            this.in = in;
            this.digest = digest;
            this.attachments = new Attachments(staging, dropped.folder(), limits);
            this.entries = entries(file, in, staging);
        }

        /**
         * The next entry, laid over its defaults.
         *
         * @param problems gets what is wrong with the names of presets
         * @return null behind the last one
         * @throws ProblemException if it can't be used at all; see {@link #goesOn}
         */
        @Nullable
        Layers next(List<Problem> problems) throws IOException {
            Attachments own = attachments.others(pointer -> dropped.folder());
            PromptDocument document = entries.next(own);
            if (document == null) {
                return null;
            }
            List<Layers.Layer> layers = new ArrayList<>();
            layers.add(new Layers.Layer(document, own, file, dropped.folder(), null));
            try {
                layers.addAll(lanes());
                preset(layers, problems);
            } catch (ProblemException e) {
                broken = true; // for every entry
                throw e;
            }
            return new Layers(layers);
        }

        /** Whether the file has just one entry, as far as that is known. */
        boolean isOne() {
            return entries.isOne();
        }

        /**
         * An entry for one of its pictures.
         *
         * @param beside files that may lie beside it, what counts more first
         * @throws ProblemException if one of them can't be used
         */
        Layers with(Layers entry, List<PictureFinder.Found> beside) throws IOException {
            List<Layers.Layer> layers = new ArrayList<>();
            PictureFinder.Found first = null;
            for (PictureFinder.Found found : beside) {
                Path file = sidecar(found);
                if (file == null) {
                    continue;
                }
                boolean text = found.name().endsWith(".txt");
                if (!text && first != null) {
                    throw new ProblemException(Problem.of(
                            ProblemCode.MALFORMED_TEXT,
                            "there are " + Shown.of(first.name()) + " and " + Shown.of(found.name())
                                    + " beside a picture",
                            "keep one of them"));
                }
                first = found;
                layers.add(sidecar(found, file, text));
            }
            return entry.under(layers);
        }

        private @Nullable Path sidecar(PictureFinder.Found found) throws IOException {
            try {
                return found.real().orElse(null);
            } catch (PictureFinder.OutsideException e) {
                throw new ProblemException(Problem.of(
                        ProblemCode.PICTURE_OUTSIDE,
                        Shown.of(found.name()) + " is a link that leaves its folder",
                        "put the file itself there"));
            }
        }

        private Layers.Layer sidecar(PictureFinder.Found found, Path file, boolean text) throws IOException {
            Path folder = found.file().resolveSibling("");
            Attachments own = attachments.others(pointer -> folder);
            try {
                PromptDocument document = text
                        ? textBeside(file, own)
                        : LayerReader.this
                                .document(file, own, staging, LinkOption.NOFOLLOW_LINKS)
                                .document();
                checkSidecar(document);
                return new Layers.Layer(document, own, found.file(), folder, null);
            } catch (ProblemException e) {
                throw new ProblemException(e.problems().stream()
                        .map(problem -> Layers.beside(found.file(), problem))
                        .toList());
            }
        }

        private PromptDocument textBeside(Path file, Attachments own) throws IOException {
            try (InputStream bytes = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
                    InputStream utf8 = PromptFileReader.utf8(bytes, staging.resolve("utf8"))) {
                return TextEntries.beside(utf8, own, limits.maxDocument());
            }
        }

        /** It is about one picture, which is there already. */
        private static void checkSidecar(PromptDocument document) {
            Object job = document.fields().get("job");
            if (document.fields().containsKey("job") && !(job instanceof Map)) {
                throw new ProblemException(new Problem(
                        ProblemCode.WRONG_TYPE,
                        "'job' is " + Shown.of(job),
                        "use an object, or leave it out",
                        document.place("/job")));
            }
            if (job instanceof Map<?, ?> fields) {
                for (Object field : fields.keySet()) {
                    if (!OF_SIDECARS.contains(field)) {
                        throw new ProblemException(new Problem(
                                ProblemCode.NOT_FOR_ONE_ENTRY,
                                "'job." + field + "' can't be said beside a picture",
                                "say it in the prompt file; here 'job' may have " + String.join(", ", OF_SIDECARS),
                                document.place("/job/" + field)));
                    }
                }
            }
            for (String picture : List.of("init_images", "image")) {
                if (document.fields().containsKey(picture)) {
                    throw new ProblemException(new Problem(
                            ProblemCode.NOT_FOR_ONE_ENTRY,
                            "'" + picture + "' names a picture, and the file lies beside the one that it is about",
                            "take it out",
                            document.place("/" + picture)));
                }
            }
        }

        /** Whether there may be entries behind one that can't be used. */
        boolean goesOn() {
            return !broken && entries.goesOn();
        }

        /** Hash of the prompt file, when its last entry was read. */
        String sha256() throws IOException {
            in.transferTo(OutputStream.nullOutputStream());
            return Sha256.hex(digest);
        }

        /** What was set aside from the defaults, whether or not an entry wants it. */
        List<Attachment> ofDefaults() {
            List<Attachment> all = new ArrayList<>();
            Stream.concat(lanes == null ? Stream.empty() : lanes.stream(), presetsRead.values().stream())
                    .forEach(layer -> all.addAll(layer.attachments().collected()));
            return all;
        }

        @Override
        public void close() throws IOException {
            try (in) {
                entries.close();
            }
        }

        private List<Layers.Layer> lanes() throws IOException {
            if (lanes == null) {
                List<Layers.Layer> read = new ArrayList<>();
                Path before = null;
                for (Dropped.Found lane : dropped.laneFiles()) {
                    if (lane.file().resolveSibling("").equals(before)) {
                        throw broken(
                                lane.file(), "it is not the only one in its folder", "keep one file with its defaults");
                    }
                    before = lane.file().resolveSibling("");
                    read.add(defaults(lane, attachments, staging, LinkOption.NOFOLLOW_LINKS));
                }
                lanes = read;
            }
            return lanes;
        }

        /** A document within an entry, laid over the preset that it names; neither lanes nor drop folders count. */
        Layers alone(PromptDocument document, List<Problem> problems) throws IOException {
            List<Layers.Layer> layers = new ArrayList<>();
            layers.add(new Layers.Layer(
                    document, attachments.others(pointer -> dropped.folder()), file, dropped.folder(), null));
            named(layers, problems);
            return new Layers(layers);
        }

        /** Reads the preset that is in force, and puts it behind what names it. */
        private void preset(List<Layers.Layer> layers, List<Problem> problems) throws IOException {
            if (!named(layers, problems) && dropped.preset() != null) {
                List<Problem> ofTemplate = new ArrayList<>();
                Optional<Dropped.Found> found = find(dropped.preset(), layers.get(0), ofTemplate);
                if (found.isPresent()) {
                    layers.add(preset(found.get()));
                }
                ofTemplate.forEach(problem -> problems.add(Problem.of(
                        ProblemCode.PRESET_BROKEN,
                        "the drop folder " + dropped.root() + " asks for a preset: " + problem.message(),
                        problem.hint())));
            }
        }

        /** The one that is named nearest to the job; false if nobody says anything about presets. */
        private boolean named(List<Layers.Layer> layers, List<Problem> problems) throws IOException {
            for (int i = 0; i < layers.size(); i++) {
                Map<String, @Nullable Object> said = layers.get(i).document().fields();
                if (said.containsKey("job") && said.get("job") == null) {
                    return true; // no defaults for the job at all
                }
                if (said.get("job") instanceof Map<?, ?> job && job.containsKey("preset")) {
                    Object name = job.get("preset");
                    if (name != null) {
                        Optional<Dropped.Found> found = find(name, layers.get(i), problems);
                        if (found.isPresent()) {
                            layers.add(i + 1, preset(found.get()));
                        }
                    }
                    return true;
                }
            }
            return false;
        }

        private Layers.Layer preset(Dropped.Found found) throws IOException {
            Layers.Layer known = presetsRead.get(found.file());
            if (known == null) {
                known = LayerReader.this.preset(found, attachments, staging);
                presetsRead.put(found.file(), known);
            }
            return known;
        }
    }

    private Layers.Layer preset(Dropped.Found found, Attachments attachments, Path staging) throws IOException {
        Layers.Layer preset = defaults(found, attachments, staging);
        if (preset.document().fields().get("job") instanceof Map<?, ?> job && job.get("preset") != null) {
            throw new ProblemException(Layers.in(
                    found.file(),
                    new Problem(
                            ProblemCode.PRESET_BROKEN,
                            "a preset can't name another one",
                            "take 'preset' out of its 'job', and put the fields of the other one in",
                            preset.document().place(PRESET))));
        }
        return preset;
    }

    /** A preset is what the listing of its folder has: no name leads out of that. */
    private Optional<Dropped.Found> find(Object name, Layers.Layer by, List<Problem> problems) {
        Map<String, List<Path>> known;
        try {
            known = presets.files();
        } catch (IOException e) {
            throw broken(presets.folder(), "the folder can't be read (" + e + ")", "let the user of Darkroom read it");
        }
        List<Path> files = name instanceof String ? known.getOrDefault(name, List.of()) : List.of();
        if (files.isEmpty()) {
            Problem unknown = new Problem(
                    name instanceof String ? ProblemCode.UNKNOWN_PRESET : ProblemCode.WRONG_TYPE,
                    "there is no preset " + Shown.of(name),
                    Suggestion.of(name.toString(), known.keySet()),
                    by.document().place(PRESET));
            problems.add(by.defaults() == null ? unknown : Layers.in(by.file(), unknown));
            return Optional.empty();
        }
        if (files.size() > 1) {
            throw broken(files.get(0), "there is another preset of that name, " + files.get(1), "keep one of them");
        }
        String file = files.get(0).getFileName().toString();
        return Optional.of(
                new Dropped.Found(new DefaultsFile(DefaultsFile.Kind.PRESET, name.toString(), file, ""), files.get(0)));
    }

    private Layers.Layer defaults(Dropped.Found found, Attachments all, Path staging, OpenOption... options)
            throws IOException {
        Path file = found.file();
        Path folder = file.resolveSibling("");
        Attachments own = all.others(pointer -> folder);
        try {
            BasicFileAttributes still = still(file, options.length > 0);
            Document read = document(file, own, staging, options);
            if (!isAs(still, attributes(file, options.length > 0))) {
                throw changing(file);
            }
            DefaultsFile described = found.described();
            return new Layers.Layer(
                    read.document(),
                    own,
                    file,
                    folder,
                    new DefaultsFile(described.kind(), described.name(), described.file(), read.sha256()));
        } catch (ProblemException e) {
            throw new ProblemException(e.problems().stream()
                    .map(problem -> problem.code() == ProblemCode.PRESET_BROKEN ? problem : Layers.in(file, problem))
                    .toList());
        }
    }

    private Document document(Path file, Attachments attachments, Path staging, OpenOption... options)
            throws IOException {
        MessageDigest digest = Sha256.digest();
        boolean yaml =
                Form.of(file.getFileName().toString()).filter(Form.YAML::equals).isPresent();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file, options), digest);
                InputStream utf8 = PromptFileReader.utf8(in, staging.resolve("utf8"))) {
            PromptDocument document = yaml
                    ? PromptDocument.readYaml(utf8, attachments, limits.maxDocument())
                    : PromptDocument.read(utf8, attachments, limits.maxDocument(), START);
            return new Document(document, Sha256.hex(digest));
        }
    }

    /** Half of a YAML file is mostly YAML as well: one that was just changed is waited for. */
    private BasicFileAttributes still(Path file, boolean noLinks) throws IOException {
        BasicFileAttributes seen = attributes(file, noLinks);
        for (int look = 0; look < LOOKS; look++) {
            Duration age = Duration.between(seen.lastModifiedTime().toInstant(), Instant.now());
            if (age.compareTo(presets.settle()) >= 0) {
                return seen;
            }
            pause();
            BasicFileAttributes now = attributes(file, noLinks);
            if (isAs(seen, now)) {
                return now; // whatever the clock of a file server says
            }
            seen = now;
        }
        throw changing(file);
    }

    private void pause() throws IOException {
        try {
            Thread.sleep(presets.settle().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a file with defaults was being written");
        }
    }

    private static BasicFileAttributes attributes(Path file, boolean noLinks) {
        try {
            BasicFileAttributes attributes = noLinks
                    ? Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    : Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isRegularFile() && Files.isReadable(file)) {
                return attributes;
            }
        } catch (IOException e) {
            throw broken(file, "it can't be read (" + e + ")", "see that it is there, and that Darkroom may read it");
        }
        throw broken(file, "it is not a file that can be read", "put a file there that Darkroom may read, not a link");
    }

    private static boolean isAs(BasicFileAttributes one, BasicFileAttributes other) {
        return one.size() == other.size() && one.lastModifiedTime().equals(other.lastModifiedTime());
    }

    private static ProblemException changing(Path file) {
        return broken(file, "it is being changed", "move the prompt file back when that is done");
    }

    private static ProblemException broken(Path file, String what, String hint) {
        return new ProblemException(Problem.of(ProblemCode.PRESET_BROKEN, file + ": " + what, hint));
    }
}
