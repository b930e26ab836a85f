package darkroom.camel;

import darkroom.files.JunkName;
import darkroom.files.UnusableName;
import darkroom.json.Wholeness;
import darkroom.picture.PictureException;
import darkroom.picture.PictureProbe;
import darkroom.promptfile.Dropped;
import darkroom.promptfile.Form;
import darkroom.promptfile.PromptFolder;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Filter of a drop folder: which files are prompt files, and which of them are settled.
 *
 * <p>A file whose JSON is complete is settled at once: nothing that is still being written is ever complete JSON. One that
 * ends too early is given {@code darkroom.drop.patience} without a change before it counts as what its author meant; one
 * that can't become JSON any more, {@code darkroom.drop.settle}. A large one is looked through when it has been still for
 * that long, and not at every change. Other forms of text do not say that they are whole: one is taken when it has been still for
 * {@code darkroom.drop.settle}, if it ends with a line break, else for {@code darkroom.drop.patience}. Stillness is what was
 * seen here; the clock of a file server says nothing about it.
 */
final class PromptFileFilter implements GenericFileFilter<File> {
    private static final Logger LOG = LoggerFactory.getLogger(PromptFileFilter.class);

    /** The ending of files that cancel jobs. */
    static final String CANCEL = ".cancel";

    private static final int LARGE = 1 << 20;
    private static final int MANY = 1000;

    private final Duration settle;
    private final Duration patience;
    private final Pattern ignored;
    private final Set<String> pictureLanes;
    private final List<Path> ownFolders;
    private final Pauses pauses;
    private final Predicate<Path> room;
    private final Predicate<Path> rests;
    private final Map<Path, Seen> seenBefore = new ConcurrentHashMap<>();
    private final Set<String> saidUnusable = ConcurrentHashMap.newKeySet();
    private final Map<Path, Visitor> visitors = new ConcurrentHashMap<>();

    /** Who wants to know what a look into a drop folder comes by. */
    interface Visitor {
        /**
         * A lane, before it is looked into.
         *
         * @param identity which one of that name it is; null if the file system does not say
         */
        void lane(Path lane, @Nullable Object identity);

        /** A prompt file, or a lane that is paused: unless it is taken now, it has to be looked at again. */
        void left();
    }

    /**
     * A file that was looked at, and may still be there.
     *
     * @param key which file of that name it was; null if the file system does not say, and of folders
     * @param found what was in it; null if it is large, and so is not looked through before it is still
     */
    private record Seen(
            @Nullable Object key,
            long size,
            long modified,
            @Nullable Wholeness found,
            long since) {
        boolean isAs(BasicFileAttributes now) {
            return size == now.size()
                    && modified == now.lastModifiedTime().toMillis()
                    && Objects.equals(key, now.fileKey());
        }

        boolean isStillFor(Duration time) {
            return System.nanoTime() - since >= time.toNanos();
        }

        Seen with(Wholeness nowFound) {
            return new Seen(key, size, modified, nowFound, since);
        }
    }

    /**
     * Which files are prompt files.
     *
     * @param settle how long a file must be still
     * @param patience how long a file that ends too early must be still
     * @param ignored names that are passed over besides the usual ones; may match nothing
     * @param pictureLanes names of folders whose pictures are prompt files
     * @param ownFolders folders that are never looked into, should they be inside a drop folder
     * @param pauses folders of which nothing is taken for now
     * @param room whether more of what is in a folder may be taken
     * @param rests whether a file, by its absolute path without detours, is not to be taken yet
     */
    PromptFileFilter(
            Duration settle,
            Duration patience,
            Pattern ignored,
            Set<String> pictureLanes,
            List<Path> ownFolders,
            Pauses pauses,
            Predicate<Path> room,
            Predicate<Path> rests) {
        this.room = room;
        this.rests = rests;
        this.pauses = pauses;
        this.settle = settle;
        this.patience = patience;
        this.ignored = ignored;
        this.pictureLanes = Set.copyOf(pictureLanes);
        this.ownFolders = ownFolders;
    }

    /**
     * Lets somebody know of looks into a drop folder, in the thread that looks.
     *
     * @param visitor null for nobody any more
     */
    void accompany(Path dropFolder, @Nullable Visitor visitor) {
        if (visitor == null) {
            visitors.remove(dropFolder);
        } else {
            visitors.put(dropFolder, visitor);
        }
    }

    @Override
    public boolean accept(GenericFile<File> file) {
        String name = file.getFile().getName();
        if (JunkName.is(name) || ignored.matcher(name).matches() || isUnusable(file.getFile())) {
            return false;
        }
        Path path = file.getFile().toPath().toAbsolutePath();
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (file.isDirectory() && PromptFolder.isNamed(name)) {
                Optional.ofNullable(visitor(file)).ifPresent(Visitor::left);
                return attributes.isDirectory() && mayBeTaken(path) && isFolderSettled(path);
            }
            if (file.isDirectory()) {
                return attributes.isDirectory()
                        && !ownFolders.contains(path.normalize())
                        && isOpen(file, path.normalize(), attributes);
            }
            if (!attributes.isRegularFile() || !isPromptFile(path)) {
                return false;
            }
            Optional.ofNullable(visitor(file)).ifPresent(Visitor::left);
            return mayBeTaken(path) && isSettled(path, attributes);
        } catch (IOException e) {
            return false; // it is gone
        }
    }

    private boolean mayBeTaken(Path path) {
        Path file = path.normalize();
        return !pauses.isPaused(file.resolveSibling("")) && !rests.test(file);
    }

    private boolean isOpen(GenericFile<File> file, Path lane, BasicFileAttributes attributes) {
        Visitor visitor = visitor(file);
        boolean paused = pauses.isPaused(lane);
        if (visitor != null && paused) {
            visitor.left();
        } else if (visitor != null) {
            visitor.lane(lane, attributes.fileKey());
        }
        return !paused;
    }

    private @Nullable Visitor visitor(GenericFile<File> file) {
        String dropFolder = file.getEndpointPath();
        return dropFolder == null ? null : visitor(dropFolder);
    }

    private @Nullable Visitor visitor(String dropFolder) {
        return visitors.get(Path.of(dropFolder).toAbsolutePath().normalize());
    }

    /** Whether more of what is in a lane's folder may be taken now. */
    boolean hasRoom(Path lane) {
        return room.test(lane.toAbsolutePath().normalize());
    }

    /** There is more in a drop folder than was looked at. */
    void left(String dropFolder) {
        Optional.ofNullable(visitor(dropFolder)).ifPresent(Visitor::left);
    }

    /** Whether a folder in a drop folder is a lane, and not junk or one of ours. */
    boolean isLane(Path folder) {
        return !isPassedOver(folder)
                && !ownFolders.contains(folder)
                && !PromptFolder.isNamed(folder.getFileName().toString());
    }

    /** Whether the name of a file says that it cancels jobs; what is in it does not matter. */
    boolean isCancellation(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(CANCEL) && !isPassedOver(file);
    }

    private boolean isPassedOver(Path path) {
        String name = path.getFileName().toString();
        return JunkName.is(name) || ignored.matcher(name).matches() || isUnusable(path.toFile());
    }

    private boolean isUnusable(File file) {
        Optional<String> why = UnusableName.of(file);
        if (why.isPresent() && saidUnusable.size() < MANY && saidUnusable.add(file.getPath())) {
            LOG.warn("{}: left alone; {}", UnusableName.shown(file.getPath()), why.get());
        }
        return why.isPresent();
    }

    /** Whether a file is a prompt file, by its name and its lane: most pictures are what prompt files begin with. */
    boolean isPromptFile(Path file) {
        String name = file.getFileName().toString();
        if (PromptFolder.isNamed(name)) {
            return PromptFolder.is(file);
        }
        if (!mayBePromptFile(name)) {
            return false;
        }
        Path lane = file.getParent();
        return Form.of(name).orElseThrow() != Form.PICTURE
                || (lane != null
                        && lane.getFileName() != null
                        && pictureLanes.contains(lane.getFileName().toString()));
    }

    /** Whether a file of this name is a prompt file, at least in some lanes. */
    static boolean mayBePromptFile(String name) {
        return (Form.of(name).isPresent() || PromptFolder.isNamed(name))
                && !name.toLowerCase(Locale.ROOT).endsWith(FailedFiles.ERROR)
                && !Dropped.isLaneFile(name);
    }

    private boolean isSettled(Path path, BasicFileAttributes now) {
        Seen seen = seenBefore.get(path);
        if (seen == null || !seen.isAs(now)) {
            Wholeness found = now.size() > LARGE ? null : lookThrough(path);
            seen = new Seen(now.fileKey(), now.size(), now.lastModifiedTime().toMillis(), found, System.nanoTime());
        }
        if (seen.found == null && seen.isStillFor(settle)) {
            seen = seen.with(lookThrough(path));
        }
        remember(path, seen);
        return isSettled(seen);
    }

    /** When all in it has been still for as long as its prompt file, or a picture, asks for. */
    private boolean isFolderSettled(Path folder) throws IOException {
        Optional<Path> document = PromptFolder.document(folder);
        if (document.isEmpty()) {
            return false;
        }
        long size = 0;
        long modified = 0;
        List<Path> files = PromptFolder.files(folder);
        for (Path file : files) {
            size += 1 + Files.size(file);
            modified = Math.max(modified, Files.getLastModifiedTime(file).toMillis());
        }
        Seen seen = seenBefore.get(folder);
        if (seen == null || seen.size != size || seen.modified != modified) {
            seen = new Seen(null, size, modified, null, System.nanoTime());
        }
        if (seen.found == null && seen.isStillFor(settle)) {
            seen = seen.with(lookThrough(document.get(), files));
        }
        remember(folder, seen);
        return seen.isStillFor(settle) && isSettled(seen);
    }

    private static Wholeness lookThrough(Path document, List<Path> files) {
        for (Path file : files) {
            if (Form.isPicture(file.getFileName().toString()) && lookThrough(file) == Wholeness.CUT_OFF) {
                return Wholeness.CUT_OFF;
            }
        }
        return lookThrough(document);
    }

    private boolean isSettled(Seen seen) {
        return seen.found != null
                && switch (seen.found) {
                    case WHOLE -> true;
                    case CUT_OFF -> seen.isStillFor(patience);
                    case OTHER -> seen.isStillFor(settle);
                };
    }

    /** Also what is settled: there may be no room for it yet, and then it is looked at again and again. */
    private void remember(Path path, Seen seen) {
        if (seenBefore.put(path, seen) == null && seenBefore.size() % MANY == 0) {
            seenBefore.keySet().removeIf(known -> !Files.exists(known, LinkOption.NOFOLLOW_LINKS));
        }
    }

    private static Wholeness lookThrough(Path path) {
        Form form = Form.of(path.getFileName().toString()).orElse(Form.JSON);
        try {
            if (form == Form.PICTURE) {
                return isWholePicture(path) ? Wholeness.WHOLE : Wholeness.CUT_OFF;
            }
            if (form != Form.JSON) { // nothing says that there is no more; few writers stop in the middle of a line
                return endsWithLine(path) ? Wholeness.OTHER : Wholeness.CUT_OFF;
            }
            Wholeness found = Wholeness.of(Files.newInputStream(path));
            return found == Wholeness.OTHER && isSetAside(path) ? Wholeness.CUT_OFF : found;
        } catch (IOException e) {
            LOG.debug("{} can't be read yet", path, e);
            return Wholeness.CUT_OFF;
        }
    }

    private static boolean isWholePicture(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            PictureProbe.lookThrough(in);
            return true;
        } catch (PictureException e) {
            return false;
        }
    }

    private static boolean endsWithLine(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(Math.max(0, file.length() - 2)); // UTF-16 has its zero on one side or the other
            int before = file.read();
            int last = file.read();
            return last == '\n' || (last == 0 && before == '\n');
        }
    }

    /** Room that a copying program has set aside is full of zeros until it is written to. */
    private static boolean isSetAside(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(Math.max(0, file.length() - 2)); // the last of them may be half a character in UTF-16
            return file.read() == 0 && file.read() <= 0;
        }
    }
}
