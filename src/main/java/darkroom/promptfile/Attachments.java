package darkroom.promptfile;

import darkroom.job.Attachment;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.picture.Look;
import darkroom.picture.Picture;
import darkroom.picture.PictureException;
import darkroom.picture.PictureFile;
import darkroom.picture.PictureProbe;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects the pictures and long texts of one prompt file into files of their own. */
final class Attachments {
    private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*", Pattern.DOTALL);

    /** Pillow opens none that has more (twice its {@code MAX_IMAGE_PIXELS}). */
    private static final long MOST_PIXELS = 2L * 89_478_485;

    /** So many pictures that several entries name are kept once. */
    private static final int MOST_COPIED = 10_000;

    private final Path staging;
    private final Function<String, Path> folders;
    private final PromptFileLimits limits;
    private final AtomicInteger files;
    private final Map<Path, Attachment> copied;
    private final List<Attachment> collected = new ArrayList<>();

    /**
     * Begins with none.
     *
     * @param staging where their files go
     * @param folder where pictures that are named by a relative path are looked for
     */
    Attachments(Path staging, Path folder, PromptFileLimits limits) {
        this(staging, pointer -> folder, limits, new AtomicInteger(), new HashMap<>());
    }

    private Attachments(
            Path staging,
            Function<String, Path> folders,
            PromptFileLimits limits,
            AtomicInteger files,
            Map<Path, Attachment> copied) {
        this.copied = copied;
        this.staging = staging;
        this.folders = folders;
        this.limits = limits;
        this.files = files;
    }

    /** Begins with none, for another file of the same job: where pictures are looked for depends on where they go. */
    Attachments others(Function<String, Path> folders) {
        return new Attachments(staging, folders, limits, files, copied);
    }

    /** Takes one over from another file of the same job. */
    void add(Attachment attachment) {
        collected.add(attachment);
    }

    /** Gives those whose pointers begin so another beginning: what is within a single value goes into the first of a list. */
    void move(String from, String to) {
        collected.replaceAll(attachment -> attachment.pointer().startsWith(from)
                ? attachment.at(to + attachment.pointer().substring(from.length()), attachment.source())
                : attachment);
    }

    /** Deletes what nobody took over. */
    void delete(Attachment attachment) throws IOException {
        Files.delete(staging.resolve(attachment.file()));
    }

    List<Attachment> collected() {
        return collected;
    }

    /** Takes base64, with or without a {@code data:} prefix, as it stands in the JSON. */
    PictureFile.Encoded openPicture() throws IOException {
        return new PictureFile.Encoded(newPicture());
    }

    /** Takes the inside of a JSON string. */
    LongText openText(String pointer, Room room) throws IOException {
        return new LongText(newFile(), pointer, limits.maxPicture(), room);
    }

    /** A picture that came inline is complete. */
    Optional<Problem> add(PictureFile.Encoded inline, String pointer, Problem.@Nullable Place place) {
        return add(inline.picture(), pointer, Attachment.INLINE, place);
    }

    /** A long text is complete. */
    void add(LongText text, String pointer) {
        collected.add(new Attachment(
                pointer,
                relative(text.file()),
                Attachment.Form.JSON_TEXT,
                text.bytes(),
                text.sha256(),
                Attachment.INLINE,
                0,
                0));
    }

    /** A short text where a picture belongs: a path, or a very small picture. */
    Optional<Problem> add(String text, String pointer, Problem.@Nullable Place place) throws IOException {
        if (text.regionMatches(true, 0, "data:", 0, 5)) {
            return inline(text, pointer, place);
        }
        if (URL.matcher(text).matches()) {
            return problem(
                    ProblemCode.PICTURE_URL,
                    "the picture is named by a URL: " + Shown.of(text),
                    "download it first and name it by its path; Darkroom and the WebUI fetch nothing for a prompt file",
                    place);
        }
        Path folder = folders.apply(pointer);
        try {
            Path found = find(text, folder);
            if (found == null) {
                return looksLikeBase64(text) ? inline(text, pointer, place) : missing(text, folder, place);
            }
            return copied(found, text, pointer, place);
        } catch (PictureFinder.OutsideException e) {
            return outside(text, place);
        }
    }

    /** A picture that was found in a folder. Since then it may have gone, or have become a link that leads elsewhere. */
    Optional<Problem> add(PictureFinder.Found found, String pointer, Problem.@Nullable Place place) throws IOException {
        try {
            Optional<Path> real = found.real();
            return real.isPresent() ? copied(real.get(), found.name(), pointer, place) : gone(found.name(), place);
        } catch (PictureFinder.OutsideException e) {
            return outside(found.name(), place);
        } catch (NoSuchFileException e) {
            return gone(found.name(), place);
        }
    }

    /** The text of the WebUI in a picture that was collected; null if there is none. */
    @Nullable
    String infotext(Attachment picture) throws IOException {
        try (InputStream in = Files.newInputStream(staging.resolve(picture.file()))) {
            String infotext = PictureProbe.lookThrough(in).infotext();
            return infotext == null || infotext.isBlank() ? null : infotext;
        } catch (PictureException e) {
            return null;
        }
    }

    private Optional<Problem> copied(Path found, String source, String pointer, Problem.@Nullable Place place)
            throws IOException {
        Attachment copy = copied.get(found);
        if (copy != null) {
            collected.add(copy.at(pointer, source));
            return Optional.empty();
        }
        PictureFile picture = newPicture();
        try (picture;
                InputStream in = Files.newInputStream(found, LinkOption.NOFOLLOW_LINKS)) {
            copy(in, picture);
        } catch (NoSuchFileException e) {
            return gone(source, place);
        } catch (AccessDeniedException e) {
            return problem(
                    ProblemCode.PICTURE_UNREADABLE,
                    "the picture " + Shown.of(source) + " may not be read",
                    "let the user that runs Darkroom read it",
                    place);
        }
        Optional<Problem> problem = add(picture, pointer, source, place);
        if (problem.isEmpty() && copied.size() < MOST_COPIED) {
            copied.put(found, collected.get(collected.size() - 1));
        }
        return problem;
    }

    private static Optional<Problem> gone(String source, Problem.@Nullable Place place) {
        return problem(
                ProblemCode.PICTURE_MISSING,
                "the picture " + Shown.of(source) + " is not there, or is no file",
                "leave pictures where they are until the job is accepted; a name that can't be read as UTF-8 leads nowhere",
                place);
    }

    private static Optional<Problem> outside(String text, Problem.@Nullable Place place) {
        return problem(
                ProblemCode.PICTURE_OUTSIDE,
                "the path leaves its folder: " + Shown.of(text),
                "put the picture beside the file that names it, or below, or ask for its folder to be added to"
                        + " darkroom.pictures.folders",
                place);
    }

    private static void copy(InputStream in, PictureFile picture) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (int n = in.read(buffer); n >= 0 && !picture.tooLarge(); n = in.read(buffer)) {
            picture.write(buffer, 0, n);
        }
    }

    private Optional<Problem> inline(String text, String pointer, Problem.@Nullable Place place) throws IOException {
        PictureFile.Encoded inline = openPicture();
        try (inline) {
            inline.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return add(inline, pointer, place);
    }

    private Optional<Problem> add(PictureFile file, String pointer, String source, Problem.@Nullable Place place) {
        if (file.tooLarge()) {
            return problem(
                    ProblemCode.PICTURE_TOO_LARGE,
                    "the picture " + Shown.of(source) + " has more than " + limits.maxPicture() + " bytes",
                    "make it smaller, or ask for darkroom.pictures.max-size to be raised",
                    place);
        }
        Picture picture;
        try {
            picture = file.picture();
        } catch (PictureException e) {
            return problem(
                    ProblemCode.PICTURE_UNREADABLE,
                    "the picture " + Shown.of(source) + " " + e.getMessage(),
                    "use a whole PNG, JPEG or WebP",
                    place);
        }
        if ((long) picture.width() * picture.height() > MOST_PIXELS) {
            return problem(
                    ProblemCode.PICTURE_TOO_LARGE,
                    "the picture " + Shown.of(source) + " has " + picture.size() + " pixels, more than " + MOST_PIXELS,
                    "make it smaller: the library that the WebUI opens pictures with takes more for an attack",
                    place);
        }
        collected.add(new Attachment(
                pointer,
                relative(file.path()),
                Attachment.Form.PICTURE,
                file.bytes(),
                file.sha256(),
                source,
                picture.width(),
                picture.height()));
        return Optional.empty();
    }

    private Optional<Problem> missing(String text, Path folder, Problem.@Nullable Place place) {
        return problem(
                ProblemCode.PICTURE_MISSING,
                "there is no picture " + Shown.of(text) + " in " + folder,
                "put it there before the prompt file is dropped; paths count from the file that they stand in",
                place);
    }

    /** The picture's file; null if no folder that may be used has it. */
    private @Nullable Path find(String text, Path folder) throws IOException, PictureFinder.OutsideException {
        List<Path> roots = new ArrayList<>(limits.pictureFolders());
        roots.add(0, folder);
        boolean outside = false;
        for (Path root : roots) {
            try {
                Optional<Path> real = new PictureFinder.Found(root, text).real();
                if (real.isPresent()) {
                    return real.get();
                }
            } catch (PictureFinder.OutsideException e) {
                outside = true;
            } catch (InvalidPathException e) {
                return null;
            }
        }
        if (outside && !looksLikeBase64(text)) {
            throw new PictureFinder.OutsideException();
        }
        return null;
    }

    private static boolean looksLikeBase64(String text) {
        String packed = text.replaceAll("\\s", "");
        return packed.length() >= 32 && packed.matches("[A-Za-z0-9+/]+={0,2}");
    }

    private PictureFile newPicture() throws IOException {
        return new PictureFile(newFile(), Look.atAll(limits.maxPicture()));
    }

    private Path newFile() throws IOException {
        return Files.createDirectories(staging.resolve(Attachment.FOLDER))
                .resolve(Integer.toString(files.incrementAndGet()));
    }

    private static String relative(Path file) {
        return Attachment.FOLDER + "/" + file.getFileName();
    }

    private static Optional<Problem> problem(
            ProblemCode code, String message, String hint, Problem.@Nullable Place place) {
        return Optional.of(new Problem(code, message, hint, place));
    }
}
