package darkroom.promptfile;

import darkroom.files.JunkName;
import darkroom.promptfile.expansion.Glob;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Looks for pictures in the folders that they may come from. Their names are kept, and nothing that is in them; so what it takes
 * is bounded by how many pictures a job may have.
 */
final class PictureFinder {
    /** So many files and folders are looked at for one entry. */
    private static final int MOST_LOOKED_AT = 1_000_000;

    private static final String ANY_DEPTH = "**";

    private final List<Path> roots;
    private final int most;
    private final Predicate<Path> isNone;
    private int lookedAt;

    /**
     * Looks in folders.
     *
     * @param roots the folders, absolute; the first one that has what is looked for counts
     * @param most gives up when there are more pictures
     * @param isNone what is not taken for a picture, though it looks like one
     */
    PictureFinder(List<Path> roots, int most, Predicate<Path> isNone) {
        this.roots = roots;
        this.most = most;
        this.isNone = isNone;
    }

    /**
     * A file in one of the folders.
     *
     * @param root the folder
     * @param name the file, from there on; or absolute, if that is how it was asked for
     */
    record Found(Path root, String name) {
        Path file() {
            return root.resolve(name);
        }

        /** Its last name, without the ending. */
        String stem() {
            String last = name.substring(name.lastIndexOf('/') + 1);
            int dot = last.lastIndexOf('.');
            return dot > 0 ? last.substring(0, dot) : last;
        }

        /** A file beside it. */
        Found sibling(String fileName) {
            return new Found(root, name.substring(0, name.lastIndexOf('/') + 1) + fileName);
        }

        /**
         * The file itself, wherever links lead.
         *
         * @return empty if there is none
         * @throws OutsideException if that is not in the folder
         */
        Optional<Path> real() throws IOException, OutsideException {
            Path file = file();
            if (!file.normalize().startsWith(root)) {
                throw new OutsideException();
            }
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            Path real = file.toRealPath();
            if (!real.startsWith(root.toRealPath())) {
                throw new OutsideException();
            }
            return Optional.of(real);
        }
    }

    /** A path leads out of the folders that may be used. */
    static final class OutsideException extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** There is more than may be looked at, or taken. */
    static final class TooManyException extends Exception {
        private static final long serialVersionUID = 1;

        TooManyException(String message) {
            super(message);
        }
    }

    /**
     * The pictures that a text stands for, in natural order.
     *
     * @param text a file, a folder, or a pattern
     */
    List<Found> find(String text) throws IOException, OutsideException, TooManyException {
        boolean outside = false;
        for (Path root : roots) {
            try {
                List<Found> pictures = find(text, root);
                if (!pictures.isEmpty()) {
                    return pictures;
                }
            } catch (OutsideException e) {
                outside = true;
            } catch (InvalidPathException e) {
                return List.of();
            }
        }
        if (outside) {
            throw new OutsideException();
        }
        return List.of();
    }

    /** The first folder of this name in one of those that may be used. */
    static Optional<Found> folder(String text, List<Path> roots) throws IOException, OutsideException {
        boolean outside = false;
        for (Path root : roots) {
            try {
                Path folder = root.resolve(text).normalize();
                if (!folder.startsWith(root)) {
                    outside = true;
                } else if (Files.isDirectory(folder)) {
                    if (folder.toRealPath().startsWith(root.toRealPath())) {
                        return Optional.of(new Found(root, name(root, folder, text)));
                    }
                    outside = true;
                }
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
        }
        if (outside) {
            throw new OutsideException();
        }
        return Optional.empty();
    }

    private static String name(Path root, Path file, String text) {
        return text.startsWith("/") ? file.toString() : root.relativize(file).toString();
    }

    private List<Found> find(String text, Path root) throws IOException, OutsideException, TooManyException {
        if (folder(text, List.of(root)).isPresent()) {
            return walk(text, root, List.of("*"));
        }
        Path named = root.resolve(text);
        if (named.normalize().startsWith(root) && Files.isRegularFile(named)) {
            return List.of(new Found(root, name(root, named.normalize(), text)));
        }
        List<String> parts = Arrays.asList(text.split("/+"));
        int first = 0;
        while (first < parts.size() && !Glob.isPattern(parts.get(first))) {
            first++;
        }
        if (first == parts.size()) {
            return List.of();
        }
        List<String> pattern = new ArrayList<>();
        for (String part : parts.subList(first, parts.size())) {
            if (part.equals("..")) {
                throw new OutsideException();
            }
            boolean again = part.equals(ANY_DEPTH)
                    && !pattern.isEmpty()
                    && pattern.get(pattern.size() - 1).equals(ANY_DEPTH);
            if (!part.equals(".") && !again) {
                pattern.add(folded(part));
            }
        }
        if (pattern.get(pattern.size() - 1).equals(ANY_DEPTH)) {
            pattern.add("*");
        }
        String folder = (text.startsWith("/") ? "/" : "") + String.join("/", parts.subList(0, first));
        return folder(folder, List.of(root)).isEmpty() ? List.of() : walk(folder, root, pattern);
    }

    private List<Found> walk(String folder, Path root, List<String> pattern) throws IOException, TooManyException {
        Set<Found> pictures = new HashSet<>();
        walk(root.resolve(folder).normalize(), pattern, root, folder, pictures);
        return pictures.stream()
                .sorted((one, other) -> NaturalOrder.compare(one.name(), other.name()))
                .toList();
    }

    private void walk(Path folder, List<String> pattern, Path root, String text, Set<Found> pictures)
            throws IOException, TooManyException {
        String part = pattern.get(0);
        List<String> rest = pattern.subList(1, pattern.size());
        boolean anyDepth = part.equals(ANY_DEPTH);
        if (anyDepth) {
            walk(folder, rest, root, text, pictures);
        }
        List<Path> folders = new ArrayList<>(); // looked into when this one is closed: they may be many levels deep
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (++lookedAt > MOST_LOOKED_AT) {
                    throw new TooManyException("more than " + MOST_LOOKED_AT + " files and folders are looked at");
                }
                String name = file.getFileName().toString();
                if (isPassedOver(name) || !(anyDepth || Glob.matches(part, folded(name)))) {
                    continue;
                }
                if (anyDepth || !rest.isEmpty()) {
                    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                        folders.add(file);
                    }
                } else if (isPicture(name) && !Files.isDirectory(file) && !isNone.test(file)) {
                    add(new Found(root, name(root, file, text)), pictures);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        for (Path inner : folders) {
            walk(inner, anyDepth ? pattern : rest, root, text, pictures);
        }
    }

    private void add(Found picture, Set<Found> pictures) throws TooManyException {
        pictures.add(picture);
        if (pictures.size() > most) {
            throw new TooManyException("more than " + most + " pictures");
        }
    }

    /** As it is in a drop folder; and what begins with {@code _} is put by. */
    private static boolean isPassedOver(String name) {
        return name.startsWith("_") || JunkName.is(name);
    }

    /** Whether a file of this name is a picture. */
    static boolean isPicture(String name) {
        return Form.isPicture(name);
    }

    private static String folded(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
