package darkroom.webui;

import darkroom.files.Disk;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import darkroom.picture.Look;
import darkroom.picture.PictureEnd;
import darkroom.picture.PictureFile;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The outputs folder of a WebUI, as it is mounted here: finds there what one request made, by its {@link Stamp}.
 *
 * <p>Where in it the WebUI puts pictures of txt2img, of img2img and grids is its own setting; so the folder of a stamp is
 * looked for in the mounted folder itself, and in the folders one and two levels below.
 */
public final class MountedOutputs implements SavedOutputs {
    private static final long LOOK_EVERY = 100;

    /** What becomes of the WebUI's own file. */
    public enum Take {
        /** It stays, and a copy of it becomes the output. */
        COPY,
        /** It becomes the output. */
        MOVE,
        /** It stays, and the output is a second name of it: no second place on the disk, if it is the same one. */
        LINK,
        /** It stays, and is the output. */
        LEAVE;

        /** The word used in properties, for example {@code copy}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Path folder;
    private final String onServer;
    private final Take take;
    private final Duration patience;
    private final Look look;

    /**
     * The outputs of a WebUI.
     *
     * @param folder where they are mounted here
     * @param onServer where they are for the WebUI, for the message that it is mounted wrong; may be empty
     * @param take what becomes of its files
     * @param patience how long a file may take to appear, and to become complete
     * @param look how pictures are looked at, and most bytes of one
     */
    public MountedOutputs(Path folder, String onServer, Take take, Duration patience, Look look) {
        this.folder = folder;
        this.onServer = onServer;
        this.take = take;
        this.patience = patience;
        this.look = look;
    }

    @Override
    public Answer take(Stamp stamp, Task task, Answer answer, Path into) throws IOException, InterruptedException {
        Optional<Long> wanted = new Asked(task).pictures();
        boolean gridToo = Answer.firstPicture(answer.info()) > 0;
        List<Stamp.Saved> saved = await(stamp, wanted.orElse(1L), gridToo);
        if (saved.stream().noneMatch(file -> file.kind() == Stamp.Kind.PICTURE)) {
            throw new ProblemException(nothing(stamp));
        }
        List<PictureFile> pictures = new ArrayList<>();
        int grids = 0;
        for (Stamp.Saved file : saved) {
            PictureFile picture = take(file.path(), into.resolve(Integer.toString(pictures.size() + 1)));
            if (wanted.isPresent()) { // else a script decides about seeds, too
                checkSeed(file, pictures.size() - grids, answer);
            }
            pictures.add(picture);
            grids += file.kind() == Stamp.Kind.GRID ? 1 : 0;
        }
        if (take == Take.MOVE) {
            prune(saved);
        }
        int made = (int) count(saved, Stamp.Kind.PICTURE);
        return new Answer(new ArrayList<>(pictures), grids, made, true, answer.info());
    }

    @Override
    public Optional<Answer> collect(Stamp stamp, Task task, Path into) throws IOException, InterruptedException {
        Optional<List<BigInteger>> seeds = new Asked(task).seeds();
        if (seeds.isEmpty() || folders(stamp).isEmpty()) {
            return Optional.empty();
        }
        List<Stamp.Saved> saved = await(stamp, seeds.get().size(), seeds.get().size() > 1);
        List<Stamp.Saved> made =
                saved.stream().filter(file -> file.kind() == Stamp.Kind.PICTURE).toList();
        if (made.size() != seeds.get().size() || !areComplete(saved)) {
            return Optional.empty();
        }
        LostAnswer lost = new LostAnswer();
        for (int i = 0; i < made.size(); i++) {
            BigInteger seed = seeds.get().get(i);
            if (!made.get(i).seed().equals(seed.toString())
                    || !lost.add(made.get(i).path(), seed, look)) {
                return Optional.empty();
            }
        }
        List<PictureFile> pictures = new ArrayList<>();
        for (Stamp.Saved file : saved) {
            pictures.add(take(file.path(), into.resolve(Integer.toString(pictures.size() + 1))));
        }
        if (take == Take.MOVE) {
            prune(saved);
        }
        int grids = (int) count(saved, Stamp.Kind.GRID);
        return Optional.of(new Answer(new ArrayList<>(pictures), grids, made.size(), true, lost.info()));
    }

    /** Deletes what a request made, if the WebUI's files become the outputs here; nobody takes those of a try given up. */
    public void discard(Stamp stamp) throws IOException {
        if (take != Take.MOVE) {
            return;
        }
        List<Stamp.Saved> saved = look(stamp);
        for (Stamp.Saved file : saved) {
            Files.deleteIfExists(file.path());
        }
        prune(saved);
    }

    /** The same outputs, of which nothing is taken away. */
    public MountedOutputs copied() {
        return new MountedOutputs(folder, onServer, Take.COPY, patience, look);
    }

    /** Whether the folder is there; a share may be away for a while. */
    public boolean isThere() {
        return Files.isDirectory(folder);
    }

    /** Where it is. */
    public Path folder() {
        return folder;
    }

    /** The folders in which the files of a stamp are, so far. */
    public List<Path> folders(Stamp stamp) throws IOException {
        List<Path> found = new ArrayList<>();
        List<Path> level = List.of(folder);
        for (int depth = 0; depth <= 2; depth++) {
            List<Path> below = new ArrayList<>();
            for (Path at : level) {
                Path stamped = at.resolve(stamp.path());
                if (Files.isDirectory(stamped, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(stamped);
                }
                if (depth < 2 && (depth == 0 || found.isEmpty())) {
                    below.addAll(subfolders(at));
                }
            }
            level = below;
        }
        return found;
    }

    /** Waits until as many are there as there should be; fewer if they don't come. */
    private List<Stamp.Saved> await(Stamp stamp, long pictures, boolean grid) throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            List<Stamp.Saved> found = look(stamp);
            boolean enough = count(found, Stamp.Kind.PICTURE) >= pictures
                    && (!grid || count(found, Stamp.Kind.GRID) > 0)
                    && areComplete(found);
            if (enough || System.nanoTime() >= end) {
                return found;
            }
            Thread.sleep(Math.min(LOOK_EVERY, Math.max(1, patience.toMillis())));
        }
    }

    private static long count(List<Stamp.Saved> files, Stamp.Kind kind) {
        return files.stream().filter(file -> file.kind() == kind).count();
    }

    /** A share may show a name before what is in the file. */
    private boolean areComplete(List<Stamp.Saved> files) {
        for (Stamp.Saved file : files) {
            try {
                if (!PictureEnd.isThere(file.path())) {
                    return false;
                }
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    /** Grids first, then pictures, then others: the order of an answer. */
    private List<Stamp.Saved> look(Stamp stamp) throws IOException {
        List<Stamp.Saved> found = new ArrayList<>();
        for (Path at : folders(stamp)) {
            for (Path file : Disk.list(at)) {
                stamp.read(file).filter(saved -> isFile(file)).ifPresent(found::add);
            }
        }
        found.sort(Comparator.comparing((Stamp.Saved file) -> switch (file.kind()) {
                    case GRID -> 0;
                    case PICTURE -> 1;
                    case EXTRA -> 2;
                })
                .thenComparing(Stamp.Saved::number)
                .thenComparing(file -> file.path().toString()));
        return found;
    }

    private static boolean isFile(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private PictureFile take(Path file, Path target) throws IOException {
        Files.deleteIfExists(target); // left by an earlier try of the same task
        switch (take) {
            case LEAVE -> {
                return PictureFile.existing(file, file, look);
            }
            case LINK -> {
                try {
                    Files.createLink(target, file);
                    return PictureFile.existing(target, file, look);
                } catch (FileSystemException | UnsupportedOperationException e) {
                    return PictureFile.copy(file, target, look); // another file system, or one without links
                }
            }
            case MOVE -> {
                Files.move(file, target); // copied and deleted, if it is on another file system
                return PictureFile.existing(target, null, look);
            }
            default -> {
                return PictureFile.copy(file, target, look);
            }
        }
    }

    /** Pictures are saved in the order in which the answer lists their seeds. */
    private static void checkSeed(Stamp.Saved file, int index, Answer answer) {
        if (file.kind() != Stamp.Kind.PICTURE || index >= answer.seeds().size()) {
            return;
        }
        String wanted = answer.seeds().get(index).toString();
        if (!file.seed().equals(wanted)) {
            throw new ProblemException(Problem.of(
                    ProblemCode.REFUSED_PICTURE,
                    "the WebUI saved " + file.path() + " where a picture of seed " + wanted + " should be",
                    "a script or an extension changes names or order; use job.save \"fetch\" for such jobs"));
        }
    }

    private Problem nothing(Stamp stamp) {
        String server = onServer.isEmpty() ? "OUTPUTS-FOLDER-OF-THE-WEBUI" : onServer;
        return Problem.of(
                ProblemCode.SAVED_NOT_FOUND,
                "the WebUI reports success, and for " + patience.toSeconds() + " s no picture appeared in " + folder
                        + ", where its outputs folder" + (onServer.isEmpty() ? "" : " " + onServer)
                        + " should be mounted (looked for */" + stamp.path() + "/)",
                "mount the same folder in both: docker run -v HOST-FOLDER:" + server + " for the WebUI, -v HOST-FOLDER:"
                        + folder + " for Darkroom; or correct darkroom.webui.outputs, or use job.save \"fetch\"");
    }

    private void prune(List<Stamp.Saved> saved) throws IOException {
        for (Stamp.Saved file : saved) {
            Path at = file.path().getParent();
            if (at != null && Disk.list(at).isEmpty()) {
                Files.deleteIfExists(at);
            }
        }
    }

    private static List<Path> subfolders(Path folder) throws IOException {
        return Disk.list(folder).stream()
                .filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                .toList();
    }
}
