package darkroom.promptfile;

import darkroom.files.Sha256;
import darkroom.job.DefaultsFile;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Suggestion;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a prompt file and the files that its defaults come from: its preset, and what the lanes say that it was dropped
 * into. One preset is in force, the one that is named nearest to the job; it counts less than the file that names it, and
 * more than all that counts less than that.
 */
final class LayerReader {
    private static final String PRESET = "/job/preset";
    private static final int LOOKS = 10;

    private final PromptFileLimits limits;
    private final Presets presets;

    LayerReader(PromptFileLimits limits, Presets presets) {
        this.limits = limits;
        this.presets = presets;
    }

    /**
     * What was read.
     *
     * @param layers the files, laid over each other
     * @param sha256 hash of the prompt file
     * @param problems what is wrong with the names of presets
     */
    record Read(Layers layers, String sha256, List<Problem> problems) {}

    /** A file that was opened, and what was read from it. */
    private record Document(PromptDocument document, String sha256) {}

    /**
     * Reads them.
     *
     * @param staging an empty folder, in which what is set aside is collected
     * @throws ProblemException if one of them can't be used at all
     */
    Read read(Path file, Dropped dropped, Path staging) throws IOException {
        Attachments attachments = new Attachments(staging, dropped.folder(), limits);
        Document prompt = document(file, attachments, staging, LinkOption.NOFOLLOW_LINKS);
        List<Layers.Layer> layers = new ArrayList<>();
        layers.add(new Layers.Layer(prompt.document(), attachments, file, dropped.folder(), null));
        Path before = null;
        for (Dropped.Found lane : dropped.laneFiles()) {
            if (lane.file().resolveSibling("").equals(before)) {
                throw broken(lane.file(), "it is not the only one in its folder", "keep one file with its defaults");
            }
            before = lane.file().resolveSibling("");
            layers.add(defaults(lane, attachments, staging, LinkOption.NOFOLLOW_LINKS));
        }
        List<Problem> problems = new ArrayList<>();
        preset(layers, dropped, attachments, staging, problems);
        return new Read(new Layers(layers), prompt.sha256(), problems);
    }

    /** Reads the preset that is named nearest to the job, and puts it behind what names it. */
    private void preset(
            List<Layers.Layer> layers, Dropped dropped, Attachments attachments, Path staging, List<Problem> problems)
            throws IOException {
        for (int i = 0; i < layers.size(); i++) {
            Map<String, @Nullable Object> said = layers.get(i).document().fields();
            if (said.containsKey("job") && said.get("job") == null) {
                return; // no defaults for the job at all
            }
            if (said.get("job") instanceof Map<?, ?> job && job.containsKey("preset")) {
                Object name = job.get("preset");
                if (name != null) {
                    Optional<Dropped.Found> found = find(name, layers.get(i), problems);
                    if (found.isPresent()) {
                        layers.add(i + 1, preset(found.get(), attachments, staging));
                    }
                }
                return;
            }
        }
        if (dropped.preset() != null) {
            List<Problem> ofTemplate = new ArrayList<>();
            Optional<Dropped.Found> found = find(dropped.preset(), layers.get(0), ofTemplate);
            if (found.isPresent()) {
                layers.add(preset(found.get(), attachments, staging));
            }
            ofTemplate.forEach(problem -> problems.add(Problem.of(
                    ProblemCode.PRESET_BROKEN,
                    "the drop folder " + dropped.root() + " asks for a preset: " + problem.message(),
                    problem.hint())));
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
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
        try (InputStream in = new DigestInputStream(Files.newInputStream(file, options), digest);
                InputStream utf8 = PromptFileReader.utf8(in, staging.resolve("utf8"))) {
            PromptDocument document = yaml
                    ? PromptDocument.readYaml(utf8, attachments, limits.maxDocument())
                    : PromptDocument.read(utf8, attachments, limits.maxDocument());
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
