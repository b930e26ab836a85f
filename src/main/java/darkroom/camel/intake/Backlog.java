package darkroom.camel.intake;

import darkroom.files.TolerantVisitor;
import darkroom.promptfile.Form;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * How many prompt files wait in the drop folder, whoever put them there. Counted at times, and estimated upwards in
 * between: what is taken in counts at once, what is claimed at the next count.
 */
public final class Backlog {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final Path drop;
    private final int most;
    private final BooleanSupplier isFull;
    private int waiting;
    private long counted;
    private boolean isCounted;

    /**
     * A backlog.
     *
     * @param most how many may wait
     * @param isFull whether there is no room for any more, however few wait
     */
    public Backlog(Path drop, int most, BooleanSupplier isFull) {
        this.isFull = isFull;
        this.drop = drop;
        this.most = most;
    }

    /** Whether one more may come; if so, it is counted. */
    synchronized boolean take() throws IOException {
        boolean isOld = System.nanoTime() - counted > LOOK_AGAIN.toNanos();
        if (!isCounted || (waiting >= most && isOld)) {
            waiting = count();
            counted = System.nanoTime();
            isCounted = true;
        }
        if (waiting >= most || isFull.getAsBoolean()) {
            return false;
        }
        waiting++;
        return true;
    }

    /** One that was taken does not come. */
    synchronized void giveBack() {
        waiting--;
    }

    /** No further than is needed: a folder may hold any number. */
    private int count() throws IOException {
        int[] found = {0};
        Files.walkFileTree(drop, new TolerantVisitor() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return isHidden(folder) && !folder.equals(drop)
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && Form.isText(file.toString()) && !isHidden(file)) {
                    found[0]++;
                }
                return found[0] < most ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }
        });
        return found[0];
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }
}
