package darkroom.camel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is left of files when the power goes off, at worst: of what was written nothing that was not forced; of a name that
 * was given or taken away neither the one nor the other, unless its folder was forced after that. A rename is one step: as
 * long as neither folder was forced it has happened or not.
 */
final class LossyDisk {
    private static final int NEVER = -2;
    private static final int JUST_BEFORE = -1;

    private final Node root;
    private final Path rootPath;

    /** A file or a folder. */
    static final class Node {
        final boolean isFolder;
        private final Map<String, Place> names = new HashMap<>();
        private final List<Place> everIn = new ArrayList<>();
        private final List<Place> places = new ArrayList<>();
        private int written = NEVER;
        private int forced = NEVER;

        Node(boolean isFolder) {
            this.isFolder = isFolder;
        }

        /** Whether all that was written to it would be there. */
        boolean isWhole() {
            return forced >= written;
        }

        /** Where it is and has been, in order. */
        List<Place> places() {
            return places;
        }
    }

    /** A name that a file or folder has, or had. */
    static final class Place {
        final Node folder;
        final String name;
        final Node node;
        final Path path;
        private final int given;
        private boolean isForced;
        private int taken = NEVER;
        private boolean isTakenForGood;
        private boolean isRenamed;

        Place(Node folder, String name, Node node, Path path, int given) {
            this.folder = folder;
            this.name = name;
            this.node = node;
            this.path = path;
            this.given = given;
        }

        /** Whether it can't come back. */
        boolean isTakenForGood() {
            return isTakenForGood;
        }

        boolean isTaken() {
            return taken != NEVER;
        }
    }

    /**
     * A disk on which all is forced.
     *
     * @param tree what is below {@code rootPath}: whether it is a folder
     */
    LossyDisk(Path rootPath, SortedMap<Path, Boolean> tree) {
        this.rootPath = rootPath;
        this.root = new Node(true);
        tree.forEach((path, isFolder) -> add(path, new Node(isFolder), NEVER).isForced = true);
    }

    /** What is below a folder now. */
    static SortedMap<Path, Boolean> tree(Path folder) throws IOException {
        SortedMap<Path, Boolean> found = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(folder)) {
            tree.filter(path -> !path.equals(folder)).forEach(path -> found.put(path, Files.isDirectory(path)));
        }
        return found;
    }

    /** Somebody has just written a file, and has not forced it. */
    void setWritten(Path path) {
        Objects.requireNonNull(find(path)).written = JUST_BEFORE;
    }

    /** Something is done. */
    void apply(Trace.Event event) {
        switch (event.kind()) {
            case CREATE -> {
                Node node = find(event.path());
                if (node == null) {
                    add(event.path(), new Node(false), event.ended());
                } else {
                    node.written = event.ended(); // cut off, perhaps
                }
            }
            case MAKE_FOLDER -> add(event.path(), new Node(true), event.ended());
            case WRITE -> {
                Node node = find(event.path());
                if (node != null) { // else it was deleted meanwhile
                    node.written = event.ended();
                }
            }
            case FORCE -> {
                Node node = find(event.path());
                if (node != null) {
                    force(node, event.begun());
                }
            }
            case RENAME -> {
                Place from = place(event.path());
                if (from != null && event.to() != null) {
                    take(event.path(), event.ended()).isRenamed = true;
                    if (place(event.to()) != null) {
                        take(event.to(), event.ended());
                    }
                    add(event.to(), from.node, event.ended());
                }
            }
            case LINK -> {
                Node node = find(event.path());
                if (node != null && event.to() != null) {
                    add(event.to(), node, event.ended());
                }
            }
            case DELETE -> take(event.path(), event.ended());
        }
    }

    private static void force(Node node, int before) {
        if (node.written < before) {
            node.forced = Math.max(node.forced, node.written);
        }
        for (Place place : node.everIn) {
            place.isForced |= place.given < before;
            place.isTakenForGood |= place.taken != NEVER && place.taken < before;
        }
    }

    /** What has this name now. */
    @Nullable
    Node find(Path path) {
        if (path.equals(rootPath)) {
            return root;
        }
        Place place = place(path);
        return place == null ? null : place.node;
    }

    private @Nullable Place place(Path path) {
        Node folder = path.startsWith(rootPath) ? find(path.getParent()) : null;
        return folder == null ? null : folder.names.get(path.getFileName().toString());
    }

    private Place add(Path path, Node node, int when) {
        Node folder = find(path.getParent());
        if (folder == null) {
            throw new IllegalStateException("there is no folder for " + path);
        }
        Place place = new Place(folder, path.getFileName().toString(), node, path, when);
        folder.names.put(place.name, place);
        folder.everIn.add(place);
        node.places.add(place);
        return place;
    }

    private Place take(Path path, int when) {
        Node folder = find(path.getParent());
        Place place =
                folder == null ? null : folder.names.remove(path.getFileName().toString());
        if (place == null) {
            throw new IllegalStateException("there is no " + path);
        }
        place.taken = when;
        return place;
    }

    /** Whether something would be there, under one of its names, if the power went off now. */
    boolean isSafe(Node node) {
        return node == root || node.places.stream().anyMatch(this::isSafe);
    }

    private boolean isSafe(Place place) {
        boolean stays = !place.isTaken() || (place.isRenamed && !place.isTakenForGood); // or it is where that leads to
        return place.isForced && stays && isSafe(place.folder);
    }

    /** Whether a file would be there under this name, with all that is in it. */
    boolean isSafe(Path path) {
        Place place = place(path);
        return place != null && isSafe(place) && place.node.isWhole();
    }

    /** What would be missing of a folder and all that is in it, itself not counted. */
    List<String> missingIn(Node folder) {
        List<String> missing = new ArrayList<>();
        for (Place place : folder.names.values()) {
            if (!place.isForced) {
                missing.add("the name of " + place.path);
            }
            if (!place.node.isFolder && !place.node.isWhole()) {
                missing.add("what is in " + place.path);
            }
            missing.addAll(missingIn(place.node));
        }
        return missing;
    }
}
