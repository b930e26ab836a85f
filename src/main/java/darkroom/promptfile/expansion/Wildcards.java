package darkroom.promptfile.expansion;

import darkroom.files.Sha256;
import darkroom.files.TolerantVisitor;
import darkroom.job.Suggestion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The lists that {@code __name__} may stand for: a folder of {@code .txt} files, one value a line, and of {@code .yaml}, {@code .yml}
 * and {@code .json} files, whose lists have names with slashes ({@code artists/dutch}). Names are looked up among those that there
 * are, so that no name leads out of the folder; nor does a symbolic link.
 *
 * <p>The folder is looked through when the first name is asked for, and a file read once: what changes later is not seen. Not for
 * several threads.
 */
public final class Wildcards {
    private static final long LARGEST_FILE = 16L << 20;
    private static final long MOST_BYTES = 64L << 20;
    private static final int MOST_FILES = 20_000;
    private static final int DEEPEST = 16;
    private static final int MOST_NAMES_SHOWN = 20;

    private final @Nullable Path folder;
    private final Map<String, Optional<WordList>> found = new HashMap<>();
    private final SortedMap<String, String> used = new TreeMap<>();
    private final SortedMap<String, List<Source>> sources = new TreeMap<>();
    private final SortedMap<String, String> broken = new TreeMap<>();
    private boolean indexed;
    private long bytes;

    private Wildcards(@Nullable Path folder) {
        this.folder = folder;
    }

    /**
     * Those of a folder.
     *
     * @param folder need not be there
     */
    public static Wildcards of(Path folder) {
        return new Wildcards(folder);
    }

    /** None at all. */
    public static Wildcards none() {
        return new Wildcards(null);
    }

    /** The files that values were taken from so far: their paths in the folder, with slashes, and their hashes (SHA-256, hex). */
    public SortedMap<String, String> used() {
        return new TreeMap<>(used);
    }

    /** A list before, or after, it was read. */
    private static final class Source {
        final String file;
        final Path path;

        @Nullable
        WordList words;

        @Nullable
        String sha256;

        Source(String file, Path path) {
            this.file = file;
            this.path = path;
        }
    }

    /** Wildcards can't be read; the message says which and why. */
    static final class BrokenException extends Exception {
        private static final long serialVersionUID = 1;

        BrokenException(String message) {
            super(message);
        }
    }

    /**
     * The values that a name or a pattern stands for: those of the lists whose names match, else of lists of that name in any folder.
     *
     * @return null if there are none
     * @throws BrokenException if a list can't be read, or lists are too large
     */
    @Nullable
    WordList find(String asked) throws BrokenException {
        String name = clean(asked);
        Optional<WordList> known = found.get(name);
        if (known == null) {
            index();
            List<Source> matching = matching(name);
            if (matching.isEmpty() && !name.startsWith("**")) {
                matching = matching("**/" + name);
            }
            known = read(matching);
            found.put(name, known);
        }
        return known.orElse(null);
    }

    private List<Source> matching(String name) {
        if (!Glob.isPattern(name)) {
            return sources.getOrDefault(name, List.of());
        }
        return sources.entrySet().stream()
                .filter(source -> Glob.matches(name, source.getKey()))
                .flatMap(source -> source.getValue().stream())
                .toList();
    }

    /** What to do about a name that there is not. */
    String hint(String asked) {
        String name = clean(asked);
        if (name.contains("..")) {
            return "name a list in the folder of wildcards; '..' leads out of it";
        }
        if (folder == null) {
            return "there is no folder of wildcards; write \\__ for two underscores";
        }
        String unread = broken.isEmpty()
                ? ""
                : "; " + broken.firstKey() + " could not be read: " + broken.get(broken.firstKey());
        Optional<String> near = Suggestion.closest(name, sources.keySet());
        if (near.isPresent()) {
            return "did you mean '" + near.get() + "'?" + unread;
        }
        if (sources.isEmpty()) {
            return "the folder of wildcards is empty" + unread;
        }
        int more = sources.size() - MOST_NAMES_SHOWN;
        return "known are "
                + sources.keySet().stream().limit(MOST_NAMES_SHOWN).collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "") + unread;
    }

    /** The extension takes backslashes, and slashes too many. */
    private static String clean(String name) {
        return name.strip().replaceAll("[/\\\\]+", "/").replaceAll("^/|/$", "");
    }

    private Optional<WordList> read(List<Source> matching) throws BrokenException {
        List<WordList> lists = new ArrayList<>();
        for (Source source : matching) {
            WordList words = source.words;
            if (words == null) {
                words = lines(text(source));
                source.words = words;
            }
            used.put(source.file, String.valueOf(source.sha256));
            lists.add(words);
        }
        if (lists.size() > 1) {
            take(lists.stream().mapToLong(WordList::room).sum());
        }
        return Optional.of(WordList.of(lists)).filter(words -> words.size() > 0);
    }

    private static WordList lines(String text) {
        WordList.Builder words = new WordList.Builder();
        text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .forEach(words::addWeighted);
        return words.build();
    }

    private String text(Source source) throws BrokenException {
        byte[] content;
        try (InputStream in = Files.newInputStream(source.path)) {
            content = in.readNBytes((int) LARGEST_FILE + 1);
        } catch (IOException e) {
            throw new BrokenException("'" + source.file + "' can't be read: " + e);
        }
        if (content.length > LARGEST_FILE) {
            throw new BrokenException("'" + source.file + "' has more than " + (LARGEST_FILE >> 20) + " MiB");
        }
        take(content.length);
        MessageDigest digest = Sha256.digest();
        digest.update(content);
        source.sha256 = Sha256.hex(digest);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new BrokenException("'" + source.file + "' is not UTF-8");
        }
    }

    private void take(long more) throws BrokenException {
        bytes += more;
        if (bytes > MOST_BYTES) {
            throw new BrokenException("the wildcards have more than " + (MOST_BYTES >> 20) + " MiB together");
        }
    }

    private void index() throws BrokenException {
        if (indexed || folder == null || !Files.isDirectory(folder)) {
            return;
        }
        indexed = true;
        try {
            Path root = folder.toRealPath();
            List<Path> files = new ArrayList<>();
            Files.walkFileTree(root, Set.of(), DEEPEST, new Collector(root, files));
            if (files.size() > MOST_FILES) {
                throw new BrokenException("the folder of wildcards has more than " + MOST_FILES + " files");
            }
            files.sort(null); // in the same order everywhere, whatever the file system says
            for (Path file : files) {
                enter(root, file);
            }
        } catch (IOException e) {
            throw new BrokenException("the folder of wildcards can't be read: " + e);
        }
    }

    /** Files below the folder that are no links, or links to such files. */
    private static final class Collector extends TolerantVisitor {
        private final Path root;
        private final List<Path> files;

        Collector(Path root, List<Path> files) {
            this.root = root;
            this.files = files;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return !dir.equals(root) && isHidden(dir) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            boolean inside = attributes.isRegularFile() || (attributes.isSymbolicLink() && leadsInside(file));
            if (inside && !isHidden(file)) {
                files.add(file);
            }
            return files.size() > MOST_FILES ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
        }

        private boolean leadsInside(Path link) {
            try {
                Path real = link.toRealPath();
                return real.startsWith(root) && Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS);
            } catch (IOException e) {
                return false; // it leads nowhere
            }
        }

        private static boolean isHidden(Path file) {
            return file.getFileName().toString().startsWith(".");
        }
    }

    private void enter(Path root, Path file) {
        String path = root.relativize(file).toString().replace('\\', '/');
        int dot = path.lastIndexOf('.');
        if (dot < 0) {
            return;
        }
        String name = path.substring(0, dot);
        String suffix = path.substring(dot + 1).toLowerCase(Locale.ROOT);
        Source source = new Source(path, file);
        if (suffix.equals("txt")) {
            add(name, source);
        } else if (suffix.equals("yaml") || suffix.equals("yml") || suffix.equals("json")) {
            String above = path.substring(0, path.lastIndexOf('/') + 1);
            try {
                String text = text(source);
                Map<String, WordList> lists = suffix.equals("json")
                        ? StructuredWords.json(text, name.substring(above.length()))
                        : StructuredWords.yaml(text, name.substring(above.length()));
                lists.forEach((list, words) -> {
                    Source part = new Source(path, file);
                    part.sha256 = source.sha256;
                    part.words = words;
                    add(above + list, part);
                });
            } catch (BrokenException
                    | StructuredWords.UnreadableException e) { // a matter of those who want what is in it
                broken.put(path, String.valueOf(e.getMessage()));
            }
        }
    }

    private void add(String name, Source source) {
        sources.computeIfAbsent(name, any -> new ArrayList<>()).add(source);
    }
}
