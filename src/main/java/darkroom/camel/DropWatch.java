package darkroom.camel;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the file system tells of a drop folder and its lanes. That is no more than a hint to look: events get lost when there
 * are many, and network drives have none of what others do. For one thread.
 */
final class DropWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DropWatch.class);

    /** File systems of which each change is told, whoever makes it. */
    private static final Set<String> TELLING = Set.of(
            "ext2",
            "ext3",
            "ext4",
            "xfs",
            "btrfs",
            "zfs",
            "f2fs",
            "bcachefs",
            "jfs",
            "reiserfs",
            "tmpfs",
            "overlay",
            "ntfs",
            "ntfs3",
            "refs",
            "vfat",
            "exfat");

    /** Folders that are watched at most; the system has a limit of its own. */
    private static final int MOST = 5000;

    private final Path root;
    private final Map<Path, Watched> watched = new HashMap<>();
    private final Map<WatchKey, Path> folders = new HashMap<>();
    private @Nullable WatchService service;
    private boolean all;
    private boolean said;

    /**
     * A folder that is watched.
     *
     * @param identity which folder it was: there may be another one of the same name by now; null if the system does not say
     */
    private record Watched(WatchKey key, @Nullable Object identity) {}

    /**
     * Watches a drop folder.
     *
     * @param watching false to be told nothing
     */
    DropWatch(Path root, boolean watching) {
        this.root = root;
        if (!watching) {
            return;
        }
        try {
            WatchService found = FileSystems.getDefault().newWatchService();
            if (found.getClass().getSimpleName().startsWith("Polling")) { // macOS: it looks every ten seconds
                found.close();
            } else {
                service = found;
            }
        } catch (IOException | UnsupportedOperationException e) {
            tellsNothing(e.toString());
        }
    }

    /** A look into all folders begins: the drop folder itself, and then each {@link #lane} that is come by. */
    void begin() {
        all = service != null;
        try {
            lane(root, Files.readAttributes(root, BasicFileAttributes.class).fileKey());
        } catch (IOException e) {
            all = false; // it went away
        }
    }

    /**
     * A folder that is about to be looked into: from now on its changes are told.
     *
     * @param identity which one of that name it is; null if the system does not say
     */
    void lane(Path folder, @Nullable Object identity) {
        WatchService to = service;
        if (to == null) {
            return;
        }
        Watched before = watched.get(folder);
        if (before != null && before.key.isValid() && Objects.equals(before.identity, identity)) {
            return;
        }
        try {
            forget(folder);
            String type = Files.getFileStore(folder).type().toLowerCase(Locale.ROOT);
            if (!TELLING.contains(type)) {
                tellsNothing(type);
            } else if (watched.size() >= MOST) {
                tellsNothing("more than " + MOST + " folders");
            } else {
                WatchKey key = folder.register(
                        to,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
                Path renamed = folders.put(key, folder);
                if (renamed != null) {
                    watched.remove(renamed);
                }
                watched.put(folder, new Watched(key, identity));
            }
        } catch (IOException e) {
            tellsNothing(e.toString()); // mostly the system's limit
        }
    }

    private void forget(Path folder) {
        Watched gone = watched.remove(folder);
        if (gone != null) {
            folders.remove(gone.key);
            gone.key.cancel();
        }
    }

    private void tellsNothing(String why) {
        all = false;
        if (!said) {
            said = true;
            LOG.info("{}: not all changes are told of ({}), so it is looked at every darkroom.drop.poll", root, why);
        }
    }

    /** Whether a change of whatever the last look came by would have been told. */
    boolean isComplete() {
        return all;
    }

    /**
     * Waits.
     *
     * @param nanos how long at most
     * @return whether something was told that is worth a look
     */
    boolean await(long nanos) throws InterruptedException {
        WatchService from = service;
        if (from == null) {
            TimeUnit.NANOSECONDS.sleep(nanos);
            return false;
        }
        WatchKey key = from.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        boolean worth = false;
        for (; key != null; key = from.poll()) {
            Path folder = folders.get(key);
            for (WatchEvent<?> event : key.pollEvents()) {
                worth |= folder != null && isWorthALook(folder, event);
            }
            if (!key.reset() && folder != null) { // the folder is gone
                forget(folder);
                worth = true;
            }
        }
        return worth;
    }

    /** Not what is claimed here: it leaves, and that is no reason to look. */
    private static boolean isWorthALook(Path folder, WatchEvent<?> event) {
        if (!(event.context() instanceof Path path)) {
            return true; // more than can be told
        }
        String name = path.toString();
        if (event.kind() == StandardWatchEventKinds.ENTRY_DELETE) {
            return name.equals(Pauses.FILE) || name.equals(FailingLanes.FILE);
        }
        return PromptFileFilter.mayBePromptFile(name)
                || (event.kind() == StandardWatchEventKinds.ENTRY_CREATE
                        && Files.isDirectory(folder.resolve(path), LinkOption.NOFOLLOW_LINKS));
    }

    @Override
    public void close() {
        WatchService open = service;
        service = null;
        watched.clear();
        folders.clear();
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.debug("{} is still watched", root, e);
            }
        }
    }
}
