package darkroom.promptfile;

import darkroom.files.Sha256;
import darkroom.files.TolerantVisitor;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder that is dropped as one: {@code NAME.job}, with the prompt file {@code job.json} in it, or {@code job.} and another ending
 * of a {@link Form}, and the pictures that this names. It is claimed, moved and kept as a whole.
 */
public final class PromptFolder {
    private static final String ENDING = ".job";
    private static final String DOCUMENT = "job";

    private PromptFolder() {}

    /** Whether a folder of this name is one. */
    public static boolean isNamed(String name) {
        return name.length() > ENDING.length() && name.toLowerCase(Locale.ROOT).endsWith(ENDING);
    }

    /** Whether it is one: links are none. */
    public static boolean is(Path path) {
        Path name = path.getFileName(); // the root of a file system has none
        return name != null && isNamed(name.toString()) && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether it is one, or a file; links are neither. */
    public static boolean isOrFile(Path path) {
        return is(path) || Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** What the name of a prompt file or folder says without its ending. */
    public static String stem(String name) {
        return isNamed(name) ? name.substring(0, name.length() - ENDING.length()) : Form.stem(name);
    }

    /** The prompt file in a folder; empty if there is none yet. Of several it is the first, by their names. */
    public static Optional<Path> document(Path folder) throws IOException {
        return documents(folder).stream().findFirst();
    }

    private static List<Path> documents(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> {
                        String name = file.getFileName().toString();
                        return Form.isText(name) && Form.stem(name).equals(DOCUMENT);
                    })
                    .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
    }

    /**
     * The file that is read: the prompt file itself, or the one in its folder.
     *
     * @throws ProblemException if the folder has none, or several
     */
    public static Path read(Path promptFile) throws IOException {
        if (!is(promptFile)) {
            return promptFile;
        }
        List<Path> documents = documents(promptFile);
        if (documents.size() != 1) {
            throw new ProblemException(Problem.of(
                    documents.isEmpty() ? ProblemCode.EMPTY_FILE : ProblemCode.MALFORMED_TEXT,
                    documents.isEmpty()
                            ? "there is no job.json in the folder"
                            : "there are " + documents.get(0).getFileName() + " and "
                                    + documents.get(1).getFileName() + " in the folder",
                    "put one prompt file into it: job.json, or job. with another ending of prompt files"));
        }
        return documents.get(0);
    }

    /** All files in a folder, in no particular order; links and what is behind them are left out. */
    public static List<Path> files(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(folder, new TolerantVisitor() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    /** All files below a folder that is none itself; of those in a prompt folder that one alone. In no particular order. */
    public static List<Path> foldersAndFiles(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new TolerantVisitor() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                if (!folder.equals(root) && is(folder)) {
                    found.add(folder);
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    /**
     * The hash of a prompt file, by which it is known to be the same when it comes back. Of a folder it is that of what is read, and
     * of the names and sizes of all that is in it.
     *
     * @return in lower-case hex
     */
    public static String sha256(Path promptFile) throws IOException {
        if (!is(promptFile)) {
            return Sha256.of(promptFile);
        }
        Map<String, Long> sizes = new TreeMap<>();
        for (Path file : files(promptFile)) {
            sizes.put(promptFile.relativize(file).toString(), Files.size(file));
        }
        Optional<Path> document = document(promptFile);
        MessageDigest digest = Sha256.digest();
        digest.update((document.isPresent() ? Sha256.of(document.get()) : "").getBytes(StandardCharsets.UTF_8));
        sizes.forEach((name, size) -> digest.update((name + '\0' + size + '\0').getBytes(StandardCharsets.UTF_8)));
        return Sha256.hex(digest);
    }
}
