package darkroom.promptfile;

import darkroom.files.SafeName;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Source;
import darkroom.job.Suggestion;
import darkroom.promptfile.PictureFinder.Found;
import darkroom.promptfile.PictureFinder.OutsideException;
import darkroom.promptfile.PictureFinder.TooManyException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of an entry that stands for many tasks, one for each: {@code job.pictures}, with their masks and what lies beside
 * them. They are found before any is read; only their names are kept.
 */
final class PictureSet {
    /** The members of {@code job} that are about it. */
    static final List<String> FIELDS = List.of("pictures", "masks", "missing_mask", "sidecars");

    private static final String PICTURES = "/job/pictures";
    private static final int MOST_TEXTS = 1000;
    private static final int LONGEST_PATH = 4096;
    private static final String EXAMPLES =
            "use a folder, such as \"photos\"; a pattern, such as \"photos/*.jpg\"; or a list of them";

    /** What is done about a picture without a mask. */
    enum MissingMask {
        FAIL,
        SKIP,
        NONE;

        static Optional<MissingMask> of(String word) {
            return Arrays.stream(values())
                    .filter(one -> one.word().equals(word))
                    .findFirst();
        }

        static List<String> words() {
            return Arrays.stream(values()).map(MissingMask::word).toList();
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What one of the tasks is about.
     *
     * @param number which of the pictures it is, from 0
     * @param picture the picture
     * @param mask its mask; null if there is none
     * @param own whether no other of them has this name
     */
    record Subject(int number, Found picture, @Nullable Found mask, boolean own) {
        /** So that each of them draws something else from the same seed. */
        long seed(long ofEntry) {
            return ofEntry + number * 0x9E3779B97F4A7C15L; // the step of SplitMix64
        }
    }

    private final Layers layers;
    private final List<Found> pictures = new ArrayList<>();
    private final Map<String, Integer> names = new HashMap<>();
    private final @Nullable Masks masks;
    private final MissingMask missingMask;
    private final boolean sidecars;

    private PictureSet(Layers layers, Map<?, ?> job, PromptFileLimits limits, int most) throws IOException {
        List<Problem> problems = new ArrayList<>();
        this.layers = layers;
        List<Path> roots = new ArrayList<>(limits.pictureFolders());
        roots.add(0, layers.origin(PICTURES).folder());
        List<Path> rootsOfMasks = new ArrayList<>(limits.pictureFolders());
        rootsOfMasks.add(0, layers.origin("/job/masks").folder());
        masks = masks(job.get("masks"), rootsOfMasks, problems);
        Object policy = job.get("missing_mask");
        Optional<MissingMask> meant =
                policy == null ? Optional.of(MissingMask.FAIL) : MissingMask.of(String.valueOf(policy));
        if (meant.isEmpty()) {
            problem(
                    ProblemCode.WRONG_TYPE,
                    "'job.missing_mask' is " + Shown.of(policy),
                    Suggestion.of(String.valueOf(policy), MissingMask.words()),
                    "/job/missing_mask",
                    problems);
        }
        missingMask = meant.orElse(MissingMask.FAIL);
        Object beside = job.get("sidecars");
        if (beside != null && !(beside instanceof Boolean)) {
            problem(
                    ProblemCode.WRONG_TYPE,
                    "'job.sidecars' is " + Shown.of(beside),
                    "use true or false",
                    "/job/sidecars",
                    problems);
        }
        sidecars = Boolean.TRUE.equals(beside);
        find(texts(job.get("pictures"), problems), roots, most, problems);
        if (!problems.isEmpty()) {
            throw new ProblemException(layers.attributed(problems));
        }
        for (Found picture : pictures) {
            names.merge(key(picture), 1, Integer::sum);
        }
    }

    /**
     * The pictures of an entry.
     *
     * @param most most of them
     * @return null if it names none
     * @throws ProblemException if they can't be found, or are too many
     */
    static @Nullable PictureSet of(Layers layers, PromptFileLimits limits, int most) throws IOException {
        return layers.fields().get("job") instanceof Map<?, ?> job && job.get("pictures") != null
                ? new PictureSet(layers, job, limits, most)
                : null;
    }

    int size() {
        return pictures.size();
    }

    /** Whether each of them makes a task, and all are made of the same fields. */
    boolean isEven() {
        return !sidecars && (masks == null || missingMask != MissingMask.SKIP);
    }

    /**
     * One of them.
     *
     * @param number from 0
     * @return null if it is to be left out, since it has no mask
     * @throws ProblemException if its mask is missing
     */
    @Nullable
    Subject subject(int number) {
        Found picture = pictures.get(number);
        Found mask = masks == null ? null : masks.of(picture).orElse(null);
        if (masks != null && mask == null && missingMask == MissingMask.SKIP) {
            return null;
        }
        if (masks != null && mask == null && missingMask == MissingMask.FAIL) {
            throw thrown(new Problem(
                    ProblemCode.PICTURE_MISSING,
                    "there is no mask for " + Shown.of(picture.name()) + ": no " + Shown.of(masks.expected(picture)),
                    "put it there; or say what is done without one, with job.missing_mask: \"skip\" or \"none\"",
                    layers.nearestPlace("/job/masks")));
        }
        return new Subject(number, picture, mask, isOwn(picture));
    }

    /** The files that may lie beside a picture and say more about it, what counts more first; none if they are not asked for. */
    List<Found> sidecars(Found picture) {
        return sidecars
                ? List.of(".json", ".yaml", ".yml", ".txt").stream()
                        .map(ending -> picture.sibling(picture.stem() + ending))
                        .toList()
                : List.of();
    }

    /** That none of them is left. */
    ProblemException nothingLeft() {
        return thrown(new Problem(
                ProblemCode.PICTURE_MISSING,
                "none of the " + size() + " pictures has a mask",
                "see job.masks, which says how they are called",
                layers.nearestPlace("/job/masks")));
    }

    /** That they stand for too many tasks. */
    ProblemException tooMany(long tasks, int limit) {
        return thrown(new Problem(
                ProblemCode.TOO_MANY_TASKS,
                String.format(
                        Locale.ROOT,
                        "%,d pictures with %,d tasks each would make %,d tasks; the limit is %,d",
                        size(),
                        tasks,
                        size() * tasks,
                        limit),
                "take fewer pictures at a time, or have job.limit or darkroom.job.limit raised",
                layers.nearestPlace(PICTURES)));
    }

    /** Numbers that are put behind a name must not make another one of it. */
    private boolean isOwn(Found picture) {
        String name = key(picture);
        if (names.getOrDefault(name, 0) > 1) {
            return false;
        }
        for (int end = endWithoutNumber(name); end > 0; end = endWithoutNumber(name.substring(0, end))) {
            if (names.containsKey(name.substring(0, end))) {
                return false;
            }
        }
        return true;
    }

    private static int endWithoutNumber(String name) {
        int end = name.length();
        while (end > 0 && Character.isDigit(name.charAt(end - 1))) {
            end--;
        }
        return end > 0 && end < name.length() && name.charAt(end - 1) == '-' ? end - 1 : 0;
    }

    private static String key(Found picture) {
        return SafeName.of(picture.stem(), Source.MOST_BYTES).toLowerCase(Locale.ROOT);
    }

    private List<String> texts(@Nullable Object asked, List<Problem> problems) {
        List<?> members = asked instanceof List<?> list ? list : Collections.singletonList(asked);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < members.size() && members.size() <= MOST_TEXTS; i++) {
            if (members.get(i) instanceof String text && !text.isBlank() && text.length() <= LONGEST_PATH) {
                texts.add(text);
            } else {
                problem(
                        ProblemCode.WRONG_TYPE,
                        "'job.pictures' is " + Shown.of(asked),
                        EXAMPLES,
                        asked instanceof List<?> ? PICTURES + "/" + i : PICTURES,
                        problems);
                return List.of();
            }
        }
        if (texts.isEmpty()) {
            problem(
                    ProblemCode.WRONG_TYPE,
                    "'job.pictures' is a list of " + members.size(),
                    "name 1 to " + MOST_TEXTS + " folders or patterns",
                    PICTURES,
                    problems);
        }
        return texts;
    }

    private void find(List<String> texts, List<Path> roots, int most, List<Problem> problems) throws IOException {
        PictureFinder finder = new PictureFinder(roots, most, file -> masks != null && masks.isMask(file));
        Set<Found> known = new HashSet<>();
        for (String text : texts) {
            try {
                List<Found> found = finder.find(text);
                if (found.isEmpty()) {
                    problem(
                            ProblemCode.PICTURE_MISSING,
                            "there is no picture " + Shown.of(text) + " in " + roots.get(0),
                            "a picture ends in .png, .jpg, .jpeg or .webp; paths count from the file that they stand in;"
                                    + " other folders have to be in darkroom.pictures.folders",
                            PICTURES,
                            problems);
                }
                found.stream().filter(known::add).forEach(pictures::add);
                if (pictures.size() > most) {
                    throw new TooManyException("more than " + most + " pictures");
                }
            } catch (OutsideException e) {
                outside(text, PICTURES, problems);
            } catch (TooManyException e) {
                problem(
                        ProblemCode.TOO_MANY_TASKS,
                        Shown.of(text) + " stands for " + e.getMessage(),
                        "take fewer at a time, or have job.limit or darkroom.job.limit raised",
                        PICTURES,
                        problems);
                return;
            } catch (AccessDeniedException | NoSuchFileException | NotDirectoryException e) {
                problem(
                        ProblemCode.PICTURE_MISSING,
                        "the folder " + Shown.of(e.getFile()) + " can't be read",
                        "see that it is there, and that Darkroom may read it",
                        PICTURES,
                        problems);
            }
        }
    }

    private @Nullable Masks masks(@Nullable Object asked, List<Path> roots, List<Problem> problems) throws IOException {
        if (asked == null) {
            return null;
        }
        String text = asked instanceof String said && said.length() <= LONGEST_PATH ? said : "";
        int slash = text.lastIndexOf('/');
        String last = text.substring(slash + 1);
        boolean rule = last.indexOf('*') >= 0;
        String place = rule ? text.substring(0, Math.max(0, slash)) : text;
        if (text.isBlank() || place.indexOf('*') >= 0 || stars(last) > 1) {
            problem(
                    ProblemCode.WRONG_TYPE,
                    "'job.masks' is " + Shown.of(asked),
                    "use a folder, such as \"masks\", or a rule with one * for the picture's name, such as"
                            + " \"*_mask.png\"",
                    "/job/masks",
                    problems);
            return null;
        }
        try {
            Optional<Found> folder = rule && slash < 0
                    ? Optional.empty()
                    : PictureFinder.folder(slash == 0 && rule ? "/" : place, roots);
            if (folder.isEmpty() && !(rule && slash < 0)) {
                problem(
                        ProblemCode.PICTURE_MISSING,
                        "there is no folder " + Shown.of(place) + " in " + roots.get(0),
                        "it is where the masks are; a rule for their names has a * in it, such as \"*_mask.png\"",
                        "/job/masks",
                        problems);
                return null;
            }
            Masks masks = rule ? Masks.named(last, folder.orElse(null)) : Masks.in(folder.orElseThrow());
            if (masks.isThePicture()) {
                problem(
                        ProblemCode.WRONG_TYPE,
                        "'job.masks' is " + Shown.of(asked) + ": each picture would be its own mask",
                        "use a rule such as \"*_mask.png\"",
                        "/job/masks",
                        problems);
            }
            return masks;
        } catch (OutsideException e) {
            outside(text, "/job/masks", problems);
            return null;
        }
    }

    /** But for that which stands for an ending. */
    private static long stars(String rule) {
        String name = rule.endsWith(".*") && rule.indexOf('*') < rule.length() - 1
                ? rule.substring(0, rule.length() - 2)
                : rule;
        return name.chars().filter(c -> c == '*').count();
    }

    private ProblemException thrown(Problem problem) {
        return new ProblemException(layers.attributed(List.of(problem)));
    }

    private void outside(String text, String pointer, List<Problem> problems) {
        problem(
                ProblemCode.PICTURE_OUTSIDE,
                "the path leaves its folder: " + Shown.of(text),
                "put the pictures beside the file that names them, or below, or ask for their folder to be added to"
                        + " darkroom.pictures.folders",
                pointer,
                problems);
    }

    private void problem(ProblemCode code, String message, String hint, String pointer, List<Problem> problems) {
        problems.add(new Problem(code, message, hint, layers.nearestPlace(pointer)));
    }
}
